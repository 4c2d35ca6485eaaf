"""Orders for tests, as an authority sends them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core import mail

from enforcement.domain.decisions import UNDO_GRACE, UNDO_WINDOW
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import order_acts, order_intake, order_letters, orders
from investigations.domain.acting import Acted
from investigations.domain.order_intake import Received
from investigations.enums import OrderKind
from investigations.models import AuthorityOrder
from investigations.queries import orders as queries
from listings.models import Listing
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

ADDRESS = "orders@authority.example"
SOON = UNDO_WINDOW + UNDO_GRACE + timedelta(seconds=1)
LATER = NOON + timedelta(hours=1)


def given(*lines: str, kind: OrderKind = OrderKind.ACT, **more: Any) -> Received:
    fields: dict[str, Any] = {
        "authority": "Marktwächter Nord",
        "country": "DE",
        "number": "4 Js 112/26",
        "email": ADDRESS,
        "received_at": NOON,
        "markets": ["DE", "FR"],
        "legal_basis": "Produktsicherheitsgesetz § 8",
        "reasons": "A child can swallow the magnets.",
        "redress": "Widerspruch within one month.",
    }
    return Received(kind=kind, lines=lines, **(fields | more))


def received(by: User, *things: Listing | str, kind: OrderKind = OrderKind.ACT, **more: Any) -> AuthorityOrder:
    lines = [f"L-{each.pk}" if isinstance(each, Listing) else each for each in things]
    return order_intake.receive(given=given(*lines, kind=kind, **more), actor=by, at=more.get("received_at", NOON))[0]


def checked(by: User, *things: Listing | str, **more: Any) -> AuthorityOrder:
    order = received(by, *things, **more)
    orders.check(order=order, missing=[], note="", goes_on=False, actor=by, at=order.received_at)
    return AuthorityOrder.objects.get(pk=order.pk)


def act(ground: Ground, order: AuthorityOrder, *, by: User | None = None, **more: Any) -> Acted:
    fields: dict[str, Any] = {
        "version": ground.version,
        "measure": Measure.REMOVE,
        "minimum_age": None,
        "reason": "",
        "only_in": None,
        "at": order.received_at,
    }
    return order_acts.act(order=order, actor=by or ground.sela, **(fields | more))


def send_all(at: Any = LATER) -> Sequence[Any]:
    mail.outbox.clear()
    for key in queries.to_send(at):
        order_letters.deliver(letter_id=key, at=at)
    return list(mail.outbox)
