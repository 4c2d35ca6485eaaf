"""The only place that writes a case's state, and how verbs on a case are written into the log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused
from investigations import events
from investigations.domain import priorities, telling
from investigations.enums import CASE_MOVES, CaseOutcome, CaseState, WokenBy
from investigations.models import Case, CaseMove, Question, Snooze

WAKING = {CaseState.IN_REVIEW: WokenBy.TAKEN, CaseState.CLOSED: WokenBy.CLOSED}
"""Moves that end a snooze, and that a case is kept for somebody."""


def lock(case: Case) -> Case:
    """The case as it stands now, held until the transaction ends. Always the first lock of a verb on a case."""
    return Case.objects.select_for_update(of=("self",)).select_related("merchant", "policy").get(pk=case.pk)


def lock_both(one: Case, other: Case) -> tuple[Case, Case]:
    """Two cases at once, always in the same order, so that nobody waits for each other."""
    locked = {case.pk: lock(case) for case in sorted((one, other), key=lambda each: each.pk)}
    return locked[one.pk], locked[other.pk]


def move(
    case: Case,
    to: CaseState,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    outcome: CaseOutcome | None = None,
    into: Case | None = None,
) -> Case:
    """Move a case that `lock` returned. `outcome` is for, and only for, closing; `into` for, and only for, merging.

    Whoever takes or closes it wakes it; with its closing an open question is moot.
    """
    was_kept = case.kept_for_id is not None
    moved = _move(case, to, actor=actor, reason=reason, at=at, outcome=outcome, into=into)
    if to in WAKING:
        Snooze.objects.filter(case=case, woken_at=None).update(woken_at=at, woken_by=WAKING[to])
    if was_kept and to in WAKING:
        priorities.reckon([case.pk], at=at)
    if to == CaseState.CLOSED:
        Question.objects.filter(case=case, answered_at=None, withdrawn_at=None).update(withdrawn_at=at)
    return moved


def record(
    verb: str,
    case: Case,
    *,
    actor: User | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    told: Iterable[User] = (),
) -> None:
    """Into the log, and to those who watch the case, except who is `told` in other words."""
    entries.record(
        verb=verb, actor=actor, subject_kind="case", subject_id=case.pk, subject_ref=str(case), data=data, at=at
    )
    telling.watchers(verb, {case.pk: str((data or {}).get("reason", ""))}, actor=actor, at=at, but=told)


def _move(
    case: Case,
    to: CaseState,
    *,
    actor: User | None,
    reason: str,
    at: datetime,
    outcome: CaseOutcome | None,
    into: Case | None,
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
    case.merged_into = into
    if to in WAKING:
        case.kept_for, case.kept_until = None, None
    case.save(update_fields=["state", "outcome", "closed_at", "merged_into", "kept_for", "kept_until"])
    CaseMove.objects.create(
        case=case, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at, due_at=case.due_at
    )
    events.cases_moved.send(sender=Case)
    return case
