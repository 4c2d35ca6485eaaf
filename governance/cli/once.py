"""`./run demo --once`: the whole loop on a database and a queue of its own, dropped at the end, and its figures."""

import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import redis
from psycopg2 import sql

from governance.cli import environment, programs, stage, steps
from governance.cli.terminal import say
from governance.embedded.addresses import broker_of, redis_database, with_database_name, with_redis_database
from governance.embedded.errors import CannotStart
from governance.embedded.state import StateFolder

# Every one of these must be more than zero, or a part of the loop has not run.
STAGES = (
    "merchants",
    "listings",
    "policies",
    "violations",
    "cases",
    "decisions",
    "statements",
    "appeals",
    "overturned",
    "restored",
    "precision",
    "recall",
    "listings_per_second",
)
DATABASE_PREFIX = "governance_once_"
CLAIM = "governance:once"  # the key that says a numbered database of Valkey is taken, and by whom


def main(*, state: StateFolder, json_file: Path | None) -> int:
    if json_file and not json_file.absolute().parent.is_dir():
        raise CannotStart(f"{json_file}: there is no folder {json_file.absolute().parent}.")
    begun = time.monotonic()
    summary = _drive(state)
    summary["seconds"] = summary.get("seconds", {}) | {"total": round(time.monotonic() - begun, 1)}
    if json_file:
        steps.write(json_file, summary)
    _print(summary)
    missing = empty_stages(summary)
    if missing:
        print("\nThese stages came to nothing: " + ", ".join(missing))
    return 1 if missing else 0


def empty_stages(summary: dict[str, Any]) -> list[str]:
    return [name for name in STAGES if not summary.get(name)]


def _drive(state: StateFolder) -> dict[str, Any]:
    with (
        environment.joined_or_started(state, "./run demo --once") as shared,
        own_database(shared["DATABASE_URL"]) as database_url,
        own_numbers(shared["REDIS_URL"], shared["CELERY_BROKER_URL"]) as (redis_url, broker_url),
        tempfile.TemporaryDirectory(prefix="gov-once-") as files,
        programs.listen(0) as listener,
    ):
        say("PostgreSQL and Valkey are up.")
        own = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "CELERY_BROKER_URL": broker_url}
        variables = shared | own | {"GOVERNANCE_STATE": files, "PUBLIC_URL": programs.address(listener)}
        with stage.running(variables, state.path / "logs" / "once", (), listener) as running:
            running.wait_for_web()
            return running.step("drive")


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """Made now, dropped at the end. One left by a run that was killed goes too: nobody is connected to it."""
    name = f"{DATABASE_PREFIX}{secrets.token_hex(6)}"
    _drop_leftovers(url)
    _execute(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        holding = psycopg2.connect(with_database_name(url, name))  # tells other runs that this one lives
        try:
            yield with_database_name(url, name)
        finally:
            holding.close()
    finally:
        _execute(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_leftovers(url: str) -> None:
    unused = (
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)"
    )
    for (name,) in _execute(url, sql.SQL(unused), [DATABASE_PREFIX]):
        _execute(url, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _execute(url: str, statement: sql.Composable, values: list[str] | None = None) -> list[tuple[str]]:
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        link.close()


@contextmanager
def own_numbers(redis_url: str, broker_url: str) -> Iterator[tuple[str, str]]:
    """Two empty numbered databases, for cache and queue, on the server that is there."""
    in_use = {redis_database(redis_url), redis_database(broker_url)}
    claimed: list[str] = []
    try:
        for number in range(64):
            url = with_redis_database(redis_url, number)
            if number not in in_use and _claimed(url):
                claimed.append(url)
            if len(claimed) == 2:
                break
        else:
            raise CannotStart(f"{redis_url} has no two empty numbered databases left.")
        yield claimed[0], broker_of(claimed[1])
    finally:
        for url in claimed:
            with redis.Redis.from_url(url) as client:
                client.flushdb()


def _claimed(url: str) -> bool:
    """Take an empty one, or one whose taker on this machine is gone."""
    mine = f"{socket.gethostname()} {os.getpid()}"
    with redis.Redis.from_url(url) as client:
        try:
            taker = client.get(CLAIM)
        except redis.ResponseError:  # the server has fewer
            return False
        if taker and _is_gone(taker.decode()):
            client.flushdb()
        return client.dbsize() == 0 and bool(client.set(CLAIM, mine, nx=True))


def _is_gone(taker: str) -> bool:
    host, _, pid = taker.rpartition(" ")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _print(summary: dict[str, Any]) -> None:
    print()
    for name, value in summary.items():
        shown = ", ".join(f"{stage} {took}" for stage, took in value.items()) if isinstance(value, dict) else value
        print(f"  {name:<20} {shown}")
