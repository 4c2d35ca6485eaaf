"""Information given upon an order (DSA Art. 10): put on record with the hash of the file; the merchant is told when the order allows it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain.files import LARGEST, Sent
from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import order_letters
from investigations.domain.acting import check_person
from investigations.domain.order_acts import begin
from investigations.domain.order_states import lock, record
from investigations.enums import CARRIED_OUT_ORDERS, OrderKind, OrderOutcome, OrderState
from investigations.models import AuthorityOrder, OrderHandover, OrderItem

LONGEST, LONGEST_NAME = 10_000, 200


class SaysNothing(Refusal):
    """What was given, to whom and when belongs to the record."""


@dataclass(frozen=True)
class Hashed:
    name: str
    size: int
    sha256: str


def hashed(sent: Sent) -> Hashed:
    """A file's hash. Its content is read and kept nowhere: it holds the data of persons, which the authority has now."""
    digest, size = hashlib.sha256(), 0
    for chunk in sent.chunks:
        size += len(chunk)
        digest.update(chunk)
    if size > LARGEST:
        raise SaysNothing(_("“%(name)s” is larger than 20 MB. Give the parts one by one.") % {"name": sent.name})
    return Hashed(sent.name[-200:], size, digest.hexdigest())


@transaction.atomic
def hand_over(
    *,
    item: OrderItem,
    what: str,
    to_whom: str,
    given_at: datetime,
    file: Hashed | None,
    actor: User,
    at: datetime,
) -> OrderHandover:
    """Record what was given about one merchant. It is done with this; more may be given later. Raises SaysNothing."""
    check_person(actor)
    order = _open(item.order)
    _check(what, to_whom, given_at, order.received_at, at)
    item = order.items.select_for_update(of=("self",)).select_related("merchant").get(pk=item.pk)
    if item.merchant is None or item.outcome not in (OrderOutcome.OPEN, OrderOutcome.DONE):
        raise MoveRefused(_("Find first whom this is about, or take it up again."))
    handover = OrderHandover.objects.create(
        order=order,
        item=item,
        what=what.strip(),
        to_whom=to_whom.strip(),
        given_at=given_at,
        file_name=file.name if file else "",
        file_size=file.size if file else None,
        sha256=file.sha256 if file else "",
        given_by=actor,
        recorded_at=at,
    )
    item.outcome, item.done_at = OrderOutcome.DONE, item.done_at or given_at
    item.save(update_fields=["outcome", "done_at"])
    begin(order, actor, at)
    order_letters.owe_to_merchant(order, handover, item.merchant, at=at)
    record("authority_order.given", order, actor, at, merchant=item.merchant.public_id, sha256=handover.sha256)
    return handover


def _open(order: AuthorityOrder) -> AuthorityOrder:
    """The order, locked, where its kind and state let information be given."""
    order = lock(order)
    if order.kind != OrderKind.INFORM:
        raise Refusal(_("This order asks for no information."))
    if order.state not in CARRIED_OUT_ORDERS:
        raise MoveRefused(
            _("%(reference)s is “%(state)s”. Check it first, or take it up again.")
            % {"reference": order.reference, "state": OrderState(order.state).label}
        )
    return order


def _check(what: str, to_whom: str, given_at: datetime, received_at: datetime, at: datetime) -> None:
    if not what.strip() or len(what) > LONGEST:
        raise SaysNothing(_("Say what was given, in at most 10,000 characters."))
    if not to_whom.strip() or len(to_whom) > LONGEST_NAME:
        raise SaysNothing(_("Say to whom it was given, in at most 200 characters."))
    if not received_at <= given_at <= at:
        raise SaysNothing(_("It was given after the order came, and not in the future. Correct the time."))
