"""`--once` works on a database and on numbered databases of its own, and nothing of them is left."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from governance.cli import once, temporary
from governance.embedded.addresses import redis_database, with_redis_database
from governance.embedded.errors import CannotStart
from governance.embedded.postgres import Postgres
from governance.embedded.state import StateFolder
from governance.embedded.valkey import Valkey
from tests.launcher.conftest import ask

DATABASE_URL = os.environ["DATABASE_URL"]


def _databases(url: str = DATABASE_URL) -> set[str]:
    return set(ask(url, "SELECT array_agg(datname::text) FROM pg_database"))


def test_the_database_is_its_own_and_goes() -> None:
    with temporary.own_database(DATABASE_URL) as own:
        assert ask(own.url, "SELECT current_database()") == own.name
        assert own.name in _databases()

    assert own.name not in _databases()


def test_the_database_goes_after_a_failure_while_others_are_connected() -> None:
    opened = []

    def fail() -> None:
        with temporary.own_database(DATABASE_URL) as own:
            opened.append(psycopg2.connect(own.url))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert opened[0].info.dbname not in _databases()
    opened[0].close()


def test_one_that_a_killed_run_has_left_goes_and_one_that_lives_stays() -> None:
    ask(DATABASE_URL, f"CREATE DATABASE {temporary.PREFIX}left")
    with temporary.own_database(DATABASE_URL) as living, temporary.own_database(DATABASE_URL):
        assert f"{temporary.PREFIX}left" not in _databases()
        assert living.name in _databases()


def test_the_migrated_database_is_kept_and_copied_by_the_next_run(state: StateFolder, sockets: Path) -> None:
    server = Postgres(state=state.path, sockets=sockets, throw_away=True)
    try:
        server.start()
        ask(server.url, f"CREATE DATABASE {temporary.MIGRATED}older")
        with temporary.own_database(server.url, keep_migrated=True) as first:
            assert not first.is_migrated
            ask(first.url, "CREATE TABLE migrated AS SELECT 7 AS n")
            first.has_migrated()
            ask(first.url, "DROP TABLE migrated")
        with temporary.own_database(server.url, keep_migrated=True) as second:
            assert second.is_migrated
            assert ask(second.url, "SELECT n FROM migrated") == 7

        kept = [name for name in _databases(server.url) if name.startswith(temporary.MIGRATED)]
        assert kept == [f"{temporary.MIGRATED}{temporary.fingerprint()}"]
    finally:
        server.stop()


def test_on_a_server_of_somebody_elses_nothing_is_kept() -> None:
    before = _databases()
    with temporary.own_database(DATABASE_URL) as own:
        own.has_migrated()

    assert {name for name in _databases() - before if name.startswith(temporary.MIGRATED)} == set()


def test_cache_and_queue_get_two_empty_numbers_that_are_nobodys(valkey: Valkey) -> None:
    valkey.start()
    with (
        temporary.own_numbers(valkey.url, valkey.broker_url) as first,
        temporary.own_numbers(valkey.url, valkey.broker_url) as second,
    ):
        assert [redis_database(url) for url in (*first, *second)] == [2, 3, 4, 5]
        with redis.Redis.from_url(first[0]) as client:
            client.set("mine", "1")

    with redis.Redis.from_url(first[0]) as client:
        assert client.dbsize() == 0


def test_a_number_with_somebodys_keys_is_left_alone(valkey: Valkey) -> None:
    valkey.start()
    with redis.Redis.from_url(with_redis_database(valkey.url, 2)) as client:
        client.set("theirs", "1")
        with temporary.own_numbers(valkey.url, valkey.broker_url) as (url, broker):
            assert (redis_database(url), redis_database(broker)) == (3, 4)
        assert client.get("theirs") == b"1"


def test_a_number_whose_taker_is_gone_is_taken_over(valkey: Valkey) -> None:
    valkey.start()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with redis.Redis.from_url(with_redis_database(valkey.url, 2)) as client:
        client.mset({temporary.CLAIM: f"{socket.gethostname()} {ended.pid}", "left": "1"})
        with temporary.own_numbers(valkey.url, valkey.broker_url) as (url, _):
            assert redis_database(url) == 2
            assert client.keys() == [temporary.CLAIM.encode()]


def test_a_server_without_an_empty_number_is_said(valkey: Valkey) -> None:
    valkey.start()
    for number in range(2, 63):
        with redis.Redis.from_url(with_redis_database(valkey.url, number)) as client:
            client.set("theirs", "1")

    with pytest.raises(CannotStart) as refusal, temporary.own_numbers(valkey.url, valkey.broker_url):
        pass

    assert str(refusal.value) == f"{valkey.url} has no two empty numbered databases left."
    with redis.Redis.from_url(with_redis_database(valkey.url, 63)) as client:
        assert client.dbsize() == 0  # the one that was there was given back


@pytest.mark.parametrize("missing", once.STAGES)
def test_a_stage_that_came_to_nothing_is_a_failure(missing: str) -> None:
    summary: dict[str, object] = dict.fromkeys(once.STAGES, 1)

    assert once.empty_stages(summary) == []
    assert once.empty_stages(summary | {missing: 0}) == [missing]
    assert once.empty_stages({name: 1 for name in once.STAGES if name != missing}) == [missing]
