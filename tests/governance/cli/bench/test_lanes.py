"""Processes of the bench: they stay for all rounds, and not for longer than who started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from governance.cli.bench.lanes import Lane

LANE_OF_A_CHILD = """
import os, time
from governance.cli.bench.lanes import Lane
if __name__ == "__main__":
    with Lane() as lane:
        print(lane.call(os.getpid), flush=True)
        lane.call(time.sleep, 60)
"""


def within(seconds: float, reached: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not reached() and time.monotonic() < until:
        time.sleep(0.05)
    return reached()


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_a_lane_is_one_process_that_stays_and_tells_its_time_and_memory() -> None:
    with Lane() as lane:
        first = lane.call(os.getpid)

        assert first != os.getpid()
        assert lane.timed(time.sleep, 0.05) >= 0.05
        assert 10 < lane.peak_mb() < 2_000
        assert lane.call(os.getpid) == first
    assert within(5, lambda: not is_alive(first))


def test_a_lane_ends_with_who_started_it(tmp_path: Path) -> None:
    script = tmp_path / "lane.py"
    script.write_text(LANE_OF_A_CHILD)
    child = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lane = int(child.stdout.readline())
    assert is_alive(lane)

    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()

    assert within(5, lambda: not is_alive(lane))
