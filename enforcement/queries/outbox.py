"""Messages to merchants: what is due, what could not be delivered, and what may still take in more."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from enforcement.enums import MessageKind, MessageState
from enforcement.models import Decision, Message, Statement

AT_ONCE = 1_000


def due(at: datetime) -> list[int]:
    """Keys of what may be tried now, the longest waiting first."""
    rows = Message.objects.filter(state=MessageState.OWED, next_try_at__lte=at).order_by("next_try_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def of_decision(decision_id: int) -> QuerySet[Message]:
    """Everything that was or is to be said about one decision, the newest first."""
    return Message.objects.filter(decisions=decision_id).order_by("-created_at", "-pk")


def with_company(rows: QuerySet[Message]) -> QuerySet[Message]:
    """With the decisions that each tells of."""
    return rows.prefetch_related(Prefetch("decisions", queryset=Decision.objects.order_by("pk")))


def unsent() -> QuerySet[Message]:
    """Letters of statements that nobody has begun to send, and those that had no address."""
    return Message.objects.filter(
        kind=MessageKind.STATEMENT, state__in=[MessageState.OWED, MessageState.FAILED], attempts=0
    )


def gathering(decision: Decision, *, language: str, not_before: datetime) -> QuerySet[Message]:
    """Letters that may take in this decision: of the same event, to the same reader, and not sent before its own time."""
    return unsent().filter(
        merchant_id=decision.merchant_id,
        to=decision.merchant.email,
        language=language,
        next_try_at__gte=not_before,
        decision__origin_kind=decision.origin_kind,
        decision__origin_ref=decision.origin_ref,
    )


def statements_of(message: Message) -> list[Statement]:
    """In the order in which they are read: by policy and version, then as they were decided."""
    rows = Statement.objects.filter(decision__letters=message).select_related("decision__merchant", "decision__version")
    return list(rows.order_by("decision__version__policy_id", "decision__version_id", "decision_id"))
