"""The only place that writes a decision's state, and the lock under which everything about a merchant is decided."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from enforcement.domain import delivery_events
from enforcement.enums import DECISION_MOVES, DecisionState
from enforcement.models import Decision, DecisionItem, DecisionMove
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal
from listings.models import Merchant


class ReasonMissing(Refusal):
    """Taking a judgement back, or not letting it take effect, needs a reason: the merchant and the next reader have nothing else."""


def lock_merchant(merchant_id: int) -> Merchant:
    """Everything decided about a merchant happens one after the other; writing their listings goes on meanwhile."""
    return Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)


def lock(decision: Decision) -> Decision:
    """The decision as it stands now, under its merchant's lock. The first thing that a verb on a decision does."""
    lock_merchant(decision.merchant_id)
    return Decision.objects.select_related("merchant", "version__policy", "statement").get(pk=decision.pk)


def move(
    decision: Decision,
    to: DecisionState,
    *,
    actor: User | None,
    reason: str,
    at: datetime,
    items: Iterable[DecisionItem] = (),
    successor: Decision | None = None,
) -> None:
    """Move a decision that `lock` returned. `successor` is for, and only for, being replaced."""
    _move(decision, to, actor=actor, reason=reason, at=at, items=items, successor=successor)


def _move(
    decision: Decision,
    to: DecisionState,
    *,
    actor: User | None,
    reason: str,
    at: datetime,
    items: Iterable[DecisionItem],
    successor: Decision | None,
) -> None:
    was = DecisionState(decision.state)
    if to not in DECISION_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": decision.reference, "state": was.label, "to": to.label}
        )
    decision.state, decision.superseded_by = to, successor
    decision.save(update_fields=["state", "superseded_by"])
    keys = [item.pk for item in items]
    DecisionMove.objects.create(
        decision=decision, from_state=was, to_state=to, items=keys, actor=actor, reason=reason, moved_at=at
    )
    delivery_events.decision_moved(decision=decision, to=to, items=keys, at=at)


def record(verb: str, decision: Decision, actor: User | None, at: datetime, data: Mapping[str, Any]) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="decision",
        subject_id=decision.pk,
        subject_ref=decision.reference,
        data=data,
        at=at,
    )
