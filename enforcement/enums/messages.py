"""Messages to merchants."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageKind(models.TextChoices):
    STATEMENT = "statement", _("Statement of reasons")
    APPEAL_RECEIVED = "appeal_received", _("Appeal received")
    APPEAL_QUESTION = "appeal_question", _("Question about an appeal")
    APPEAL_DECIDED = "appeal_decided", _("Appeal decided")
    RESTORED = "restored", _("Restored")
    REMINDER = "reminder", _("Reminder")
    DEADLINE = "deadline", _("More time")
    IN_EFFECT = "in_effect", _("In effect")


class MessageState(models.TextChoices):
    OWED = "owed", _("To be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
    WITHDRAWN = "withdrawn", _("Withdrawn before it was sent")


MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.OWED: frozenset({MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN}),
    MessageState.SENT: frozenset(),
    MessageState.FAILED: frozenset({MessageState.OWED}),
    MessageState.WITHDRAWN: frozenset(),
}
MESSAGE_TONE: dict[MessageState, str] = {
    MessageState.OWED: "caution",
    MessageState.SENT: "ok",
    MessageState.FAILED: "critical",
    MessageState.WITHDRAWN: "neutral",
}
