"""The only place that writes the state of an order, how it is locked, and how verbs on it are written into the log."""

from datetime import datetime

from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused
from investigations.enums import OPEN_ORDERS, ORDER_MOVES, OrderState
from investigations.models import AuthorityOrder, OrderMove


def lock(order: AuthorityOrder) -> AuthorityOrder:
    """The order as it stands now, held until the transaction ends. Always the first lock of a verb on an order."""
    return AuthorityOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)


def move(order: AuthorityOrder, to: OrderState, *, actor: User | None, at: datetime, text: str = "") -> None:
    """Move an order that `lock` returned. Raises MoveRefused."""
    _move(order, to, actor=actor, at=at, text=text.strip())


def record(verb: str, order: AuthorityOrder, actor: User | None, at: datetime, **data: object) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="authority_order",
        subject_id=order.pk,
        subject_ref=order.reference,
        data=data,
        at=at,
    )


def _move(order: AuthorityOrder, to: OrderState, *, actor: User | None, at: datetime, text: str) -> None:
    was = OrderState(order.state)
    if to not in ORDER_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": order.reference, "state": was.label, "to": to.label}
        )
    order.state = to
    order.closed_at = None if to in OPEN_ORDERS else at
    order.save(update_fields=["state", "closed_at", "effect_at"])
    OrderMove.objects.create(order=order, from_state=was, to_state=to, text=text, actor=actor, moved_at=at)
