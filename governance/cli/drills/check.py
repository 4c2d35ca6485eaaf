"""Ask over HTTP whether a listing may go live, with 200 policies and with none, in turn; prints times and their ratios.

Two web servers on two databases of their own, alike but for the policies' mode. All policies apply to every listing that is
asked about, and no listing is asked about twice. Options: --policies N, --terms N, --requests N.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from governance.cli import migrated, programs, stage, temporary
from governance.cli.drills import _check_ground as ground
from governance.cli.install import ROOT
from governance.cli.supervisor import Running
from governance.embedded import processes
from governance.embedded.errors import CannotStart

PATH = "/api/v1/listings/check"
WARM = 30
NONE, FINE, HELD = "no policies", "nothing holds", "one holds"
EXPECTED = {NONE: "allow", FINE: "allow", HELD: "block"}


class Server:
    """A web server on a database of its own, and one connection to it that is kept."""

    def __init__(self, link: HTTPConnection, key: str, listings: Sequence[str]) -> None:
        self.link, self.key, self.listings = link, key, listings

    def ask(self, body: bytes) -> tuple[float, dict[str, Any]]:
        """Milliseconds until the whole answer is there, and the answer."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Accept-Language": "de"}
        begun = time.perf_counter()
        self.link.request("POST", PATH, body, headers)
        answer = self.link.getresponse()
        text = answer.read()
        took = (time.perf_counter() - begun) * 1_000
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {text.decode()}")
        return took, json.loads(text)


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill check")
    parser.add_argument("--policies", type=int, default=200)
    parser.add_argument("--terms", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=500, help="Of each kind. (default: 500)")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--off", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.make:
        return _make(options)
    with tempfile.TemporaryDirectory(prefix="gov-check-") as folder, ExitStack() as stack:
        idle = stack.enter_context(_server(options, Path(folder) / "idle", off=True))
        acting = stack.enter_context(_server(options, Path(folder) / "acting", off=False))
        _print(options, _measured({NONE: idle, FINE: acting, HELD: acting}))
    return 0


def _make(options: argparse.Namespace) -> int:
    """In a process of its own, on the database that it was given."""
    migrated.prepare(dict(os.environ))
    key = ground.make(policy_count=options.policies, term_count=options.terms, at=timezone.now())
    if options.off:
        ground.switch_all_off(at=timezone.now())
    turns = range(options.requests + WARM)
    listings = [
        ground.listing(3 * turn + place, holds=kind == HELD) for turn in turns for place, kind in enumerate(EXPECTED)
    ]
    options.make.write_text("\n".join([key, *map(json.dumps, listings)]))
    return 0


@contextmanager
def _server(options: argparse.Namespace, folder: Path, *, off: bool) -> Iterator[Server]:
    made = folder / "made"
    folder.mkdir()
    with temporary.own_database(os.environ["DATABASE_URL"]) as database, programs.listen(0) as listener:
        url = programs.address(listener)
        environment = dict(os.environ) | {"DATABASE_URL": database.url, "PUBLIC_URL": url}
        size = ["--policies", str(options.policies), "--terms", str(options.terms), "--requests", str(options.requests)]
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "governance.cli.steps",
            "drill",
            "check",
            *size,
            "--make",
            made,
        ]
        maker = processes.spawn([*command, *(["--off"] if off else [])], log=None, environment=environment, cwd=ROOT)
        if maker.wait() != 0:
            raise CannotStart("The drill's data could not be made; what was said of it is above.")
        running = Running(programs.web(environment, folder, listener))
        running.start()
        try:
            stage.wait_for(running, url)
            key, *listings = made.read_text().splitlines()
            with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as link:
                yield Server(link, key, listings)
        finally:
            running.stop()


def _measured(servers: dict[str, Server]) -> dict[str, list[float]]:
    """Milliseconds by kind. The kinds take turns, so that whatever else the machine does befalls all of them."""
    took: dict[str, list[float]] = {kind: [] for kind in servers}
    bodies = servers[FINE].listings
    for place, kind in enumerate(list(servers) * (len(bodies) // len(servers))):
        spent, answer = servers[kind].ask(bodies[place].encode())
        if answer["verdict"] != EXPECTED[kind]:
            raise AssertionError(f"{kind}: {answer}")
        if place >= WARM * len(servers):
            took[kind].append(spent)
    return took


def _print(options: argparse.Namespace, took: dict[str, list[float]]) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(
        f"{options.policies} policies over {options.terms:,} terms, {len(took[NONE]):,} requests of each kind in turn"
    )
    print(f"{'':>16}{'p50':>10}{'p99':>10}")
    least = _quantiles(took[NONE])
    for kind, spent in took.items():
        middle, high = _quantiles(spent)
        ratios = "" if kind == NONE else f"   {middle / least[0]:.2f} and {high / least[1]:.2f} times"
        print(f"{kind:>16}{middle:>7.1f} ms{high:>7.1f} ms{ratios}")


def _quantiles(spent: Sequence[float]) -> tuple[float, float]:
    hundredths = statistics.quantiles(spent, n=100, method="inclusive")
    return hundredths[49], hundredths[98]
