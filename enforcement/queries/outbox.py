"""Messages to merchants: what is due, and what could not be delivered."""

from datetime import datetime

from django.db.models import QuerySet

from enforcement.enums import MessageState
from enforcement.models import Message

AT_ONCE = 1_000


def due(at: datetime) -> list[int]:
    """Keys of what may be tried now, the longest waiting first."""
    rows = Message.objects.filter(state=MessageState.OWED, next_try_at__lte=at).order_by("next_try_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def of_decision(decision_id: int) -> QuerySet[Message]:
    """Everything that was or is to be said about one decision, the newest first."""
    return Message.objects.filter(decision_id=decision_id).order_by("-created_at", "-pk")
