"""Taking many decisions back, one after the other: each is a part that is done once, whoever tries it how often."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.enums import LeftBecause, PartState, UndoScope, UndoState
from enforcement.models.decision import Decision
from enforcement.models.sweep import Sweep
from governance.audit.models.append_only import append_only
from governance.policies.models import PolicyVersion


class Undo(models.Model):
    """A run. Its parts are chosen when it is prepared and again when it begins; what is added goes to whoever says yes.

    `preview` is what was known then, as `enforcement.queries.undo.preview` writes it. `added` counts the decisions of the scope that
    were made after the run began; `closed` the findings that were not decided yet and were closed with it.
    """

    scope = models.CharField(max_length=8, choices=UndoScope.choices)
    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, null=True, blank=True, related_name="undos")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="undos")
    since = models.DateTimeField(null=True, blank=True, help_text="Decided then or later; for a policy version.")
    with_people = models.BooleanField(default=False, help_text="What people decided is taken back too.")
    close_open = models.BooleanField(default=False, help_text="What was found and is not decided is closed too.")
    reason = models.TextField(help_text="Each merchant reads it.")
    state = models.CharField(max_length=10, choices=UndoState.choices, default=UndoState.PREPARED)
    preview = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0, help_text="Decisions.")
    added = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    previewed_at = models.DateTimeField(null=True, blank=True, help_text="When the preview was made last.")
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=UndoState.values), name="undo_state_known"),
            models.CheckConstraint(
                condition=Q(scope=UndoScope.SWEEP, sweep__isnull=False, version__isnull=True, since__isnull=True)
                | Q(scope=UndoScope.VERSION, sweep__isnull=True, version__isnull=False, since__isnull=False)
                | Q(scope=UndoScope.CHOSEN, sweep__isnull=True, version__isnull=True, since__isnull=True),
                name="undo_names_its_scope",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="undo_has_a_reason"),
        )
        indexes = (models.Index(fields=["-prepared_at", "-id"], name="undo_by_time"),)

    def __str__(self) -> str:
        return f"U-{self.pk}"


class UndoMove(models.Model):
    undo = models.ForeignKey(Undo, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=UndoState.choices)
    to_state = models.CharField(max_length=10, choices=UndoState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.undo_id}: {self.from_state} → {self.to_state}"


class UndoPart(models.Model):
    """One decision of a run. `differs` means that after it was taken back the tables did not show what they should."""

    undo = models.ForeignKey(Undo, on_delete=models.PROTECT, related_name="parts", db_index=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="undo_parts")
    state = models.CharField(max_length=8, choices=PartState.choices, default=PartState.WAITING)
    left_because = models.CharField(max_length=8, choices=LeftBecause.choices, blank=True)
    differs = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["undo", "decision"], name="one_part_per_decision"),
            models.CheckConstraint(
                condition=Q(state=PartState.LEFT) ^ Q(left_because=""), name="undo_part_left_with_a_cause"
            ),
        )
        indexes = (
            models.Index(
                fields=["undo", "attempts", "id"], condition=Q(state=PartState.WAITING), name="undo_part_waiting"
            ),
            models.Index(fields=["undo", "state"], name="undo_part_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.undo_id}: {self.decision_id}"
