"""A program that has the terminal while the services stay up around it."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from governance.cli import signals


def run(command: Sequence[str | Path], environment: Mapping[str, str], *, cwd: Path | None = None) -> int:
    """Its exit code. Ctrl-C at a terminal reaches it directly: a shell uses it to drop a line, not to leave."""
    process = subprocess.Popen([str(part) for part in command], env=dict(environment), cwd=cwd)
    at_terminal = sys.stdin is not None and sys.stdin.isatty()

    def pass_on(signum: int, frame: FrameType | None) -> None:
        if signum == signal.SIGINT and at_terminal:
            return
        process.send_signal(signal.SIGINT if signum == signal.SIGINT else signal.SIGTERM)

    before = {signum: signal.signal(signum, pass_on) for signum in signals.SIGNALS}
    try:
        code = process.wait()
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
    return code if code >= 0 else 128 - code
