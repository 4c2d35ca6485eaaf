"""The team's figures, counted beside the requests: each day once after its end, today every few minutes, any span anew."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import structlog
from django.db import connection, transaction

from investigations.models import TeamDay, TeamOutlook
from investigations.queries import outlook
from investigations.queries.days import ONE_DAY, start_of
from investigations.queries.team_events import EVENTS

log = structlog.get_logger(__name__)
SETTLES = timedelta(minutes=5)
"""So long after its end a day may still be changed, by an undo."""
DAYS_BACK = 400
AT_ONCE = 31
"""Days in one transaction."""
ALONE = "SELECT pg_advisory_xact_lock(7236013)"  # one count at a time
CLEAR = (
    "DROP TABLE IF EXISTS team_event",
    "DELETE FROM investigations_teamfigure WHERE day BETWEEN %(first_day)s AND %(last_day)s",
    "DELETE FROM investigations_personday WHERE day BETWEEN %(first_day)s AND %(last_day)s",
)
FILL = (
    """
    INSERT INTO investigations_teamfigure (day, queue_id, policy_id, language, kind, part, number)
    SELECT day, queue_id, policy_id, language, kind, part, count(*) FROM team_event GROUP BY 1, 2, 3, 4, 5, 6
    """,
    """
    INSERT INTO investigations_personday (day, person_id, decided, seconds, skipped, read, misread, heard, overturned)
    SELECT day, person_id, count(*) FILTER (WHERE kind = 'handled'), coalesce(sum(seconds) FILTER (WHERE kind = 'handled'), 0),
           count(*) FILTER (WHERE kind = 'skipped'), count(*) FILTER (WHERE kind = 'read'),
           count(*) FILTER (WHERE kind = 'misread'), count(*) FILTER (WHERE kind = 'heard'),
           count(*) FILTER (WHERE kind = 'overturned')
    FROM team_event WHERE person_id IS NOT NULL GROUP BY 1, 2
    """,
    "DROP TABLE team_event",
)


def count_owed(*, at: datetime) -> int:
    """Count each day that is over and was not counted since its end; returns how many. Safe to run twice."""
    last = (at - SETTLES).astimezone(UTC).date() - ONE_DAY
    begun = outlook.first_day()
    if begun is None or begun > last:
        return 0
    first = max(begun, last - DAYS_BACK * ONE_DAY)
    done = {day for day, counted in _counted(first, last) if counted >= start_of(day + ONE_DAY) + SETTLES}
    owed = [day for day in _days(first, last) if day not in done]
    for span in _spans(owed):
        rebuild(first=span[0], last=span[-1], at=at)
    return len(owed)


def count_today(*, at: datetime) -> TeamOutlook:
    """Count the day so far, and what a forecast is made of."""
    today = at.astimezone(UTC).date()
    rebuild(first=today, last=today, at=at)
    found = outlook.count(at)
    row, _made = TeamOutlook.objects.update_or_create(
        pk=1, defaults={"counted_at": at, "waiting": found.waiting, "reach": found.reach}
    )
    return row


def rebuild(*, first: date, last: date, at: datetime) -> int:
    """Count the days from `first` to `last` anew; returns how many. The same days give the same figures whenever it runs."""
    days = list(_days(first, min(last, at.astimezone(UTC).date())))
    for begin in range(0, len(days), AT_ONCE):
        _rebuild(days[begin : begin + AT_ONCE], at)
    log.info("team_figures_counted", first=str(first), last=str(last), days=len(days))
    return len(days)


@transaction.atomic
def _rebuild(days: list[date], at: datetime) -> None:
    first, until = start_of(days[0]), start_of(days[-1] + ONE_DAY)
    params = {"first": first, "until": until, "now": at, "first_day": days[0], "last_day": days[-1]}
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        for statement in CLEAR:
            cursor.execute(statement, params)
        cursor.execute(f"CREATE TEMPORARY TABLE team_event ON COMMIT DROP AS {EVENTS}", params)
        for statement in FILL:
            cursor.execute(statement)
    TeamDay.objects.bulk_create(
        [TeamDay(day=day, counted_at=at) for day in days],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["counted_at"],
    )


def _counted(first: date, last: date) -> Iterable[tuple[date, datetime]]:
    return TeamDay.objects.filter(day__gte=first, day__lte=last).values_list("day", "counted_at")


def _spans(days: list[date]) -> Iterable[list[date]]:
    """Days that follow each other, together."""
    span: list[date] = []
    for day in days:
        if span and day - span[-1] > ONE_DAY:
            yield span
            span = []
        span.append(day)
    if span:
        yield span


def _days(first: date, last: date) -> Iterable[date]:
    return (first + ONE_DAY * index for index in range((last - first).days + 1))
