"""Work for people: cases and what is in them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from enforcement.models import Violation
from governance.audit.models.append_only import append_only
from governance.policies.enums import Severity
from governance.policies.models import Policy
from investigations.enums import LIVE_CASES, WAITING_CASES, CaseOrigin, CaseOutcome, CaseState, Verdict
from investigations.models.queue import Queue
from listings.models import Listing, Merchant


class Case(models.Model):
    """One open case per merchant and cause. Staff see it as C- and its number.

    `cause_key` is `policy:<id>`, or `notice:<ground>` for what was reported; that one has a policy when a person chose it.
    `priority` is 0 to 100, higher for what is more urgent; `priority_parts` are its factors: severity, reach, age. `markets`,
    `languages`, `views_30d` and `orders_30d` are those of the listings that wait for a verdict, of a closed case those of the
    last that did. `routing` says what kept a queue's rule from being read for it; empty where nothing did. `kept_for` is given
    it first, ahead of all others, until `kept_until`. `merged_into` is the case in which a merged one goes on.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="cases")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    cause_key = models.CharField(max_length=80)
    origin = models.CharField(max_length=8, choices=CaseOrigin.choices)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    priority = models.FloatField(default=0)
    priority_parts = models.JSONField(default=dict)
    markets = ArrayField(models.CharField(max_length=2), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    routing = models.JSONField(default=dict, blank=True)
    views_30d = models.BigIntegerField(default=0)
    orders_30d = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=CaseOutcome.choices, blank=True)
    golden = models.ForeignKey(
        "GoldenCase",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="copies",
        help_text="It tests whoever works on it: nothing that is decided in it has an effect.",
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    kept_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    kept_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "cause_key"], condition=~Q(state=CaseState.CLOSED), name="one_live_case_per_cause"
            ),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="case_severity_known"),
            models.CheckConstraint(
                condition=(Q(state=CaseState.CLOSED, closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state=CaseState.CLOSED) & Q(closed_at__isnull=True, outcome="")),
                name="case_closed_at_iff_closed",
            ),
            models.CheckConstraint(
                condition=Q(outcome=CaseOutcome.MERGED, merged_into__isnull=False)
                | (~Q(outcome=CaseOutcome.MERGED) & Q(merged_into__isnull=True)),
                name="case_merged_iff_into",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(kept_for__isnull=True, kept_until__isnull=True)
                | Q(kept_for__isnull=False, kept_until__isnull=False),
                name="case_kept_until_iff_kept",
            ),
        )
        indexes = (
            models.Index(
                fields=["queue", "-priority", "id"], condition=Q(state__in=sorted(WAITING_CASES)), name="case_next"
            ),
            models.Index(
                fields=["-priority", "id"], condition=Q(state__in=sorted(LIVE_CASES)), name="case_by_priority"
            ),
            GinIndex(fields=["markets"], name="case_by_market"),
            models.Index(fields=["-opened_at", "-id"], name="case_by_time"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_by_close"),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=sorted(LIVE_CASES)), name="case_by_due"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged_into"),
            models.Index(fields=["kept_until"], condition=Q(kept_until__isnull=False), name="case_kept_until"),
        )

    def __str__(self) -> str:
        return f"C-{self.pk}"

    @property
    def is_reported(self) -> bool:
        """Whether somebody reported something in it, and may wait for an answer."""
        return self.origin == CaseOrigin.NOTICE or "reported" in self.priority_parts


class CaseItem(models.Model):
    """One subject of a case with the verdict on it. `listing` empty means the merchant itself, `violation` empty that it was reported.

    Settled without `settled_by` means that it was corrected before anybody decided. `came_from` is the case out of which it
    was last moved, by a merge or a split.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="case_items")
    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, null=True, blank=True, related_name="case_items")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    answer = models.CharField(
        max_length=8, choices=Verdict.choices, blank=True, help_text="In a golden case: the right one."
    )
    added_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "CaseDecision", on_delete=models.PROTECT, null=True, blank=True, related_name="settled_items"
    )
    came_from = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "violation"], condition=Q(settled_at__isnull=True), name="one_open_item_per_violation"
            ),
            models.UniqueConstraint(
                fields=["case", "listing"],
                condition=Q(settled_at__isnull=True, violation__isnull=True),
                nulls_distinct=False,
                name="one_open_item_per_report",
            ),
            models.CheckConstraint(condition=Q(verdict="") | Q(verdict__in=Verdict.values), name="verdict_known"),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | Q(settled_at__isnull=False), name="case_item_settled_at"
            ),
        )
        indexes = (
            models.Index(fields=["case", "id"], name="case_item_in_order"),
            models.Index(fields=["violation"], condition=Q(settled_at__isnull=True), name="case_item_unsettled"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: L-{self.listing_id}"

    @property
    def read_version(self) -> int:
        """The version of the listing that stands on the case's page; 0 for the merchant itself."""
        found = self.violation.listing_version if self.violation else 0
        return found or (self.listing.version if self.listing else 0)


class CaseMove(models.Model):
    """`due_at`: by when the case was to be decided as it moved; older moves do not know it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=CaseState.choices)
    to_state = models.CharField(max_length=10, choices=CaseState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["moved_at"],
                condition=Q(from_state=CaseState.CLOSED) | Q(to_state=CaseState.CLOSED),
                name="case_move_ends",
            ),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_state} → {self.to_state}"
