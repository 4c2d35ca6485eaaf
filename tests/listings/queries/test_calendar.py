from datetime import date

import pytest

from listings.models import Holiday, Market
from listings.queries.calendar import CalendarTooShort, add_working_days, nth_working_day

FRIDAY = date(2026, 11, 27)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("market", "n", "expected"),
    [
        ("DE", 0, date(2026, 11, 27)),
        ("DE", 1, date(2026, 12, 1)),
        ("DE", 5, date(2026, 12, 7)),
        ("SA", 0, date(2026, 11, 29)),
        ("SA", 1, date(2026, 11, 29)),
        ("SA", 6, date(2026, 12, 6)),
    ],
)
def test_a_market_s_own_week_and_holidays_count(market: str, n: int, expected: date) -> None:
    Market.objects.create(code="DE", region="eu", currency="EUR", languages=["de"], working_days=[1, 2, 3, 4, 5])
    Market.objects.create(code="SA", region="gulf", currency="SAR", languages=["ar"], working_days=[1, 2, 3, 4, 7])
    Holiday.objects.create(market_id="DE", date=date(2026, 11, 30), name="x")
    assert add_working_days(market, FRIDAY, n) == expected


def test_a_calendar_without_working_days_ends() -> None:
    with pytest.raises(CalendarTooShort):
        nth_working_day(FRIDAY, 1, week=frozenset(), holidays=frozenset())
