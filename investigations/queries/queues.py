"""What waits where, how old it is, and how much of it was decided in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Min, Q

from governance.accounts.permissions import Anyone
from investigations.enums import LIVE_CASES, CaseState
from investigations.models import Case, CaseDecision, Queue
from investigations.queries import work

IN_TIME_OVER = timedelta(days=7)
GOOD_SHARE, FAIR_SHARE = 0.95, 0.85


@dataclass(frozen=True)
class Load:
    """One queue: how many cases wait in it, since when, and the share of the last week that met its deadline.

    `in_time` counts what is late and still waits against the queue; it is None where nothing was due.
    """

    key: str
    queue: Queue | None
    waiting: int
    oldest: datetime | None
    in_time: float | None

    @property
    def tone(self) -> str:
        if self.in_time is None or self.in_time >= GOOD_SHARE:
            return "ok"
        return "caution" if self.in_time >= FAIR_SHARE else "serious"


def loads(user: Anyone, *, at: datetime) -> list[Load]:
    """The queues in their order, those without a case among them."""
    live = _live(user, CaseState.OPEN, CaseState.IN_REVIEW, at=at)
    done = _done(user, at=at)
    return [_load(queue.key, queue, live, done) for queue in Queue.objects.order_by("position", "id")]


def held_load(user: Anyone, *, at: datetime) -> Load:
    """What waits for a senior reviewer, over all queues."""
    rows = list(_live(user, CaseState.HELD, at=at).values())
    waiting = sum(row["waiting"] for row in rows)
    late = sum(row["late"] for row in rows)
    return Load(
        key="held",
        queue=None,
        waiting=waiting,
        oldest=min((row["oldest"] for row in rows), default=None),
        in_time=1 - late / waiting if waiting else None,
    )


def day_of(person: Anyone, *, since: datetime) -> tuple[int, int]:
    """How many cases the person has decided since, and the median of the seconds they took."""
    decided = CaseDecision.objects.filter(person=person.pk, decided_at__gte=since, undone_at__isnull=True)
    seconds = list(decided.values_list("handling_seconds", flat=True))
    return len(seconds), int(median(seconds)) if seconds else 0


def _load(key: str, queue: Queue, live: Mapping[int, Mapping[str, Any]], done: Mapping[int, Mapping[str, Any]]) -> Load:
    now, week = live.get(queue.pk), done.get(queue.pk, {"decided": 0, "in_time": 0})
    late = now["late"] if now else 0
    due = week["decided"] + late
    return Load(
        key=key,
        queue=queue,
        waiting=now["waiting"] if now else 0,
        oldest=now["oldest"] if now else None,
        in_time=week["in_time"] / due if due else None,
    )


def _live(user: Anyone, *states: CaseState, at: datetime) -> dict[int, Mapping[str, Any]]:
    rows = (
        work.visible_cases(user)
        .filter(state__in=states)
        .values("queue")
        .annotate(waiting=Count("id"), oldest=Min("opened_at"), late=Count("id", filter=Q(due_at__lt=at)))
    )
    return {row["queue"]: row for row in rows}


def _done(user: Anyone, *, at: datetime) -> dict[int, Mapping[str, Any]]:
    rows = (
        work.visible_cases(user)
        .filter(closed_at__gte=at - IN_TIME_OVER)
        .values("queue")
        .annotate(decided=Count("id"), in_time=Count("id", filter=Q(closed_at__lte=F("due_at"))))
    )
    return {row["queue"]: row for row in rows}


def rail_counts() -> tuple[int, int]:
    """Cases that wait to be taken, and all that are not closed."""
    counts = Case.objects.filter(state__in=LIVE_CASES).aggregate(
        waiting=Count("id", filter=Q(state=CaseState.OPEN)), live=Count("id")
    )
    return counts["waiting"], counts["live"]
