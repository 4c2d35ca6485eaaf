"""The product at work on one database: web, worker and beat, watched over, and the steps that run beside them."""

import json
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

from governance.cli import programs
from governance.cli.environment import Environment
from governance.cli.install import ROOT
from governance.cli.supervisor import Running, Supervisor
from governance.cli.terminal import say
from governance.embedded import processes
from governance.embedded.errors import CannotStart
from governance.embedded.instance import Server

READY_WITHIN = 120.0  # seconds
ANSWERS_WITHIN = 60.0
STEP_STOPS_WITHIN = 10.0


class Stage:
    def __init__(self, environment: Environment, logs: Path, servers: Sequence[Server], listener: socket) -> None:
        self.environment, self.logs, self.listener = environment, logs, listener
        self.url = programs.address(listener)
        self.supervisor = Supervisor(servers, say)

    def migrate(self) -> None:
        told = self.step("migrate")
        if logins := told.get("logins"):
            self.environment["DEMO_LOGINS"] = json.dumps(logins)
        say("The database is up to date.")

    def open(self) -> None:
        for program in (
            programs.web(self.environment, self.logs, self.listener),
            programs.worker(self.environment, self.logs),
            programs.beat(self.environment, self.logs),
        ):
            self.supervisor.start(program)

    def wait_for_web(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while not answers(self.url):
            self.supervisor.insist()
            if time.monotonic() > until:
                raise CannotStart(
                    f"The web server did not answer in {READY_WITHIN:.0f} s. Its log: {self.logs}/web.log"
                )
            time.sleep(0.1)

    def step(self, name: str) -> dict[str, Any]:
        """Run one step to its end, keeping everything else alive meanwhile; its result."""
        with tempfile.TemporaryDirectory(prefix="gov-step-") as folder:
            result = Path(folder) / "result.json"
            command = [sys.executable, "-m", "governance.cli.steps", name]
            process = processes.spawn(
                [*command, "--base-url", self.url, "--result", result],
                log=None,
                environment=self.environment,
                cwd=ROOT,
            )
            try:
                self.supervisor.watch_until(lambda: process.poll() is not None, every=0.05)
            finally:
                processes.stop(process, ask=processes.TERMINATE, within=STEP_STOPS_WITHIN)
            if process.returncode != 0:
                raise CannotStart(f"The step `{name}` failed; what it said is above. The logs: {self.logs}")
            return dict(json.loads(result.read_text()))


def answers(url: str) -> bool:
    """Whether a web server of ours is there, and awake."""
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=5) as answer:  # noqa: S310 -- our own address
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_for(web: Running, url: str) -> None:
    """Return when a web server of ours answers. Raises CannotStart if it ends before, or takes too long."""
    until = time.monotonic() + ANSWERS_WITHIN
    while not answers(url):
        if not web.alive() or time.monotonic() > until:
            raise CannotStart(f"The web server did not start: {web.log.read_text()[-2_000:]}")
        time.sleep(0.1)


@contextmanager
def running(environment: Environment, logs: Path, servers: Sequence[Server], listener: socket) -> Iterator[Stage]:
    stage = Stage(environment, logs, servers, listener)
    try:
        yield stage
    finally:
        say("Stopping.")
        stage.supervisor.stop()
