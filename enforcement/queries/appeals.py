"""Appeals: what may still be contested, until when, who may not hear it, and what waits."""

from datetime import datetime

from django.db.models import Count, QuerySet

from enforcement.enums import ItemOutcome, MessageKind, MessageState
from enforcement.models import Appeal, Decision, DecisionItem, Message, SecondWord
from enforcement.queries import deadlines, decisions
from enforcement.queries.decisions import Markets


def closes_at(decision: Decision) -> datetime:
    """Until when it may be appealed against: six months after the merchant was told, to the end of that day."""
    told = Message.objects.filter(
        decisions=decision.pk, kind=MessageKind.STATEMENT, state=MessageState.SENT
    ).values_list("sent_at", flat=True)
    began = max(decision.decided_at, told.first() or decision.decided_at)
    return deadlines.end_of_day(deadlines.months_after(began.date(), deadlines.APPEAL_MONTHS))


def contestable(decision: Decision) -> QuerySet[DecisionItem]:
    """Items that still stand and have not been heard. Each is heard once."""
    standing = decision.items.filter(reversal__isnull=True).exclude(appeal_items__outcome__in=ItemOutcome.values)
    return standing.select_related("listing").order_by("pk")


def of_decision(decision_id: int) -> QuerySet[Appeal]:
    """The newest first."""
    return Appeal.objects.filter(decision_id=decision_id).order_by("-filed_at", "-pk")


def chain(decision: Decision) -> list[Decision]:
    """The decision with those it replaced, one after the other."""
    found, waiting = [decision], [decision.pk]
    while waiting:
        before = list(Decision.objects.filter(superseded_by__in=waiting).order_by("pk"))
        found += before
        waiting = [each.pk for each in before]
    return found


def deciders(decision: Decision) -> frozenset[int]:
    """People who had a part in the decision, the second person among them: none of them hears the appeal."""
    chained = chain(decision)
    approved = SecondWord.objects.filter(decision__in=[each.pk for each in chained])
    decided = (each.decided_by_id for each in chained if each.decided_by_id is not None)
    return frozenset([*decided, *approved.values_list("person_id", flat=True)])


def listed(markets: Markets) -> QuerySet[Appeal]:
    """Appeals that concern these markets, with what a row of their list shows."""
    rows = Appeal.objects.select_related(
        "merchant", "decision__version__policy", "decision__decided_by", "assigned_to"
    ).annotate(item_count=Count("items"))
    return rows if markets is None else rows.filter(decisions.concerns(markets, "decision"))
