"""One filter set per list, for its page and its API endpoint alike."""

from datetime import timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

import django_filters
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.enums import (
    LOST_DISPUTES,
    OPEN_APPEALS,
    AppealChannel,
    AppealState,
    Automation,
    ClosedBecause,
    DecisionState,
    DeliveryState,
    DisputeOutcome,
    DisputeState,
    EndpointState,
    Environment,
    EventType,
    Forum,
    MessageState,
    Owed,
    StepState,
    SubmissionState,
    SweepKind,
    SweepState,
    UndoScope,
    UndoState,
    ViolationState,
)
from enforcement.models import (
    Appeal,
    AppealDecision,
    Decision,
    Delivery,
    Dispute,
    DisputeBody,
    LadderStep,
    Message,
    Sweep,
    TransparencySubmission,
    Undo,
    Violation,
    WebhookEndpoint,
)
from enforcement.queries.transparency import LATE
from governance.policies.enums import Measure, Mode, Severity, VersionState, family_name
from governance.policies.models import Policy
from governance.web.references import read_reference

LARGEST = 2**63 - 1
"""Of a number that is held against a column."""


class SweepFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=SweepState.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Looked at"), choices=SweepKind.choices)

    class Meta:
        model = Sweep
        fields = ("state", "kind")


class UndoFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=UndoState.choices)
    scope = django_filters.MultipleChoiceFilter(label=_("Reversed"), choices=UndoScope.choices)

    class Meta:
        model = Undo
        fields = ("state", "scope")


class StepFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=StepState.choices)
    measure = django_filters.MultipleChoiceFilter(label=_("Measure"), choices=Measure.choices)
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")

    class Meta:
        model = LadderStep
        fields = ("state", "measure")


class FamilyFilter(django_filters.AllValuesMultipleFilter):
    """The families that there are, by their names in the language of the page."""

    @property
    def field(self) -> Any:
        field = super().field
        field.choices = sorted(
            ((value, family_name(value)) for value, _same in self.extra["choices"]), key=itemgetter(1)
        )
        return field


class PolicyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title, law or short name"), method="search")
    mode = django_filters.MultipleChoiceFilter(label=_("Mode"), choices=Mode.choices)
    severity = django_filters.MultipleChoiceFilter(label=_("Severity"), choices=Severity.choices)
    family = FamilyFilter(label=_("Family"))
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


class ViolationFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ViolationState.choices)
    closed_because = django_filters.MultipleChoiceFilter(label=_("Closed because"), choices=ClosedBecause.choices)
    mode = django_filters.MultipleChoiceFilter(label=_("Mode when found"), choices=Mode.choices)
    owed = django_filters.MultipleChoiceFilter(label=_("Owed"), choices=Owed.choices)
    policy = django_filters.NumberFilter(label=_("Policy"), field_name="policy_id", max_value=LARGEST)
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")
    listing = django_filters.NumberFilter(label=_("Listing"), field_name="listing_id", max_value=LARGEST)
    found = django_filters.IsoDateTimeFromToRangeFilter(label=_("Found"), field_name="found_at")

    class Meta:
        model = Violation
        fields = ("state", "mode", "owed")


class DecisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Reference or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=DecisionState.choices)
    measure = django_filters.MultipleChoiceFilter(label=_("Measure"), choices=Measure.choices)
    automation = django_filters.MultipleChoiceFilter(label=_("Decided by"), choices=Automation.choices)
    policy = django_filters.NumberFilter(label=_("Policy"), field_name="version__policy_id", max_value=LARGEST)
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")
    decided = django_filters.IsoDateTimeFromToRangeFilter(label=_("Decided"), field_name="decided_at")
    undelivered = django_filters.BooleanFilter(label=_("Merchant not reached"), method="only_undelivered")

    class Meta:
        model = Decision
        fields = ("state", "measure", "automation")

    def search(self, rows: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        if reference := read_reference(value):
            return rows.filter(reference=reference)
        return rows.filter(merchant__name__icontains=value.strip())

    def only_undelivered(self, rows: QuerySet[Decision], name: str, value: bool) -> QuerySet[Decision]:
        failed = Exists(Message.objects.filter(decisions=OuterRef("pk"), state=MessageState.FAILED))
        return rows.filter(failed) if value else rows.exclude(failed)


class SubmissionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Decision, PUID or UUID"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=SubmissionState.choices)
    environment = django_filters.MultipleChoiceFilter(label=_("Environment"), choices=Environment.choices)
    late = django_filters.BooleanFilter(label=_("Waiting for more than a day"), method="only_late")
    reversed = django_filters.BooleanFilter(label=_("Reversed after it was accepted"), method="only_reversed")
    created = django_filters.IsoDateTimeFromToRangeFilter(label=_("Owed since"), field_name="created_at")

    class Meta:
        model = TransparencySubmission
        fields = ("state", "environment")

    def search(self, rows: QuerySet[TransparencySubmission], name: str, value: str) -> QuerySet[TransparencySubmission]:
        if reference := read_reference(value):
            return rows.filter(decision__reference=reference)
        return rows.filter(Q(puid=value.strip()) | Q(uuid=value.strip()))

    def only_late(
        self, rows: QuerySet[TransparencySubmission], name: str, value: bool
    ) -> QuerySet[TransparencySubmission]:
        late = Q(state=SubmissionState.OWED, created_at__lt=timezone.now() - LATE)
        return rows.filter(late) if value else rows.exclude(late)

    def only_reversed(
        self, rows: QuerySet[TransparencySubmission], name: str, value: bool
    ) -> QuerySet[TransparencySubmission]:
        back = Q(
            state=SubmissionState.SENT,
            decision__state__in=[DecisionState.REVERSED, DecisionState.PARTLY_REVERSED],
        )
        return rows.filter(back) if value else rows.exclude(back)


class AppealFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Reference or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=AppealState.choices)
    open = django_filters.BooleanFilter(label=_("To be heard"), method="only_open")
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    soon = django_filters.BooleanFilter(label=_("Due soon"), method="only_soon")
    asked = django_filters.BooleanFilter(label=_("Waits for the merchant"), method="only_asked")
    mine = django_filters.BooleanFilter(label=_("With you"), method="only_mine")
    measure = django_filters.MultipleChoiceFilter(
        label=_("Contested measure"), field_name="decision__measure", choices=Measure.choices
    )
    severity = django_filters.MultipleChoiceFilter(
        label=_("Severity"), field_name="decision__version__severity", choices=Severity.choices
    )
    channel = django_filters.MultipleChoiceFilter(label=_("Came by"), choices=AppealChannel.choices)
    decision = django_filters.CharFilter(label=_("Decision"), field_name="decisions__reference")
    filed = django_filters.IsoDateTimeFromToRangeFilter(label=_("Filed"), field_name="filed_at")

    class Meta:
        model = Appeal
        fields = ("state", "channel")

    def search(self, rows: QuerySet[Appeal], name: str, value: str) -> QuerySet[Appeal]:
        if reference := read_reference(value):
            contested = AppealDecision.objects.filter(decision__reference=reference)
            return rows.filter(Q(reference=reference) | Q(pk__in=contested.values("appeal")))
        return rows.filter(merchant__name__icontains=value.strip())

    def only_soon(self, rows: QuerySet[Appeal], name: str, value: bool) -> QuerySet[Appeal]:
        now = timezone.now()
        until = now + timedelta(hours=settings.APPEAL_REMIND_HOURS)
        soon = Q(state__in=OPEN_APPEALS, due_at__gte=now, due_at__lte=until)
        return rows.filter(soon) if value else rows.exclude(soon)

    def only_asked(self, rows: QuerySet[Appeal], name: str, value: bool) -> QuerySet[Appeal]:
        """`rows` carry asked_until, as `queries.appeals.listed` annotates them."""
        now = timezone.now()
        if value:
            return rows.filter(Q(state__in=OPEN_APPEALS, asked_until__gte=now))
        return rows.filter(~Q(state__in=OPEN_APPEALS) | Q(asked_until__isnull=True) | Q(asked_until__lt=now))

    def only_open(self, rows: QuerySet[Appeal], name: str, value: bool) -> QuerySet[Appeal]:
        return rows.filter(state__in=OPEN_APPEALS) if value else rows.exclude(state__in=OPEN_APPEALS)

    def only_late(self, rows: QuerySet[Appeal], name: str, value: bool) -> QuerySet[Appeal]:
        late = Q(state__in=OPEN_APPEALS, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)

    def only_mine(self, rows: QuerySet[Appeal], name: str, value: bool) -> QuerySet[Appeal]:
        mine = Q(assigned_to=getattr(self.request.user, "pk", None))
        return rows.filter(mine) if value else rows.exclude(mine)


class DisputeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Reference or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=DisputeState.choices)
    forum = django_filters.MultipleChoiceFilter(label=_("Before"), choices=Forum.choices)
    outcome = django_filters.MultipleChoiceFilter(label=_("Outcome"), choices=DisputeOutcome.choices)
    body = django_filters.ModelMultipleChoiceFilter(label=_("Body"), queryset=DisputeBody.objects.order_by("name"))
    to_do = django_filters.BooleanFilter(label=_("To be carried out"), method="only_to_do")
    brought = django_filters.DateFromToRangeFilter(label=_("Brought"), field_name="brought_on")

    class Meta:
        model = Dispute
        fields = ("state", "forum", "outcome")

    def search(self, rows: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        """Our reference or theirs, the decision's, or a merchant's name."""
        value = value.strip()
        if reference := read_reference(value):
            return rows.filter(Q(reference=reference) | Q(decision__reference=reference))
        return rows.filter(Q(merchant__name__icontains=value) | Q(their_reference__iexact=value))

    def only_to_do(self, rows: QuerySet[Dispute], name: str, value: bool) -> QuerySet[Dispute]:
        to_do = Q(state=DisputeState.DECIDED, outcome__in=LOST_DISPUTES)
        return rows.filter(to_do) if value else rows.exclude(to_do)


class EndpointFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or address"), help_text=_("Name or address"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=EndpointState.choices)

    class Meta:
        model = WebhookEndpoint
        fields = ("state",)

    def search(self, rows: QuerySet[WebhookEndpoint], name: str, value: str) -> QuerySet[WebhookEndpoint]:
        return rows.filter(Q(name__icontains=value) | Q(url__icontains=value))


class DeliveryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Event, merchant or listing"), help_text=_("Event, merchant or listing"), method="search"
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=DeliveryState.choices)
    type = django_filters.MultipleChoiceFilter(label=_("Event"), field_name="event__type", choices=EventType.choices)
    endpoint = django_filters.ModelMultipleChoiceFilter(
        label=_("Endpoint"), queryset=WebhookEndpoint.objects.order_by("name")
    )

    class Meta:
        model = Delivery
        fields = ("state", "endpoint")

    def search(self, rows: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        """An event's id, or a reference of the marketplace."""
        value = value.strip()
        try:
            return rows.filter(event__uid=UUID(value.removeprefix("evt_")))
        except ValueError:
            return rows.filter(Q(event__listing=value) | Q(event__merchant=value))
