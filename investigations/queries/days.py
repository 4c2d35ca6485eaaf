"""Days as they are counted."""

from datetime import UTC, date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)


def start_of(day: date) -> datetime:
    """Days are those of UTC, as everywhere a day is counted."""
    return datetime.combine(day, time(), UTC)
