"""However the launcher is told to end, its servers end with it."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.launcher.conftest import Launcher, is_running, wait_until

linux_only = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
pytestmark = linux_only


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_servers_and_removes_their_sockets(
    hold: Callable[..., Launcher], signum: signal.Signals
) -> None:
    launcher = hold()
    assert [is_running(pid) for pid in launcher.pids.values()] == [True, True]

    assert launcher.end(signum) == 128 + signum

    assert [is_running(pid) for pid in launcher.pids.values()] == [False, False]
    assert not Path(launcher.told["sockets"]).exists()


def test_ctrl_c_works_where_the_shell_has_it_ignored(hold: Callable[..., Launcher]) -> None:
    """A shell script that starts a command with `&` has SIGINT ignored for it."""
    launcher = hold(preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))

    assert launcher.end(signal.SIGINT) == 128 + signal.SIGINT
    assert [is_running(pid) for pid in launcher.pids.values()] == [False, False]


def test_the_servers_of_a_killed_launcher_end_by_themselves(hold: Callable[..., Launcher]) -> None:
    launcher = hold()
    launcher.end(signal.SIGKILL)

    assert wait_until(lambda: not any(map(is_running, launcher.pids.values())))


def test_after_a_killed_launcher_the_next_one_starts_and_removes_the_old_sockets(
    hold: Callable[..., Launcher],
) -> None:
    killed = hold()
    killed.end(signal.SIGKILL)

    launcher = hold()

    assert [is_running(pid) for pid in launcher.pids.values()] == [True, True]
    assert not Path(killed.told["sockets"]).exists()
