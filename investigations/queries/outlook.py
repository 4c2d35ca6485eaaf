"""What a forecast of the queues is made of: what waits and by when, who may be given it, what comes, what people do in a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import fmean, median, quantiles
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncDate

from governance.accounts.models import User
from investigations.enums import CaseState, Counted
from investigations.models import Absence, Case, PersonDay, Queue, TeamDay, TeamFigure, TeamOutlook
from investigations.queries import routing, team
from investigations.queries.days import ONE_DAY
from investigations.queries.forecasting import NONE, Pile, Range

WEEKS = 8
FEWEST_DAYS = 5
"""Days with decisions, below which nobody's usual day is known."""


@dataclass(frozen=True)
class Outlook:
    """By the queue's key. `waiting`: {"cases": n, "due": {day: n}}; `reach`: {person: cases that they may be given}."""

    waiting: dict[str, Any]
    reach: dict[str, dict[str, int]]


def first_day() -> date | None:
    """The day of the first case."""
    first = Case.objects.filter(golden__isnull=True).aggregate(first=Min("opened_at"))["first"]
    return first.astimezone(UTC).date() if first else None


def count(at: datetime) -> Outlook:
    """Four queries, whatever waits. What is with a senior reviewer or being read is not counted: it is somebody's already."""
    waits = Case.objects.filter(state=CaseState.OPEN, golden__isnull=True).order_by()
    waiting: dict[str, Any] = defaultdict(lambda: {"cases": 0, "due": {}})
    by_day = waits.annotate(due=TruncDate("due_at", tzinfo=UTC)).values_list("queue__key", "due")
    for key, day, number in by_day.annotate(n=Count("id")):
        waiting[key]["cases"] += number
        waiting[key]["due"][str(day)] = number
    return Outlook(dict(waiting), _reach(waits))


def _reach(waits: Any) -> dict[str, dict[str, int]]:
    people = list(team.workers().select_related("skills").prefetch_related("grants").order_by("pk"))
    counts = {f"p{person.pk}": Count("id", filter=team.fits(person) or Q(pk__isnull=False)) for person in people}
    found: dict[str, dict[str, int]] = {}
    if not counts:
        return found
    for row in waits.values(key=F("queue__key")).annotate(**counts):
        found[row["key"]] = {str(person.pk): row[f"p{person.pk}"] for person in people if row[f"p{person.pk}"]}
    return found


@dataclass(frozen=True)
class Worker:
    """One who works at the queue: `a_day` is what they usually decide (None: not known yet), at most what they are given."""

    person: User
    a_day: Range | None
    away: frozenset[date]


@dataclass(frozen=True)
class Known:
    """All that a forecast stands on. `weeks` is how many were counted; `handling` the usual seconds of a decision."""

    counted_at: datetime | None
    queues: list[Queue]
    piles: dict[str, Pile]
    workers: list[Worker]
    reach: dict[str, dict[str, float]]
    weeks: int
    handling: float

    @property
    def typical(self) -> Range:
        """What one of them does in a day, in the middle of those that are known."""
        known = [each.a_day for each in self.workers if each.a_day]
        if not known:
            return NONE
        return Range(*(median(getattr(each, part) for each in known) for part in ("low", "mid", "high")))


def known(*, at: datetime) -> Known:
    """Eight queries, whatever waits and whoever works."""
    today = at.astimezone(UTC).date()
    first = today - ONE_DAY * 7 * WEEKS
    row = TeamOutlook.objects.filter(pk=1).first()
    queues = list(routing.active())
    counted = sorted(TeamDay.objects.filter(day__gte=first, day__lt=today).values_list("day", flat=True))
    comes = _comes(first, today, counted)
    waiting = row.waiting if row else {}
    piles = {queue.key: _pile(queue, waiting.get(queue.key), comes.get(queue.pk, {})) for queue in queues}
    usual, seconds, decided = _usual(first, today)
    return Known(
        counted_at=row.counted_at if row else None,
        queues=queues,
        piles=piles,
        workers=_workers(usual, today),
        reach=_shares(row.reach if row else {}, waiting),
        weeks=len(counted) // 7,
        handling=seconds / decided if decided else 0.0,
    )


