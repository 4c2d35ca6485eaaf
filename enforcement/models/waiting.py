"""Decisions that wait: for a second person, for their time, for the merchant to correct."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.enums import DeadlineBecause
from enforcement.models.decision import Decision
from governance.audit.models.append_only import append_only


class Deadline(models.Model):
    """Until when the merchant may correct before the decision takes effect: the latest row holds."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="deadlines")
    correct_by = models.DateField()
    takes_effect_at = models.DateTimeField()
    because = models.CharField(max_length=10, choices=DeadlineBecause.choices)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.correct_by}"


class SecondWord(models.Model):
    """The second person's yes or no to a held decision, said once."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="second_word")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField()
    reason = models.TextField(blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(approved=True) | ~Q(reason=""), name="second_no_has_a_reason"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.approved}"
