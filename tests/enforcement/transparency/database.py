"""The Transparency Database as a local server: it answers by its own rules, and fails as it is told."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from enforcement.language.transparency import as_stored, check, check_batch, messages_of

TOKEN = "1|a-token"


class Database:
    """`fails` are what the next answers are instead: a status, `hang`, or after storing `cut` and `keep`, which never answers."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self.fails: list[int | str] = []
        self.objects: dict[str, dict[str, list[str]]] = {}
        self.token = TOKEN
        self.kept = threading.Event()
        self.url = ""

    @property
    def posts(self) -> list[tuple[str, int]]:
        """Where was posted, and how many statements."""
        return [
            (path.rpartition("/")[2], len(body["statements"]) if "statements" in body else 1)
            for method, path, body in self.asked
            if method == "POST"
        ]

    def store(self, payload: dict[str, Any]) -> dict[str, Any]:
        kept = as_stored(payload) | {
            "uuid": str(uuid4()),
            "created_at": "2026-11-23 12:00:30",
            "platform_name": "Marketplace",
        }
        self.stored[payload["puid"]] = kept
        return kept

    def faults(self, payload: dict[str, Any]) -> dict[str, list[str]]:
        """By its rules, and what this test makes it object to: by a text of the facts."""
        named = [said for text, said in self.objects.items() if text in payload.get("decision_facts", "")]
        return named[0] if named else messages_of(check(payload, ours=False))

    def one(self, payload: dict[str, Any]) -> tuple[int, Any]:
        if errors := self.faults(payload):
            return 422, {"message": "The given data was invalid.", "errors": errors}
        if payload["puid"] in self.stored:
            said = "The identifier given is not unique within this platform."
            return 422, {"message": said, "errors": {"puid": [said]}, "existing": {"puid": payload["puid"]}}
        return 201, self.store(payload)

    def batch(self, body: dict[str, Any]) -> tuple[int, Any]:
        if "statements" in check_batch(body, ours=False):
            return 422, {"message": "…", "errors": {"statements": ["The statements field is required."]}}
        each = [self.faults(payload) for payload in body["statements"]]
        if any(each):
            return 422, {"errors": {f"statement_{place}": faults for place, faults in enumerate(each) if faults}}
        if used := [payload["puid"] for payload in body["statements"] if payload["puid"] in self.stored]:
            said = "The platform identifier(s) are not all unique within this call."
            return 422, {"message": said, "errors": {"puid": [said], "existing_puids": used}}
        return 201, {"statements": [self.store(payload) for payload in body["statements"]]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    database: Database

    def do_GET(self) -> None:
        puid = self.path.rpartition("/")[2]
        self.database.asked.append(("GET", self.path, None))
        self._say(302 if puid in self.database.stored else 404, {"puid": puid})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.database.asked.append(("POST", self.path, body))
        if self.headers["Authorization"] != f"Bearer {self.database.token}":
            self._say(401, {"message": "Unauthenticated."})
            return
        fault = self.database.fails.pop(0) if self.database.fails else None
        if fault == "hang":
            time.sleep(2)
            return
        if isinstance(fault, int):
            self._say(fault, "Limit Reached. Please do not overload the API" if fault == 429 else "")
            return
        single = self.path == "/api/v1/statement"
        status, answer = self.database.one(body) if single else self.database.batch(body)
        if fault == "keep":
            self.database.kept.set()
            time.sleep(60)
            return
        if fault == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._say(status, answer)

    def _say(self, status: int, body: Any) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://elsewhere.example/")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Says nothing on the test's output."""


@contextmanager
def running() -> Iterator[Database]:
    database = Database()
    handler = type("Bound", (Handler,), {"database": database})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    database.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield database
    finally:
        server.shutdown()
        server.server_close()
