"""What happens while an appeal is heard: questions to the merchant with their answers, and reminders to those who hear."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from enforcement.enums import AppealChannel, ReminderKind
from enforcement.models.appeal import Appeal
from governance.audit.models.append_only import append_only


class Clarification(models.Model):
    """A question to the merchant, in the words of who hears the appeal.

    Until `answer_by`, or the answer, the clock of the appeal stands: `days_left` are the working days that were left on it.
    Empty where the appeal was late already: nobody wins time by asking.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="clarifications")
    number = models.PositiveSmallIntegerField()
    question = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    days_left = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["appeal", "number"], name="one_question_of_a_number"),
            models.CheckConstraint(condition=~Q(question=""), name="question_in_words"),
            models.CheckConstraint(condition=Q(answer_by__gt=F("asked_at")), name="question_leaves_time"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.number}"


class ClarificationAnswer(models.Model):
    """What the merchant answered, once. `answered_by` is empty when their own link speaks."""

    clarification = models.OneToOneField(Clarification, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField()
    channel = models.CharField(max_length=10, choices=AppealChannel.choices)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="answer_in_words"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.clarification_id}"


class AppealReminder(models.Model):
    """The outbox of mail to those who hear appeals: each is told once of each deadline that is near, and once that it has passed.

    `due_at` is the deadline that it is about; a deadline that moves is another.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=ReminderKind.choices)
    due_at = models.DateTimeField()
    owed_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Sent, given up, or no longer true.")
    error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["appeal", "person", "kind", "due_at"], name="reminded_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_known"),
        )
        indexes = (
            models.Index(
                fields=["next_try_at", "id"], condition=Q(closed_at__isnull=True), name="appeal_reminder_owed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.kind}"
