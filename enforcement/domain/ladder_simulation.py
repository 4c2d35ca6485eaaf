"""Who would stand where under another ladder: the decisions of the last 90 days, replayed under both.

One query of decisions, one of what was corrected, the calendars, and a pass in memory. It writes nothing. An offence that was taken back
meanwhile counts as never having been; what lapsed before the 90 days began is not seen.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.db.models import Count, Max, Q

from enforcement.domain.points import GIVING, LAPSE
from enforcement.enums import COUNTED_DECISIONS, ClosedBecause, Origin
from enforcement.models import Decision, DecisionItem
from enforcement.models.ladder import Milestone, Terms
from enforcement.queries import deadlines
from governance.policies.enums import Severity
from listings.models import Holiday, Market, Merchant
from listings.queries import calendar

SPAN = timedelta(days=90)
NAMED = 50
"""How many merchants are named; the table counts all of them."""


class Offence(NamedTuple):
    """One cause under one policy. `corrected_at` is when the last of it was corrected, where all of it was."""

    merchant_id: int
    policy_id: int
    cause: str
    severity: Severity
    own_points: int
    at: datetime
    corrected_at: datetime | None


Prompt = Callable[[int, date, int], date]
"""Merchant, day and working days: the last day of a prompt correction."""


def balance(offences: Iterable[Offence], terms: Terms | None, *, at: datetime, prompt: Prompt) -> int:
    """A merchant's points on `at`, had these terms held all along. The offences come in their order. None: no ladder."""
    found: dict[int, list[datetime]] = defaultdict(list)
    of_cause, total = Counter[str](), 0
    for offence in offences:
        if terms is None:
            total += offence.own_points if at - offence.at < LAPSE else 0
            continue
        earlier = sum(each > offence.at - timedelta(days=terms.window_days) for each in found[offence.policy_id])
        found[offence.policy_id].append(offence.at)
        points = offence.own_points or terms.graded(offence.severity, earlier)
        if terms.cap:
            points = max(0, min(points, terms.cap - of_cause[offence.cause]))
        of_cause[offence.cause] += points
        if _is_prompt(offence, terms, prompt):
            points -= terms.discounted(points)
        total += points if at - offence.at < timedelta(days=terms.expiry_days) else 0
    return total


def _is_prompt(offence: Offence, terms: Terms, prompt: Prompt) -> bool:
    if not terms.discount_percent or offence.corrected_at is None:
        return False
    last = prompt(offence.merchant_id, offence.at.date(), terms.discount_days)
    return offence.corrected_at <= deadlines.end_of_day(last)


@dataclass(frozen=True)
class Row:
    """A step of the draft, with how many merchants would stand there and how they would have come."""

    milestone: Milestone | None
    merchants: int = 0
    up: int = 0
    down: int = 0
    same: int = 0


@dataclass(frozen=True)
class Moved:
    """A merchant who would stand at a harsher step."""

    merchant: Merchant
    points_now: int
    points: int
    now: Milestone | None
    then: Milestone | None


@dataclass
class Simulation:
    merchants: int = 0
    offences: int = 0
    rows: list[Row] = field(default_factory=list)
    harsher: list[Moved] = field(default_factory=list)
    more: int = 0


def simulate(draft: Terms, live: Terms | None, *, at: datetime) -> Simulation:
    """Every merchant with an offence in the last 90 days, under both. `more` are moved up and not named."""
    grouped = _offences(at)
    prompt = _prompt(set(grouped))
    stands = {
        merchant: (balance(found, live, at=at, prompt=prompt), balance(found, draft, at=at, prompt=prompt))
        for merchant, found in grouped.items()
    }
    counts: dict[Milestone | None, Counter[str]] = defaultdict(Counter)
    moved: list[tuple[int, int, int]] = []
    for merchant, (now, then) in stands.items():
        way = _way(_rank(live, now), _rank(draft, then))
        counts[draft.reached(then)][way] += 1
        if way == "up":
            moved.append((merchant, now, then))
    moved.sort(key=lambda each: (-each[2], each[0]))
    milestones = [None, *sorted(draft.milestones, key=lambda milestone: milestone.at)]
    return Simulation(
        merchants=len(stands),
        offences=sum(len(found) for found in grouped.values()),
        rows=[_row(milestone, counts[milestone]) for milestone in milestones],
        harsher=_named(moved[:NAMED], draft, live),
        more=max(0, len(moved) - NAMED),
    )


