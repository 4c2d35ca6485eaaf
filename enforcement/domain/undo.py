"""Taking many decisions back: chosen and looked at first, begun by a person, above a size approved by a second one.

The work is done decision by decision in `enforcement.domain.undo_work`, by the verb that takes a single one back.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import decision_states
from enforcement.domain import violations as findings
from enforcement.enums import UNDO_MOVES, PartState, UndoScope, UndoState
from enforcement.models import Decision, Sweep, Undo, UndoMove, UndoPart, Violation
from enforcement.queries import undo as queries
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import PolicyVersion
from governance.web.refusals import MoveRefused, Refusal

BATCH = 2_000


class NothingToUndo(Refusal):
    """Nothing of what was chosen can be taken back."""


class SamePerson(Refusal):
    """A second person is somebody else than the one who prepared it."""


def prepare_sweep(*, sweep: Sweep, with_people: bool, close_open: bool, actor: User, reason: str, at: datetime) -> Undo:
    """Choose what came of a sweep. Raises NothingToUndo, ReasonMissing."""
    undo = Undo(scope=UndoScope.SWEEP, sweep=sweep, with_people=with_people, close_open=close_open)
    return _prepare(undo, queries.of_sweep(sweep, with_people=with_people), actor, reason, at)


def prepare_version(
    *,
    version: PolicyVersion,
    since: datetime,
    with_people: bool,
    close_open: bool,
    actor: User,
    reason: str,
    at: datetime,
) -> Undo:
    """Choose what came of a policy version since a time. Raises NothingToUndo, ReasonMissing."""
    if since > at:
        raise Refusal(_("That time is still to come. Choose an earlier one."))
    undo = Undo(scope=UndoScope.VERSION, version=version, since=since, with_people=with_people, close_open=close_open)
    chosen = queries.of_version(version, since=since, with_people=with_people)
    return _prepare(undo, chosen, actor, reason, at)


def prepare_chosen(*, chosen: QuerySet[Decision], actor: User, reason: str, at: datetime) -> Undo:
    """Choose these decisions, whoever made them. Raises NothingToUndo, ReasonMissing."""
    return _prepare(Undo(scope=UndoScope.CHOSEN, with_people=True), chosen, actor, reason, at)


@transaction.atomic
def start(*, undo: Undo, actor: User, at: datetime) -> Undo:
    """Begin what was prepared; above SECOND_PERSON_UNDO decisions or listings it waits for a second person."""
    undo = _lock(undo)
    if undo.state == UndoState.PREPARED and wants_second_word(undo):
        _move(undo, UndoState.HELD, actor=actor, reason="", at=at)
        _record("undo.held", undo, actor, at)
        return undo
    if undo.state == UndoState.HELD:
        raise MoveRefused(_("This waits for a second person."))
    return _begin(undo, "undo.started", actor, at)


@transaction.atomic
def approve(*, undo: Undo, actor: User, at: datetime) -> Undo:
    """The second person's yes. Raises SamePerson."""
    undo = _lock(undo)
    if undo.state != UndoState.HELD:
        raise MoveRefused(_("This waits for no second person."))
    asked = undo.moves.filter(to_state=UndoState.HELD).values_list("actor_id", flat=True)
    if actor.pk in {undo.prepared_by_id, *asked}:
        raise SamePerson(_("You prepared this yourself. Another person has to say yes."))
    return _begin(undo, "undo.approved", actor, at)


@transaction.atomic
def discard(*, undo: Undo, actor: User, reason: str = "", at: datetime) -> Undo:
    """Do nothing of what was prepared; for a second person this is the no, and needs a reason."""
    undo = _lock(undo)
    if undo.state == UndoState.HELD and actor.pk != undo.prepared_by_id and not reason.strip():
        raise decision_states.ReasonMissing(_("Say why not. Whoever prepared it has only your reason."))
    _move(undo, UndoState.DISCARDED, actor=actor, reason=reason.strip(), at=at)
    _record("undo.discarded", undo, actor, at, {"reason": reason.strip()})
    return undo


@transaction.atomic
def stop(*, undo: Undo, actor: User, at: datetime) -> Undo:
    """Take nothing more back for now. What is given back stays given back."""
    undo = _lock(undo)
    _move(undo, UndoState.STOPPED, actor=actor, reason="", at=at)
    _record("undo.stopped", undo, actor, at)
    return undo


