"""The merchants' points, from the ledger."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from enforcement.enums import COUNTED_DECISIONS, Origin, PointKind
from enforcement.models import Decision, DecisionItem, PointEntry
from listings.queries.keys import among

TAKEN_OFF = ~Q(kind=PointKind.GIVEN)
NET = Sum("points", filter=~TAKEN_OFF, default=0) - Sum("points", filter=TAKEN_OFF, default=0)
"""Given less discounts less returns."""


def balance(merchant_id: int, at: datetime) -> int:
    """Points that stand on `at`: given less taken off, of what has not lapsed."""
    rows = PointEntry.objects.filter(merchant_id=merchant_id, entered_at__lte=at, lapses_at__gt=at)
    net: int = rows.aggregate(net=NET)["net"]
    return net


def balances(merchants: Collection[int], at: datetime) -> dict[int, int]:
    """The points of many merchants at once; one without entries is not among them."""
    rows = PointEntry.objects.filter(merchant_id__in=among(merchants), entered_at__lte=at, lapses_at__gt=at)
    return dict(rows.values("merchant_id").annotate(net=NET).order_by("merchant_id").values_list("merchant_id", "net"))


def of_all(at: datetime) -> list[int]:
    """The points of every merchant who has any."""
    rows = PointEntry.objects.filter(entered_at__lte=at, lapses_at__gt=at).order_by().values("merchant_id")
    return list(rows.annotate(net=NET).filter(net__gt=0).values_list("net", flat=True))


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


def stands(given: PointEntry) -> int:
    """What is left of these points: less a discount, less what was returned, lapsed or not."""
    rows = PointEntry.objects.filter(decision_id=given.decision_id)
    net: int = rows.aggregate(net=NET)["net"]
    return net


def of_cause(merchant_id: int, event_key: str) -> int:
    """The points that one cause gave and nobody has returned, whichever policies it broke: a key ends with its policy."""
    cause = event_key.rpartition("/P")[0]
    if not cause:
        return 0
    decisions = Decision.objects.filter(merchant_id=merchant_id, event_key__startswith=f"{cause}/P")
    given: int = standing(decisions).aggregate(given=Sum("points", default=0))["given"]
    return given


def earlier_offences(
    *, merchant_id: int, policy_id: int, event_key: str, measures: Collection[str], since: datetime, at: datetime
) -> int:
    """Causes before this one for which these measures were taken under the policy and that count, later than `since`."""
    rows = Decision.objects.filter(
        merchant_id=merchant_id, version__policy_id=policy_id, measure__in=measures, state__in=sorted(COUNTED_DECISIONS)
    )
    rows = rows.filter(decided_at__gt=since, decided_at__lte=at).exclude(origin_kind=Origin.LADDER)
    return rows.exclude(event_key=event_key).order_by().values("event_key").distinct().count()


def offence_stands(decision: Decision) -> bool:
    """Whether an item of this cause was neither reversed nor replaced."""
    items = DecisionItem.objects.filter(decision__in=offence(decision), reversal__isnull=True)
    return items.filter(decision__superseded_by__isnull=True).exists()


def steps(merchant_id: int, at: datetime) -> QuerySet[PointEntry]:
    """What still counts, the next to lapse first; `net` is what a discount has left of it."""
    off = PointEntry.objects.filter(decision=OuterRef("decision"), kind=PointKind.DISCOUNT).values("points")
    return (
        PointEntry.objects.filter(merchant_id=merchant_id, kind=PointKind.GIVEN, lapses_at__gt=at)
        .exclude(decision__point_entries__kind=PointKind.RETURNED)
        .annotate(reference=F("decision__reference"), net=F("points") - Coalesce(Subquery(off[:1]), 0))
        .order_by("lapses_at", "pk")
    )
