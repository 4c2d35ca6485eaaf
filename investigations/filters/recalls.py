"""Recalls."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from investigations.enums import MatchState, RecallSource
from investigations.filters.choices import market_choices
from investigations.models import RecallAlert, RecallMatch
from investigations.text import recall_words


def risk_choices() -> list[tuple[str, str]]:
    return sorted(((kind, str(label)) for kind, label in recall_words.RISKS.items()), key=lambda choice: choice[1])


class RecallFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Reference, brand, product or barcode"), method="search")
    open = django_filters.BooleanFilter(label=_("With listings to be looked at"), method="only_open")
    source = django_filters.MultipleChoiceFilter(label=_("Published by"), choices=RecallSource.choices)
    risk = django_filters.MultipleChoiceFilter(label=_("Risk"), choices=risk_choices, method="of_risk")
    market = django_filters.MultipleChoiceFilter(label=_("Listings in"), choices=market_choices, method="in_markets")
    published = django_filters.DateFromToRangeFilter(label=_("Published"), field_name="published_on")

    class Meta:
        model = RecallAlert
        fields = ("source",)

    def search(self, rows: QuerySet[RecallAlert], name: str, value: str) -> QuerySet[RecallAlert]:
        value = value.strip()
        words = Q(reference__iexact=value) | Q(name__icontains=value) | Q(product__icontains=value)
        return rows.filter(words | Q(brands__icontains=value) | Q(barcodes__contains=[value]))

    def only_open(self, rows: QuerySet[RecallAlert], name: str, value: bool) -> QuerySet[RecallAlert]:
        return rows.filter(**({"waiting__gt": 0} if value else {"waiting": 0}))

    def of_risk(self, rows: QuerySet[RecallAlert], name: str, value: list[str]) -> QuerySet[RecallAlert]:
        return rows.filter(risk_types__overlap=value) if value else rows

    def in_markets(self, rows: QuerySet[RecallAlert], name: str, value: list[str]) -> QuerySet[RecallAlert]:
        alike = RecallMatch.objects.filter(alert=OuterRef("pk"), listing__markets__overlap=value)
        return rows.filter(Exists(alike.exclude(state__in=[MatchState.GONE, MatchState.REJECTED]))) if value else rows
