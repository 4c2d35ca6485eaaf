"""The small twin of `./run drill undo`: a sweep's decisions reversed while the worker is killed once."""

import os
import subprocess
import sys

import pytest

from governance.cli.install import ROOT


@pytest.mark.workers
def test_a_sweep_is_reversed_byte_for_byte_by_workers_that_are_killed() -> None:
    drill = "import sys; from governance.cli.drills import undo; sys.exit(undo.run(sys.argv[1:]))"
    named = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GOVERNANCE_STATE", "DJANGO_SETTINGS_MODULE")
    done = subprocess.run(
        [sys.executable, "-c", drill, "--decisions", "120", "--kills", "1"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in named},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "120 of 120 decisions reversed; 0 differ; 0 reversed other than once" in done.stdout
