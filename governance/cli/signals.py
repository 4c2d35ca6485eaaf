"""How the launcher hears that it is to stop."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """Ctrl-C, or a request to end; raised where the launcher happens to be."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum

    @property
    def exit_code(self) -> int:
        return 128 + self.signum


def raise_stopped() -> None:
    """Installed for each signal by name: a shell that starts a command with `&` has SIGINT ignored."""
    for signum in SIGNALS:
        signal.signal(signum, _stop)


def _stop(signum: int, frame: FrameType | None) -> None:
    for other in SIGNALS:  # an impatient second Ctrl-C must not tear the orderly stop
        signal.signal(other, _already_stopping)
    raise Stopped(signum)


def _already_stopping(signum: int, frame: FrameType | None) -> None:
    """A function, not SIG_IGN, which children would inherit."""
