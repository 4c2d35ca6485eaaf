"""Listings for lists and pages: what shoppers meet, what was found, what is in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from enforcement.enums import ViolationState
from enforcement.models import DecisionItem, Restriction, Violation
from governance.accounts.permissions import Anyone
from governance.policies.enums import Measure
from governance.policies.language import wording
from governance.web import formats
from investigations import permissions
from investigations.enums import LIVE_CASES, ListingStanding
from investigations.models import Case, CaseItem
from investigations.queries import lines
from listings.enums import Exposure, ListingState
from listings.models import (
    AttributeDefinition,
    Category,
    Certificate,
    Listing,
    ListingMetric,
    ListingVisibility,
    ListingWindow,
)

METRIC_DAYS = 90
COUNTRY = "_country"
"""How the keys of attributes end that hold the code of a country."""


def visible_listings(user: Anyone) -> QuerySet[Listing]:
    """Listings that a person may read: those offered in a market of theirs."""
    if not permissions.can_see_listings(user):
        return Listing.objects.none()
    markets = permissions.markets(user)
    return Listing.objects.all() if markets is None else Listing.objects.filter(markets__overlap=sorted(markets))


def listing_rows(user: Anyone) -> QuerySet[Listing]:
    sold = ListingWindow.objects.filter(listing=OuterRef("pk"), days=30).values("orders")[:1]
    return (
        visible_listings(user)
        .select_related("merchant", "category")
        .defer("description", "text_base", "text_skeleton")
        .annotate(sold=Coalesce(Subquery(sold), 0))
    )


def standing_as(standing: ListingStanding) -> Any:
    """A condition on listings: where they stand, each in every way that applies."""
    of_listing = {"listing": OuterRef("pk")}
    hidden = ListingVisibility.objects.filter(**of_listing, exposure=Exposure.HIDDEN)
    gated = ListingVisibility.objects.filter(**of_listing, exposure=Exposure.AGE_GATED)
    marked = ListingVisibility.objects.filter(Q(demoted=True) | ~Q(labels=[]), **of_listing)
    asked = Restriction.objects.filter(**of_listing, lifted_at__isnull=True, measure=Measure.REQUEST_CORRECTION)
    violating = Violation.objects.filter(**of_listing, state=ViolationState.OPEN)
    read = CaseItem.objects.filter(**of_listing, settled_at__isnull=True, case__state__in=LIVE_CASES, answer="")
    return {
        ListingStanding.HIDDEN: Exists(hidden),
        ListingStanding.AGE_GATED: Exists(gated),
        ListingStanding.MARKED: Exists(marked),
        ListingStanding.TO_CORRECT: Exists(asked),
        ListingStanding.IN_REVIEW: Exists(read),
        ListingStanding.VIOLATION: Exists(violating),
    }[standing]


@dataclass
class ListingLine:
    """What a row says beyond the listing's own columns: where it stands, and under which policy."""

    standing: ListingStanding
    markets: list[str] = field(default_factory=list)
    policy: str = ""


def lines_of(rows: Sequence[Listing], *, language: str) -> dict[int, ListingLine]:
    """By listing, five queries for a page: hidden before age-gated, before in review, before to correct, before violating."""
    keys = [listing.pk for listing in rows]
    found = {listing.pk: _plain(listing) for listing in rows}
    policies: dict[int, int] = {}
    violating = Violation.objects.filter(listing__in=keys, state=ViolationState.OPEN).order_by(
        "-version__severity", "id"
    )
    for listing, policy in violating.values_list("listing", "policy"):
        policies.setdefault(listing, policy)
        found[listing].standing = ListingStanding.VIOLATION
    in_force = Restriction.objects.filter(listing__in=keys, lifted_at__isnull=True).order_by("id")
    for listing, measure, policy in in_force.values_list("listing", "measure", "decision__version__policy"):
        policies[listing] = policy
        if measure == Measure.REQUEST_CORRECTION:
            found[listing].standing = ListingStanding.TO_CORRECT
    read = CaseItem.objects.filter(listing__in=keys, settled_at__isnull=True, case__state__in=LIVE_CASES, answer="")
    for listing, policy in read.values_list("listing", "case__policy"):
        policies[listing] = policy
        found[listing].standing = ListingStanding.IN_REVIEW
    _mark_exposure(found, keys)
    titles = lines.policy_titles({policy for policy in policies.values() if policy}, language=language)
    for listing, policy in policies.items():
        found[listing].policy = titles.get(policy, "")
    return found


