"""The small twin of `./run drill delivery`: a worker killed twice, an endpoint that fails in every way."""

import pytest

from tests import drills


@pytest.mark.workers
def test_all_is_delivered_in_order_by_workers_that_are_killed_to_an_endpoint_that_fails() -> None:
    shown = drills.shown("delivery", "--decisions", "120", "--kills", "2")
    assert "0 missing; 0 unknown; 0 out of order; 0 repeats that differ" in shown
