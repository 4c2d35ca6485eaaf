"""The untimed twin of `./run bench check`, as far as it goes without a server: what it asks, counts and refuses."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from governance.cli.bench.measures import checking
from governance.embedded.errors import CannotStart

ANSWERS = {b"good": (200, b'{"verdict": "allow"}'), b"bad": (400, b'{"title": "No"}'), b"odd": (200, b"{}")}


class Answering(BaseHTTPRequestHandler):
    """A stand-in for the product's server: answers by what it is sent, to who has the key."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, text = ANSWERS[body] if self.headers["Authorization"] == "Bearer key" else (401, b"{}")
        self.send_response(status if self.path == checking.PATH else 404)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


@pytest.fixture
def link() -> Iterator[http.client.HTTPConnection]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        connection = http.client.HTTPConnection(*server.server_address[:2], timeout=5)  # type: ignore[arg-type]
        yield connection
        connection.close()
        server.shutdown()
        thread.join()


def test_an_answer_with_a_verdict_is_timed(link: http.client.HTTPConnection) -> None:
    assert 0 < checking.ask(link, b"good", "key") < 5_000


@pytest.mark.parametrize(
    ("body", "key", "told"), [(b"bad", "key", "400"), (b"odd", "key", "200"), (b"good", "no", "401")]
)
def test_anything_else_is_no_figure(link: http.client.HTTPConnection, body: bytes, key: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        checking.ask(link, body, key)


def test_half_of_the_requests_are_faster_than_p50() -> None:
    assert checking.quantiles([float(number) for number in range(101)]) == (50.0, 99.0)


def test_a_version_without_the_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PATH", "/api/v1/listings/nowhere")

    with pytest.raises(CannotStart, match="This version has no POST /api/v1/listings/nowhere"):
        checking.measure(listings=1_000, seed=1, rounds=5, say=print)


def test_both_kinds_are_told_with_their_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    took = {checking.NONE: [10.0] * 100, checking.ALL: [12.0] * 98 + [40.0] * 2}

    told = checking._told(took, listings=1_000, rounds=5, peak=90)

    assert told["ratios"] == {"p50": 1.2, "p99": 4.0}
    assert told["rows_per_second"] == 83.3
    assert "With 200 policies p50 is 1.20 and p99 4.00 times" in capsys.readouterr().out
