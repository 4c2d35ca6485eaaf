"""A queue of 100,000 cases worked by 50 people at once over HTTP: no case is given twice, and how long they wait for what.

On servers of its own. Each person has a session and a connection of their own, opens the queue, takes the next case, opens it, and decides,
skips, or walks away, so that the case lapses; between two steps they think. Then a senior reviewer, alone, opens a case of 400 listings, a page of
twenty and a search. Options: --cases N, --people N, --rounds N, --pause SECONDS.
"""

import argparse
import json
import os
import platform
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from governance.cli import migrated, programs, stage
from governance.cli.drills.sweep_kill import CALM, Stage
from governance.cli.install import ROOT
from governance.cli.supervisor import Running
from governance.embedded.instance import Instance
from governance.embedded.state import StateFolder

GROUND = "import django; django.setup(); from governance.cli.drills import _claims_ground as ground;"
CLAIM, QUEUE, CASE = "claim", "queue page", "case page"
LARGE, TWENTY, SEARCH = "400 listings", "page of 20", "search"
MOST = {CLAIM: 50.0, QUEUE: 300.0, CASE: 300.0, LARGE: 300.0, TWENTY: 300.0, SEARCH: 300.0}
"""Milliseconds at the median."""
TWICE = """
    SELECT count(*) FROM (
        SELECT to_state, lag(to_state) OVER (PARTITION BY case_id ORDER BY id) AS before FROM investigations_casemove
    ) moves WHERE to_state = 'in_review' AND before IN ('in_review', 'closed')
"""
"""By the order in which they happened: two requests under way at once may each have begun before the other."""
TO_WHO_SKIPPED = """
    SELECT count(*) FROM investigations_skip s JOIN investigations_claim c ON c.case_id = s.case_id AND c.person_id = s.person_id
    WHERE c.claimed_at > s.skipped_at
"""
ALONE = 20
"""How often the senior reviewer opens each."""
ENDED = "SELECT COALESCE(NULLIF(ended_as, ''), 'held'), count(*) FROM investigations_claim GROUP BY 1 ORDER BY 1"


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill claims", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--pause", type=float, default=10.0, help="Seconds of thought between two steps, on average.")
    parser.add_argument("--untimed", action="store_true", help="Judge what is given, not how long it takes.")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gov-claims-") as folder:
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        instance = Instance(state, {})
        try:
            instance.start()
            return _drill(Stage(state, instance), options)
        finally:
            instance.stop()


def _drill(servers: Stage, options: argparse.Namespace) -> int:
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", flush=True)
    sessions = servers.state.path / "sessions.json"
    migrated.prepare(servers.environment(CALM))
    made = f"ground.make(cases={options.cases}, people={options.people}, sessions={str(sessions)!r})"
    servers.python(CALM, "-c", GROUND + made)
    ground = json.loads(sessions.read_text())
    with closing(programs.listen(0)) as listener:
        url = programs.address(listener)
        environment = servers.environment(CALM) | {"PUBLIC_URL": url}
        web = Running(programs.web(environment, servers.state.path / "logs", listener))
        web.start()
        lapsing = subprocess.Popen([sys.executable, "-c", GROUND + "ground.keep_lapsing()"], env=environment, cwd=ROOT)
        try:
            stage.wait_for(web, url)
            host = urlsplit(url).netloc
            took, faults = _work(host, ground["people"], options)
            took |= _alone(Moderator(host, ground["senior"], options, random.Random(0)), ground["large"])  # noqa: S311
        finally:
            lapsing.kill()
            lapsing.wait()
            web.stop()
    return _print(servers, options, took, faults)


