"""What risk starts from, and the links it spreads over."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Min, Q

from enforcement.models import PointEntry
from enforcement.queries.points import NET
from governance.policies.enums import Severity
from investigations.enums import LIVE_CASES, RiskReason
from investigations.models import Case
from listings.models import Merchant, MerchantLink

OWN: dict[RiskReason, float] = {
    RiskReason.TERMINATED: 1.0,
    RiskReason.SUSPENDED: 0.9,
    RiskReason.RIGHTS: 0.6,
    RiskReason.CRITICAL_CASE: 0.5,
}
POINTS_FULL, POINTS_MOST = 24, 0.5
"""Points that would make a risk of 1, and what points come to at most."""


@dataclass(frozen=True)
class Own:
    """A merchant's own risk and the gravest reason for it."""

    value: float
    because: dict[str, Any]


@dataclass(frozen=True)
class Tie:
    """Two merchants with all that links them, the strongest kind first. Kinds add up as chances do."""

    one: int
    other: int
    strength: float
    kinds: tuple[tuple[str, float], ...]


def ties(rows: Iterable[tuple[int, int, str, float]]) -> dict[tuple[int, int], Tie]:
    """Links by pair; rows are (first, second, kind, strength)."""
    found: dict[tuple[int, int], list[tuple[str, float]]] = defaultdict(list)
    for first, second, kind, strength in rows:
        found[first, second].append((kind, strength))
    return {pair: tie(*pair, kinds) for pair, kinds in found.items()}


def tie(one: int, other: int, kinds: Iterable[tuple[str, float]]) -> Tie:
    left, ordered = 1.0, tuple(sorted(kinds, key=lambda each: (-each[1], each[0])))
    for _kind, strength in ordered:
        left *= 1 - strength
    return Tie(one, other, round(1 - left, 4), ordered)


def all_ties() -> dict[tuple[int, int], Tie]:
    rows = MerchantLink.objects.filter(ended_at__isnull=True).order_by("first_id", "second_id", "kind")
    return ties(rows.values_list("first_id", "second_id", "kind", "strength").iterator(chunk_size=10_000))


def own(at: datetime) -> dict[int, Own]:
    """Merchants who are a risk by themselves, each by the gravest reason."""
    found: dict[int, Own] = {}
    for merchant, points in _points(at):
        value = round(min(points / POINTS_FULL, POINTS_MOST), 4)
        found[merchant] = Own(value, {"reason": RiskReason.POINTS.value, "points": points})
    live = Case.objects.filter(severity=Severity.CRITICAL, state__in=LIVE_CASES).order_by().values("merchant_id")
    for merchant, case in live.annotate(case=Min("pk")).values_list("merchant_id", "case"):
        found[merchant] = Own(OWN[RiskReason.CRITICAL_CASE], {"reason": RiskReason.CRITICAL_CASE.value, "case": case})
    since = F("terminated_at"), F("suspended_at"), F("listing_rights_suspended_at")
    stopped = Merchant.objects.filter(
        Q(terminated_at__isnull=False) | Q(suspended_at__isnull=False) | Q(listing_rights_suspended_at__isnull=False)
    )
    for merchant, *moments in stopped.order_by("pk").values_list("pk", *since):
        reason, moment = next((r, m) for r, m in zip(list(OWN)[:3], moments, strict=True) if m)
        found[merchant] = Own(OWN[reason], {"reason": reason.value, "at": moment.isoformat()})
    return found


def stopped(merchants: Iterable[int]) -> set[int]:
    """Those of them who are suspended or terminated."""
    rows = Merchant.objects.filter(
        Q(terminated_at__isnull=False) | Q(suspended_at__isnull=False), pk__in=list(merchants)
    )
    return set(rows.values_list("pk", flat=True))


def _points(at: datetime) -> list[tuple[int, int]]:
    rows = PointEntry.objects.filter(entered_at__lte=at, lapses_at__gt=at).order_by("merchant_id").values("merchant_id")
    return list(rows.annotate(net=NET).filter(net__gt=0).values_list("merchant_id", "net"))
