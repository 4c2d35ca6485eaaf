"""The launcher as a person uses it: start, look, break something, stop, start again."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from governance.cli.world.making import PAST, TODAY
from tests.launcher.conftest import NAMED, ROOT, ask, is_running, wait_until

READY_WITHIN = 240.0


class Demo:
    """`./run demo` on a state folder of its own; what it says is collected."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        variables = {
            name: value for name, value in os.environ.items() if name not in (*NAMED, "DJANGO_SETTINGS_MODULE")
        }
        variables |= {"GOVERNANCE_STATE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.folder = folder
        self.said_file = folder.with_name("said.txt")
        with self.said_file.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "governance.cli", "demo", *arguments],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.said_file.read_text()

    @property
    def url(self) -> str:
        found = re.search(r"Ready: (http://127\.0\.0\.1:\d+)", self.said)
        assert found, self.said
        return found[1]

    def wait_until_ready(self) -> None:
        wait_until(lambda: "Ctrl-C stops everything" in self.said or self.process.poll() is not None, READY_WITHIN)
        assert self.process.poll() is None, self.said

    def running(self) -> dict[str, str]:
        return dict(json.loads((self.folder / "running.json").read_text()))

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)


def _answer(url: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- the demo's own address
            return dict(json.load(answer))
    except OSError:
        return {}


def _processes(mark: str, folder: Path) -> list[int]:
    """Process ids whose command line has the mark, and that belong to this state folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            told = process.joinpath("environ").read_bytes().decode(errors="replace") + str(
                process.joinpath("cwd").readlink()
            )
        except OSError:
            continue
        if mark in command and str(folder) in told + command and is_running(int(process.name)):
            found.append(int(process.name))
    return found


def _kill_and_await(demo: Demo, mark: str, name: str) -> None:
    killed = min(_processes(mark, demo.folder))
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: f"{name} ended; starting it again" in demo.said)
    assert wait_until(lambda: set(_processes(mark, demo.folder)) - {killed} != set())


def _left(demo: Demo) -> list[int]:
    return [
        pid for mark in ("postgres", "valkey-server", "celery", "gunicorn") for pid in _processes(mark, demo.folder)
    ]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    started: list[Demo] = []

    def demo(*arguments: str) -> Demo:
        started.append(Demo(tmp_path / "state", *arguments))
        return started[-1]

    yield demo
    for each in started:
        each.stop()
    note = tmp_path / "state" / ".sockets"
    if note.exists():  # those of a launcher that the test has killed
        shutil.rmtree(note.read_text(), ignore_errors=True)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_start_break_stop_and_start_again(demo: Callable[..., Demo]) -> None:
    first = demo("--port", "0", "--listings", "200")
    first.wait_until_ready()
    made = re.findall(r"Made (.+) in ", first.said)
    assert len(made) == len(PAST) + len(TODAY), first.said
    assert _answer(f"{first.url}/health/ready") == {"database": "ok", "cache": "ok", "broker": "ok"}
    ask(first.running()["DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS n")

    # Each part is killed as a machine would kill it, and comes back.
    _kill_and_await(first, "celery -A governance worker", "worker")
    _kill_and_await(first, "/bin/postgres -D", "PostgreSQL")
    assert wait_until(lambda: _answer(f"{first.url}/health/ready") == {"database": "ok", "cache": "ok", "broker": "ok"})

    assert first.stop() == 0, first.said
    assert first.said.splitlines()[-1] == "Stopped."
    assert _left(first) == []
    assert not (first.folder / "running.json").exists()

    second = demo("--port", "0")
    second.wait_until_ready()
    assert "Made " not in second.said  # what is there stays as it is
    assert ask(second.running()["DATABASE_URL"], "SELECT n FROM kept") == 7
    second.process.kill()
    assert wait_until(lambda: _left(second) == [])


def test_a_port_that_is_taken_is_said_before_anything_starts(demo: Callable[..., Demo]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = demo("--port", str(port))
        assert refused.process.wait(60) == 2

    assert refused.said == (
        f"Port {port} on 127.0.0.1 is taken (Address already in use). Name another one: ./run demo --port {port + 1}\n"
    )
    assert not list(refused.folder.glob("postgres-*"))


def test_a_reset_clears_the_data_and_asks_nobody_where_nobody_is(demo: Callable[..., Demo], tmp_path: Path) -> None:
    folder = tmp_path / "state"
    (folder / "postgres-9").mkdir(parents=True)
    (folder / "postgres-9" / "PG_VERSION").write_text("9\n")
    (folder / ".lock").touch()
    with socket.socket() as other:  # ends right after the reset
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = demo("--reset", "--port", str(other.getsockname()[1]))
        assert ended.process.wait(60) == 2

    assert ended.said.splitlines()[0].endswith("The demo's data are cleared.")
    assert not (folder / "postgres-9").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--once", "--reset"), "./run demo: error: --once has data of its own: there is nothing to reset"),
        (("--json", "out.json"), "./run demo: error: --json goes with --once"),
        (("--once", "--json", "/nowhere/out.json"), "/nowhere/out.json: there is no folder /nowhere."),
        (
            ("--listings", "99"),
            "./run demo: error: argument --listings: the planted defects alone are some 100 listings",
        ),
    ],
)
def test_what_does_not_go_together_is_said(demo: Callable[..., Demo], arguments: tuple[str, ...], told: str) -> None:
    refused = demo(*arguments)

    assert refused.process.wait(60) == 2
    assert refused.said.splitlines()[-1] == told
