"""Appeals contest a decision, whole or in part, or all decisions of one event, and are heard by another person."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.enums import AppealChannel, AppealState, ItemOutcome
from enforcement.models.decision import Decision, DecisionItem
from governance.audit.models.append_only import append_only
from listings.models import Merchant


class Appeal(models.Model):
    """`decision` is the one whose link it came by, `decisions` all that it contests: one event's, heard as one.

    `due_at` is the day by which it must be answered; a question to the merchant moves it.
    """

    reference = models.CharField(max_length=30, unique=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    decisions = models.ManyToManyField(Decision, through="AppealDecision", related_name="appeals")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="appeals")
    state = models.CharField(max_length=18, choices=AppealState.choices, default=AppealState.FILED)
    channel = models.CharField(max_length=10, choices=AppealChannel.choices)
    text = models.TextField()
    language = models.CharField(max_length=8, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals_to_hear"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="The outcome in words, as the merchant reads it.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=AppealState.values), name="appeal_state_known"),
            models.CheckConstraint(
                condition=~Q(state=AppealState.IN_REVIEW) | Q(assigned_to__isnull=False), name="appeal_read_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AppealState.FILED, AppealState.IN_REVIEW, AppealState.WITHDRAWN])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="appeal_answered_by_a_person_in_words",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"], condition=Q(state__in=["filed", "in_review"]), name="appeal_open_by_due"
            ),
            models.Index(fields=["-filed_at", "-id"], name="appeal_by_time"),
        )

    def __str__(self) -> str:
        return self.reference


class AppealDecision(models.Model):
    """A decision that an appeal contests. `open` is written with the appeal's state: one open appeal per decision."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="contested")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="contested_in")
    open = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["appeal", "decision"], name="one_appeal_decision"),
            models.UniqueConstraint(fields=["decision"], condition=Q(open=True), name="one_open_appeal_per_decision"),
        )

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.decision_id}"


class AppealItem(models.Model):
    """A contested item of the decision and what became of it."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(DecisionItem, on_delete=models.PROTECT, related_name="appeal_items")
    outcome = models.CharField(max_length=10, choices=ItemOutcome.choices, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True, help_text="When the state before was found again.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["appeal", "item"], name="one_appeal_item"),)

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.item_id}"


class AppealFile(models.Model):
    """A file that came with an appeal, or with the answer to a question; kept in the state folder under its hash."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    answer = models.ForeignKey(
        "ClarificationAnswer", on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AppealMove(models.Model):
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=18, choices=AppealState.choices)
    to_state = models.CharField(max_length=18, choices=AppealState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.from_state} → {self.to_state}"
