"""Child processes that do not outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 10_000_000  # bytes
TERMINATE = signal.SIGTERM
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with(parent: int, orphan_signal: signal.Signals) -> None:
    """Let the kernel send this process a signal when its parent is gone (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, orphan_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call
            os._exit(1)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    environment: Mapping[str, str],
    orphan_signal: signal.Signals = signal.SIGTERM,
    cwd: Path | str | None = None,
    user: int | None = None,
    group: int | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start in a session of its own, so that Ctrl-C at the terminal reaches the launcher alone, which stops all in order.

    Without a log it writes to the launcher's own terminal. `orphan_signal` is what the kernel sends when the launcher itself is killed (Linux).
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        end_with(parent, orphan_signal)

    with ExitStack() as stack:
        out = stack.enter_context(open_log(log)) if log else None
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if log else None,
            env=dict(environment),
            cwd=cwd,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            pass_fds=pass_fds,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def open_log(path: Path) -> IO[bytes]:
    """Appended to; one that has grown large becomes NAME.1 first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def stop(process: subprocess.Popen[bytes], *, ask: signal.Signals, within: float) -> None:
    """Ask, wait, and only then kill it with all its children."""
    if process.poll() is not None:
        return
    process.send_signal(ask)
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def is_ours(pid: int, *marks: str) -> bool:
    """Whether that process lives and its command line has all the marks: a process id alone may have been given anew."""
    command_line = Path(f"/proc/{pid}/cmdline")
    if command_line.parent.parent.joinpath("self").exists():
        try:
            words = command_line.read_bytes().decode(errors="replace")
        except OSError:
            return False
    else:  # no /proc: macOS
        words = subprocess.run(
            ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    return bool(words) and all(mark in words for mark in marks)


def end_leftover(pid: int, *marks: str, ask: signal.Signals, within: float) -> None:
    """Stop a process that a killed launcher has left behind; it is no child of ours, so its end is seen by asking."""
    if not is_ours(pid, *marks):
        return
    for signum, patience in ((ask, within), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if not is_ours(pid, *marks):
                return
            time.sleep(0.05)


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
