"""The one seam by which a test moves time: Django's clock, which every view, task and command reads and hands on as `at`.

The tests' settings put it in place (tests/settings.py), so that the server in this process and the workers beside it go by the
same time. How far it is moved stands in a file that all of them read.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

_untouched = timezone.now


def _file() -> Path:
    return Path(os.environ["GOVERNANCE_TEST_STATE"]) / f"clock-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def _now() -> datetime:
    try:
        moved = float(_file().read_text())
    except (FileNotFoundError, ValueError):  # nobody has moved it, or it is being moved just now
        moved = 0.0
    return _untouched() + timedelta(seconds=moved)


def install() -> None:
    timezone.now = _now


def move_to(moment: datetime) -> None:
    """It goes on by itself from there."""
    beside = _file().with_suffix(".new")
    beside.write_text(str((moment - _untouched()).total_seconds()))
    beside.replace(_file())


def reset() -> None:
    _file().unlink(missing_ok=True)
