"""Decisions that have not taken effect: who and what they wait for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from enforcement.enums import (
    SECOND_PERSON,
    WAITING_DECISIONS,
    DecisionState,
    HeldFor,
    MessageKind,
    ViolationState,
)
from enforcement.models import AppealDecision, Deadline, Decision, DecisionItem, Message, Recheck, SecondWord


def deadline(decision: Decision) -> Deadline:
    """The latest of a pending decision."""
    return decision.deadlines.order_by("-pk")[:1].get()


def is_scheduled(decision: Decision) -> bool:
    return HeldFor.SCHEDULE in decision.held_for


def is_due(decision: Decision, at: datetime) -> bool:
    return due_decisions(at).filter(pk=decision.pk).exists()


def due(at: datetime) -> list[int]:
    return list(due_decisions(at).order_by("pk").values_list("pk", flat=True))


def due_decisions(at: datetime) -> QuerySet[Decision]:
    """Held until a date that has come, with the second person's yes where one is needed; or pending after its last deadline. While
    an appeal is open the clock stands; and nobody pays for it that we have not yet read what they corrected."""
    word = SecondWord.objects.filter(decision=OuterRef("pk"), approved=True)
    for_two = Q(held_for__overlap=sorted(SECOND_PERSON))
    scheduled = Q(state=DecisionState.HELD, starts_at__lte=at) & (~for_two | Q(Exists(word)))
    appeal = AppealDecision.objects.filter(decision=OuterRef("pk"), open=True)
    unread = Recheck.objects.filter(listing__decision_items__decision=OuterRef("pk"))
    pending = Q(state=DecisionState.PENDING, latest__lte=at) & ~Q(Exists(appeal)) & ~Q(Exists(unread))
    return _with_deadline().filter(scheduled | pending)


def to_remind(at: datetime, before: timedelta, *, among: Collection[int] | None = None) -> list[int]:
    """Pending, their time is nearly over, and nobody has reminded the merchant of this deadline."""
    rows = _with_deadline().filter(state=DecisionState.PENDING, latest__gt=at, latest__lte=at + before)
    if among is not None:
        rows = rows.filter(pk__in=among)
    reminded = Message.objects.filter(
        decisions=OuterRef("pk"), kind=MessageKind.REMINDER, created_at__gte=OuterRef("latest_set_at")
    )
    return list(rows.exclude(Exists(reminded)).order_by("pk").values_list("pk", flat=True))


def by_event(keys: Collection[int]) -> list[list[int]]:
    """The decisions that are told in one letter: about one merchant, of one sweep, case or act. Without a name each is alone."""
    found: dict[tuple[Any, ...], list[int]] = {}
    rows = Decision.objects.filter(pk__in=keys).order_by("pk")
    for key, merchant, kind, ref in rows.values_list("pk", "merchant_id", "origin_kind", "origin_ref"):
        found.setdefault((merchant, kind, ref) if ref else (key,), []).append(key)
    return list(found.values())


def for_a_second_person() -> QuerySet[Decision]:
    """Held, and nobody has answered."""
    rows = Decision.objects.filter(state=DecisionState.HELD, held_for__overlap=sorted(SECOND_PERSON))
    return rows.filter(second_word__isnull=True)


def wants_second_word(decision: Decision) -> bool:
    """Of one that is held and came with its `second_word`."""
    return bool(SECOND_PERSON.intersection(decision.held_for)) and not hasattr(decision, "second_word")


def still_violating(decision: Decision) -> list[DecisionItem]:
    """The items that are to be acted upon: not reversed, and their violation is open. What a person has named without a violation
    counts as corrected once its listing has changed."""
    rows = decision.items.filter(reversal__isnull=True).select_related("listing", "violation").order_by("pk")
    return [item for item in rows if _stands(item)]


def settled_pending() -> QuerySet[Decision]:
    """Pending although none of their violations is open any more."""
    standing = DecisionItem.objects.filter(decision=OuterRef("pk"), reversal__isnull=True).exclude(
        violation__state=ViolationState.CLOSED
    )
    return Decision.objects.filter(~Exists(standing), state=DecisionState.PENDING)


def waiting_items(*, policy_id: int, merchant_id: int, listing_ids: Collection[int]) -> QuerySet[DecisionItem]:
    """Items under this policy of decisions that wait, on these listings or (no listings) on the merchant itself."""
    rows = DecisionItem.objects.filter(
        decision__state__in=sorted(WAITING_DECISIONS),
        decision__merchant_id=merchant_id,
        decision__version__policy_id=policy_id,
        reversal__isnull=True,
    )
    rows = rows.filter(listing_id__in=listing_ids) if listing_ids else rows.filter(listing__isnull=True)
    return rows.select_related("decision").order_by("pk")


def _stands(item: DecisionItem) -> bool:
    if item.violation is not None:
        return item.violation.state == ViolationState.OPEN
    return item.listing is None or item.listing.version == item.listing_version


def _with_deadline() -> QuerySet[Any]:
    latest = Deadline.objects.filter(decision=OuterRef("pk")).order_by("-pk")
    return Decision.objects.filter(state__in=sorted(WAITING_DECISIONS)).annotate(
        latest=Subquery(latest.values("takes_effect_at")[:1]), latest_set_at=Subquery(latest.values("set_at")[:1])
    )
