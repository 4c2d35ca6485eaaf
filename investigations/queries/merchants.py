"""What the house knows of a merchant: standing, identity, and what was decided about them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enforcement.enums import OPEN_APPEALS, STANDING_DECISIONS, WON_APPEALS, Origin, ViolationState
from enforcement.measures import MEASURES
from enforcement.models import Appeal, Decision, PointEntry, Restriction, Violation
from enforcement.queries import points as ledger
from governance.accounts.permissions import Anyone
from governance.policies.enums import Measure, Subject
from governance.web import heat
from investigations import permissions
from investigations.enums import LIVE_CASES
from investigations.models import Case
from investigations.queries import work
from listings.enums import ListingState
from listings.models import Listing, Merchant, MerchantWindow, TraderIdentity

YEAR = timedelta(days=365)
POINT_BOUNDS, POINT_TOP = (4, 8), 12
"""Where a merchant's points become worth a second look, and where the scale ends."""


def visible_merchants(user: Anyone) -> QuerySet[Merchant]:
    """Merchants that a person may read: those who are in, or sell into, a market of theirs."""
    if not permissions.can_see_merchants(user):
        return Merchant.objects.none()
    markets = permissions.markets(user)
    if markets is None:
        return Merchant.objects.all()
    offered = Listing.objects.filter(merchant=OuterRef("pk"), markets__overlap=sorted(markets))
    return Merchant.objects.filter(Q(country__in=markets) | Exists(offered))


@dataclass(frozen=True)
class Standing:
    """A merchant in figures. `limited` counts listings under a measure in force; `returns` is the share of orders returned within 30 days, where there were any."""

    points: int
    gauge: Any
    tone: str
    next_lapse: PointEntry | None
    open_cases: int
    late_cases: int
    decisions: int
    in_force: int
    appeals: int
    appeals_open: int
    appeals_won: int
    listings: int
    limited: int
    returns: float | None
    rating: float | None
    identity: TraderIdentity | None


def standing(merchant: Merchant, user: Anyone, *, at: datetime) -> Standing:
    points = ledger.balance(merchant.pk, at)
    appeals = Appeal.objects.filter(merchant=merchant).aggregate(
        all=Count("id"),
        open=Count("id", filter=Q(state__in=OPEN_APPEALS)),
        won=Count("id", filter=Q(state__in=WON_APPEALS)),
    )
    window = MerchantWindow.objects.filter(merchant=merchant, days=30).first()
    live = Case.objects.filter(work.known_to(user.pk), merchant=merchant, state__in=LIVE_CASES)
    cases = live.aggregate(all=Count("id"), late=Count("id", filter=Q(due_at__lt=at)))
    decided = Decision.objects.filter(merchant=merchant).aggregate(
        year=Count("id", filter=Q(decided_at__gte=at - YEAR)),
        standing=Count("id", filter=Q(state__in=STANDING_DECISIONS)),
    )
    limited = Restriction.objects.filter(merchant=merchant, lifted_at__isnull=True, listing__isnull=False)
    return Standing(
        points=points,
        gauge=heat.gauge(points, top=POINT_TOP, bounds=POINT_BOUNDS, label=str(points)),
        tone="ok" if points < POINT_BOUNDS[0] else "caution" if points < POINT_BOUNDS[1] else "critical",
        next_lapse=ledger.steps(merchant.pk, at).first(),
        open_cases=cases["all"],
        late_cases=cases["late"],
        decisions=decided["year"],
        in_force=decided["standing"],
        appeals=appeals["all"],
        appeals_open=appeals["open"],
        appeals_won=appeals["won"],
        listings=Listing.objects.filter(merchant=merchant, state=ListingState.ON_SALE).count(),
        limited=limited.order_by().values("listing").distinct().count(),
        returns=window.returns / window.orders if window and window.orders else None,
        rating=window.rating_sum / window.rating_count if window and window.rating_count else None,
        identity=TraderIdentity.objects.filter(merchant=merchant).first(),
    )


@dataclass(frozen=True)
class Happening:
    """One line of a merchant's history: a decision, or an appeal."""

    at: datetime
    kind: str
    decision: Decision
    appeal: Appeal | None = None
    listings: int = 0

    @property
    def about_listings(self) -> bool:
        if self.decision.origin_kind == Origin.LADDER and not MEASURES[Measure(self.decision.measure)].territorial:
            return False
        return self.decision.version.policy.subject == Subject.LISTINGS


def history(merchant: Merchant, *, limit: int = 20, until: datetime | None = None) -> list[Happening]:
    """The newest decisions and appeals, in two queries; with `until` those before then."""
    lately = Q(decided_at__lt=until) if until else Q()
    decisions = (
        Decision.objects.filter(lately, merchant=merchant)
        .select_related("version__policy", "decided_by")
        .annotate(listings=Count("items"))
        .order_by("-decided_at", "-id")[:limit]
    )
    appeals = (
        Appeal.objects.filter(Q(filed_at__lt=until) if until else Q(), merchant=merchant)
        .select_related("decision__version__policy")
        .order_by("-filed_at", "-id")
    )
    found = [Happening(each.decided_at, "decision", each, listings=each.listings) for each in decisions]
    found += [Happening(each.decided_at or each.filed_at, "appeal", each.decision, each) for each in appeals[:limit]]
    return sorted(found, key=lambda happening: happening.at, reverse=True)[:limit]


def windows(merchant: Merchant) -> list[MerchantWindow]:
    return list(MerchantWindow.objects.filter(merchant=merchant).order_by("days"))


def verified_on(merchant: Merchant) -> date | None:
    """When the trader's identity was verified, if it was. The identity must be loaded."""
    identity = getattr(merchant, "identity", None)
    return identity.verified_on if identity else None


def merchant_rows(user: Anyone, *, at: datetime) -> QuerySet[Merchant]:
    """Merchants with the figures of the list, each from an index."""
    of_merchant = {"merchant": OuterRef("pk")}
    standing_points = PointEntry.objects.filter(**of_merchant, entered_at__lte=at, lapses_at__gt=at).order_by()
    return (
        visible_merchants(user)
        .select_related("identity")
        .annotate(
            listings_on_sale=_count(Listing.objects.filter(**of_merchant, state=ListingState.ON_SALE)),
            open_violations=_count(Violation.objects.filter(**of_merchant, state=ViolationState.OPEN)),
            open_cases=_count(Case.objects.filter(work.known_to(user.pk), **of_merchant, state__in=LIVE_CASES)),
            decisions_standing=_count(Decision.objects.filter(**of_merchant, state__in=STANDING_DECISIONS)),
            points=_points(standing_points),
            orders=Coalesce(Subquery(MerchantWindow.objects.filter(**of_merchant, days=30).values("orders")[:1]), 0),
        )
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("merchant").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _points(entries: QuerySet[PointEntry]) -> Coalesce:
    return Coalesce(Subquery(entries.values("merchant").annotate(total=ledger.NET).values("total")), 0)
