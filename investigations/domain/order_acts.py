"""What is done upon an order to act: one decision for each merchant, in the markets of the order and in no other."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.domain.timing import AT_ONCE
from enforcement.enums import DecisionState, Origin
from enforcement.models import Decision
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import order_cases, order_states, order_terms
from investigations.domain.acting import Acted, check_person
from investigations.domain.order_following import check_final, follow
from investigations.domain.order_states import lock, record
from investigations.enums import CARRIED_OUT_ORDERS, OrderKind, OrderOutcome, OrderState
from investigations.models import AuthorityOrder, OrderItem


class NothingToDo(Refusal):
    """No listing of the order waits for a decision."""


@transaction.atomic
def act(
    *,
    order: AuthorityOrder,
    version: PolicyVersion,
    measure: Measure,
    minimum_age: int | None,
    reason: str,
    only_in: Collection[str] | None,
    actor: User,
    at: datetime,
) -> Acted:
    """Decide at once upon every listing that waits. `only_in` are the markets in which the actor decides; None: all.

    Raises BeyondTheOrder, NothingToDo; then nothing is written.
    """
    check_person(actor)
    order = open_for_acts(order)
    order_terms.check_measure(measure)
    order_terms.check_markets(order, only_in)
    follow(order, at=at)
    made: list[Decision] = []
    refused: list[tuple[str, str]] = []
    for items in _by_merchant(order):
        try:
            with transaction.atomic():
                made.append(_decide(order, items, version, measure, minimum_age, reason, actor, at))
        except order_terms.BeyondTheOrder:
            raise
        except Refusal as refusal:
            refused.append((items[0].merchant.name if items[0].merchant else "", str(refusal)))
    if made:
        begin(order, actor, at)
        names = [decision.reference for decision in made]
        record("authority_order.decided", order, actor, at, decisions=names, measure=measure, markets=order.markets)
    return Acted(tuple(made), tuple(refused))


@transaction.atomic
def name_decision(*, item: OrderItem, decision: Decision, actor: User, at: datetime) -> OrderItem:
    """Carry one thing out by a decision that was made of our own accord, about its listing or its whole merchant. Raises NotFinalYet."""
    check_person(actor)
    order = open_for_acts(item.order)
    item = order.items.select_for_update(of=("self",)).get(pk=item.pk)
    if item.outcome != OrderOutcome.OPEN or item.decision_id is not None:
        raise MoveRefused(_("This is not to be done any more. Load the page again."))
    if decision.state in (DecisionState.HELD, DecisionState.WITHDRAWN, DecisionState.REVERSED):
        raise Refusal(_("This decision is not in force."))
    about = decision.items.filter(listing__isnull=True)
    if item.listing_id is not None:
        about = about | decision.items.filter(listing__in=[item.listing_id])
    if decision.merchant_id != item.merchant_id or not (about.exists() or item.listing_id is None):
        raise Refusal(_("This decision is not about what was ordered."))
    order_cases.leave(order, at=at, items=[item.pk])
    if decision.origin_ref != order.reference:
        check_final(order, items=[item.pk])
    item.decision, item.case_item = decision, None
    item.save(update_fields=["decision", "case_item"])
    begin(order, actor, at)
    follow(order, at=at)
    record("authority_order.decided", order, actor, at, decisions=[decision.reference], named=item.named)
    return item


def open_for_acts(order: AuthorityOrder) -> AuthorityOrder:
    """The order, locked, where its kind and state let something be done about content."""
    order = lock(order)
    if order.kind == OrderKind.INFORM:
        raise Refusal(_("This order asks for information. Record what was given."))
    if order.state not in CARRIED_OUT_ORDERS:
        raise MoveRefused(
            _("%(reference)s is “%(state)s”. Check it first, or take it up again.")
            % {"reference": order.reference, "state": OrderState(order.state).label}
        )
    return order


def begin(order: AuthorityOrder, actor: User, at: datetime) -> None:
    if order.state == OrderState.CHECKED:
        order_states.move(order, OrderState.EXECUTING, actor=actor, at=at)


def _by_merchant(order: AuthorityOrder) -> list[list[OrderItem]]:
    rows = order.items.select_for_update(of=("self",)).filter(
        outcome=OrderOutcome.OPEN, listing__isnull=False, decision__isnull=True
    )
    groups: dict[int, list[OrderItem]] = {}
    for item in rows.select_related("listing", "merchant").order_by("merchant_id", "pk"):
        groups.setdefault(item.merchant_id or 0, []).append(item)
    if not groups:
        raise NothingToDo(_("No listing of this order waits for a decision."))
    return list(groups.values())


def _decide(
    order: AuthorityOrder,
    items: list[OrderItem],
    version: PolicyVersion,
    measure: Measure,
    minimum_age: int | None,
    reason: str,
    actor: User,
    at: datetime,
) -> Decision:
    """About those of a merchant's listings that are offered where the order holds; the others wait for a person's word. Their cases are
    left first: a case is locked before its merchant, as where it is decided."""
    there = [item for item in items if item.listing and set(item.listing.markets) & set(order.markets)]
    listings = [item.listing for item in there or items if item.listing]
    keys = [item.pk for item in there]
    order_cases.leave(order, at=at, items=keys)
    check_final(order, items=keys)
    decision = decisions.issue(
        merchant=items[0].merchant,  # type: ignore[arg-type]
        version=version,
        violations=(),
        listings_without_violation=listings,
        measure=measure,
        markets=order_terms.territory(order, version, listings),
        minimum_age=minimum_age,
        actor=actor,
        reason=reason,
        at=at,
        origin_kind=Origin.ORDER,
        origin_ref=order.reference,
        asked=AT_ONCE,
        order=order_terms.told(order),
    )
    OrderItem.objects.filter(pk__in=keys).update(decision=decision, case_item=None)
    return decision
