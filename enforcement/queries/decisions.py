"""Violations and decisions as people and programs may read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enforcement.enums import (
    SETTLED_BY,
    TAKEN_BACK_DECISIONS,
    ClosedBecause,
    DecisionState,
    LiftedBecause,
    Origin,
    ViolationState,
)
from enforcement.models import Decision, DecisionItem, Restriction, Violation
from governance.policies.enums import Ground, Measure
from governance.policies.models import PolicyText

Markets = Collection[str] | None
"""The markets somebody may see; None means all."""
OFF_SALE = frozenset({Measure.RESTRICT_MARKETS, Measure.REMOVE, Measure.BLOCK_RELISTING})


def violations(markets: Markets) -> QuerySet[Violation]:
    """Violations in these markets, with what a row of them shows."""
    rows = Violation.objects.select_related("policy", "version", "merchant", "listing")
    return rows if markets is None else rows.filter(markets__overlap=list(markets))


def decisions(markets: Markets) -> QuerySet[Decision]:
    """Decisions that concern these markets, with what a row of them shows."""
    items = DecisionItem.objects.filter(decision=OuterRef("pk")).order_by()
    rows = Decision.objects.select_related("merchant", "version__policy", "superseded_by").annotate(
        item_count=Coalesce(Subquery(items.values("decision").annotate(count=Count("pk")).values("count")), 0)
    )
    return rows if markets is None else rows.filter(concerns(markets))


def concerns(markets: Collection[str], decision: str = "pk") -> Exists:
    """Whether an item of the decision is about one of these markets. `decision` names its key in the outer query."""
    items = DecisionItem.objects.filter(decision=OuterRef(decision))
    return Exists(items.filter(Q(markets__overlap=list(markets))))


def whole(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """With items, what became of them, and the statement."""
    items = DecisionItem.objects.select_related("reversal", "listing").order_by("pk")
    return rows.select_related("statement", "decided_by").prefetch_related(Prefetch("items", queryset=items))


def took_off_as_illegal(decision: Decision) -> bool:
    """Whether it takes listings off sale for being illegal: under a law, or because an authority ordered it."""
    illegal = decision.version.ground == Ground.LEGAL or decision.origin_kind == Origin.ORDER
    return illegal and decision.measure in OFF_SALE


def concerns_buyers(decision: Decision) -> bool:
    """Whether buyers of its listings bought what is illegal, as far as we hold (DSA Art. 32)."""
    return took_off_as_illegal(decision) and decision.state not in TAKEN_BACK_DECISIONS | {DecisionState.SUPERSEDED}


@dataclass(frozen=True)
class Standing:
    """One item of a decision and what has become of it: reversed, lifted for another cause, still in force, or (no restriction)
    settled before it took effect, or not acted upon."""

    item: DecisionItem
    restriction: Restriction | None

    @property
    def reversed(self) -> bool:
        return hasattr(self.item, "reversal")

    @property
    def in_force(self) -> bool:
        return self.restriction is not None and self.restriction.lifted_at is None

    @property
    def ended(self) -> LiftedBecause | None:
        if self.reversed:
            return LiftedBecause(self.item.reversal.because)
        if self.restriction is None:
            return SETTLED_BY.get(ClosedBecause(self.closed.closed_because)) if self.closed else None
        lifted = self.restriction.lifted_because
        return LiftedBecause(lifted) if lifted else None

    @property
    def ended_at(self) -> datetime | None:
        if self.reversed:
            return self.item.reversal.reversed_at
        if self.restriction is None:
            return self.closed.closed_at if self.closed else None
        return self.restriction.lifted_at

    @property
    def closed(self) -> Violation | None:
        """The item's violation, where it is over."""
        found = self.item.violation
        return found if found and found.state == ViolationState.CLOSED else None


def standings(decision: Decision) -> list[Standing]:
    restrictions = {row.item_id: row for row in Restriction.objects.filter(decision=decision)}
    items = DecisionItem.objects.filter(decision=decision).select_related("listing", "reversal", "violation")
    items = items.order_by("pk")
    return [Standing(item, restrictions.get(item.pk)) for item in items]


def titles(versions: Collection[int], *, language: str) -> dict[int, str]:
    """What policy versions are called in a language, else in English."""
    rows = PolicyText.objects.filter(version__in=versions, language__in=[language, "en"])
    found: dict[int, str] = {}
    for version, tag, title in rows.order_by("version_id").values_list("version_id", "language", "title"):
        if tag == language or version not in found:
            found[version] = title
    return found
