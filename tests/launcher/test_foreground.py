import os
import signal
import subprocess
import sys
from pathlib import Path

from governance.cli import foreground
from tests.launcher.conftest import ROOT


def test_the_exit_code_is_the_programs() -> None:
    assert foreground.run([sys.executable, "-c", "raise SystemExit(3)"], os.environ) == 3


def test_a_program_that_a_signal_ended_counts_as_shells_count() -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"

    assert foreground.run([sys.executable, "-c", code], os.environ) == 128 + signal.SIGKILL


def test_a_request_to_end_is_passed_on_and_awaited(tmp_path: Path) -> None:
    inner = (
        "import os, signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(0.3)\n"
        "    os.write(1, b'tidied\\n')\n"
        "    sys.exit(5)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "os.write(1, b'ready\\n')\n"
        "time.sleep(600)"
    )
    outer = (
        "import os, sys\n"
        "from governance.cli import foreground, signals\n"
        "signals.raise_stopped()\n"
        f"sys.exit(foreground.run([sys.executable, '-c', {inner!r}], os.environ))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", outer], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        assert process.stdout.read() == "tidied\n"
    assert process.wait(10) == 5
