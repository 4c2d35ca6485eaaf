"""The only place that writes an appeal's state, and the lock under which everything about it happens."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from enforcement.domain import decision_states, delivery_events
from enforcement.enums import APPEAL_MOVES, OPEN_APPEALS, AppealState
from enforcement.models import Appeal, AppealMove
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused

LONGEST = 10_000
"""Characters of a text about an appeal, on either side."""
MERCHANT = "merchant"
"""How the log names a merchant who acts by their link."""


def lock(appeal: Appeal) -> Appeal:
    """The appeal as it stands now, under its merchant's lock."""
    decision_states.lock_merchant(appeal.merchant_id)
    rows = Appeal.objects.select_for_update(of=("self",))
    return rows.select_related("merchant", "decision__merchant", "decision__version__policy").get(pk=appeal.pk)


def move(appeal: Appeal, to: AppealState, *, actor: User | None, at: datetime, reason: str = "") -> None:
    """Move an appeal that `lock` returned; with it goes who has it and the answer."""
    _move(appeal, to, actor=actor, reason=reason, at=at)


def _move(appeal: Appeal, to: AppealState, *, actor: User | None, reason: str, at: datetime) -> None:
    was = AppealState(appeal.state)
    if to not in APPEAL_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": appeal.reference, "state": was.label, "to": to.label}
        )
    appeal.state = to
    appeal.save(update_fields=["state", "assigned_to", "answer", "decided_by", "decided_at"])
    if to not in OPEN_APPEALS:
        appeal.contested.update(open=False)
    AppealMove.objects.create(appeal=appeal, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)
    delivery_events.appeal_moved(appeal=appeal, to=to, at=at)


def record(
    verb: str,
    appeal: Appeal,
    actor: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    *,
    label: str = "",
) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        actor_label=label,
        subject_kind="appeal",
        subject_id=appeal.pk,
        subject_ref=appeal.reference,
        data=data,
        at=at,
    )
