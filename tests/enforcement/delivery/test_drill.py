"""The small twin of `./run drill delivery`: a worker killed twice, an endpoint that fails in every way."""

import os
import subprocess
import sys

import pytest

from governance.cli.install import ROOT


@pytest.mark.workers
def test_all_is_delivered_in_order_by_workers_that_are_killed_to_an_endpoint_that_fails() -> None:
    drill = "import sys; from governance.cli.drills import delivery; sys.exit(delivery.run(sys.argv[1:]))"
    named = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GOVERNANCE_STATE", "DJANGO_SETTINGS_MODULE")
    done = subprocess.run(
        [sys.executable, "-c", drill, "--decisions", "120", "--kills", "2"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in named},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 missing; 0 unknown; 0 out of order; 0 repeats that differ" in done.stdout
