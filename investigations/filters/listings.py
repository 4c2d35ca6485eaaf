"""Listings."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enforcement.enums import ViolationState
from enforcement.filters import LARGEST
from enforcement.models import Violation
from investigations.enums import ListingStanding
from investigations.filters.choices import EAN, LISTING_ID, category_choices, market_choices
from investigations.queries.listings import standing_as
from listings.enums import ListingState
from listings.models import Listing


class ListingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title, id or EAN"), method="search", help_text=_("Title, L-123 or an EAN"))
    standing = django_filters.ChoiceFilter(label=_("Where it stands"), choices=ListingStanding.choices, method="stands")
    category = django_filters.MultipleChoiceFilter(label=_("Category"), choices=category_choices, method="under")
    market = django_filters.MultipleChoiceFilter(label=_("Markets"), choices=market_choices, method="in_markets")
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")
    policy = django_filters.NumberFilter(label=_("Violates policy number"), method="violates", max_value=LARGEST)
    price_eur = django_filters.RangeFilter(label=_("Price in euro"))
    sold = django_filters.NumberFilter(
        label=_("Sold in 30 days, at least"), field_name="sold", lookup_expr="gte", max_value=LARGEST
    )
    changed = django_filters.DateFromToRangeFilter(label=_("Changed"), field_name="changed_at")

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        value = value.strip()
        if found := LISTING_ID.match(value):
            return rows.filter(pk=int(found[1]))
        if EAN.match(value):
            return rows.filter(Q(ean=value) | Q(external_id=value))
        return rows.filter(title__icontains=value)

    def stands(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        standing = ListingStanding(value)
        if standing == ListingStanding.ENDED:
            return rows.filter(state=ListingState.ENDED)
        if standing != ListingStanding.ON_SALE:
            return rows.filter(standing_as(standing))
        return rows.filter(~standing_as(ListingStanding.HIDDEN), state=ListingState.ON_SALE)

    def under(self, rows: QuerySet[Listing], name: str, value: list[str]) -> QuerySet[Listing]:
        condition = Q()
        for code in value:
            condition |= Q(category__code=code) | Q(category__code__startswith=f"{code}/")
        return rows.filter(condition)

    def in_markets(self, rows: QuerySet[Listing], name: str, value: list[str]) -> QuerySet[Listing]:
        return rows.filter(markets__overlap=value) if value else rows

    def violates(self, rows: QuerySet[Listing], name: str, value: Any) -> QuerySet[Listing]:
        found = Violation.objects.filter(listing=OuterRef("pk"), policy=int(value), state=ViolationState.OPEN)
        return rows.filter(Exists(found))
