"""What a merchant is told: the statement of reasons as it was sent, and every message with its delivery."""

from django.db import models
from django.db.models import Q

from enforcement.enums import MessageKind, MessageState
from enforcement.models.decision import Decision
from governance.audit.models.append_only import append_only
from listings.models import Merchant


class Statement(models.Model):
    """The statement of reasons of one decision, stored as it was made.

    `content` holds its parts by name (restriction, territory, facts, ground, automation, redress, correction) in `language`.
    `asked_language` is the merchant's own; `language` differs where the template has no words in it, and
    `policy_language` where the policy has none.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="statement")
    language = models.CharField(max_length=8)
    asked_language = models.CharField(max_length=8)
    policy_language = models.CharField(max_length=8)
    template_version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"SR {self.decision_id}"


class Message(models.Model):
    """The outbox of mail to merchants: a row in the transaction of the verb, delivery afterwards.

    `subject_key` is what it is about: the same is never said twice. `decisions` are those that it tells of: a letter of
    statements may have several, all of one event; `decision` is the first.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="messages")
    decisions = models.ManyToManyField(Decision, related_name="letters")
    subject_key = models.CharField(max_length=80, unique=True)
    language = models.CharField(max_length=8)
    to = models.EmailField(blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=MessageState.choices, default=MessageState.OWED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(
                condition=(Q(state=MessageState.SENT) & Q(sent_at__isnull=False))
                | (~Q(state=MessageState.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_at_iff_sent",
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at", "id"], condition=Q(state="owed"), name="message_owed"),
            models.Index(fields=["merchant", "-created_at"], name="message_by_merchant"),
            models.Index(fields=["-created_at", "-id"], condition=Q(state="failed"), name="message_failed"),
        )

    def __str__(self) -> str:
        return self.subject
