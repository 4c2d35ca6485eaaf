"""Acting on many cases at once: each is a part that is done once, whoever tries it how often."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.models import Undo
from governance.audit.models.append_only import append_only
from investigations.enums import BulkLeft, BulkPartState, BulkState, BulkVerb
from investigations.models.case import Case

PERSON = settings.AUTH_USER_MODEL


class BulkRun(models.Model):
    """A run. `query` is the filter of the list that it came from, or `ticked` are the cases that were chosen one by one.

    `params` are what the verb needs: a queue's key, a day, a measure. `preview` is what was known when it was prepared or begun, as
    `queries.bulk.preview` writes it. The parts are chosen when it begins and never again. `reversal` takes its decisions back.
    """

    verb = models.CharField(max_length=8, choices=BulkVerb.choices)
    params = models.JSONField(default=dict)
    query = models.TextField(blank=True)
    ticked = ArrayField(models.BigIntegerField(), default=list, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.PREPARED)
    preview = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0, help_text="Cases that were found when it began.")
    prepared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reversal = models.ForeignKey(Undo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=BulkState.values), name="bulk_state_known"),
            models.CheckConstraint(condition=Q(verb__in=BulkVerb.values), name="bulk_verb_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="bulk_has_a_reason"),
        )
        indexes = (models.Index(fields=["-prepared_at", "-id"], name="bulk_by_time"),)

    def __str__(self) -> str:
        return f"B-{self.pk}"


class BulkMove(models.Model):
    run = models.ForeignKey(BulkRun, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=BulkState.choices)
    to_state = models.CharField(max_length=10, choices=BulkState.choices)
    actor = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.from_state} → {self.to_state}"


class BulkPart(models.Model):
    """One case of a run. `before` is what it stands on: before its turn the items that a judgement would be about, then what undoing
    needs, which is what was there or what was made."""

    run = models.ForeignKey(BulkRun, on_delete=models.PROTECT, related_name="parts", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bulk_parts")
    state = models.CharField(max_length=8, choices=BulkPartState.choices, default=BulkPartState.WAITING)
    left_because = models.CharField(max_length=10, choices=BulkLeft.choices, blank=True)
    before = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "case"], name="one_part_per_case"),
            models.CheckConstraint(
                condition=Q(state=BulkPartState.LEFT) ^ Q(left_because=""), name="bulk_part_left_with_a_cause"
            ),
        )
        indexes = (models.Index(fields=["run", "state", "attempts", "id"], name="bulk_part_by_state"),)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.case_id}"