def _work(host: str, keys: Sequence[str], options: argparse.Namespace) -> tuple[dict[str, list[float]], list[str]]:
    people = [Moderator(host, key, options, random.Random(number)) for number, key in enumerate(keys)]  # noqa: S311
    threads = [threading.Thread(target=person.work) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for name, spent in person.took.items():
            took[name] += spent
    return took, [fault for person in people for fault in person.faults]


def _alone(senior: "Moderator", large: int) -> dict[str, list[float]]:
    with closing(HTTPConnection(senior.host, timeout=60)) as senior.link:
        page = senior.ask("POST", "/queue/grid/draw/", "draw twenty")
        if not page.startswith("/queue/grid/"):
            raise LookupError(f"no page of twenty was given, but {page!r}")
        for what, path in ((LARGE, f"/cases/{large}/"), (TWENTY, page), (SEARCH, "/search/listings/?q=toy")):
            for _time in range(ALONE):
                senior.ask("GET", path, what)
    return senior.took


class Moderator:
    """A person at a browser: one connection that is kept, one session, times in milliseconds by what was asked."""

    def __init__(self, host: str, session: str, options: argparse.Namespace, chance: random.Random) -> None:
        self.host, self.options, self.chance = host, options, chance
        self.token = secrets.token_hex(16)
        self.cookie = f"sessionid={session}; csrftoken={self.token}"
        self.took: dict[str, list[float]] = defaultdict(list)
        self.faults: list[str] = []

    def work(self) -> None:
        time.sleep(self.chance.uniform(0, 2 * self.options.pause))  # nobody begins at the same moment
        with closing(HTTPConnection(self.host, timeout=60)) as self.link:
            for _round in range(self.options.rounds):
                try:
                    self.one_round()
                except (OSError, LookupError) as fault:
                    self.faults.append(repr(fault))
                    self.think()

    def one_round(self) -> None:
        self.ask("GET", "/queue/?sort=-priority", QUEUE)
        case = self.ask("POST", "/queue/next/", CLAIM)
        if not case.startswith("/cases/"):
            raise LookupError(f"no case was given, but {case!r}")
        self.ask("GET", case, CASE)
        self.think()
        match self.chance.choice(("decide", "skip", "leave")):
            case "leave":
                self.ask("POST", f"{case}here/", "beat", active="1")
                self.think()
                return
            case "decide":
                entered = {"verdict_all": "fine", "known_up_to": "999999999", "reason": "drill", "fine_reason": "drill"}
                following = self.ask("POST", f"{case}decide/", "decide", **entered)
            case _:
                following = self.ask("POST", f"{case}skip/", "skip", **{"skip-why": "drill"})
        self.think()
        if following.startswith("/cases/"):
            self.ask("POST", f"{following}release/", "release")
        self.think()

    def ask(self, method: str, path: str, what: str, **entered: str) -> str:
        """Where the answer leads, empty for a page."""
        body = urlencode({**entered, "csrfmiddlewaretoken": self.token}) if method == "POST" else None
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        begun = time.perf_counter()
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        answer.read()
        self.took[what].append((time.perf_counter() - begun) * 1_000)
        if answer.status == HTTPStatus.CONFLICT and what in ("decide", "skip"):
            self.took["claim ran out"].append(self.took[what].pop())  # said on the page, and nothing was written
            return ""
        if answer.status not in (200, 302):
            raise LookupError(f"{method} {path}: {answer.status}")
        return answer.headers.get("Location", "")

    def think(self) -> None:
        self.link.close()  # as the server would: it keeps nobody waiting for the next request
        time.sleep(self.chance.uniform(0.5, 1.5) * self.options.pause)


def _print(servers: Stage, options: argparse.Namespace, took: dict[str, list[float]], faults: Sequence[str]) -> int:
    twice, again = servers.ask(CALM, TWICE)[0][0], servers.ask(CALM, TO_WHO_SKIPPED)[0][0]
    ended = ", ".join(f"{count:,} {how}" for how, count in servers.ask(CALM, ENDED))
    print(
        f"{options.cases:,} cases, {options.people} people with {options.pause:g} s of thought, over HTTP to gunicorn"
    )
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
    print(f"claims: {ended}")
    print(f"cases given twice: {twice}; given again to who skipped them: {again}; requests that failed: {len(faults)}")
    for fault in faults[:3]:
        print("   ", fault)
    print(f"{'':>12}{'median':>11}{'p95':>11}{'number':>9}")
    for name, spent in ((name, spent) for name, spent in took.items() if spent):
        middle = high = statistics.median(spent)
        if len(spent) > 1:
            high = statistics.quantiles(spent, n=20, method="inclusive")[18]
        print(f"{name:>12}{middle:>8.0f} ms{high:>8.0f} ms{len(spent):>9,}")
    counted = subprocess.run(
        [sys.executable, "-c", GROUND + "ground.statements()"],
        env=servers.environment(CALM), cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    numbers: dict[str, list[int]] = json.loads(counted.stdout.splitlines()[-1])
    for name, found in numbers.items():
        print(f"statements of the {name} page: {', '.join(map(str, found))}")
    fixed = all(len(set(found)) == 1 for found in numbers.values())
    slow = [name for name, most in MOST.items() if not options.untimed and statistics.median(took[name]) > most]
    if slow:
        print(f"slower than it should be at the median: {', '.join(slow)}")
    return 0 if not (twice or again or faults or slow) and fixed else 1