def _plain(listing: Listing) -> ListingLine:
    ended = listing.state == ListingState.ENDED
    return ListingLine(ListingStanding.ENDED if ended else ListingStanding.ON_SALE)


def _mark_exposure(found: dict[int, ListingLine], keys: Iterable[int]) -> None:
    rows = ListingVisibility.objects.filter(listing__in=list(keys)).order_by("listing", "market")
    for listing, market, exposure in rows.values_list("listing", "market", "exposure"):
        line = found[listing]
        if exposure == Exposure.HIDDEN:
            line.standing = ListingStanding.HIDDEN
            line.markets.append(market)
        elif exposure == Exposure.AGE_GATED and line.standing != ListingStanding.HIDDEN:
            line.standing = ListingStanding.AGE_GATED
        elif line.standing == ListingStanding.ON_SALE:
            line.standing = ListingStanding.MARKED


def decision_items(listing: Listing) -> QuerySet[DecisionItem]:
    """What was decided about a listing, the newest first."""
    return (
        DecisionItem.objects.filter(listing=listing)
        .select_related("decision__version__policy", "decision__decided_by", "reversal")
        .order_by("-id")
    )


def violations(listing: Listing) -> list[Violation]:
    """What was found about a listing, open first, then the newest."""
    rows = Violation.objects.filter(listing=listing).select_related("version", "policy")
    return list(rows.order_by("-state", "-found_at", "-id")[:30])


def in_force(listing: Listing) -> list[Restriction]:
    """Measures in force on a listing."""
    rows = Restriction.objects.filter(listing=listing, lifted_at__isnull=True)
    return list(rows.select_related("decision__version__policy").order_by("-starts_at", "-id"))


def cases_of(listing: Listing) -> list[Case]:
    return list(
        Case.objects.filter(items__listing=listing, golden__isnull=True).distinct().order_by("-opened_at", "-id")[:10]
    )


def certificates(listing: Listing) -> list[Certificate]:
    """The listing's own, and those of all the merchant's listings."""
    own = Q(listing=listing) | Q(listing__isnull=True, merchant=listing.merchant_id)
    return list(Certificate.objects.filter(own).order_by("type", "number", "id"))


def category_name(listing: Listing, language: str) -> str:
    """The category with its ancestors."""
    if listing.category is None:
        return ""
    steps = listing.category.code.split("/")
    codes = ["/".join(steps[: depth + 1]) for depth in range(len(steps))]
    names = dict(Category.objects.filter(code__in=codes).values_list("code", "names"))
    return " › ".join(names.get(code, {}).get(language) or names.get(code, {}).get("en") or code for code in codes)


def attributes(listing: Listing, language: str) -> list[tuple[str, str]]:
    """The listing's attributes by label, with their units."""
    rows = AttributeDefinition.objects.filter(key__in=list(listing.attributes))
    known = {row.key: row for row in rows}
    found = [_attribute(known.get(key), key, value, language) for key, value in listing.attributes.items()]
    return sorted(found, key=lambda pair: pair[0].casefold())


def _attribute(row: AttributeDefinition | None, key: str, value: Any, language: str) -> tuple[str, str]:
    label = str((row and (row.labels.get(language) or row.labels.get("en"))) or key)
    if key.endswith(COUNTRY) and isinstance(value, str):
        return label, formats.country(value)
    return label, wording.value(value, row.unit if row else "")


def daily(listing: Listing, *, until: date, days: int = METRIC_DAYS) -> list[ListingMetric]:
    """The daily metrics of the last days, the oldest first; days without any are not there."""
    since = until - timedelta(days=days - 1)
    return list(ListingMetric.objects.filter(listing=listing, date__gte=since, date__lte=until).order_by("date"))


def daily_of_merchant(merchant_id: int, *, until: date, days: int = METRIC_DAYS) -> list[Mapping[str, Any]]:
    """The same over all listings of a merchant."""
    since = until - timedelta(days=days - 1)
    rows = ListingMetric.objects.filter(listing__merchant=merchant_id, date__gte=since, date__lte=until)
    return list(
        rows.values("date")
        .annotate(orders=Sum("orders"), returns=Sum("returns"), complaints=Sum("complaints"), visits=Sum("visits"))
        .order_by("date")
    )