@transaction.atomic
def resume(*, undo: Undo, actor: User, at: datetime) -> Undo:
    """Go on where it was stopped."""
    undo = _lock(undo)
    if undo.state != UndoState.STOPPED:
        raise MoveRefused(_("This was not stopped."))
    return _begin(undo, "undo.resumed", actor, at)


def end_if_done(*, undo_id: int, at: datetime) -> bool:
    """When no decision waits any more, close what the scope found and nobody decided, and finish."""
    undo = Undo.objects.get(pk=undo_id)
    if undo.state != UndoState.RUNNING or undo.parts.filter(state=PartState.WAITING).exists():
        return False
    if undo.close_open:
        while _close_some(undo, at):
            pass
    with transaction.atomic():
        undo = _lock(undo)
        if undo.state != UndoState.RUNNING:
            return False
        undo.ended_at = at
        undo.save(update_fields=["ended_at"])
        _move(undo, UndoState.FINISHED, actor=None, reason="", at=at)
        found = queries.progress(undo)
        left = sum(found.left.values())
        _record("undo.finished", undo, None, at, {"restored": found.restored, "left": left, "closed": undo.closed})
    return True


def wants_second_word(undo: Undo) -> bool:
    """Whether so much is given back that two people should want it. What is given back may have been kept from shoppers for a reason."""
    size = max(undo.preview["decisions"], undo.preview["listings"])
    return bool(size >= settings.SECOND_PERSON_UNDO)


def who_began(undo: Undo) -> User:
    """In whose name it is done: whoever prepared it, also where a second person approved."""
    return undo.prepared_by


# --- writing -------------------------------------------------------------------------------------


@transaction.atomic
def _prepare(undo: Undo, chosen: QuerySet[Decision], actor: User, reason: str, at: datetime) -> Undo:
    if not reason.strip():
        raise decision_states.ReasonMissing(_("Say why. Each merchant and the next reader have only your reason."))
    undo.reason, undo.prepared_by, undo.prepared_at = reason.strip(), actor, at
    undo.save(force_insert=True)
    keys = chosen.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=BATCH)
    parts: Iterator[UndoPart] = (UndoPart(undo=undo, decision_id=key) for key in keys)
    undo.total = len(UndoPart.objects.bulk_create(parts, batch_size=BATCH))
    undo.preview = queries.preview(undo, at)
    undo.save(update_fields=["total", "preview"])
    if not undo.preview["decisions"] and not (undo.close_open and undo.preview["open"]):
        raise NothingToUndo(
            _("There is nothing to reverse: nothing was decided here, or all of it is reversed already.")
        )
    _record("undo.prepared", undo, actor, at, {"scope": undo.scope, "decisions": undo.total, "reason": undo.reason})
    return undo


def _begin(undo: Undo, verb: str, actor: User, at: datetime) -> Undo:
    _move(undo, UndoState.RUNNING, actor=actor, reason="", at=at)
    if undo.began_at is None:
        undo.began_at = at
        undo.save(update_fields=["began_at"])
    _record(verb, undo, actor, at)
    events.undo_at_work.send(Undo, undo_id=undo.pk)
    return undo


@transaction.atomic
def _close_some(undo: Undo, at: datetime) -> int:
    """A batch of the findings that nobody decided. The cases that wait for them close by themselves."""
    some: list[Violation] = list(queries.in_scope(undo).order_by("pk")[:BATCH])
    closed = findings.overturn(violations=some, actor=undo.prepared_by, reason=undo.reason, at=at) if some else 0
    Undo.objects.filter(pk=undo.pk).update(closed=F("closed") + closed)
    return closed


def _lock(undo: Undo) -> Undo:
    return Undo.objects.select_for_update(of=("self",)).select_related("prepared_by").get(pk=undo.pk)


def _move(undo: Undo, to: UndoState, *, actor: User | None, reason: str, at: datetime) -> None:
    """Check, write, record. The only function that writes a run's state; the run is locked."""
    was = UndoState(undo.state)
    if to not in UNDO_MOVES[was]:
        raise MoveRefused(
            _("%(undo)s is “%(state)s” and cannot become “%(to)s”.")
            % {"undo": undo, "state": was.label, "to": to.label}
        )
    undo.state = to
    undo.save(update_fields=["state"])
    UndoMove.objects.create(undo=undo, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)


def _record(verb: str, undo: Undo, actor: User | None, at: datetime, data: dict[str, Any] | None = None) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="undo",
        subject_id=undo.pk,
        subject_ref=str(undo),
        data=data or {},
        at=at,
    )
