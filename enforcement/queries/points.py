"""The merchants' points, from the ledger."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from enforcement.enums import PointKind
from enforcement.models import Decision, DecisionItem, PointEntry
from listings.queries.keys import among


def balance(merchant_id: int, at: datetime) -> int:
    """Points that stand on `at`: given less returned, of what has not lapsed."""
    sums = PointEntry.objects.filter(merchant_id=merchant_id, entered_at__lte=at, lapses_at__gt=at).aggregate(
        given=Sum("points", filter=Q(kind=PointKind.GIVEN)), returned=Sum("points", filter=Q(kind=PointKind.RETURNED))
    )
    return (sums["given"] or 0) - (sums["returned"] or 0)


def balances(merchants: Collection[int], at: datetime) -> dict[int, int]:
    """The points of many merchants at once; one without entries is not among them."""
    rows = PointEntry.objects.filter(merchant_id__in=among(merchants), entered_at__lte=at, lapses_at__gt=at)
    sums = rows.values("merchant_id").annotate(
        given=Sum("points", filter=Q(kind=PointKind.GIVEN)), returned=Sum("points", filter=Q(kind=PointKind.RETURNED))
    )
    return {row["merchant_id"]: (row["given"] or 0) - (row["returned"] or 0) for row in sums.order_by("merchant_id")}


def offence(decision: Decision) -> QuerySet[Decision]:
    """The decisions that came of one cause, this one among them."""
    if not decision.event_key:
        return Decision.objects.filter(pk=decision.pk)
    return Decision.objects.filter(merchant_id=decision.merchant_id, event_key=decision.event_key)


def standing(decisions: QuerySet[Decision]) -> QuerySet[PointEntry]:
    """What these decisions gave and nobody has returned."""
    given = PointEntry.objects.filter(decision__in=decisions, kind=PointKind.GIVEN)
    returned = PointEntry.objects.filter(decision__in=decisions, kind=PointKind.RETURNED)
    return given.exclude(decision__in=returned.values("decision")).order_by("pk")


def offence_stands(decision: Decision) -> bool:
    """Whether an item of this cause was neither reversed nor replaced."""
    items = DecisionItem.objects.filter(decision__in=offence(decision), reversal__isnull=True)
    return items.filter(decision__superseded_by__isnull=True).exists()


def steps(merchant_id: int, at: datetime) -> QuerySet[PointEntry]:
    """What still counts, the next to lapse first."""
    return (
        PointEntry.objects.filter(merchant_id=merchant_id, kind=PointKind.GIVEN, lapses_at__gt=at)
        .exclude(decision__point_entries__kind=PointKind.RETURNED)
        .annotate(reference=F("decision__reference"))
        .order_by("lapses_at", "pk")
    )
