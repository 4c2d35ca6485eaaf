"""What the EU's Transparency Database is owed (DSA Art. 24(5)), every try to send it, and what the days add up to."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.enums import Environment, SubmissionState
from enforcement.models.decision import Decision
from governance.audit.models.append_only import append_only, refuse


class TransparencySubmission(models.Model):
    """One statement of reasons for the database: owed in the transaction of its decision, sent afterwards.

    What the sandbox has accepted is owed to production all the same: each environment has its own row. `puid` is our number there: random, unique and used for nothing else ever again. `payload` is what is sent, and once
    accepted what was. `uuid` is the database's number; empty where it took the statement, but its answer was lost.
    `errors` are by field, its own or by our rules before anything is sent.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="submissions")
    environment = models.CharField(max_length=10, choices=Environment.choices)
    puid = models.CharField(max_length=40, unique=True)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=SubmissionState.choices, default=SubmissionState.OWED)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    errors = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    uuid = models.CharField(max_length=60, blank=True)
    answer = models.JSONField(default=dict, blank=True, help_text="The statement as the database stored it.")
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["decision", "environment"], name="one_submission_per_decision"),
            models.CheckConstraint(condition=Q(state__in=SubmissionState.values), name="submission_state_known"),
            models.CheckConstraint(
                condition=Q(environment__in=Environment.values), name="submission_environment_known"
            ),
            models.CheckConstraint(
                condition=(Q(state=SubmissionState.SENT) & Q(sent_at__isnull=False))
                | (~Q(state=SubmissionState.SENT) & Q(sent_at__isnull=True)),
                name="submission_sent_at_iff_sent",
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at", "id"], condition=Q(state="owed"), name="submission_owed"),
            models.Index(fields=["state", "-created_at", "-id"], name="submission_by_state"),
            models.Index(fields=["-created_at", "-id"], name="submission_by_time"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="sent_is_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="sent"),
                func="RAISE EXCEPTION 'what the Transparency Database has accepted is fixed';",
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.puid


class TransparencyTry(models.Model):
    """A try, noted before it is made. Without `ended_at` nobody knows what became of it: its worker was lost."""

    submission = models.ForeignKey(TransparencySubmission, on_delete=models.PROTECT, related_name="tries")
    puid = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP; empty without an answer.")
    outcome = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "transparency tries"
        indexes = (
            models.Index(fields=["submission", "-id"], name="try_by_submission"),
            models.Index(fields=["-ended_at"], name="try_by_end"),
        )
        triggers = (refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),)

    def __str__(self) -> str:
        return f"{self.puid}: {self.status or '–'}"


class TransparencyReconciliation(models.Model):
    """What was decided against what was accepted, as it stood. `unknown` are puids that we hold for accepted and the
    database does not know; `added` are rows that were missing and are owed since."""

    environment = models.CharField(max_length=10, choices=Environment.choices)
    made_at = models.DateTimeField(unique=True)
    decided = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    late = models.PositiveIntegerField(help_text="Waiting for more than a day.")
    withdrawn = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    checked = models.PositiveIntegerField(help_text="Asked back of the database.")
    unknown = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"
