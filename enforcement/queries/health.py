"""Account health: one pure function of the ledger, and what would restore it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, takewhile

from django.db.models import QuerySet

from enforcement.enums import PointKind
from enforcement.models import PointEntry
from enforcement.models.ladder import Milestone, Terms

TOP = 1_000
STEP = timedelta(days=2)
"""Between two points of the history."""
SPAN = timedelta(days=180)


@dataclass(frozen=True)
class Line:
    """One entry of the ledger, as far as health needs it."""

    offence: int
    kind: str
    points: int
    entered_at: datetime
    lapses_at: datetime

    def net(self, at: datetime) -> int:
        """What it adds to the balance on `at`, or takes from it; nothing before it was entered and after it has lapsed."""
        if not self.entered_at <= at < self.lapses_at:
            return 0
        return self.points if self.kind == PointKind.GIVEN else -self.points


def score(lines: Iterable[Line], terms: Terms, at: datetime) -> int:
    """Health on `at`, from 0 to 1000.

    Every offence takes its standing points times their cost, less what has come back by the day since it was entered; when
    its points lapse or are returned, all of it is back. The start is the most there is.
    """
    left: dict[int, int] = defaultdict(int)
    began: dict[int, datetime] = {}
    for line in lines:
        net = line.net(at)
        left[line.offence] += net
        if net > 0:
            began[line.offence] = line.entered_at
    taken = sum(
        max(0, points * terms.health_cost - terms.health_recovery * (at - began[offence]).days)
        for offence, points in left.items()
        if offence in began
    )
    return max(0, min(TOP, terms.health_start - taken))


def standing(lines: Iterable[Line], at: datetime) -> int:
    """The balance on `at`, from lines already read."""
    return sum(line.net(at) for line in lines)


def series(
    lines: Sequence[Line], terms: Terms, *, until: datetime, span: timedelta = SPAN
) -> list[tuple[datetime, int]]:
    """Health as it was, every second day up to `until`."""
    moments = takewhile(lambda moment: moment >= until - span, (until - STEP * index for index in count()))
    return [(moment, score(lines, terms, moment)) for moment in reversed(list(moments))]


def lines_of(merchant_id: int) -> list[Line]:
    return [_line(entry) for entry in entries([merchant_id])]


def entries(merchants: Iterable[int]) -> QuerySet[PointEntry]:
    return PointEntry.objects.filter(merchant_id__in=list(merchants)).order_by("entered_at", "pk")


def _line(entry: PointEntry) -> Line:
    return Line(entry.decision_id, entry.kind, entry.points, entry.entered_at, entry.lapses_at)


@dataclass(frozen=True)
class Health:
    """A merchant on one day. `step` is the milestone they have reached, `next` the one above."""

    score: int
    start: int
    points: int
    step: Milestone | None
    next: Milestone | None
    history: list[tuple[datetime, int]]
    lapses: list[tuple[datetime, int]]

    @property
    def tone(self) -> str:
        share = self.score / self.start
        return "ok" if share >= 0.8 else "caution" if share >= 0.4 else "critical"


def of(lines: Sequence[Line], terms: Terms, *, at: datetime) -> Health:
    """`lapses`: when how many points go by themselves, the next first."""
    points = standing(lines, at)
    falling: dict[datetime, int] = defaultdict(int)
    for line in lines:
        falling[line.lapses_at] += line.net(at)
    return Health(
        score=score(lines, terms, at),
        start=terms.health_start,
        points=points,
        step=terms.reached(points),
        next=min((m for m in terms.milestones if m.at > points), key=lambda m: m.at, default=None),
        history=series(lines, terms, until=at),
        lapses=sorted((moment, gone) for moment, gone in falling.items() if gone),
    )
