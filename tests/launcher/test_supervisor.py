import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from governance.cli.supervisor import Program, Supervisor, Watched
from governance.embedded.errors import CannotStart
from tests.launcher.conftest import is_running, wait_until

NOTES_ITS_START = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')"
SLEEPS = "import time; time.sleep(600)"
NOTES_ITS_END = (
    "import signal, sys, time\n"
    "def end(*_):\n"
    "    open(sys.argv[1], 'a').write(sys.argv[2] + '\\n')\n"
    "    sys.exit()\n"
    "signal.signal(signal.SIGTERM, end)\n"
    "open(sys.argv[1], 'a').write('ready\\n')\n"
    "time.sleep(600)"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor((), said.append)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    def program(code: str, *arguments: str, name: str = "worker", stop_within: float = 20.0) -> Program:
        command = (sys.executable, "-c", code, *arguments)
        return Program(name, command, {}, tmp_path / f"{name}.log", stop_within=stop_within)

    return program


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def _process(watched: Watched) -> "subprocess.Popen[bytes]":
    assert watched.server.process is not None
    return watched.server.process


def test_a_program_that_ends_is_started_again_ever_later(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path, said: list[str]
) -> None:
    starts = tmp_path / "starts"
    supervisor.start(program(NOTES_ITS_START, str(starts)))

    supervisor.watch_until(lambda: len(_lines(starts)) == 3, every=0.02)

    log = tmp_path / "worker.log"
    assert said == [
        f"worker ended; starting it again in 1 s. Its log: {log}",
        f"worker ended; starting it again in 2 s. Its log: {log}",
    ]


def test_a_program_that_had_run_long_is_started_again_at_once(
    supervisor: Supervisor, program: Callable[..., Program], said: list[str]
) -> None:
    supervisor.start(program(SLEEPS))
    watched = supervisor.watched[0]
    watched.started_at -= 3_600
    first = _process(watched)
    first.kill()
    first.wait()

    supervisor.watch()

    assert watched.server.alive()
    assert [line.partition(".")[0] for line in said] == ["worker ended; starting it again in 0 s"]


def test_while_starting_up_an_end_is_an_error_that_shows_the_log(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path
) -> None:
    supervisor.start(program("raise SystemExit('no such queue')"))
    assert wait_until(lambda: not supervisor.watched[0].server.alive())

    with pytest.raises(CannotStart) as refusal:
        supervisor.insist()

    assert str(refusal.value) == f"worker did not stay up. The end of {tmp_path / 'worker.log'}:\nno such queue"


def test_the_last_started_is_stopped_first(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path
) -> None:
    order = tmp_path / "order"
    for name in ("web", "worker", "beat"):
        supervisor.start(program(NOTES_ITS_END, str(order), name, name=name))
    assert wait_until(lambda: len(_lines(order)) == 3)

    supervisor.stop()

    assert _lines(order) == ["ready"] * 3 + ["beat", "worker", "web"]


def test_who_does_not_listen_is_killed(supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path) -> None:
    supervisor.start(program(STUBBORN, stop_within=0.3))
    assert wait_until(lambda: _lines(tmp_path / "worker.log") == ["up"])
    process = _process(supervisor.watched[0])
    begun = time.monotonic()

    supervisor.stop()

    assert process.returncode == -signal.SIGKILL
    assert not is_running(process.pid)
    assert time.monotonic() - begun < 10
