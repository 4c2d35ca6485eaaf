"""One filter set per list, for its page and its API endpoint alike."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep
from governance.policies.enums import Mode, Severity, VersionState
from governance.policies.models import Policy


class SweepFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=SweepState.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Looked at"), choices=SweepKind.choices)

    class Meta:
        model = Sweep
        fields = ("state", "kind")


class PolicyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title, law or short name"), method="search")
    mode = django_filters.MultipleChoiceFilter(label=_("Mode"), choices=Mode.choices)
    severity = django_filters.MultipleChoiceFilter(label=_("Severity"), choices=Severity.choices)
    family = django_filters.AllValuesMultipleFilter(label=_("Family"))
    waits = django_filters.BooleanFilter(label=_("Waits for approval"), method="only_waiting")
    counsel = django_filters.BooleanFilter(label=_("Confirm with counsel"), field_name="confirm_with_counsel")

    class Meta:
        model = Policy
        fields = ("mode", "family")

    def search(self, rows: QuerySet[Policy], name: str, value: str) -> QuerySet[Policy]:
        """`rows` carry title and legal_basis, as `queries.policies` annotates them."""
        number = value.upper().removeprefix("P-").lstrip("0")
        by_number = Q(pk=int(number)) if number.isdigit() else Q()
        words = Q(title__icontains=value) | Q(legal_basis__icontains=value) | Q(slug__icontains=value)
        return rows.filter(words | by_number if by_number else words)

    def only_waiting(self, rows: QuerySet[Policy], name: str, value: bool) -> QuerySet[Policy]:
        waiting = Q(versions__state=VersionState.SUBMITTED)
        return rows.filter(waiting) if value else rows.exclude(waiting)
