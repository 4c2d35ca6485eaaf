"""One filter set per list, for its page and its API endpoint alike."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from listings.enums import ImportKind, ImportState, ListingState, MerchantKind, RowFate, RowReason
from listings.models import ImportRow, ImportRun, Listing, Merchant


class ImportFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("File name"), field_name="filename", lookup_expr="icontains")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ImportState.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Rows"), choices=ImportKind.choices)
    dry_run = django_filters.BooleanFilter(label=_("Trial runs"))

    class Meta:
        model = ImportRun
        fields = ("state", "kind", "dry_run")


class ImportRowFilter(django_filters.FilterSet):
    fate = django_filters.MultipleChoiceFilter(label=_("What became of it"), choices=RowFate.choices)
    reason = django_filters.MultipleChoiceFilter(label=_("Reason"), choices=RowReason.choices)

    class Meta:
        model = ImportRow
        fields = ("fate", "reason")


class MerchantFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or identifier"), method="search")
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=MerchantKind.choices)
    country = django_filters.CharFilter(label=_("Country"), lookup_expr="iexact")
    external_id = django_filters.CharFilter(label=_("The marketplace's identifier"))
    changed_after = django_filters.IsoDateTimeFilter(
        label=_("Changed after"), field_name="changed_at", lookup_expr="gt"
    )

    class Meta:
        model = Merchant
        fields = ("kind", "country", "external_id")

    def search(self, rows: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        return rows.filter(Q(name__icontains=value) | Q(external_id=value) | Q(public_id=value.upper()))


class ListingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Words of the title, EAN or identifier"), method="search")
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__external_id")
    external_id = django_filters.CharFilter(label=_("The marketplace's identifier"))
    market = django_filters.CharFilter(label=_("Market"), method="in_market")
    category = django_filters.CharFilter(label=_("Category and all under it"), method="under")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ListingState.choices)
    ean = django_filters.CharFilter(label=_("EAN"))
    brand = django_filters.CharFilter(label=_("Brand"), lookup_expr="iexact")
    changed_after = django_filters.IsoDateTimeFilter(
        label=_("Changed after"), field_name="changed_at", lookup_expr="gt"
    )
    after_change = django_filters.NumberFilter(label=_("After change number"), field_name="change", lookup_expr="gt")

    class Meta:
        model = Listing
        fields = ("state", "ean", "external_id")

    def search(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return rows.filter(Q(title__icontains=value) | Q(ean=value) | Q(external_id=value))

    def in_market(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return rows.filter(markets__contains=[value.upper()])

    def under(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        code = value.strip("/")
        return rows.filter(Q(category__code=code) | Q(category__code__startswith=f"{code}/"))
