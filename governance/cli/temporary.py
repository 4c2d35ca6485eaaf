"""A database and two numbers of Valkey for one run, on the servers that are there; nothing of them is left."""

import hashlib
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import redis
from psycopg2 import sql

from governance.cli.install import ROOT
from governance.embedded.addresses import broker_of, redis_database, with_database_name, with_redis_database
from governance.embedded.errors import CannotStart

PREFIX = "governance_once_"
MIGRATED = "governance_migrated_"  # kept from run to run: applying every migration takes longer than copying the result
CLAIM = "governance:once"  # the key that says a numbered database is taken, and by whom


class OwnDatabase:
    """Made empty, or as a copy of one that has all migrations."""

    def __init__(self, server_url: str, *, keep_migrated: bool) -> None:
        self.server_url = server_url
        self.name = f"{PREFIX}{secrets.token_hex(6)}"
        self.url = with_database_name(server_url, self.name)
        self._template = f"{MIGRATED}{fingerprint()}" if keep_migrated else ""
        self.is_migrated = self._template in _names(server_url, MIGRATED)
        if self.is_migrated:
            _execute(server_url, "CREATE DATABASE {} TEMPLATE {}", self.name, self._template)
        else:
            _execute(server_url, "CREATE DATABASE {}", self.name)
        self._link: Any = psycopg2.connect(self.url)  # tells other runs that this one lives

    def has_migrated(self) -> None:
        """Keep a copy for the next run. Nobody may be connected while it is made."""
        if self._template and not self.is_migrated:
            self._link.close()
            for older in _names(self.server_url, MIGRATED):
                _execute(self.server_url, "DROP DATABASE IF EXISTS {}", older)
            _execute(self.server_url, "CREATE DATABASE {} TEMPLATE {}", self._template, self.name)
            self._link = psycopg2.connect(self.url)

    def drop(self) -> None:
        self._link.close()
        _execute(self.server_url, "DROP DATABASE {} WITH (FORCE)", self.name)


@contextmanager
def own_database(server_url: str, *, keep_migrated: bool = False) -> Iterator[OwnDatabase]:
    """Dropped at the end. One left by a run that was killed goes too: nobody is connected to it."""
    for name in _unused(server_url):
        _execute(server_url, "DROP DATABASE IF EXISTS {}", name)
    own = OwnDatabase(server_url, keep_migrated=keep_migrated)
    try:
        yield own
    finally:
        own.drop()


def make_database(server_url: str, name: str) -> str:
    """An empty database that lives as long as its server; its address."""
    _execute(server_url, "CREATE DATABASE {}", name)
    return with_database_name(server_url, name)


def fingerprint() -> str:
    """Of all that decides what the migrations make: our own, and the versions of the packages that bring theirs."""
    files = [path for path in ROOT.glob("*/**/migrations/*.py") if ".venv" not in path.parts]
    content = b"".join(path.read_bytes() for path in sorted([*files, ROOT / "requirements" / "runtime.txt"]))
    return hashlib.sha256(content).hexdigest()[:12]


def _names(url: str, prefix: str) -> list[str]:
    return _ask(url, "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", prefix)


def _unused(url: str) -> list[str]:
    return _ask(
        url,
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)",
        PREFIX,
    )


def _ask(url: str, question: str, prefix: str) -> list[str]:
    link = psycopg2.connect(url)
    try:
        with link.cursor() as cursor:
            cursor.execute(question, [prefix])
            return [name for (name,) in cursor.fetchall()]
    finally:
        link.close()


def _execute(url: str, statement: str, *names: str) -> None:
    """Databases are not made and dropped inside a transaction."""
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    finally:
        link.close()


@contextmanager
def own_numbers(redis_url: str, broker_url: str) -> Iterator[tuple[str, str]]:
    """Two empty numbered databases, for cache and queue."""
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