def _pile(queue: Queue, waiting: dict[str, Any] | None, comes: dict[int, Range]) -> Pile:
    found = waiting or {"cases": 0, "due": {}}
    due = {date.fromisoformat(day): number for day, number in found["due"].items()}
    return Pile(queue.key, found["cases"], due, comes, max(1, round(queue.decide_within_hours / 24)))


def _comes(first: date, today: date, counted: list[date]) -> dict[int, dict[int, Range]]:
    """By queue and ISO weekday, over the days that were counted: one on which nothing came is nought."""
    rows = TeamFigure.objects.filter(day__gte=first, day__lt=today, kind__in=(Counted.OPENED, Counted.REOPENED))
    sums = rows.order_by().values_list("queue", "day").annotate(n=Sum("number"))
    of_queue: dict[int, dict[date, int]] = defaultdict(dict)
    for queue, day, number in sums:
        of_queue[queue][day] = number
    found: dict[int, dict[int, Range]] = {}
    for queue, days in of_queue.items():
        by_weekday: dict[int, list[float]] = defaultdict(list)
        for day in counted:
            by_weekday[day.isoweekday()].append(float(days.get(day, 0)))
        found[queue] = {weekday: _range(numbers, fmean(numbers)) for weekday, numbers in by_weekday.items()}
    return found


def _usual(first: date, today: date) -> tuple[dict[int, Range], int, int]:
    """What each person decided on the days on which they decided; and all seconds and decisions."""
    rows = PersonDay.objects.filter(day__gte=first, day__lt=today, decided__gt=0).order_by("day", "pk")
    numbers: dict[int, list[float]] = defaultdict(list)
    seconds = decided = 0
    for person, number, took in rows.values_list("person", "decided", "seconds"):
        numbers[person].append(float(number))
        seconds, decided = seconds + took, decided + number
    usual = {key: _range(each, median(each)) for key, each in numbers.items() if len(each) >= FEWEST_DAYS}
    return usual, seconds, decided


def _range(numbers: list[float], mid: float) -> Range:
    if len(numbers) < 2:
        return Range(mid, mid, mid)
    low, _middle, high = quantiles(numbers, n=4, method="inclusive")
    return Range(min(low, mid), mid, max(high, mid))


def _workers(usual: dict[int, Range], today: date) -> list[Worker]:
    people = team.workers().select_related("skills").order_by("pseudonym", "pk")
    away: dict[int, set[date]] = defaultdict(set)
    absences = Absence.objects.filter(withdrawn_at__isnull=True, ends_on__gte=today).order_by("pk")
    for absence in absences:
        day, last = max(absence.starts_on, today), min(absence.ends_on, today + ONE_DAY * 31)
        away[absence.person_id] |= {day + ONE_DAY * index for index in range((last - day).days + 1)}
    return [Worker(each, _a_day(each, usual.get(each.pk)), frozenset(away[each.pk])) for each in people]


def _a_day(person: User, usual: Range | None) -> Range | None:
    """Never more than they are given in a day; that number itself, where nothing else is known."""
    skills = getattr(person, "skills", None)
    most = skills.cases_a_day if skills else None
    if most is None:
        return usual
    if usual is None:
        return Range(float(most), float(most), float(most))
    return Range(min(usual.low, most), min(usual.mid, most), min(usual.high, most))


def _shares(reach: dict[str, dict[str, int]], waiting: dict[str, Any]) -> dict[str, dict[str, float]]:
    """By person and queue, which share of what waits there they may be given."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for key, people in reach.items():
        total = waiting.get(key, {}).get("cases", 0)
        for person, number in people.items():
            if total:
                found[person][key] = min(1.0, number / total)
    return found
