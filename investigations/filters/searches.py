"""The team's history of searches, and investigations."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from investigations.enums import InvestigationState, SearchKind
from investigations.models import Investigation, SearchRun


class SearchRunFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Words of the search"), field_name="query", lookup_expr="icontains", help_text=_("Words of the search")
    )
    kind = django_filters.MultipleChoiceFilter(label=_("In"), choices=SearchKind.choices)
    mine = django_filters.BooleanFilter(label=_("Mine"), method="only_mine")
    ran = django_filters.DateFromToRangeFilter(label=_("When"), field_name="ran_at")

    class Meta:
        model = SearchRun
        fields: tuple[str, ...] = ()

    def only_mine(self, rows: QuerySet[SearchRun], name: str, value: bool) -> QuerySet[SearchRun]:
        own = Q(person=self.request.user.pk)
        return rows.filter(own) if value else rows.exclude(own)


class InvestigationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title or I-12"), method="search", help_text=_("Title, or I-12"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=InvestigationState.choices)
    mine = django_filters.BooleanFilter(label=_("I work on it"), method="only_mine")

    class Meta:
        model = Investigation
        fields = ("state",)

    def search(self, rows: QuerySet[Investigation], name: str, value: str) -> QuerySet[Investigation]:
        number = value.strip().upper().removeprefix("I-")
        if number.isdecimal() and len(number) < 19:
            return rows.filter(pk=int(number))
        return rows.filter(Q(title__icontains=value) | Q(question__icontains=value))

    def only_mine(self, rows: QuerySet[Investigation], name: str, value: bool) -> QuerySet[Investigation]:
        own = Q(pk__in=Investigation.objects.filter(members__person=self.request.user.pk).values("pk"))
        return rows.filter(own) if value else rows.exclude(own)
