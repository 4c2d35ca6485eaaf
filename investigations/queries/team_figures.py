"""The team's figures of a span of days, added up from what was counted of each: as many queries for one case as for many."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from governance.accounts.models import User
from governance.web import lengths
from investigations.enums import Counted
from investigations.models import PersonDay, TeamDay
from investigations.queries.days import ONE_DAY

FEWEST = 20
"""Below so many a share is told by its two numbers alone."""
Parts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Chosen:
    """What a page shows: whole days, and of what. Empty narrows nothing."""

    first: date
    last: date
    queue: int | None = None
    policy: int | None = None
    language: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def each_day(self) -> list[date]:
        return [self.first + ONE_DAY * index for index in range(self.days)]

    @property
    def before(self) -> "Chosen":
        """As many days just before."""
        shift = ONE_DAY * self.days
        return Chosen(self.first - shift, self.last - shift, self.queue, self.policy, self.language)


@dataclass(frozen=True)
class Share:
    """`found` of `all`; None where there was nothing."""

    found: int
    all: int

    @property
    def value(self) -> float | None:
        return self.found / self.all if self.all else None

    @property
    def enough(self) -> bool:
        return self.all >= FEWEST


@dataclass(frozen=True)
class Times:
    count: int
    median: timedelta | None
    ninety: timedelta | None


@dataclass(frozen=True)
class Tally:
    """What was counted, by kind and part. What waits is that of the last day."""

    parts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def number(self, *kinds: Counted, part: str | None = None) -> int:
        return sum(
            number
            for kind in kinds
            for name, number in self.parts.get(kind, {}).items()
            if part is None or name == part
        )

    def times(self, kind: Counted) -> Times:
        steps = {int(part): number for part, number in self.parts.get(kind, {}).items() if part}
        median, ninety = lengths.percentile(steps, 0.5), lengths.percentile(steps, 0.9)
        return Times(sum(steps.values()), median, ninety)

    @property
    def came(self) -> int:
        return self.number(Counted.OPENED, Counted.REOPENED)

    @property
    def closed(self) -> int:
        return self.number(Counted.CLOSED)

    @property
    def waiting(self) -> int:
        return self.number(Counted.WAITING)

    @property
    def skipped(self) -> int:
        return self.number(Counted.SKIPPED)

    @property
    def in_time(self) -> Share:
        return Share(self.number(Counted.IN_TIME), self.number(Counted.IN_TIME, Counted.LATE))

    @property
    def misread(self) -> Share:
        return Share(self.number(Counted.MISREAD), self.number(Counted.READ))

    @property
    def overturned(self) -> Share:
        return Share(self.number(Counted.OVERTURNED), self.number(Counted.HEARD))

    @property
    def to_take(self) -> Times:
        return self.times(Counted.TAKEN)

    @property
    def to_decide(self) -> Times:
        return self.times(Counted.DECIDED)

    @property
    def to_close(self) -> Times:
        return self.times(Counted.CLOSED)

    @property
    def handling(self) -> Times:
        return self.times(Counted.HANDLED)

    @property
    def age(self) -> Times:
        return self.times(Counted.WAITING)

    @property
    def is_empty(self) -> bool:
        return not any(number for parts in self.parts.values() for number in parts.values())

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Of skips, the most frequent first."""
        return sorted(self.parts.get(Counted.SKIPPED, {}).items(), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True)
class Figures:
    """Of a span, and of the one before; by day, queue, policy (None: none) and language. `counted` are the days known."""

    whole: Tally
    before: Tally
    days: Mapping[date, Tally]
    queues: Mapping[int, Tally]
    policies: Mapping[int | None, Tally]
    languages: Mapping[str, Tally]
    counted: Mapping[date, datetime]


@dataclass(frozen=True)
class PersonLine:
    """What a person did in a span, and what was found of it. `days` are those on which they decided."""

    person: User
    days: int
    decided: int
    skipped: int
    misread: Share
    overturned: Share


