"""What became of the things in an order: a decision that nothing holds and nobody can undo any more, or a verdict in their case."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from enforcement.domain.decisions import UNDO_GRACE, UNDO_WINDOW
from enforcement.enums import COUNTED_DECISIONS, DecisionState, Origin
from enforcement.models import Decision, DecisionItem
from governance.web.refusals import MoveRefused
from investigations.domain.order_states import lock
from investigations.enums import OrderOutcome, Verdict
from investigations.models import AuthorityOrder, OrderItem
from investigations.queries import orders as queries

log = structlog.get_logger(__name__)
GONE = frozenset({DecisionState.WITHDRAWN, DecisionState.REVERSED, DecisionState.SUPERSEDED})


class NotFinalYet(MoveRefused):
    """Something of it is judged or decided, and the order has not taken that up yet."""


def follow_all(*, at: datetime) -> int:
    """All orders in which something may have become final; returns how many were looked at. One that fails stops no other and is
    tried again the next time. Safe to run twice."""
    orders = queries.to_follow()
    for order in orders:
        try:
            with transaction.atomic():
                follow(lock(order), at=at)
        except Exception:
            log.exception("order_not_followed", order=order.reference)
    return len(orders)


def follow(order: AuthorityOrder, *, at: datetime) -> None:
    """Bring the open things of a locked order up to date."""
    rows = order.items.select_for_update(of=("self",)).filter(outcome=OrderOutcome.OPEN)
    for item in rows.select_related("decision", "case_item__settled_by").order_by("pk"):
        _take_verdict(order, item, at)
        _take_effect(item, at)


def check_final(order: AuthorityOrder, *, items: Collection[int] | None = None) -> None:
    """That none of these open things (None: all) of a locked order is judged in its case, or decided upon it, without the order having
    taken that up. Asked after `order_cases.leave`, which waits for whoever judges in those cases now. Raises NotFinalYet."""
    made = Decision.objects.filter(origin_kind=Origin.ORDER, origin_ref=order.reference).exclude(state__in=GONE)
    covered = DecisionItem.objects.filter(decision__in=made, listing__isnull=False, reversal__isnull=True)
    rows = order.items.filter(outcome=OrderOutcome.OPEN, decision__isnull=True)
    rows = rows if items is None else rows.filter(pk__in=items)
    judged = rows.filter(Q(case_item__settled_by__isnull=False) | Q(listing__in=covered.values("listing")))
    if item := judged.order_by("pk").first():
        raise NotFinalYet(
            _(
                "The verdict on “%(named)s” is not final yet: it can still be undone. Wait half a minute and load the page again."
            )
            % {"named": item.named}
        )


def _take_verdict(order: AuthorityOrder, item: OrderItem, at: datetime) -> None:
    """What its case came to. A case that left it without a verdict owes nothing: the item waits for a person."""
    waits = item.case_item
    if item.decision is not None or waits is None or waits.settled_at is None:
        return
    ruling = waits.settled_by
    if ruling is not None and not _is_final(ruling.decided_at, at):
        return
    if ruling is not None and waits.verdict == Verdict.FINE:
        item.outcome, item.note = OrderOutcome.NOT_DONE, ruling.fine_reason
    elif ruling is not None and waits.verdict == Verdict.VIOLATES:
        made = Decision.objects.filter(origin_kind=Origin.ORDER, origin_ref=order.reference)
        item.decision = made.filter(items__listing=item.listing_id).exclude(state__in=GONE).order_by("-pk").first()
    if item.decision is None:
        item.case_item = None
    item.save(update_fields=["outcome", "note", "decision", "case_item"])


def _take_effect(item: OrderItem, at: datetime) -> None:
    decision = item.decision
    if decision is None or item.outcome != OrderOutcome.OPEN:
        return
    if decision.state in GONE:
        item.decision = item.case_item = None
    elif decision.state in COUNTED_DECISIONS and _is_final(decision.decided_at, at):
        released = decision.moves.filter(to_state=DecisionState.IN_FORCE).order_by("-pk").first()
        item.outcome, item.done_at = OrderOutcome.DONE, released.moved_at if released else decision.starts_at
    item.save(update_fields=["outcome", "done_at", "decision", "case_item"])


def _is_final(decided_at: datetime, at: datetime) -> bool:
    return decided_at + UNDO_WINDOW + UNDO_GRACE <= at