def _rank(terms: Terms | None, points: int) -> tuple[int, int]:
    """How harsh the step is that so many points reach: its measure's place in the enum, then how long it lasts."""
    step = terms.reached(points) if terms else None
    if step is None:
        return (0, 0)
    return (1 + list(type(step.measure)).index(step.measure), step.days or 10_000)


def _way(now: tuple[int, int], then: tuple[int, int]) -> str:
    return "same" if now == then else "up" if then > now else "down"


def _row(milestone: Milestone | None, ways: Mapping[str, int]) -> Row:
    return Row(milestone, sum(ways.values()), ways.get("up", 0), ways.get("down", 0), ways.get("same", 0))


def _named(moved: Sequence[tuple[int, int, int]], draft: Terms, live: Terms | None) -> list[Moved]:
    merchants = Merchant.objects.in_bulk([merchant for merchant, _now, _then in moved])
    return [
        Moved(merchants[key], now, then, live.reached(now) if live else None, draft.reached(then))
        for key, now, then in moved
    ]


def _offences(at: datetime) -> dict[int, list[Offence]]:
    """By merchant, in their order: the first decision of each cause that gives points and still counts."""
    rows = (
        Decision.objects.filter(decided_at__gt=at - SPAN, decided_at__lte=at, state__in=sorted(COUNTED_DECISIONS))
        .filter(measure__in=GIVING)
        .exclude(origin_kind=Origin.LADDER)
        .order_by("decided_at", "pk")
        .values_list(
            "pk", "merchant_id", "version__policy_id", "event_key", "version__severity", "version__points", "decided_at"
        )
    )
    corrected, seen = _corrected(at), set[tuple[int, str]]()
    found: dict[int, list[Offence]] = defaultdict(list)
    for _pk, merchant, policy, key, severity, points, decided_at in rows:
        if (merchant, key) not in seen:
            seen.add((merchant, key))
            cause, when = key.rpartition("/P")[0], corrected.get((merchant, key))
            found[merchant].append(Offence(merchant, policy, cause, Severity(severity), points, decided_at, when))
    return found


def _corrected(at: datetime) -> dict[tuple[int, str], datetime]:
    """By merchant and cause, when the last of it was corrected; only of causes that are corrected whole."""
    fixed = Q(violation__closed_because=ClosedBecause.CORRECTED)
    rows = (
        DecisionItem.objects.filter(decision__decided_at__gt=at - SPAN, reversal__isnull=True)
        .filter(decision__superseded_by__isnull=True)
        .order_by()
        .values("decision__merchant_id", "decision__event_key")
        .annotate(open=Count("pk", filter=~fixed), last=Max("violation__closed_at"))
        .filter(open=0, last__isnull=False)
    )
    return {(row["decision__merchant_id"], row["decision__event_key"]): row["last"] for row in rows}


def _prompt(merchants: Iterable[int]) -> Prompt:
    """The calendars are read once; each country's day is worked out once."""
    countries = dict(Merchant.objects.filter(pk__in=list(merchants)).values_list("pk", "country"))
    weeks = {code: frozenset(days) for code, days in Market.objects.values_list("code", "working_days")}
    holidays: dict[str, set[date]] = defaultdict(set)
    for code, day in Holiday.objects.values_list("market_id", "date"):
        holidays[code].add(day)

    @cache
    def last_day(country: str, start: date, days: int) -> date:
        week = weeks.get(country, deadlines.USUAL_WEEK)
        free = frozenset(holidays[country]) if country in weeks else frozenset()
        return calendar.nth_working_day(start, days, week=week, holidays=free)

    return lambda merchant, start, days: last_day(countries[merchant], start, days)
