"""The small twin of `./run drill scale`."""

import os
import subprocess
import sys

from governance.cli.install import ROOT


def test_it_prints_what_a_listing_costs() -> None:
    drill = "import sys; from governance.cli.drills import scale; sys.exit(scale.run(['--sizes', '1000']))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", drill],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.rstrip().endswith("MB")]
    assert [(row[0], row[3]) for row in rows] == [("1,000", "tables"), ("1,000", "snapshot")]
    assert len({row[1] for row in rows}) == 1
    assert all(int(row[1].replace(",", "")) > 0 for row in rows)
