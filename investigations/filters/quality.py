"""What is read a second time."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.web.references import read_reference
from investigations.enums import ReviewKind, ReviewOutcome, ReviewState
from investigations.filters.choices import CASE_ID
from investigations.models import SecondReview


class ReviewFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Case, decision or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ReviewState.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Drawn"), choices=ReviewKind.choices)
    outcome = django_filters.MultipleChoiceFilter(label=_("Outcome"), choices=ReviewOutcome.choices)
    person = django_filters.NumberFilter(label=_("Person number"), field_name="person")
    policy = django_filters.NumberFilter(label=_("Policy number"), field_name="policy")
    language = django_filters.CharFilter(label=_("Merchant's language"), field_name="language")

    class Meta:
        model = SecondReview
        fields = ("state", "kind", "outcome")

    def search(self, rows: QuerySet[SecondReview], name: str, value: str) -> QuerySet[SecondReview]:
        if found := CASE_ID.match(value.strip()):
            return rows.filter(ruling__case=int(found[1]))
        if reference := read_reference(value):
            return rows.filter(Q(decision__reference=reference) | Q(ruling__decision__reference=reference))
        merchant = Q(ruling__case__merchant__name__icontains=value) | Q(decision__merchant__name__icontains=value)
        return rows.filter(merchant)
