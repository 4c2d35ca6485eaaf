"""One listing asked about over HTTP, with 200 policies in force and with none."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils import timezone

from governance.accounts.domain import api_keys
from governance.cli import programs, stage
from governance.cli.bench import figures, loading, ndjson
from governance.cli.bench import policies as acting
from governance.cli.supervisor import Running
from governance.embedded.errors import CannotStart
from governance.policies.enums import Mode

PATH = "/api/v1/listings/check"
SCOPE = "listings:check"
WARM, ASKED = 30, 100
"""Requests of each kind in a round: the first ones are not counted, and make the processes know the policies."""
NONE, ALL = "no policies", "200 policies"
MODES = {NONE: Mode.OFF, ALL: Mode.REVIEW}
Say = Callable[[str], None]


def measure(*, listings: int, seed: int, rounds: int, say: Say) -> dict[str, Any]:
    if not is_there():
        raise CannotStart(f"This version has no POST {PATH}: there is nothing to measure.")
    say(figures.machine())
    loading.load(listings, seed=seed, say=say)
    loading.settle()
    _key, secret = api_keys.create(name="bench", scopes=[SCOPE], actor=acting.author(), at=timezone.now())
    rows = ndjson.rows(WARM + ASKED, seed=seed + 1, prefix="new-")
    bodies = [json.dumps(row, default=str).encode() for row in rows]
    took: dict[str, list[float]] = {kind: [] for kind in MODES}
    with tempfile.TemporaryDirectory(prefix="gov-bench-") as folder, _server(Path(folder)) as (link, running):
        for nth in range(rounds):
            for kind, mode in MODES.items():
                acting.set_modes(mode, at=timezone.now())
                link.close()  # the server ends a connection that rests; the next request opens another
                spent = [ask(link, body, secret) for body in bodies]
                took[kind] += spent[WARM:]
            middles = (f"{kind} {statistics.median(spent[-ASKED:]):.1f} ms" for kind, spent in took.items())
            say(f"Round {nth + 1}, p50: {', '.join(middles)}")
        peak = _peak_mb(running)
    return _told(took, listings=listings, rounds=rounds, peak=peak)


def is_there() -> bool:
    """Whether the address takes a POST: without the check it is that of a listing with an odd name."""
    try:
        return "post" in getattr(resolve(PATH).func, "actions", {})
    except Resolver404:
        return False


def ask(link: HTTPConnection, body: bytes, secret: str) -> float:
    """Return the milliseconds until the whole answer is there."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Accept-Language": "en"}
    begun = time.perf_counter()
    link.request("POST", PATH, body, headers)
    answer = link.getresponse()
    text = answer.read()
    took = (time.perf_counter() - begun) * 1_000
    if answer.status != 200 or "verdict" not in json.loads(text):
        raise AssertionError(f"{answer.status}: {text.decode()}")
    return took


def quantiles(spent: Sequence[float]) -> tuple[float, float]:
    """Return p50 and p99."""
    hundredths = statistics.quantiles(spent, n=100, method="inclusive")
    return hundredths[49], hundredths[98]


@contextmanager
def _server(folder: Path) -> Iterator[tuple[HTTPConnection, Running]]:
    """The product's web server on this database, and a connection to it that is kept."""
    with programs.listen(0) as listener:
        url = programs.address(listener)
        running = Running(programs.web(dict(os.environ) | {"PUBLIC_URL": url}, folder, listener))
        running.start()
        try:
            stage.wait_for(running, url)
            with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as link:
                yield link, running
        finally:
            running.stop()


def _peak_mb(running: Running) -> int:
    """The most that one of the server's processes has held."""
    if running.process is None:
        return 0
    parent = running.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    lines = [line for pid in children for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM")), default=0)


def _told(took: dict[str, list[float]], *, listings: int, rounds: int, peak: int) -> dict[str, Any]:
    least, most = quantiles(took[NONE]), quantiles(took[ALL])
    middle, high = (round(many / none, 2) for many, none in zip(most, least, strict=True))
    rows = [("", "p50", "p99", "requests")]
    for kind, (p50, p99) in {NONE: least, ALL: most}.items():
        rows.append((kind, f"{p50:.1f} ms", f"{p99:.1f} ms", f"{len(took[kind]):,}"))
    print(figures.table(rows))
    print(f"  With 200 policies p50 is {middle:.2f} and p99 {high:.2f} times that of the same requests with none.")
    return {
        "listings": listings,
        "rows_per_second": round(1_000 / most[0], 1),
        "ratios": {"p50": middle, "p99": high},
        "peak_rss_mb": peak,
        "milliseconds": {NONE: [round(each, 2) for each in least], ALL: [round(each, 2) for each in most]},
        "rounds": rounds,
    }
