"""Servers and launchers started for one test, on a state folder of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from governance.embedded.state import StateFolder
from governance.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
NAMED = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GOVERNANCE_STATE", "GOVERNANCE_TEST_STATE")


@pytest.fixture(autouse=True)
def _no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The launcher starts servers only where none are named; the tests' own are named in the environment."""
    for name in NAMED:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state")
    folder.prepare()
    return folder


@pytest.fixture
def sockets() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gov-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def valkey(state: StateFolder, sockets: Path) -> Iterator[Valkey]:
    server = Valkey(state=state.path, sockets=sockets)
    yield server
    server.stop()


@dataclass
class Launcher:
    """A process that holds servers, as `tests/launcher/holder.py` tells of it."""

    process: subprocess.Popen[str]
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def pids(self) -> dict[str, int]:
        return dict(self.told["pids"])

    @property
    def database_url(self) -> str:
        return str(self.told["variables"]["DATABASE_URL"])

    def end(self, signum: signal.Signals) -> int:
        self.process.send_signal(signum)
        return self.process.wait(60)


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Callable[..., Launcher]]:
    started: list[subprocess.Popen[str]] = []
    sockets: list[str] = []

    def hold(folder: Path | None = None, **options: Any) -> Launcher:
        environment = {name: value for name, value in os.environ.items() if name not in NAMED}
        environment |= {"PYTHONPATH": str(ROOT)} | options.pop("environment", {})
        command = [sys.executable, "-m", "tests.launcher.holder", str(folder or tmp_path / "state")]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=tmp_path,
            start_new_session=True,
            **options,
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        told = json.loads(line) if line else {}
        sockets.extend(filter(None, [told.get("sockets")]))
        return Launcher(process, told)

    yield hold
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    for folder in sockets:  # those of a launcher that the test has killed
        shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, question: str) -> Any:
    """The first value that the database answers with."""
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        link.close()


def is_running(pid: int) -> bool:
    """A process that has ended and waits to be collected does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(reached: Callable[[], bool], within: float = 30.0) -> bool:
    until = time.monotonic() + within
    while not reached() and time.monotonic() < until:
        time.sleep(0.05)
    return reached()
