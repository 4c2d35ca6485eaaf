"""The small twin of `./run drill links`: a ring found among merchants who share what many share."""

import pytest

from tests import drills


@pytest.mark.workers
def test_a_ring_is_found_whole_and_nobody_else() -> None:
    shown = drills.shown("links", "--merchants", "1500", "--listings", "2")
    assert "the ring: 12 of 12 members found, 0 false members" in shown
    assert "again: nothing changes" in shown
