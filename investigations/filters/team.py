"""The team."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.accounts.models import User
from investigations.models import Claim


class TeamFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Person"), field_name="pseudonym", lookup_expr="icontains")
    holds = django_filters.BooleanFilter(label=_("Holds a case"), method="only_holding")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def only_holding(self, rows: QuerySet[User], name: str, value: bool) -> QuerySet[User]:
        held = Claim.objects.filter(person=OuterRef("pk"), ended_at__isnull=True)
        return rows.filter(Exists(held)) if value else rows.exclude(Exists(held))
