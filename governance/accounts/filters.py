"""One filter set per list, for its page and its API endpoint alike."""

import re
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any

import django_filters
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.accounts.enums import Role, Scope
from governance.accounts.models import ApiKey, RoleGrant, User
from governance.accounts.text import log as text
from governance.audit import queries as log
from governance.audit.models import Entry
from governance.audit.models.entry import AUTOMATION
from governance.web.references import read_reference

DAY = DateInput(attrs={"type": "date"})
CHOICES_SECONDS = 60
NUMBER = re.compile(r"(?:[A-Za-z]-?)?(\d{1,18})")
LABELS = ((AUTOMATION, _("Automation")), ("merchant", _("Merchant")))


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Pseudonym, username or e-mail"), method="search")
    role = django_filters.MultipleChoiceFilter(label=_("Role"), choices=Role.choices, method="holding")
    active = django_filters.BooleanFilter(label=_("Active"), field_name="is_active")

    class Meta:
        model = User
        fields = ("active",)

    def search(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(Q(pseudonym__icontains=value) | Q(username__icontains=value) | Q(email__icontains=value))

    def holding(self, rows: QuerySet[User], name: str, value: list[str]) -> QuerySet[User]:
        return rows.filter(pk__in=RoleGrant.objects.filter(role__in=value).values("user")) if value else rows


class ApiKeyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or beginning of the key"), method="search")
    scope = django_filters.MultipleChoiceFilter(label=_("Scope"), choices=Scope.choices, method="with_scope")
    revoked = django_filters.BooleanFilter(
        label=_("Revoked"), field_name="revoked_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = ApiKey
        fields = ("revoked",)

    def search(self, rows: QuerySet[ApiKey], name: str, value: str) -> QuerySet[ApiKey]:
        return rows.filter(Q(name__icontains=value) | Q(prefix=value.removeprefix("gk_")[:8]))

    def with_scope(self, rows: QuerySet[ApiKey], name: str, value: list[str]) -> QuerySet[ApiKey]:
        return rows.filter(scopes__overlap=value) if value else rows


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Subject: number or reference"), method="search")
    verb = django_filters.MultipleChoiceFilter(label=_("What was done"), distinct=False)
    subject_kind = django_filters.MultipleChoiceFilter(label=_("To what"), distinct=False)
    actor = django_filters.ModelMultipleChoiceFilter(
        label=_("By whom"), queryset=User.objects.order_by("pseudonym"), distinct=False
    )
    without_person = django_filters.ChoiceFilter(
        label=_("By no person"), field_name="actor_label", choices=LABELS, empty_label=_("Whoever"), method="labelled"
    )
    since = django_filters.DateFilter(label=_("Since"), method="from_day", widget=DAY)
    until = django_filters.DateFilter(label=_("Until"), method="to_day", widget=DAY)

    class Meta:
        model = Entry
        fields = ("verb", "subject_kind", "actor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("verb", text.verb), ("subject_kind", text.kind)):
            values = cache.get_or_set(f"log:{name}", lambda column=name: log.distinct(column), CHOICES_SECONDS)
            self.filters[name].extra["choices"] = sorted(
                ((value, words(value)) for value in values or ()), key=itemgetter(1)
            )

    def search(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """C-123, 123 or SR-2026-4Q7K-0719-D2MX."""
        value = value.strip()
        number = NUMBER.fullmatch(value)
        by_reference = Q(subject_ref=read_reference(value) or value)
        return rows.filter(by_reference | Q(subject_id=int(number[1])) if number else by_reference)

    def from_day(self, rows: QuerySet[Entry], name: str, value: date) -> QuerySet[Entry]:
        return rows.filter(at__gte=_midnight(value))

    def to_day(self, rows: QuerySet[Entry], name: str, value: date) -> QuerySet[Entry]:
        """The whole day counts."""
        return rows.filter(at__lt=_midnight(value + timedelta(days=1)))

    def labelled(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return rows.filter(actor__isnull=True, actor_label=value)


def _midnight(day: date) -> datetime:
    """In the time zone of the person who asks."""
    return timezone.make_aware(datetime.combine(day, time.min))
