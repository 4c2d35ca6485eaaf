"""The small twin of `./run drill sweep_kill`: each server and the worker killed once in the middle of a sweep."""

import os
import subprocess
import sys

import pytest

from governance.cli.install import ROOT


@pytest.mark.workers
def test_killing_worker_database_and_broker_leaves_what_an_undisturbed_sweep_leaves() -> None:
    drill = "import sys; from governance.cli.drills import sweep_kill; sys.exit(sweep_kill.run(sys.argv[1:]))"
    named = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GOVERNANCE_STATE", "DJANGO_SETTINGS_MODULE")
    done = subprocess.run(
        [sys.executable, "-c", drill, "--listings", "500", "--kills", "3", "--chunk-size", "10"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in named},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Killed worker, postgres, valkey" in done.stdout
