"""One filter set per list, for its page and its API endpoint alike."""

import django_filters
from django.utils.translation import gettext_lazy as _

from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep


class SweepFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=SweepState.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Looked at"), choices=SweepKind.choices)

    class Meta:
        model = Sweep
        fields = ("state", "kind")
