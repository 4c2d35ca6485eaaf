"""The only place that writes a case's state, and how verbs on a case are written into the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused
from investigations import events
from investigations.enums import CASE_MOVES, CaseOutcome, CaseState
from investigations.models import Case, CaseMove


def lock(case: Case) -> Case:
    """The case as it stands now, held until the transaction ends. Always the first lock of a verb on a case."""
    return Case.objects.select_for_update(of=("self",)).select_related("merchant", "policy").get(pk=case.pk)


def move(
    case: Case,
    to: CaseState,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    outcome: CaseOutcome | None = None,
) -> Case:
    """Move a case that `lock` returned. `outcome` is for, and only for, closing."""
    return _move(case, to, actor=actor, reason=reason, at=at, outcome=outcome)


def record(verb: str, case: Case, *, actor: User | None, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    entries.record(
        verb=verb, actor=actor, subject_kind="case", subject_id=case.pk, subject_ref=str(case), data=data, at=at
    )


def _move(
    case: Case, to: CaseState, *, actor: User | None, reason: str, at: datetime, outcome: CaseOutcome | None
) -> Case:
    was = CaseState(case.state)
    if to not in CASE_MOVES[was]:
        raise MoveRefused(
            _("Case %(case)s is “%(state)s” and cannot become “%(to)s”.")
            % {"case": case, "state": was.label, "to": to.label}
        )
    case.state = to
    case.outcome = outcome or ""
    case.closed_at = at if to == CaseState.CLOSED else None
    case.save(update_fields=["state", "outcome", "closed_at"])
    CaseMove.objects.create(case=case, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)
    events.cases_moved.send(sender=Case)
    return case
