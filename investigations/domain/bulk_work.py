"""The work of a run: one case is one transaction, so that a killed worker leaves none half done and none twice."""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from governance.web.refusals import Refusal
from investigations.domain import bulk, bulk_acts, moves
from investigations.domain.bulk_acts import MovedOn
from investigations.enums import BulkLeft, BulkPartState, BulkState
from investigations.models import BulkPart, BulkRun
from investigations.queries import bulk as queries

log = structlog.get_logger(__name__)

TURN = timedelta(seconds=5)
"""A worker takes cases for so long, then passes the turn on: nobody else's work waits longer."""
ATTEMPTS, ERROR_LENGTH = 3, 2_000
WORKED_ON = {BulkState.RUNNING: BulkPartState.WAITING, BulkState.UNDOING: BulkPartState.DONE}


def run(*, run_id: int, clock: Callable[[], datetime]) -> bool:
    """One turn; whether there is more to do. Several may be at work on the same run: each takes cases nobody else has."""
    until = clock() + TURN
    while clock() < until:
        if not _next(run_id, clock):
            bulk.end_if_done(run_id=run_id, at=clock())
            return False
    return True


def _next(run_id: int, clock: Callable[[], datetime]) -> bool:
    """Act on one case; False where none is left to take. A database that is gone is not the case's fault."""
    part_id = None
    try:
        with transaction.atomic():
            part = _take(run_id)
            if part is None:
                return False
            part_id = part.pk
            _turn(part, clock())
    except Exception as error:
        if part_id is None or not connection.is_usable():
            raise
        text = "".join(traceback.format_exception_only(error)).strip()
        log.exception("bulk_failed", run=run_id, part=part_id)
        _note_failure(part_id, text[:ERROR_LENGTH], clock())
    return True


def _take(run_id: int) -> BulkPart | None:
    """The next case that waits and that nobody else is at, while the run is at work. What failed comes last."""
    found = BulkRun.objects.filter(pk=run_id).values_list("state", flat=True).first()
    wanted = WORKED_ON.get(BulkState(found)) if found else None
    if wanted is None:
        return None
    rows = BulkPart.objects.select_for_update(skip_locked=True, of=("self",)).filter(run=run_id, state=wanted)
    rows = rows.filter(run__state=found).select_related("case", "run__prepared_by", "run__undone_by")
    return rows.order_by("attempts", "pk").first()


def _turn(part: BulkPart, at: datetime) -> None:
    if part.state == BulkPartState.WAITING:
        _act(part, at)
    else:
        _take_back(part, at)


def _act(part: BulkPart, at: datetime) -> None:
    """By the verb of a single case; what has changed since it was chosen is left, with the cause."""
    case, run = moves.lock(part.case), part.run
    because = queries.why_left(case, run, run.prepared_by)
    if because is not None:
        _end(part, BulkPartState.LEFT, at, left=because)
        return
    try:
        with transaction.atomic():
            bulk_acts.check_previewed(case, part)
            part.before = bulk_acts.act(case, run, at)
    except Refusal as refusal:
        _end(part, BulkPartState.LEFT, at, left=BulkLeft.REFUSED, error=str(refusal))
        return
    _end(part, BulkPartState.DONE, at)


def _take_back(part: BulkPart, at: datetime) -> None:
    case = moves.lock(part.case)
    try:
        with transaction.atomic():
            bulk_acts.take_back(case, part, at)
    except (MovedOn, Refusal) as refusal:
        _end(part, BulkPartState.KEPT, at, error=str(refusal))
        return
    _end(part, BulkPartState.UNDONE, at)


@transaction.atomic
def _note_failure(part_id: int, error: str, at: datetime) -> None:
    """It stays for another try, twice; then it is left, with the error for a person to see."""
    part = BulkPart.objects.select_for_update().get(pk=part_id)
    if part.state not in WORKED_ON.values():
        return
    part.attempts, part.error = part.attempts + 1, error
    part.save(update_fields=["attempts", "error"])
    if part.attempts >= ATTEMPTS:
        acting = part.state == BulkPartState.WAITING
        to, left = (BulkPartState.LEFT, BulkLeft.FAILED) if acting else (BulkPartState.KEPT, None)
        _end(part, to, at, left=left, error=error)


def _end(part: BulkPart, to: BulkPartState, at: datetime, *, left: BulkLeft | None = None, error: str = "") -> None:
    """The only function that writes a part's state."""
    part.state, part.left_because, part.error = to, left or "", error
    part.attempts, part.ended_at = part.attempts if to == BulkPartState.LEFT else 0, at
    part.save(update_fields=["state", "left_because", "error", "attempts", "before", "ended_at"])
