"""Acting on many cases at once: looked at first, begun by a person, judged in large numbers only by two, undone as a whole.

The work is done case by case in `bulk_work`, by the verbs of a single case.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from enforcement.domain import undo as reversals
from enforcement.enums import UndoState
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web import formats
from governance.web.refusals import MoveRefused, Refusal
from investigations import events
from investigations.domain.handing import NotTheirs
from investigations.domain.resting import LONGEST
from investigations.enums import BULK_MOVES, JUDGING, BulkPartState, BulkState, BulkVerb
from investigations.models import BulkMove, BulkRun, Case, Queue
from investigations.queries import bulk as queries
from investigations.queries.grid import ON_TILES

TYPED_FROM = 100
"""Above so many cases their number is typed in before it begins."""
FREEZE = """
    INSERT INTO investigations_bulkpart (run_id, case_id, state, left_because, before, attempts, error, ended_at)
    SELECT %s, chosen.id, CASE WHEN chosen.why = '' THEN 'waiting' ELSE 'left' END, chosen.why,
        CASE WHEN %s AND chosen.why = '' THEN jsonb_build_object('items', (
            SELECT jsonb_agg(item.id ORDER BY item.id) FROM investigations_caseitem item
            WHERE item.case_id = chosen.id AND item.settled_at IS NULL
        )) ELSE '{{}}' END, 0, '',
        CASE WHEN chosen.why = '' THEN NULL ELSE %s::timestamptz END
    FROM ({chosen}) AS chosen(id, why) ORDER BY chosen.id
"""


class NothingToDo(Refusal):
    """Nothing was chosen, or nothing can be done to what was."""


class Changed(MoveRefused):
    """The filter finds other cases, or more is judged, than the person has read about: the preview is made anew."""


class NotCounted(Refusal):
    """The number that was typed is not the number of cases."""


class SamePerson(Refusal):
    """A second person is somebody else than the one who prepared it; who begins it is that one."""


class StaysWritten(Refusal):
    """Of this nothing can be taken back."""


@transaction.atomic
def prepare(
    *,
    verb: BulkVerb,
    params: Mapping[str, Any],
    rows: QuerySet[Case],
    actor: User,
    reason: str,
    at: datetime,
    query: str = "",
    ticked: Sequence[int] = (),
) -> BulkRun:
    """Say what is to be done to which cases, and see what that comes to. Raises NothingToDo, NotTheirs and Refusal."""
    _check_theirs(verb, actor)
    if not reason.strip():
        raise Refusal(_("Say why. It stands in the log of each case."), errors={"reason": _("Missing.")})
    _check(verb, params, at)
    run = BulkRun(
        verb=verb, params=dict(params), query=query, ticked=list(ticked), reason=reason.strip(), prepared_by=actor
    )
    run.prepared_at, run.preview = at, queries.preview(rows, run, actor)
    if not run.preview["found"]:
        raise NothingToDo(_("No case was chosen. Tick some, or choose all that the filters show."))
    run.save(force_insert=True)
    _record("bulk.prepared", run, actor, at, {"does": verb.value, "cases": run.preview["acts"], "reason": run.reason})
    return run


def begin(*, run: BulkRun, rows: QuerySet[Case], typed: int | None, actor: User, at: datetime) -> BulkRun:
    """Choose the cases for good and begin; what many listings are judged by waits for a second person. Raises Changed where the
    filter finds others than the preview said, then with a new preview; NotCounted, SamePerson, NothingToDo."""
    try:
        return _freeze_and_begin(run, rows, typed, actor, at)
    except Changed:
        _look_again(run, rows, actor)
        raise


@transaction.atomic
def approve(*, run: BulkRun, actor: User, at: datetime) -> BulkRun:
    """The second person's yes. The cases are those that were chosen when it was begun."""
    run = lock(run)
    if run.state != BulkState.HELD:
        raise MoveRefused(_("This waits for no second person."))
    if actor.pk == run.prepared_by_id:
        raise SamePerson(_("You prepared this yourself. Another person has to say yes."))
    return _start(run, "bulk.approved", actor, at)


