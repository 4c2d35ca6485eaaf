"""The snapshot as the workers make it: after a full sweep, turn by turn, and by beat where nobody asked."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from enforcement import tasks
from enforcement.domain import sweeps
from enforcement.engine.snapshot import latest
from enforcement.enums import SweepKind
from tests.factories import cases as make
from tests.fixtures.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_snapshot() -> Any:
    """The worker is another process: it looks where the settings say."""
    shutil.rmtree(settings.SNAPSHOT_DIR, ignore_errors=True)
    yield
    shutil.rmtree(settings.SNAPSHOT_DIR, ignore_errors=True)


def rows() -> int | None:
    found = latest()
    return found.manifest.rows if found else None


def test_a_full_sweep_leaves_a_snapshot(worker: Worker) -> None:
    make.market("DE")
    make.policy("magnets")
    make.listing(make.merchant("Acme"), "Magnet cube")
    sweeps.start(kind=SweepKind.FULL, actor=None, reason="a look", at=make.NOON)
    worker.settle()
    assert rows() == 1


def test_beat_begins_one_where_there_is_none(worker: Worker) -> None:
    for number in range(3):
        make.listing(make.merchant(f"Acme {number}"), "Magnet cube")
    tasks.keep_snapshot()
    worker.settle()
    assert rows() == 3
    assert Path(settings.SNAPSHOT_DIR, "making").exists() is False
