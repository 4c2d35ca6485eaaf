"""Merchants, and groups of them."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enforcement.filters import LARGEST
from investigations.enums import LIVE_CASES
from investigations.models import Case, LinkGroup, LinkRisk
from investigations.queries import work
from listings.enums import LinkKind, MerchantKind, MerchantState
from listings.models import Merchant


class MerchantFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Name or key"), method="search", help_text=_("Name, or the marketplace's key")
    )
    country = django_filters.MultipleChoiceFilter(label=_("Country"), choices=lambda: merchant_countries())
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=MerchantKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=MerchantState.choices)
    suspended = django_filters.BooleanFilter(
        label=_("Listing rights suspended"),
        field_name="listing_rights_suspended_at",
        lookup_expr="isnull",
        exclude=True,
    )
    open_cases = django_filters.BooleanFilter(label=_("Has open cases"), method="with_cases")
    points = django_filters.NumberFilter(
        label=_("Points, at least"), field_name="points", lookup_expr="gte", max_value=LARGEST
    )

    class Meta:
        model = Merchant
        fields = ("kind", "state")

    def search(self, rows: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        value = value.strip()
        return rows.filter(Q(name__icontains=value) | Q(external_id=value) | Q(public_id=value.upper()))

    def with_cases(self, rows: QuerySet[Merchant], name: str, value: bool) -> QuerySet[Merchant]:
        known = work.known_to(self.request.user.pk)
        live = Case.objects.filter(known, merchant=OuterRef("pk"), state__in=LIVE_CASES)
        return rows.filter(Exists(live)) if value else rows.exclude(Exists(live))


def merchant_countries() -> list[tuple[str, str]]:
    codes = Merchant.objects.order_by("country").values_list("country", flat=True).distinct()
    return [(code, code) for code in codes]


class LinkGroupFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Merchant"), method="search", help_text=_("Name, or the marketplace's key"))
    kind = django_filters.MultipleChoiceFilter(label=_("Held together by"), choices=LinkKind.choices, method="tied_by")
    size = django_filters.NumberFilter(
        label=_("Merchants, at least"), field_name="size", lookup_expr="gte", max_value=LARGEST
    )
    stopped = django_filters.BooleanFilter(label=_("Somebody was suspended or terminated"), method="with_stopped")

    class Meta:
        model = LinkGroup
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[LinkGroup], name: str, value: str) -> QuerySet[LinkGroup]:
        value = value.strip()
        of_merchant = (
            Q(merchant__name__icontains=value) | Q(merchant__external_id=value) | Q(merchant__public_id=value.upper())
        )
        return rows.filter(Exists(LinkRisk.objects.filter(of_merchant, group=OuterRef("pk"))))

    def tied_by(self, rows: QuerySet[LinkGroup], name: str, value: list[str]) -> QuerySet[LinkGroup]:
        return rows.filter(kinds__has_any_keys=value) if value else rows

    def with_stopped(self, rows: QuerySet[LinkGroup], name: str, value: bool) -> QuerySet[LinkGroup]:
        return rows.filter(stopped__gt=0) if value else rows.filter(stopped=0)