SPAN = """
    FROM investigations_teamfigure
    WHERE day BETWEEN %(first)s AND %(last)s
      AND (%(queue)s IS NULL OR queue_id = %(queue)s) AND (%(policy)s IS NULL OR policy_id = %(policy)s)
      AND (%(language)s = '' OR language = %(language)s)
"""
LATEST = "coalesce(sum(number) FILTER (WHERE kind <> 'waiting' OR day = %(last)s), 0)"
WHOLE = f"SELECT kind, part, {LATEST} {SPAN} GROUP BY kind, part"
EACH = f"""
    SELECT GROUPING(day, queue_id, policy_id, language), day, queue_id, policy_id, language, kind, part, sum(number), {LATEST} {SPAN}
    GROUP BY GROUPING SETS
        ((kind, part), (day, kind, part), (queue_id, kind, part), (policy_id, kind, part), (language, kind, part))
"""
ALONE, BY_DAY, BY_QUEUE, BY_POLICY, BY_LANGUAGE = 15, 7, 11, 13, 14
"""What GROUPING says of a row: a bit for each column that it is not grouped by."""


def figures(chosen: Chosen) -> Figures:
    """Three queries."""
    found: dict[int, dict[Any, Parts]] = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    for level, day, queue, policy, language, kind, part, all_days, last in _rows(EACH, chosen):
        key = {BY_DAY: day, BY_QUEUE: queue, BY_POLICY: policy, BY_LANGUAGE: language}.get(level)
        if number := int(all_days if level == BY_DAY else last):
            found[level][key][kind][part] = number
    before: Parts = defaultdict(dict)
    for kind, part, last in _rows(WHOLE, chosen.before):
        before[kind][part] = int(last)
    return Figures(
        whole=Tally(found[ALONE][None]),
        before=Tally(before),
        days={key: Tally(parts) for key, parts in found[BY_DAY].items()},
        queues={key: Tally(parts) for key, parts in found[BY_QUEUE].items()},
        policies={key: Tally(parts) for key, parts in found[BY_POLICY].items()},
        languages={key: Tally(parts) for key, parts in found[BY_LANGUAGE].items()},
        counted=_counted(chosen),
    )


OF_PERSON = ("decided", "skipped", "read", "misread", "heard", "overturned")


def people(chosen: Chosen) -> list[PersonLine]:
    """By name: two queries. It says nothing of queues, policies or languages."""
    rows = PersonDay.objects.filter(day__gte=chosen.first, day__lte=chosen.last).order_by().values("person")
    sums: dict[int, dict[str, Any]] = {
        row["person"]: dict(row)
        for row in rows.annotate(
            days=Count("id", filter=Q(decided__gt=0)), **{f"sum_{name}": Sum(name) for name in OF_PERSON}
        )
    }
    known = User.objects.filter(pk__in=sums).order_by("pseudonym", "pk")
    return [_line(person, sums[person.pk]) for person in known]


def _line(person: User, row: Mapping[str, int]) -> PersonLine:
    return PersonLine(
        person=person,
        days=row["days"],
        decided=row["sum_decided"],
        skipped=row["sum_skipped"],
        misread=Share(row["sum_misread"], row["sum_read"]),
        overturned=Share(row["sum_overturned"], row["sum_heard"]),
    )


def _rows(sql: str, chosen: Chosen) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asdict(chosen))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _counted(chosen: Chosen) -> dict[date, datetime]:
    rows = TeamDay.objects.filter(day__gte=chosen.first, day__lte=chosen.last)
    return dict(rows.values_list("day", "counted_at"))


DAILY = """
    SELECT f.day, q.key, p.slug, f.language,
           {columns}
    FROM investigations_teamfigure f JOIN investigations_queue q ON q.id = f.queue_id
    LEFT JOIN policies_policy p ON p.id = f.policy_id
    WHERE f.day BETWEEN %(first)s AND %(last)s
      AND (%(queue)s IS NULL OR f.queue_id = %(queue)s) AND (%(policy)s IS NULL OR f.policy_id = %(policy)s)
      AND (%(language)s = '' OR f.language = %(language)s)
    GROUP BY f.day, q.key, p.slug, f.language ORDER BY f.day, q.key, p.slug NULLS FIRST, f.language
"""
EXPORTED = tuple(Counted)


def daily(chosen: Chosen) -> list[list[Any]]:
    """Each day, queue, policy and language in a row with a number for each of EXPORTED: one query."""
    columns = ", ".join(
        f"coalesce(sum(f.number) FILTER (WHERE f.kind = '{kind.value}'), 0)::bigint" for kind in EXPORTED
    )
    return [list(row) for row in _rows(DAILY.format(columns=columns), chosen)]
