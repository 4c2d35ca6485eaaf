"""A merchant's account as the merchant may see it: what they were told, what is open, and how to cure it.

Nothing here says who reported something, what other merchants did, or who of the staff decided.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from enforcement.enums import STANDING_DECISIONS, DecisionState, MessageKind, MessageState, PointKind
from enforcement.models import Appeal, Decision, Message, PointEntry
from enforcement.queries import deadlines, health, ladders
from enforcement.queries.health import Health
from listings.models import Listing, Merchant

MOST = 50
TOLD = STANDING_DECISIONS | {
    DecisionState.PENDING,
    DecisionState.REVERSED,
    DecisionState.SUPERSEDED,
    DecisionState.SETTLED,
    DecisionState.EXPIRED,
}


def merchants(markets: Collection[str] | None) -> QuerySet[Merchant]:
    """Merchants who are in, or sell into, one of these markets; None means all."""
    if markets is None:
        return Merchant.objects.all()
    offered = Listing.objects.filter(merchant=OuterRef("pk"), markets__overlap=sorted(markets))
    return Merchant.objects.filter(Q(country__in=markets) | Exists(offered))


def told(merchant_id: int, at: datetime) -> QuerySet[Decision]:
    """Decisions that the merchant knows of: not those that may still be undone, or were."""
    silent = Message.objects.filter(decisions=OuterRef("pk"), kind=MessageKind.STATEMENT).filter(
        Q(state=MessageState.WITHDRAWN) | Q(state=MessageState.OWED, attempts=0, next_try_at__gt=at)
    )
    rows = Decision.objects.filter(merchant_id=merchant_id, state__in=sorted(TOLD)).exclude(Exists(silent))
    return rows.select_related("statement").order_by("-decided_at", "-pk")


@dataclass(frozen=True)
class Matter:
    """A decision in force. `off` points are taken off if all of it is corrected until `off_until`."""

    decision: Decision
    off: int
    off_until: date | None

    @property
    def title(self) -> str:
        return str(self.decision.statement.content["title"])

    @property
    def language(self) -> str:
        return self.decision.statement.language

    @property
    def steps(self) -> list[str]:
        return list(self.decision.statement.content["correction"]["steps"])

    @property
    def steps_language(self) -> str:
        return str(self.decision.statement.content["correction"]["language"])


def matters(merchant: Merchant, at: datetime) -> list[Matter]:
    """What is open, the nearest deadline first."""
    rows = told(merchant.pk, at).filter(state__in=sorted(STANDING_DECISIONS))
    found = list(rows.order_by(F("correct_by").asc(nulls_last=True), "-decided_at", "-pk")[:MOST])
    promised = _promised(merchant, found, at)
    return [Matter(each, *promised.get(each.pk, (0, None))) for each in found]


def _promised(merchant: Merchant, found: Collection[Decision], at: datetime) -> dict[int, tuple[int, date]]:
    """What prompt correction would still take off, and until when, by decision."""
    entries = PointEntry.objects.filter(decision__in=found).select_related("ladder")
    given = [entry for entry in entries.order_by("pk") if entry.kind == PointKind.GIVEN and entry.ladder]
    closed = {entry.decision_id for entry in entries if entry.kind != PointKind.GIVEN}
    nth, promised = deadlines.counter(merchant.country), {}
    for entry in given:
        if entry.ladder is None or entry.decision_id in closed:
            continue
        terms = entry.ladder.terms
        until = nth(entry.entered_at.date(), terms.discount_days) if terms.discount_percent else at.date()
        if (off := terms.discounted(entry.points)) and at.date() <= until:
            promised[entry.decision_id] = (off, until)
    return promised


def appeals(merchant_id: int) -> list[Appeal]:
    return list(
        Appeal.objects.filter(merchant_id=merchant_id)
        .select_related("decision__statement")
        .order_by("-filed_at", "-pk")[:MOST]
    )


def health_of(merchant_id: int, at: datetime) -> Health | None:
    """None while no ladder is in force."""
    live = ladders.live()
    return None if live is None else health.of(health.lines_of(merchant_id), live.terms, at=at)


def history(health: Health) -> list[dict[str, Any]]:
    """The series as plain values."""
    return [{"at": moment, "score": score} for moment, score in health.history]
