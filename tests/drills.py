"""The small twins of drills: run as their own process, on servers of their own."""

import os
import subprocess
import sys

from governance.cli.install import ROOT

NAMED = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GOVERNANCE_STATE", "DJANGO_SETTINGS_MODULE")
"""What this run of the tests has set, and a drill must not use."""


def shown(name: str, *arguments: str) -> str:
    """What the drill prints. It must end well."""
    program = f"import sys; from governance.cli.drills import {name} as drill; sys.exit(drill.run(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in NAMED},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
