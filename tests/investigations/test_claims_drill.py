"""The small twin of `./run drill claims`: people at once over HTTP, and no case given twice."""

import pytest

from tests import drills


@pytest.mark.workers
def test_people_at_once_are_given_no_case_twice() -> None:
    shown = drills.shown("claims", "--cases", "200", "--people", "6", "--rounds", "3", "--pause", "0.2", "--untimed")

    assert "cases given twice: 0; given again to who skipped them: 0; requests that failed: 0" in shown
