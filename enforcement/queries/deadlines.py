"""Days by which somebody must have acted."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from listings.models import Holiday, Market
from listings.queries import calendar

USUAL_WEEK = frozenset({1, 2, 3, 4, 5})
APPEAL_MONTHS = 6
"""How long a decision may be appealed against (DSA Art. 20(1): at least six months from being informed of it)."""
ANSWER_WORKING_DAYS = 7


def working_days_after(country: str, start: date, days: int) -> date:
    """The working day by the country's calendar; a country that is no market of ours has the usual week."""
    if Market.objects.filter(code=country).exists():
        return calendar.add_working_days(country, start, days)
    return calendar.nth_working_day(start, days, week=USUAL_WEEK, holidays=frozenset())


def counter(country: str) -> Callable[[date, int], date]:
    """The same for many days of one country, whose calendar is read once."""
    market = Market.objects.filter(code=country).first()
    week = frozenset(market.working_days) if market else USUAL_WEEK
    holidays = frozenset(Holiday.objects.filter(market=country).values_list("date", flat=True))
    return lambda start, days: calendar.nth_working_day(start, days, week=week, holidays=holidays)


def working_days_left(country: str, start: date, end: date) -> int:
    """How many working days lie after `start` up to and with `end`."""
    after, days = counter(country), 0
    while after(start, days + 1) <= end:
        days += 1
    return days


def end_of_day(day: date) -> datetime:
    """The day's last second, in UTC: until then there is time."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def day_after(day: date) -> datetime:
    """When a day is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
