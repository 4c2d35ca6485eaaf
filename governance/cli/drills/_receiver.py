"""A marketplace's endpoint for exercises: a real server that accepts, refuses, hangs, drips, cuts or answers twice, as it is told."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"


@dataclass(frozen=True)
class Got:
    """One request. `accepted` is whether the marketplace has taken it, whatever it then answered."""

    headers: dict[str, str]
    body: bytes
    manner: str
    accepted: bool

    @property
    def event(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.body))


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@dataclass
class Receiver:
    """`manner(event)` says how each request is met: ok, 500, 302, hang, drip, cut, twice, long, echo."""

    manner: Callable[[dict[str, Any]], str] = lambda _event: "ok"
    hangs_for: float = 30
    got: list[Got] = field(default_factory=list)
    open: int = 0
    most_open: int = 0

    def __enter__(self) -> "Receiver":
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.server = _Server(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?of=governance"

    @property
    def accepted(self) -> list[Got]:
        return [each for each in self.got if each.accepted]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                manner = receiver.manner(json.loads(body))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with receiver.lock:
                    taken = manner in ("ok", "cut", "twice", "long", "echo", "drip body")
                    receiver.got.append(Got(headers, body, manner, taken))
                    receiver.open += 1
                    receiver.most_open = max(receiver.most_open, receiver.open)
                try:
                    receiver.answer(manner, self.connection, headers)
                finally:
                    with receiver.lock:
                        receiver.open -= 1
                    self.close_connection = True

            def log_message(self, *_what: object) -> None:
                """Silent."""

        return Handler

    def answer(self, manner: str, link: socket.socket, headers: dict[str, str]) -> None:
        try:
            if manner in ("hang", "drip", "drip body"):
                self._be_slow(manner, link)
            elif manner != "cut":
                link.sendall(_answer(manner, headers))
        except OSError:
            return  # whoever asked has gone

    def _be_slow(self, manner: str, link: socket.socket) -> None:
        """Nothing, or a byte now and then: each alone is soon enough."""
        until = time.monotonic() + self.hangs_for
        if manner != "hang":
            link.sendall(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if manner == "drip body" else b"x-slow: "))
        while time.monotonic() < until and not self.ended.wait(0.1):
            if manner != "hang":
                link.sendall(b"x")


def _answer(manner: str, headers: dict[str, str]) -> bytes:
    if manner == "500":
        return b"HTTP/1.1 500 Broken\r\ncontent-length: 6\r\nset-cookie: a=b\r\n\r\nbroken"
    if manner == "302":
        return b"HTTP/1.1 302 Elsewhere\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
    if manner == "twice":
        return OK + OK
    if manner == "long":
        return b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + b"x" * 1_000_000
    if manner == "echo":
        said = headers["webhook-signature"].encode() + b" \x00 heard"
        return b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + said
    return OK
