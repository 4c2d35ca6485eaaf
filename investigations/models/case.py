"""Work for people: queues, cases and the claims on them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.models import Decision, Violation
from governance.policies.enums import Severity
from governance.policies.models import Policy
from investigations.enums import LIVE_CASES, CaseOrigin, CaseOutcome, CaseState, ClaimEnd, Verdict
from listings.models import Listing, Merchant


class Queue(models.Model):
    """Where cases wait. The queue with the lowest `position` whose families and severities fit takes a new case."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=100)
    families = ArrayField(models.CharField(max_length=60), default=list, blank=True, help_text="Empty takes all.")
    severities = ArrayField(models.CharField(max_length=8), default=list, blank=True, help_text="Empty takes all.")
    decide_within_hours = models.PositiveSmallIntegerField(default=72, help_text="Working hours count from opening.")

    def __str__(self) -> str:
        return self.name


class Case(models.Model):
    """One open case per merchant and cause. Staff see it as C- and its number.

    `cause_key` is `policy:<id>` (later also a notice or an event). `priority` is higher for what is more urgent.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="cases")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    cause_key = models.CharField(max_length=80)
    origin = models.CharField(max_length=8, choices=CaseOrigin.choices)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    priority = models.FloatField(default=0)
    priority_parts = models.JSONField(default=dict, help_text="What the priority is made of, for the reader.")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=CaseOutcome.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "cause_key"], condition=~Q(state=CaseState.CLOSED), name="one_live_case_per_cause"
            ),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(
                condition=(Q(state=CaseState.CLOSED, closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state=CaseState.CLOSED) & Q(closed_at__isnull=True, outcome="")),
                name="case_closed_at_iff_closed",
            ),
        )
        indexes = (
            models.Index(
                fields=["queue", "-priority", "id"], condition=Q(state__in=sorted(LIVE_CASES)), name="case_next"
            ),
            models.Index(fields=["-opened_at", "-id"], name="case_by_time"),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=sorted(LIVE_CASES)), name="case_by_due"),
        )

    def __str__(self) -> str:
        return f"C-{self.pk}"


class CaseItem(models.Model):
    """One subject of a case with the verdict on it. `listing` empty means the merchant itself."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="case_items")
    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, null=True, blank=True, related_name="case_items")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    added_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True, help_text="Decided, dismissed, or corrected meanwhile.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "violation"], name="one_case_item_per_violation"),
            models.CheckConstraint(condition=Q(verdict="") | Q(verdict__in=Verdict.values), name="verdict_known"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: L-{self.listing_id}"


class CaseMove(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=CaseState.choices)
    to_state = models.CharField(max_length=10, choices=CaseState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_state} → {self.to_state}"


class Claim(models.Model):
    """A person's exclusive, expiring hold on a case; at most one that has not ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=8, choices=ClaimEnd.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_claim_per_case"),
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="one_claim_per_person"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="claim_ended_as_iff_ended",
            ),
        )
        indexes = (models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="claim_by_expiry"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"


class Skip(models.Model):
    """A case that a person passed by, with the reason: it never comes back to the same person by itself."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="skips")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skips")
    reason = models.TextField()
    skipped_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="one_skip_per_person"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"


class CaseDecision(models.Model):
    """A decision that came out of a case; the decision itself knows the case only as a plain value."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="case_decisions")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="case_decision")
    handling_seconds = models.PositiveIntegerField(default=0, help_text="From claim to decision.")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.decision_id}"