@transaction.atomic
def discard(*, run: BulkRun, actor: User, reason: str = "", at: datetime) -> BulkRun:
    """Do nothing of it; for a second person this is the no, and needs a reason."""
    run = lock(run)
    if run.state == BulkState.HELD and actor.pk != run.prepared_by_id and not reason.strip():
        raise Refusal(_("Say why not. Whoever prepared it has only your reason."))
    _move(run, BulkState.DISCARDED, actor=actor, reason=reason.strip(), at=at)
    _record("bulk.discarded", run, actor, at, {"reason": reason.strip()})
    return run


@transaction.atomic
def cancel(*, run: BulkRun, actor: User, at: datetime) -> BulkRun:
    """Do nothing more. What is done stays done until it is undone."""
    run = lock(run)
    if run.state != BulkState.RUNNING:
        raise MoveRefused(_("This is not running."))
    return _finish(run, "bulk.cancelled", actor, at)


@transaction.atomic
def undo(*, run: BulkRun, actor: User, at: datetime) -> BulkRun:
    """Take back what was done, case by case. Decisions are taken back by a mass reversal, which is prepared here and looked at first."""
    run = lock(run)
    if run.state != BulkState.FINISHED:
        raise MoveRefused(_("Only what has come to its end is undone."))
    if run.verb == BulkVerb.NOTE:
        raise StaysWritten(_("A note stays: people may have acted on it. Write another that corrects it."))
    if run.verb == BulkVerb.DECIDE:
        return _prepare_reversal(run, actor, at)
    run.undone_by = actor
    run.save(update_fields=["undone_by"])
    _move(run, BulkState.UNDOING, actor=actor, reason="", at=at)
    _record("bulk.undo_begun", run, actor, at)
    events.bulk_at_work.send(BulkRun, run_id=run.pk)
    return run


@transaction.atomic
def end_if_done(*, run_id: int, at: datetime) -> None:
    """Where nothing waits any more the run is over."""
    run = lock(BulkRun(pk=run_id))
    if run.state == BulkState.RUNNING and not run.parts.filter(state=BulkPartState.WAITING).exists():
        _finish(run, "bulk.finished", None, at)
    elif run.state == BulkState.UNDOING and not run.parts.filter(state=BulkPartState.DONE).exists():
        _move(run, BulkState.UNDONE, actor=None, reason="", at=at)
        found = queries.progress(run)
        _record("bulk.undone", run, None, at, {"undone": found.undone, "kept": found.kept})


def lock(run: BulkRun) -> BulkRun:
    return BulkRun.objects.select_for_update(of=("self",)).select_related("prepared_by", "undone_by").get(pk=run.pk)


# --- writing -------------------------------------------------------------------------------------


def _check_theirs(verb: str, actor: User) -> None:
    """Many at once are no way around what one by one is not theirs."""
    if verb not in queries.verbs_of(actor):
        raise NotTheirs(_("A team lead hands cases to others and takes them back."))


def _check(verb: BulkVerb, params: Mapping[str, Any], at: datetime) -> None:
    """What the verb needs, before anything is looked at."""
    if verb == BulkVerb.MOVE and not Queue.objects.filter(key=params.get("queue"), removed_at=None).exists():
        raise Refusal(_("Choose the queue."), errors={"queue": _("Missing.")})
    if verb == BulkVerb.ASIDE:
        until = parse_datetime(str(params.get("until", "")))
        if until is None or not at < until <= at + LONGEST:
            raise Refusal(_("Choose a time within the next 90 days."), errors={"until": _("Within the next 90 days.")})
    if verb == BulkVerb.DECIDE and params.get("measure") not in ON_TILES:
        raise Refusal(_("Choose a measure on listings."), errors={"measure": _("Missing.")})


