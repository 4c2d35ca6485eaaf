"""Cases, what is done to many of them, what people are told of them, and the reasons kept for them."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.policies.enums import Severity
from investigations.enums import LIVE_CASES, BulkState, BulkVerb, CaseOutcome, CaseState, News, ReasonFor
from investigations.filters.choices import CASE_ID, language, market_choices, policy_choices, queue_choices
from investigations.models import BulkRun, CannedReason, CannedText, Case, Claim, Snooze, Telling, Watch
from investigations.queries import lines, team


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Merchant or case"), method="search", help_text=_("Merchant, or C-123"))
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=CaseState.choices)
    queue = django_filters.MultipleChoiceFilter(label=_("Queue"), field_name="queue__key", choices=queue_choices)
    severity = django_filters.MultipleChoiceFilter(label=_("Severity"), choices=Severity.choices)
    policy = django_filters.ChoiceFilter(label=_("Policy"), choices=policy_choices)
    market = django_filters.MultipleChoiceFilter(label=_("Markets"), choices=market_choices, method="in_markets")
    outcome = django_filters.MultipleChoiceFilter(label=_("Outcome"), choices=CaseOutcome.choices)
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    mine = django_filters.BooleanFilter(label=_("With me"), method="only_mine")
    unfit = django_filters.BooleanFilter(label=_("Fits nobody"), method="only_unfit")
    watched = django_filters.BooleanFilter(label=_("Watched by me"), method="only_watched")
    resting = django_filters.BooleanFilter(label=_("Put aside"), method="only_resting")
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")
    opened = django_filters.DateFromToRangeFilter(label=_("Opened"), field_name="opened_at")

    class Meta:
        model = Case
        fields = ("state", "severity", "outcome")

    def search(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if found := CASE_ID.match(value.strip()):
            return rows.filter(pk=int(found[1]))
        return rows.filter(merchant__name__icontains=value)

    def in_markets(self, rows: QuerySet[Case], name: str, value: list[str]) -> QuerySet[Case]:
        return rows.filter(markets__overlap=value) if value else rows

    def only_late(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        late = Q(state__in=LIVE_CASES, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)

    def only_mine(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        held = Claim.objects.filter(case=OuterRef("pk"), person=self.request.user.pk, ended_at__isnull=True)
        return rows.filter(Exists(held)) if value else rows.exclude(Exists(held))

    def only_watched(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        watching = Watch.objects.filter(case=OuterRef("pk"), person=self.request.user.pk)
        return rows.filter(Exists(watching)) if value else rows.exclude(Exists(watching))

    def only_resting(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        asleep = Snooze.objects.filter(case=OuterRef("pk"), woken_at=None)
        return rows.filter(Exists(asleep)) if value else rows.exclude(Exists(asleep))

    def only_unfit(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        unfit = team.fit_nobody().values("pk")
        return rows.filter(pk__in=unfit) if value else rows.exclude(pk__in=unfit)


class BulkFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=BulkState.choices)
    verb = django_filters.MultipleChoiceFilter(label=_("What"), choices=BulkVerb.choices)
    prepared = django_filters.DateFromToRangeFilter(label=_("Prepared"), field_name="prepared_at")

    class Meta:
        model = BulkRun
        fields: tuple[str, ...] = ()


class TellingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Merchant or case"), method="search")
    kind = django_filters.MultipleChoiceFilter(label=_("What"), choices=News.choices)
    unread = django_filters.BooleanFilter(label=_("Not read"), field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Telling
        fields = ("kind",)

    def search(self, rows: QuerySet[Telling], name: str, value: str) -> QuerySet[Telling]:
        if found := CASE_ID.match(value.strip()):
            return rows.filter(case=int(found[1]))
        return rows.filter(case__merchant__name__icontains=value)


class CannedFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or words"), method="search")
    policy = django_filters.ChoiceFilter(label=_("Policy"), choices=lambda: canned_policies())
    purpose = django_filters.ChoiceFilter(label=_("Used for"), choices=ReasonFor.choices)
    retired = django_filters.BooleanFilter(
        label=_("Retired"), field_name="retired_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = CannedReason
        fields = ("purpose",)

    def search(self, rows: QuerySet[CannedReason], name: str, value: str) -> QuerySet[CannedReason]:
        said = CannedText.objects.filter(reason=OuterRef("pk"), text__icontains=value)
        return rows.filter(Q(name__icontains=value) | Exists(said))


def canned_policies() -> list[tuple[str, str]]:
    """The policies that have canned reasons of their own."""
    keys = CannedReason.objects.order_by().values_list("policy", flat=True).distinct()
    titles = lines.policy_titles([key for key in keys if key], language=language())
    return sorted(((str(key), title) for key, title in titles.items()), key=lambda choice: choice[1])
