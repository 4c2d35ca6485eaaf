"""The embedded servers of one state folder, as far as the environment does not name others."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from governance.embedded import addresses, identity
from governance.embedded.addresses import Addresses
from governance.embedded.postgres import Postgres
from governance.embedded.state import StateFolder
from governance.embedded.valkey import Valkey

SOCKET_LIMIT = 103  # bytes in a unix socket's path: 107 on Linux, 103 on macOS
LONGEST_NAME = "/gov-12345678/.s.PGSQL.5432"


class Server(Protocol):
    name: str
    log: Path
    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


class Instance:
    def __init__(self, state: StateFolder, environ: Mapping[str, str], *, throw_away: bool = False) -> None:
        self.servers: list[Server] = []
        self.sockets: Path | None = None
        self.database_url = environ.get("DATABASE_URL") or ""
        self.redis_url = environ.get("REDIS_URL") or ""
        self.broker_url = environ.get("CELERY_BROKER_URL") or addresses.broker_of(self.redis_url)
        if self.database_url and self.redis_url:
            return
        self.sockets = _private_folder(state)
        try:
            self._embed(state, self.sockets, throw_away=throw_away)
        except BaseException:
            self.stop()
            raise

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.database_url, self.redis_url, self.broker_url)

    def _embed(self, state: StateFolder, sockets: Path, *, throw_away: bool) -> None:
        if not self.database_url:
            postgres = Postgres(state=state.path, sockets=sockets, throw_away=throw_away)
            self.servers.append(postgres)
            self.database_url = postgres.url
        if not self.redis_url:
            valkey = Valkey(state=state.path, sockets=sockets)
            self.servers.append(valkey)
            self.redis_url, self.broker_url = valkey.url, valkey.broker_url

    def start(self) -> None:
        for server in self.servers:
            server.start()

    def stop(self) -> None:
        """The queue first: what it still holds is on disk, and nothing may arrive for a database that is gone."""
        for server in reversed(self.servers):
            server.stop()
        if self.sockets is not None:
            shutil.rmtree(self.sockets, ignore_errors=True)


def clear(state: StateFolder) -> None:
    """Drop database, queue, files, mail and logs; the secret key stays."""
    state.clear()
    shutil.rmtree(identity.home_of_nobody(state.path), ignore_errors=True)


def _private_folder(state: StateFolder) -> Path:
    """Short, whatever the depth of the checkout, and readable by nobody else. One that a killed launcher left goes."""
    note = state.path / ".sockets"
    if note.exists():
        left = Path(note.read_text().strip())
        if left.name.startswith("gov-") and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    usual = tempfile.gettempdir()
    parent = usual if len((usual + LONGEST_NAME).encode()) <= SOCKET_LIMIT else "/tmp"  # noqa: S108 -- mkdtemp makes it 0700
    folder = Path(tempfile.mkdtemp(prefix="gov-", dir=parent))
    note.write_text(str(folder))
    return folder
