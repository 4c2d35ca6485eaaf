"""The work of a run: one decision is one transaction, so that a killed worker leaves none half taken back and none twice."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from enforcement.domain import decision_states, decisions, restoring, taking_effect, undo
from enforcement.domain import violations as findings
from enforcement.enums import DecisionState, LeftBecause, PartState, UndoState
from enforcement.models import DecisionItem, UndoPart
from enforcement.queries.undo import LEFT_STATES
from governance.web.refusals import Refusal

log = structlog.get_logger(__name__)

TURN = timedelta(seconds=5)
"""A worker takes decisions for so long, then passes the turn on: nobody else's work waits longer."""
ATTEMPTS, ERROR_LENGTH = 3, 2_000


def run(*, undo_id: int, clock: Callable[[], datetime]) -> bool:
    """One turn; whether there is more to do. Several may be at work on the same run: each takes decisions nobody else has.

    First what is found and not decided is closed, so that automation does not decide it meanwhile.
    """
    until = clock() + TURN
    while clock() < until and undo.close_some(undo_id=undo_id, at=clock()):
        pass
    while clock() < until:
        if not _next(undo_id, clock):
            return undo.add_or_end(undo_id=undo_id, at=clock())
    return True


def _next(undo_id: int, clock: Callable[[], datetime]) -> bool:
    """Take one decision back; False where none is left to take. A database that is gone is not the decision's fault."""
    part_id = None
    try:
        with transaction.atomic():
            part = _take(undo_id)
            if part is None:
                return False
            part_id = part.pk
            _take_back(part, clock())
    except Exception as error:
        if part_id is None or not connection.is_usable():
            raise
        text = "".join(traceback.format_exception_only(error)).strip()
        log.exception("undo_failed", undo=undo_id, part=part_id)
        _note_failure(part_id, text[:ERROR_LENGTH], clock())
    return True


def _take(undo_id: int) -> UndoPart | None:
    """The next decision that waits and that nobody else is at, while the run is at work. What failed comes last."""
    rows = UndoPart.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "decision", "undo__prepared_by"
    )
    return (
        rows.filter(undo=undo_id, undo__state=UndoState.RUNNING, state=PartState.WAITING)
        .order_by("attempts", "pk")
        .first()
    )


def _take_back(part: UndoPart, at: datetime) -> None:
    decision = decision_states.lock(part.decision)
    left = LEFT_STATES.get(DecisionState(decision.state))
    if left is not None:
        _end(part, PartState.LEFT, at, left=left)
        return
    try:
        with transaction.atomic():
            items = _restore(part, decision.state == DecisionState.HELD, at)
    except Refusal as refusal:
        _end(part, PartState.LEFT, at, left=LeftBecause.REFUSED, error=str(refusal))
        return
    shown = restoring.restored(decision, items)
    differs = any(item.pk not in shown for item in items)
    if differs:
        log.warning("undo_not_verified", undo=part.undo_id, decision=decision.reference)
    _end(part, PartState.RESTORED, at, differs=differs)


def _restore(part: UndoPart, untold: bool, at: datetime) -> list[DecisionItem]:
    """By the verb for a single decision. Of one that is held nobody has been told: it is withdrawn, and what it was about closed."""
    run, actor = part.undo, part.undo.prepared_by
    standing = part.decision.items.filter(reversal__isnull=True).select_related("violation").order_by("pk")
    items = list(standing)
    if untold:
        taking_effect.withdraw(decision=part.decision, actor=actor, reason=run.reason, at=at)
        findings.overturn_judged(decision=part.decision, items=items, actor=actor, reason=run.reason, at=at)
        return []
    decisions.reverse(decision=part.decision, actor=actor, reason=run.reason, at=at)
    return items


@transaction.atomic
def _note_failure(part_id: int, error: str, at: datetime) -> None:
    """It stays waiting for another try, twice; then it is left, with the error for a person to see."""
    part = UndoPart.objects.select_for_update().get(pk=part_id)
    if part.state != PartState.WAITING:
        return
    part.attempts, part.error = part.attempts + 1, error
    part.save(update_fields=["attempts", "error"])
    if part.attempts >= ATTEMPTS:
        _end(part, PartState.LEFT, at, left=LeftBecause.FAILED, error=error)


def _end(
    part: UndoPart,
    to: PartState,
    at: datetime,
    *,
    left: LeftBecause | None = None,
    error: str = "",
    differs: bool = False,
) -> None:
    """The only function that writes a part's state."""
    part.state, part.left_because, part.error = to, left or "", error
    part.differs, part.ended_at = differs, at
    part.save(update_fields=["state", "left_because", "error", "differs", "ended_at"])
