"""The only door to the Transparency Database: HTTP to the one configured host, no redirect, a limit in time and number."""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.cache import cache

from enforcement.domain.transparency.payloads import as_sent

SECONDS = 20
MOST_BYTES = 16 << 20
A_SECOND = 100
"""Requests a second of all workers together. The database allows 200 and refuses what goes beyond."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FOUND, NOT_FOUND = 302, 404


@dataclass(frozen=True)
class Answer:
    """`status` None: no answer came, and nobody knows whether the request arrived."""

    status: int | None
    body: Any = None
    error: str = ""

    def part(self, name: str) -> Any:
        return self.body.get(name) if isinstance(self.body, Mapping) else None

    @property
    def words(self) -> str:
        """What went wrong, for people."""
        said = self.part("message") or (self.body if isinstance(self.body, str) else "")
        return self.error or f"HTTP {self.status} {said}".strip()[:500]


def send(statements: Sequence[Mapping[str, Any]]) -> Answer:
    """One statement, or a batch that is taken whole or not at all."""
    ready = [as_sent(dict(each)) for each in statements]
    if len(ready) == 1:
        return _ask("POST", "/api/v1/statement", ready[0])
    return _ask("POST", "/api/v1/statements", {"statements": ready})


def knows(puid: str) -> bool | None:
    """Whether the database has used this number for us. None: it did not say."""
    status = _ask("GET", f"/api/v1/statement/existing-puid/{quote(puid, safe='')}").status
    return {FOUND: True, NOT_FOUND: False}.get(status or 0)


def _ask(method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
    _wait_for_turn()
    headers = {"Accept": "application/json", "Authorization": f"Bearer {settings.DSA_TDB_TOKEN}"}
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    if sent is not None:
        headers["Content-Type"] = "application/json"
    connection = None
    try:
        connection, base = _connect()
        connection.request(method, base + path, body=sent, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, _read(answer.read(MOST_BYTES)))
    except (OSError, http.client.HTTPException) as fault:
        return Answer(None, error=f"{type(fault).__name__}: {fault}"[:500])
    finally:
        if connection is not None:
            connection.close()


def _connect() -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(settings.DSA_TDB_URLS[settings.DSA_TDB])
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS), parts.path.rstrip("/")
    if host not in LOOPBACK:
        raise OSError(f"{host} is not asked without encryption")
    return http.client.HTTPConnection(host, parts.port, timeout=SECONDS), parts.path.rstrip("/")


def _read(content: bytes) -> Any:
    text = content.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text[:2_000]


def _wait_for_turn() -> None:
    """All workers count in the same second."""
    while True:
        key = f"transparency:{int(time.time())}"
        cache.add(key, 0, 5)
        if cache.incr(key) <= A_SECOND:
            return
        time.sleep(0.05)
