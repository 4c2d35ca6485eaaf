"""Violations and decisions as people and programs may read them."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from enforcement.models import Decision, DecisionItem, Violation

Markets = Collection[str] | None
"""The markets somebody may see; None means all."""


def violations(markets: Markets) -> QuerySet[Violation]:
    """Violations in these markets, with what a row of them shows."""
    rows = Violation.objects.select_related("policy", "version", "merchant", "listing")
    return rows if markets is None else rows.filter(markets__overlap=list(markets))


def decisions(markets: Markets) -> QuerySet[Decision]:
    """Decisions that concern these markets, with what a row of them shows."""
    rows = Decision.objects.select_related("merchant", "version__policy", "superseded_by").annotate(
        item_count=Count("items")
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