@transaction.atomic
def _freeze_and_begin(run: BulkRun, rows: QuerySet[Case], typed: int | None, actor: User, at: datetime) -> BulkRun:
    run = lock(run)
    if run.state != BulkState.PREPARED:
        raise MoveRefused(_("This was begun or given up already."))
    if actor.pk != run.prepared_by_id:
        raise SamePerson(_("Whoever prepared it begins it: the cases are those that they may see."))
    _check_theirs(run.verb, actor)
    acts = run.preview["acts"]
    if not acts:
        raise NothingToDo(_("Nothing can be done to any of these cases. The page says why."))
    if acts > TYPED_FROM and typed != acts:
        raise NotCounted(_("Type the number of cases, %(count)s, to begin.") % {"count": formats.number(acts)})
    run.total = _freeze(run, rows, actor, at)
    if not queries.same(run.preview, queries.preview(queries.frozen(run), run, actor)):
        raise Changed(_("The cases have changed since the preview. Nothing has happened; read it again, then begin."))
    run.save(update_fields=["total"])
    if run.preview["second"]:
        _move(run, BulkState.HELD, actor=actor, reason="", at=at)
        _record("bulk.held", run, actor, at)
        return run
    return _start(run, "bulk.begun", actor, at)


def _freeze(run: BulkRun, rows: QuerySet[Case], actor: User, at: datetime) -> int:
    """Make a part of each case that is found now, in the database, with what of it would be judged; returns how many."""
    try:
        chosen = queries.sift(rows, run, actor).order_by().values_list("pk", "why")
        sql, params = chosen.query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(chosen=sql), [run.pk, run.verb in JUDGING, at, *params])
        return int(cursor.rowcount)


@transaction.atomic
def _look_again(run: BulkRun, rows: QuerySet[Case], actor: User) -> None:
    run = lock(run)
    if run.state == BulkState.PREPARED:
        run.preview = queries.preview(rows, run, actor)
        run.save(update_fields=["preview"])


def _prepare_reversal(run: BulkRun, actor: User, at: datetime) -> BulkRun:
    if run.reversal is not None and run.reversal.state != UndoState.DISCARDED:
        raise MoveRefused(_("%(undo)s takes this back already.") % {"undo": run.reversal})
    run.reversal = reversals.prepare_chosen(
        chosen=queries.decisions(run),
        actor=actor,
        reason=_("Decided together by mistake (%(run)s)") % {"run": run},
        at=at,
    )
    run.save(update_fields=["reversal"])
    _record("bulk.reversal_prepared", run, actor, at, {"undo": str(run.reversal)})
    return run


def _start(run: BulkRun, verb: str, actor: User, at: datetime) -> BulkRun:
    _move(run, BulkState.RUNNING, actor=actor, reason="", at=at)
    run.began_at = at
    run.save(update_fields=["began_at"])
    _record(verb, run, actor, at)
    events.bulk_at_work.send(BulkRun, run_id=run.pk)
    return run


def _finish(run: BulkRun, verb: str, actor: User | None, at: datetime) -> BulkRun:
    _move(run, BulkState.FINISHED, actor=actor, reason="", at=at)
    run.ended_at = at
    run.save(update_fields=["ended_at"])
    found = queries.progress(run)
    _record(verb, run, actor, at, {"done": found.done, "left": found.left_out, "not_begun": found.waiting})
    return run


def _move(run: BulkRun, to: BulkState, *, actor: User | None, reason: str, at: datetime) -> None:
    """Check, write, record. The only function that writes a run's state; the run is locked."""
    was = BulkState(run.state)
    if to not in BULK_MOVES[was]:
        raise MoveRefused(
            _("%(run)s is “%(state)s” and cannot become “%(to)s”.") % {"run": run, "state": was.label, "to": to.label}
        )
    run.state = to
    run.save(update_fields=["state"])
    BulkMove.objects.create(run=run, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)


def _record(verb: str, run: BulkRun, actor: User | None, at: datetime, data: dict[str, Any] | None = None) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="bulk_run",
        subject_id=run.pk,
        subject_ref=str(run),
        data=data or {},
        at=at,
    )
