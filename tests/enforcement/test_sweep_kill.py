"""The small twin of `./run drill sweep_kill`: each server and the worker killed once in the middle of a sweep."""

import pytest

from tests import drills


@pytest.mark.workers
def test_killing_worker_database_and_broker_leaves_what_an_undisturbed_sweep_leaves() -> None:
    shown = drills.shown("sweep_kill", "--listings", "500", "--kills", "3", "--chunk-size", "10")
    assert "Killed worker, postgres, valkey" in shown
