"""Searching listings. Conditions over them are read by the engine of sweeps, not by the database."""

from collections.abc import Mapping, Sequence

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from enforcement.models import DecisionItem
from governance.web import formats
from investigations.enums import ListingStanding, Moment, SearchKind
from investigations.queries.searched.kind import Facet, Searched, Timed, countries, labels, policies
from listings.models import Category, Merchant

BANDS = {"1": (None, 10), "2": (10, 50), "3": (50, 200), "4": (200, 1_000), "5": (1_000, None)}
"""Prices in euro, from and until, by their number in the answer."""
_STANDS = """found, LATERAL (
    SELECT 'ended' AS value WHERE state = 'ended'
    UNION ALL SELECT 'hidden' WHERE EXISTS (
        SELECT FROM listings_listingvisibility v WHERE v.listing_id = found.id AND v.exposure = 'hidden')
    UNION ALL SELECT 'violation' WHERE EXISTS (
        SELECT FROM enforcement_violation v WHERE v.listing_id = found.id AND v.state = 'open')
) AS stands"""


def _categories(values: Sequence[str], language: str) -> Mapping[str, str]:
    rows = Category.objects.filter(code__in=values).values_list("code", "names")
    return {code: names.get(language) or names.get("en") or code for code, names in rows}


def _merchants(values: Sequence[str], _language: str) -> Mapping[str, str]:
    return dict(Merchant.objects.filter(public_id__in=values).values_list("public_id", "name"))


def _prices(_values: Sequence[str], _language: str) -> Mapping[str, str]:
    return {number: _band(*ends) for number, ends in BANDS.items()}


def _band(low: int | None, high: int | None) -> str:
    if low is None:
        return now_in_words("below %(high)s") % {"high": formats.number(high or 0)}
    if high is None:
        return now_in_words("%(low)s and more") % {"low": formats.number(low)}
    return now_in_words("%(low)s to %(high)s") % {"low": formats.number(low), "high": formats.number(high)}


def _between(number: str) -> Mapping[str, object]:
    low, high = BANDS[number]
    return {"price_eur_min": low or "", "price_eur_max": high or ""}


LISTINGS = Searched(
    kind=SearchKind.LISTINGS,
    moments={
        Moment.CHANGED: Timed(_("When they were last changed"), F("changed_at")),
        Moment.LISTED: Timed(_("When they were first listed"), F("created_at")),
        Moment.DECIDED: Timed(
            _("When they were last decided about"),
            Subquery(
                DecisionItem.objects.filter(listing=OuterRef("pk"))
                .order_by("-id")
                .values("decision__decided_at")[:1]
            ),
        ),
    },
    columns={
        "category": "category_id", "merchant": "merchant_id", "brand": "brand", "state": "state", "price": "price_eur",
        "markets": "markets",
    },
    facets=(
        Facet(
            "category", _("Category"), "split_part(coalesce(c.code, ''), '/', 1)",
            source="found LEFT JOIN listings_category c ON c.id = category", names=_categories,
        ),
        Facet(
            "merchant", _("Merchant"), "m.public_id", source="found JOIN listings_merchant m ON m.id = merchant",
            names=_merchants,
        ),
        Facet(
            "market", _("Market"), "market",
            source="found, unnest(markets) AS market", territorial=True, names=countries,
        ),
        Facet("brand", _("Brand"), "min(brand)", source="found WHERE brand <> ''", group="upper(brand)"),
        Facet(
            "policy", _("Violates"), "v.policy_id::text",
            source="found JOIN enforcement_violation v ON v.listing_id = found.id AND v.state = 'open'", names=policies,
        ),
        Facet("standing", _("Where it stands"), "stands.value", source=_STANDS, names=labels(ListingStanding)),
        Facet(
            "price", _("Price in euro"), "width_bucket(price, ARRAY[0, 10, 50, 200, 1000]::numeric[])::text",
            source="found WHERE price IS NOT NULL", in_order=True, names=_prices, narrows=_between,
        ),
    ),
)  # fmt: skip
