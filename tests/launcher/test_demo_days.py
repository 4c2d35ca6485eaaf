"""The moments of the demo's past."""

import datetime as dt

import pytest

from governance.cli.world.days import SATURDAY, WEEKS, World

WEEK = [dt.datetime(2026, 11, day, 0, 3, tzinfo=dt.UTC) for day in range(23, 30)]


@pytest.mark.parametrize("now", WEEK)
def test_they_lie_before_now_and_on_working_days(now: dt.datetime) -> None:
    world = World(now)

    moments = [world.ago(days, 16, 30) for days in range(1, 60)]

    assert max(moments) < now
    assert all(moment.weekday() < SATURDAY for moment in moments)
    assert sorted(moments, reverse=True) == moments


@pytest.mark.parametrize("now", WEEK)
def test_today_is_no_day_of_the_past(now: dt.datetime) -> None:
    days = list(World(now).working_days())

    assert max(days) < now.date()
    assert len(days) == WEEKS * 5
