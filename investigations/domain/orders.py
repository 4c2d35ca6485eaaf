"""Orders of courts and authorities: checked against the law's list, answered when all of it is done, refused or withdrawn.

They come in by `order_intake`; what is done upon them stands in `order_acts`, `order_cases` and `order_information`.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.domain import decisions, taking_effect
from enforcement.enums import STANDING_DECISIONS, WAITING_DECISIONS, Origin
from enforcement.models import Decision
from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import order_cases, order_letters, order_states, order_terms
from investigations.domain.acting import ReasonsMissing, check_person, check_reasons
from investigations.domain.order_following import check_final, follow
from investigations.domain.order_states import lock, record
from investigations.enums import (
    CARRIED_OUT_ORDERS,
    OPEN_ORDERS,
    ORDER_ELEMENTS,
    ORDER_MOVES,
    OrderElement,
    OrderKind,
    OrderOutcome,
    OrderState,
)
from investigations.models import AuthorityOrder, OrderCheck, OrderItem
from investigations.queries import ordered_things
from listings.models import Listing

LONGEST = 10_000


class NotAllDone(Refusal):
    """Something of it is still to be done. `items` are their keys."""

    def __init__(self, items: Collection[int]) -> None:
        text = ngettext("%(n)s thing is still to be done.", "%(n)s things are still to be done.", len(items))
        hint = _(
            "Carry it out, or leave it undone with reasons. What was decided just now counts when the undo is over."
        )
        super().__init__(f"{text % {'n': len(items)}} {hint}")
        self.items = list(items)


class NothingDone(Refusal):
    """An order upon which nothing was done is refused, with reasons."""


class StillUnknown(Refusal):
    """It means nothing here."""


@transaction.atomic
def check(
    *,
    order: AuthorityOrder,
    missing: Collection[OrderElement],
    note: str,
    goes_on: bool,
    actor: User,
    at: datetime,
) -> OrderCheck:
    """Hold it against what the law asks of an order. What it lacks is asked of the authority, unless it `goes_on` all the same."""
    check_person(actor)
    order = lock(order)
    lacks = [each for each in ORDER_ELEMENTS[OrderKind(order.kind)] if each in missing]
    if len(note) > LONGEST:
        raise Refusal(_("Write at most 10,000 characters."))
    if lacks and goes_on and not note.strip():
        raise ReasonsMissing(_("Say why it is carried out although something is missing. The log keeps it."))
    made = OrderCheck.objects.create(
        order=order, missing=lacks, note=note.strip(), goes_on=goes_on or not lacks, checked_by=actor, checked_at=at
    )
    if made.goes_on:
        order_states.move(order, OrderState.CHECKED, actor=actor, at=at, text=note if lacks else "")
        record("authority_order.checked", order, actor, at, missing=list(lacks))
    else:
        order_states.move(order, OrderState.INCOMPLETE, actor=actor, at=at, text=note)
        order_letters.owe_question(order, lacks, note.strip(), at=at)
        record("authority_order.incomplete", order, actor, at, missing=list(lacks))
    return made


@transaction.atomic
def complete(*, order: AuthorityOrder, note: str, actor: User, at: datetime) -> AuthorityOrder:
    """Tell the authority that effect was given, when, and what was not done. Raises NotAllDone and NothingDone."""
    check_person(actor)
    order = lock(order)
    if OrderState.EXECUTED not in ORDER_MOVES[OrderState(order.state)]:
        raise MoveRefused(_("Nothing is done upon %(reference)s yet.") % {"reference": order.reference})
    follow(order, at=at)
    outcomes = dict(order.items.values_list("pk", "outcome"))
    if waiting := [key for key, outcome in outcomes.items() if outcome == OrderOutcome.OPEN]:
        raise NotAllDone(waiting)
    done = [key for key, outcome in outcomes.items() if outcome == OrderOutcome.DONE]
    if not done:
        raise NothingDone(_("Nothing of it was done. Refuse the order with reasons instead; the authority reads them."))
    order.effect_at = order.items.aggregate(last=Max("done_at"))["last"]
    to = OrderState.EXECUTED if len(done) == len(outcomes) else OrderState.PARTLY
    order_states.move(order, to, actor=actor, at=at, text=note)
    order_letters.owe_report(order, note.strip(), at=at)
    verb = "authority_order.carried_out" if to == OrderState.EXECUTED else "authority_order.partly"
    record(verb, order, actor, at, done=len(done), left=len(outcomes) - len(done))
    return order


@transaction.atomic
def refuse(*, order: AuthorityOrder, reasons: str, actor: User, at: datetime) -> AuthorityOrder:
    """Give no effect to it, with reasons that the authority reads. Not where something of it was done. Raises NotFinalYet."""
    check_person(actor)
    check_reasons(reasons)
    order = lock(order)
    follow(order, at=at)
    if order.items.filter(outcome=OrderOutcome.DONE).exists() or order.items.filter(decision__isnull=False).exists():
        raise MoveRefused(_("Something of it was done already. Send the effect report, and say there what was not."))
    order_cases.leave(order, at=at)
    check_final(order)
    order_states.move(order, OrderState.REFUSED, actor=actor, at=at, text=reasons)
    order_letters.owe_report(order, reasons.strip(), at=at)
    record("authority_order.refused", order, actor, at)
    return order


@transaction.atomic
def withdraw(*, order: AuthorityOrder, text: str, actor: User, at: datetime) -> list[Decision]:
    """The authority has withdrawn it: its cases are closed and what was decided upon it is reversed. Returns those decisions.
    Raises NotYoursToEnd."""
    check_person(actor)
    check_reasons(text)
    order = lock(order)
    order_cases.leave(order, at=at)
    ended = _end_decisions(order, actor, at)
    order_states.move(order, OrderState.WITHDRAWN, actor=actor, at=at, text=text)
    record("authority_order.withdrawn", order, actor, at, decisions=[each.reference for each in ended])
    return ended


@transaction.atomic
def take_up(*, order: AuthorityOrder, actor: User, at: datetime) -> AuthorityOrder:
    """Go on with what was refused, or done in part: what was left undone is to be done again."""
    check_person(actor)
    order = lock(order)
    to = OrderState.CHECKED if order.state == OrderState.REFUSED else OrderState.EXECUTING
    if order.state not in (OrderState.REFUSED, OrderState.PARTLY):
        raise MoveRefused(_("%(reference)s needs not be taken up again.") % {"reference": order.reference})
    order_states.move(order, to, actor=actor, at=at)
    order.items.filter(outcome=OrderOutcome.NOT_DONE).update(outcome=OrderOutcome.OPEN, note="")
    record("authority_order.taken_up", order, actor, at)
    return order


# --- one thing of it -------------------------------------------------------------------------------


@transaction.atomic
def leave(*, item: OrderItem, reasons: str, actor: User, at: datetime) -> OrderItem:
    """Do nothing about one thing, with reasons that stand in the effect report. Raises NotFinalYet."""
    check_person(actor)
    check_reasons(reasons)
    order, item = _lock_item(item, CARRIED_OUT_ORDERS)
    follow(order, at=at)
    item.refresh_from_db()
    if item.outcome != OrderOutcome.OPEN or item.decision_id is not None:
        raise MoveRefused(_("This is not to be done any more. Load the page again."))
    order_cases.leave(order, at=at, items=[item.pk])
    check_final(order, items=[item.pk])
    item.outcome, item.note, item.case_item = OrderOutcome.NOT_DONE, reasons.strip(), None
    item.save(update_fields=["outcome", "note", "case_item"])
    if order.state == OrderState.CHECKED:
        order_states.move(order, OrderState.EXECUTING, actor=actor, at=at)
    record("authority_order.left", order, actor, at, named=item.named, reason=item.note)
    return item


@transaction.atomic
def take_back(*, item: OrderItem, actor: User, at: datetime) -> OrderItem:
    """It is to be done after all."""
    check_person(actor)
    order, item = _lock_item(item, CARRIED_OUT_ORDERS)
    if item.outcome != OrderOutcome.NOT_DONE:
        raise MoveRefused(_("Only what was left undone can be taken up again."))
    item.outcome, item.note = OrderOutcome.OPEN, ""
    item.save(update_fields=["outcome", "note"])
    record("authority_order.undone", order, actor, at, named=item.named)
    return item


@transaction.atomic
def locate(*, item: OrderItem, text: str, actor: User, at: datetime) -> list[OrderItem]:
    """Say what an unknown thing is: by an address, a number, an EAN or a key. What the authority wrote stays. Raises StillUnknown."""
    check_person(actor)
    order, item = _lock_item(item, OPEN_ORDERS)
    if item.outcome != OrderOutcome.UNKNOWN:
        raise MoveRefused(_("This has been found already. Load the page again."))
    known = set(order.items.values_list("merchant", "listing"))
    found = [_subject(thing) for thing in ordered_things.find(text)]
    new = [(merchant, listing) for merchant, listing in found if (merchant, listing) not in known]
    if not new:
        raise StillUnknown(
            _("This is in the order already.")
            if found
            else _("We found nothing by this. Copy the address or number again.")
        )
    item.merchant_id, item.listing_id = new[0]
    item.outcome = OrderOutcome.OPEN
    item.save(update_fields=["merchant", "listing", "outcome"])
    more = [OrderItem(order=order, named=item.named, merchant_id=one, listing_id=other) for one, other in new[1:]]
    OrderItem.objects.bulk_create(more)
    record("authority_order.located", order, actor, at, named=item.named, by=text.strip()[:200])
    return [item, *more]


def _end_decisions(order: AuthorityOrder, actor: User, at: datetime) -> list[Decision]:
    """Reverse what stands, withdraw what waits. What was decided of our own accord stays."""
    reason = _("The authority has withdrawn its order %(number)s.") % {"number": order.number}
    made = Decision.objects.filter(origin_kind=Origin.ORDER, origin_ref=order.reference).order_by("pk")
    waiting = list(made.filter(state__in=sorted(WAITING_DECISIONS)))
    standing = list(made.filter(state__in=sorted(STANDING_DECISIONS)))
    order_terms.check_may_end([*waiting, *standing], actor)
    ended = [taking_effect.withdraw(decision=each, actor=actor, reason=reason, at=at) for each in waiting]
    return ended + [decisions.reverse(decision=each, actor=actor, reason=reason, at=at) for each in standing]


def _subject(thing: ordered_things.Thing) -> tuple[int, int | None]:
    return (thing.merchant_id, thing.pk) if isinstance(thing, Listing) else (thing.pk, None)


def _lock_item(item: OrderItem, states: Collection[OrderState]) -> tuple[AuthorityOrder, OrderItem]:
    order = lock(item.order)
    if order.state not in states:
        raise MoveRefused(
            _("%(reference)s is “%(state)s”: nothing of it is changed now.")
            % {"reference": order.reference, "state": OrderState(order.state).label}
        )
    return order, OrderItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
