"""What waits where, how old it is, and how much of it was decided in time: sums of what has been counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from governance.accounts.permissions import Anyone
from investigations import permissions
from investigations.enums import CaseState
from investigations.models import CaseDecision, Queue, QueueFigures
from investigations.queries import routing

GOOD_SHARE, FAIR_SHARE = 0.95, 0.85
Part = Mapping[str, Any]


@dataclass(frozen=True)
class Load:
    """One queue: how many cases wait in it, since when, how many are due soon or late, and the share of the last week that met
    its deadline.

    `in_time` counts what is late and still waits against the queue; it is None where nothing was due.
    """

    key: str
    queue: Queue | None
    waiting: int = 0
    oldest: datetime | None = None
    soon: int = 0
    late: int = 0
    in_time: float | None = None

    @property
    def tone(self) -> str:
        if self.in_time is None or self.in_time >= GOOD_SHARE:
            return "ok"
        return "caution" if self.in_time >= FAIR_SHARE else "serious"


@dataclass(frozen=True)
class Loads:
    """As of `counted_at`, which is None before anything was counted. `queues` in their order, those without a case among them."""

    counted_at: datetime | None
    queues: list[Load]
    held: Load
    reading: Load
    appeals: Load

    @property
    def waiting(self) -> int:
        return sum(load.waiting for load in self.queues)


def loads(user: Anyone) -> Loads:
    """What a person may see of it: two queries, whatever waits."""
    figures = QueueFigures.objects.first()
    live, done = (_theirs(figures.live, user), _theirs(figures.done, user)) if figures else ([], [])
    appeals = figures.appeals if figures else {}
    waiting = [part for part in live if part["state"] in (CaseState.OPEN, CaseState.IN_REVIEW)]
    return Loads(
        figures.counted_at if figures else None,
        [_load(queue.key, queue, waiting, done) for queue in routing.active()],
        _sum("held", [part for part in live if part["state"] == CaseState.HELD]),
        _sum("reading", [part for part in live if part["state"] == CaseState.IN_REVIEW]),
        Load(
            "appeals",
            None,
            waiting=appeals.get("waiting", 0),
            oldest=_moment(appeals.get("oldest")),
        ),
    )


def unfit() -> int:
    """Cases that wait and fit nobody, as they were counted last."""
    return QueueFigures.objects.values_list("unfit", flat=True).first() or 0


def rail_counts(figures: QueueFigures) -> tuple[int, int]:
    """Cases that wait to be taken, and all that are not closed."""
    waiting = sum(part["cases"] for part in figures.live if part["state"] == CaseState.OPEN)
    return waiting, sum(part["cases"] for part in figures.live)


def day_of(person: Anyone, *, since: datetime) -> tuple[int, int]:
    """How many cases the person has decided since, and the median of the seconds they took."""
    decided = CaseDecision.objects.filter(
        person=person.pk, decided_at__gte=since, undone_at__isnull=True, claim__run__isnull=True
    )
    seconds = list(decided.values_list("handling_seconds", flat=True))
    return len(seconds), int(median(seconds)) if seconds else 0


def _theirs(parts: Iterable[Part], user: Anyone) -> list[Part]:
    """Those that touch a market of the person's."""
    if not permissions.can_read_cases(user):
        return []
    markets = permissions.markets(user)
    return [part for part in parts if markets is None or markets & set(part["markets"])]


def _load(key: str, queue: Queue, live: Iterable[Part], done: Iterable[Part]) -> Load:
    week = [part for part in done if part["queue"] == queue.pk]
    return _sum(key, [part for part in live if part["queue"] == queue.pk], queue, week)


def _sum(key: str, live: list[Part], queue: Queue | None = None, week: Iterable[Part] = ()) -> Load:
    cases, late = sum(part["cases"] for part in live), sum(part["late"] for part in live)
    if queue is None:
        in_time, due = cases - late, cases
    else:
        in_time, due = sum(part["in_time"] for part in week), sum(part["decided"] for part in week) + late
    return Load(
        key=key,
        queue=queue,
        waiting=cases,
        oldest=min((found for part in live if (found := _moment(part["oldest"]))), default=None),
        soon=sum(part["soon"] for part in live),
        late=late,
        in_time=in_time / due if due else None,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
