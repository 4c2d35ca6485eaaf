"""The small twin of `./run drill undo`: a sweep's decisions reversed while the worker is killed once."""

import pytest

from tests import drills


@pytest.mark.workers
def test_a_sweep_is_reversed_byte_for_byte_by_workers_that_are_killed() -> None:
    shown = drills.shown("undo", "--decisions", "120", "--kills", "1")
    assert "120 of 120 decisions reversed; 0 differ; 0 reversed other than once" in shown
