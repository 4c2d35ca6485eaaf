"""Appeals: what may still be contested, until when, who may not hear it, and what waits."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, When

from enforcement.enums import AppealState, DecisionState, ItemOutcome, MessageKind, MessageState
from enforcement.models import (
    Appeal,
    AppealDecision,
    AppealItem,
    Clarification,
    Decision,
    DecisionItem,
    Message,
    SecondWord,
)
from enforcement.queries import deadlines
from enforcement.queries.decisions import Markets

NEVER_CONTESTED = (DecisionState.SUPERSEDED, DecisionState.HELD, DecisionState.WITHDRAWN)


def closes_at(decision: Decision) -> datetime:
    """Until when it may be appealed against: six months after the merchant was told, to the end of that day."""
    told = Message.objects.filter(
        decisions=decision.pk, kind=MessageKind.STATEMENT, state=MessageState.SENT
    ).values_list("sent_at", flat=True)
    return _closes(decision.decided_at, told.first())


def _closes(decided_at: datetime, told_at: datetime | None) -> datetime:
    began = max(decided_at, told_at or decided_at)
    return deadlines.end_of_day(deadlines.months_after(began.date(), deadlines.APPEAL_MONTHS))


def contestable(decision: Decision) -> QuerySet[DecisionItem]:
    """Items that still stand and have not been heard. Each is heard once."""
    standing = decision.items.filter(reversal__isnull=True).exclude(appeal_items__outcome__in=ItemOutcome.values)
    return standing.select_related("listing").order_by("pk")


def of_decision(decision_id: int) -> QuerySet[Appeal]:
    """The newest first."""
    return Appeal.objects.filter(decisions=decision_id).order_by("-filed_at", "-pk")


def others_of_event(decision: Decision, at: datetime) -> list[Decision]:
    """What else was decided upon the same event and can be appealed against on `at`: in time, told, not heard, not being heard."""
    if not decision.event_key:
        return []
    standing = DecisionItem.objects.filter(decision=OuterRef("pk"), reversal__isnull=True)
    unheard = standing.exclude(appeal_items__outcome__in=ItemOutcome.values)
    rows = Decision.objects.filter(merchant_id=decision.merchant_id, event_key=decision.event_key)
    rows = rows.exclude(pk=decision.pk).exclude(state__in=NEVER_CONTESTED)
    rows = rows.exclude(Exists(AppealDecision.objects.filter(decision=OuterRef("pk"), open=True))).filter(
        Exists(unheard)
    )
    told = Message.objects.filter(decision=OuterRef("pk"), kind=MessageKind.STATEMENT, state=MessageState.SENT)
    rows = rows.annotate(told_at=Subquery(told.order_by("pk").values("sent_at")[:1]))
    return [each for each in rows.order_by("pk") if at <= _closes(each.decided_at, each.told_at)]


def outcome_of(rows: Iterable[AppealItem]) -> dict[Decision, AppealState]:
    """By decision, what became of it in an appeal that was decided."""
    found: dict[Decision, set[str]] = {}
    for row in rows:
        found.setdefault(row.item.decision, set()).add(row.outcome)
    return {decision: state_of(outcomes) for decision, outcomes in found.items()}


def state_of(outcomes: Collection[str]) -> AppealState:
    if set(outcomes) == {ItemOutcome.UPHELD}:
        return AppealState.UPHELD
    return AppealState.OVERTURNED if set(outcomes) == {ItemOutcome.OVERTURNED} else AppealState.PARTLY_OVERTURNED


def chain(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions with those they replaced, one after the other."""
    found = list(decisions)
    waiting = [each.pk for each in found]
    while waiting:
        before = list(Decision.objects.filter(superseded_by__in=waiting).order_by("pk"))
        found += before
        waiting = [each.pk for each in before]
    return found


def deciders_of(appeal: Appeal) -> frozenset[int]:
    """People who had a part in any decision that it contests, the second person among them: none of them hears the appeal."""
    chained = chain(appeal.decisions.order_by("pk"))
    approved = SecondWord.objects.filter(decision__in=[each.pk for each in chained])
    decided = (each.decided_by_id for each in chained if each.decided_by_id is not None)
    return frozenset([*decided, *approved.values_list("person_id", flat=True)])


def listed(markets: Markets) -> QuerySet[Appeal]:
    """Appeals that concern these markets, with what a row of their list shows."""
    rows = Appeal.objects.select_related(
        "merchant", "decision__version__policy", "decision__decided_by", "assigned_to"
    ).annotate(
        item_count=Count("items", distinct=True),
        decision_count=Count("contested", distinct=True),
        asked_until=Subquery(_last_question().values("open_until")[:1]),  # type: ignore[misc]
    )
    if markets is None:
        return rows
    items = DecisionItem.objects.filter(decision__appeals=OuterRef("pk"), markets__overlap=list(markets))
    return rows.filter(Exists(items))


def _last_question() -> QuerySet[Clarification, Any]:
    """Of an appeal, with the day for its answer where none has come."""
    rows = Clarification.objects.filter(appeal=OuterRef("pk")).order_by("-number")
    return rows.annotate(open_until=Case(When(answer__isnull=True, then=F("answer_by"))))
