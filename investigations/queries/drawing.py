"""What can be drawn of a day for a second reading, and in which order."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import BigIntegerField, F, Func, Min, QuerySet, Value

from enforcement.enums import DecisionState
from enforcement.models import Decision, DecisionItem
from enforcement.queries import overturned
from governance.policies.enums import Measure, Severity
from investigations.enums import DrawnFor
from investigations.models import CaseDecision, CaseItem
from investigations.queries.days import ONE_DAY, start_of

AT_MOST = 10
"""Subjects of one decision that are read a second time; of more a random part is."""
HARSH = frozenset(
    {
        Measure.SUSPEND_LISTING_RIGHTS,
        Measure.SUSPEND,
        Measure.TERMINATE,
        Measure.WITHHOLD_PAYOUT,
    }
)
Item = TypeVar("Item", CaseItem, DecisionItem)
QUICK_SECONDS, NEW_FOR, MANY_ORDERS, CONTESTED_OVER = 10, timedelta(days=30), 100, timedelta(days=90)
WEIGHT: dict[DrawnFor, int] = {
    DrawnFor.CRITICAL: 2,
    DrawnFor.HARSH: 2,
    DrawnFor.QUICK: 2,
    DrawnFor.CONTESTED: 2,
    DrawnFor.NEW: 1,
    DrawnFor.LARGE: 1,
}


@dataclass(frozen=True)
class Drawable:
    """A decision by a person, with what speaks for reading it again."""

    ruling: CaseDecision
    because: tuple[DrawnFor, ...]

    @property
    def risk(self) -> int:
        return sum(WEIGHT[reason] for reason in self.because)


def people(day: date) -> list[Drawable]:
    """What people decided on a day and did not take back, in an order that nobody can foresee and that stays the same."""
    rows = (
        CaseDecision.objects.filter(
            **_within("decided_at", day), undone_at__isnull=True, settled_items__isnull=False, case__golden=None
        )
        .distinct()
        .select_related("case__merchant", "decision")
    )
    rulings = sorted(rows, key=lambda ruling: _chance(day, ruling.pk))
    begun = _beginners(rulings)
    contested = {row.policy for row in overturned.asking_for_review(since=start_of(day) - CONTESTED_OVER)}
    return [Drawable(ruling, tuple(_reasons(ruling, begun, contested))) for ruling in rulings]


def automation(day: date) -> QuerySet[Decision]:
    """What automation decided on a day, in such an order."""
    rows = Decision.objects.filter(**_within("decided_at", day), decided_by__isnull=True)
    shuffled = Func(F("id"), Value(_seed(day)), function="hashint8extended", output_field=BigIntegerField())
    return rows.exclude(state=DecisionState.WITHDRAWN).order_by(shuffled, "id")


def case_items(rulings: Iterable[CaseDecision], day: date) -> dict[int, list[CaseItem]]:
    """By ruling, the items that it settled, at most AT_MOST of each."""
    rows = CaseItem.objects.filter(settled_by__in=[ruling.pk for ruling in rulings]).exclude(verdict="").order_by("pk")
    return _drawn(rows, day, lambda item: item.settled_by_id or 0)


def decision_items(decisions: Iterable[Decision], day: date) -> dict[int, list[DecisionItem]]:
    """By decision, its items, at most AT_MOST of each."""
    rows = DecisionItem.objects.filter(decision__in=[each.pk for each in decisions]).order_by("pk")
    return _drawn(rows, day, lambda item: item.decision_id)


def _reasons(ruling: CaseDecision, begun: Mapping[int, datetime], contested: set[int]) -> Iterable[DrawnFor]:
    case, decision = ruling.case, ruling.decision
    if case.severity == Severity.CRITICAL:
        yield DrawnFor.CRITICAL
    if decision is not None and decision.measure in HARSH:
        yield DrawnFor.HARSH
    if ruling.handling_seconds < QUICK_SECONDS:
        yield DrawnFor.QUICK
    if ruling.decided_at - begun[ruling.person_id] < NEW_FOR:
        yield DrawnFor.NEW
    if case.policy_id in contested:
        yield DrawnFor.CONTESTED
    if case.orders_30d >= MANY_ORDERS:
        yield DrawnFor.LARGE


def _beginners(rulings: Sequence[CaseDecision]) -> dict[int, datetime]:
    """By person, when they decided for the first time."""
    rows = CaseDecision.objects.filter(person__in={ruling.person_id for ruling in rulings}).order_by()
    return dict(rows.values_list("person").annotate(first=Min("decided_at")))


def _drawn(rows: Iterable[Item], day: date, whose: Callable[[Item], int]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for item in sorted(rows, key=lambda each: _chance(day, each.pk)):
        mine = found.setdefault(whose(item), [])
        if len(mine) < AT_MOST:
            mine.append(item)
    return found


def _within(field: str, day: date) -> dict[str, datetime]:
    start = start_of(day)
    return {f"{field}__gte": start, f"{field}__lt": start_of(day + ONE_DAY)}


def _chance(day: date, key: int) -> bytes:
    return hmac.digest(_secret(day), str(key).encode(), hashlib.sha256)


def _seed(day: date) -> int:
    return int.from_bytes(_secret(day)[:8], "big", signed=True)


def _secret(day: date) -> bytes:
    """Of a day: people cannot reckon beforehand which of their decisions will be read."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"second reading of {day}".encode(), hashlib.sha256)
