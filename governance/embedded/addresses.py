"""Where the product finds its database, cache and broker."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    database_url: str
    redis_url: str
    broker_url: str

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "CELERY_BROKER_URL": self.broker_url,
        }


def on_socket(socket: str, database: int) -> str:
    """Valkey on a unix socket as redis-py writes it."""
    return f"unix://{socket}?db={database}"


def broker_of(redis_url: str) -> str:
    """The same server as Celery's transport writes it: only a unix socket is spelled differently."""
    found = re.fullmatch(r"unix://(?P<socket>[^?]+)(\?db=(?P<database>\d+))?", redis_url)
    if not found:
        return redis_url
    return f"redis+socket://{found['socket']}?virtual_host={found['database'] or 0}"


def redis_database(url: str) -> int:
    """The number of the database that the URL, in either spelling, means."""
    found = re.search(r"[?&](?:db|virtual_host)=(\d+)", url) or re.search(r"://[^/?]+/(\d+)", url)
    return int(found[1]) if found else 0


def with_redis_database(url: str, database: int) -> str:
    """The same server, another of its numbered databases."""
    if url.startswith("unix://"):
        return on_socket(url.removeprefix("unix://").partition("?")[0], database)
    server, _, query = url.partition("?")
    scheme, _, rest = server.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{host}/{database}" + (f"?{query}" if query else "")


def with_database_name(url: str, name: str) -> str:
    """The same server, another database on it."""
    server, _, query = url.partition("?")
    return server.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
