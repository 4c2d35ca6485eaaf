"""Working days of a market: its week without its holidays."""

from datetime import date, timedelta

from listings.models import Holiday, Market

LONGEST = 3_660
"""Days: no deadline is ten years away."""


class CalendarTooShort(Exception):
    """So many working days do not lie within ten years of the start."""


def add_working_days(market_code: str, start: date, n: int) -> date:
    """Return the nth working day after `start`, which itself does not count; 0 is the first working day from `start` on."""
    week = frozenset(Market.objects.values_list("working_days", flat=True).get(code=market_code))
    holidays = frozenset(Holiday.objects.filter(market=market_code, date__gte=start).values_list("date", flat=True))
    return nth_working_day(start, n, week=week, holidays=holidays)


def nth_working_day(start: date, n: int, *, week: frozenset[int], holidays: frozenset[date]) -> date:
    """The same from a calendar already read: `week` holds ISO weekdays."""
    day = start if n else start - timedelta(days=1)
    left = n or 1
    for _step in range(LONGEST):
        day += timedelta(days=1)
        if day.isoweekday() in week and day not in holidays:
            left -= 1
            if left == 0:
                return day
    raise CalendarTooShort(f"{n} working days after {start} are not within {LONGEST} days.")
