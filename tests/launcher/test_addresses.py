import pytest

from governance.embedded import addresses


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("unix:///tmp/gov-1/valkey.sock?db=1", "redis+socket:///tmp/gov-1/valkey.sock?virtual_host=1"),
        ("unix:///tmp/gov-1/valkey.sock", "redis+socket:///tmp/gov-1/valkey.sock?virtual_host=0"),
        ("redis://cache:6379/0", "redis://cache:6379/0"),
        ("rediss://:secret@cache/2", "rediss://:secret@cache/2"),
    ],
)
def test_the_broker_is_the_same_server_in_celerys_spelling(url: str, broker: str) -> None:
    assert addresses.broker_of(url) == broker
    assert addresses.redis_database(broker) == addresses.redis_database(url)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("unix:///tmp/gov-1/valkey.sock?db=1", "unix:///tmp/gov-1/valkey.sock?db=7"),
        ("redis://cache:6379/0", "redis://cache:6379/7"),
        ("redis://cache", "redis://cache/7"),
        ("rediss://:secret@cache/2?ssl_cert_reqs=none", "rediss://:secret@cache/7?ssl_cert_reqs=none"),
    ],
)
def test_another_numbered_database_on_the_same_server(url: str, other: str) -> None:
    assert addresses.with_redis_database(url, 7) == other
    assert addresses.redis_database(other) == 7


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql:///governance?host=/tmp/gov-1&user=governance", "postgresql:///x?host=/tmp/gov-1&user=governance"),
        ("postgres://ann:secret@db:5432/governance", "postgres://ann:secret@db:5432/x"),
        ("postgres://db/governance?sslmode=require", "postgres://db/x?sslmode=require"),
    ],
)
def test_another_database_on_the_same_server(url: str, other: str) -> None:
    assert addresses.with_database_name(url, "x") == other
