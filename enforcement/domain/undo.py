"""Taking many decisions back: chosen and looked at first, begun by a person, above a size approved by a second one.

The work is done decision by decision in `enforcement.domain.undo_work`, by the verb that takes a single one back.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement import events
from enforcement.domain import decision_states
from enforcement.domain import violations as findings
from enforcement.enums import UNDO_MOVES, PartState, UndoScope, UndoState
from enforcement.models import Decision, Sweep, Undo, UndoMove, Violation
from enforcement.queries import undo as queries
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import PolicyVersion
from governance.web import formats
from governance.web.refusals import MoveRefused, Refusal

BATCH = 2_000


class NothingToUndo(Refusal):
    """Nothing of what was chosen can be taken back."""


class HasGrown(MoveRefused):
    """More was decided in the scope since it was prepared."""


class SamePerson(Refusal):
    """A second person is somebody else than the one who prepared it."""


def prepare_sweep(*, sweep: Sweep, with_people: bool, close_open: bool, actor: User, reason: str, at: datetime) -> Undo:
    """Choose what came of a sweep. Raises NothingToUndo, ReasonMissing."""
    undo = Undo(scope=UndoScope.SWEEP, sweep=sweep, with_people=with_people, close_open=close_open)
    return _prepare(undo, actor, reason, at)


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
    return _prepare(undo, actor, reason, at)


def prepare_chosen(*, chosen: QuerySet[Decision], actor: User, reason: str, at: datetime) -> Undo:
    """Choose these decisions, whoever made them. Raises NothingToUndo, ReasonMissing."""
    return _prepare(Undo(scope=UndoScope.CHOSEN, with_people=True), actor, reason, at, chosen)


@transaction.atomic
def start(*, undo: Undo, actor: User, at: datetime) -> Undo:
    """Begin what was prepared, with what was decided in its scope since; above SECOND_PERSON_UNDO it waits for a second person."""
    undo = _lock(undo)
    if undo.state == UndoState.HELD:
        raise MoveRefused(_("This waits for a second person."))
    if undo.state == UndoState.PREPARED:
        _choose(undo, at)
        if wants_second_word(undo):
            _move(undo, UndoState.HELD, actor=actor, reason="", at=at)
            _record("undo.held", undo, actor, at)
            return undo
    return _begin(undo, "undo.started", actor, at)


def approve(*, undo: Undo, actor: User, at: datetime) -> Undo:
    """The second person's yes. Raises SamePerson, and HasGrown where more was decided in the scope than the person has read: then the
    preview is made anew."""
    grown = _look_again(undo, actor, at)
    if grown:
        text = ngettext(
            "%(count)s decision has come since this was prepared. Read the preview again, then approve.",
            "%(count)s decisions have come since this was prepared. Read the preview again, then approve.",
            grown,
        )
        raise HasGrown(text % {"count": formats.number(grown)})
    with transaction.atomic():
        return _begin(_lock(undo), "undo.approved", actor, at)


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


def close_some(*, undo_id: int, at: datetime) -> int:
    """Close a batch of what the scope found and nobody decided; returns how many. The cases that wait for it close by themselves."""
    if not Undo.objects.filter(pk=undo_id, state=UndoState.RUNNING, close_open=True).exists():
        return 0
    with transaction.atomic():
        undo = _lock(Undo(pk=undo_id))
        if undo.state != UndoState.RUNNING:
            return 0
        some = list(queries.undecided(undo).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not some:
            return 0
        held = Violation.objects.select_for_update().filter(pk__in=some).order_by("pk")
        keys = [violation.pk for violation in held]
        still = queries.undecided(undo).filter(pk__in=keys)  # whoever decided one meanwhile held its row
        closed = findings.overturn(violations=still, actor=undo.prepared_by, reason=undo.reason, at=at)
        undo.closed += closed
        undo.save(update_fields=["closed"])
        return closed


@transaction.atomic
def add_or_end(*, undo_id: int, at: datetime) -> bool:
    """Where no decision waits any more: add those that were made in the scope meanwhile, or finish. Returns whether there is more to do."""
    undo = _lock(Undo(pk=undo_id))
    if undo.state != UndoState.RUNNING or undo.parts.filter(state=PartState.WAITING).exists():
        return False
    added = _add(undo)
    if added:
        undo.added += added
        undo.save(update_fields=["added", "total"])
    if added or (undo.close_open and queries.undecided(undo).exists()):
        return True
    undo.ended_at = at
    undo.save(update_fields=["ended_at"])
    _move(undo, UndoState.FINISHED, actor=None, reason="", at=at)
    found = queries.progress(undo)
    left = sum(found.left.values())
    _record("undo.finished", undo, None, at, {"restored": found.restored, "left": left, "closed": undo.closed})
    return False


def wants_second_word(undo: Undo) -> bool:
    """Whether so much is given back that two people should want it. What is given back may have been kept from shoppers for a reason."""
    seen = undo.preview
    size = max(seen["decisions"], seen["listings"], seen["open"] if undo.close_open else 0)
    return bool(size >= settings.SECOND_PERSON_UNDO)


# --- writing -------------------------------------------------------------------------------------


@transaction.atomic
def _prepare(undo: Undo, actor: User, reason: str, at: datetime, chosen: QuerySet[Decision] | None = None) -> Undo:
    if not reason.strip():
        raise decision_states.ReasonMissing(_("Say why. Each merchant and the next reader have only your reason."))
    undo.reason, undo.prepared_by, undo.prepared_at = reason.strip(), actor, at
    undo.save(force_insert=True)
    if chosen is not None:
        undo.total += queries.add_parts(undo, chosen)
    _choose(undo, at)
    if not undo.preview["decisions"] and not (undo.close_open and undo.preview["open"]):
        raise NothingToUndo(
            _("There is nothing to reverse: nothing was decided here, or all of it is reversed already.")
        )
    _record("undo.prepared", undo, actor, at, {"scope": undo.scope, "decisions": undo.total, "reason": undo.reason})
    return undo


def _choose(undo: Undo, at: datetime) -> int:
    """Take in what the scope has, and see anew what that comes to. Returns how many decisions are new to the run."""
    added = _add(undo)
    undo.preview, undo.previewed_at = queries.preview(undo, at), at
    undo.save(update_fields=["total", "preview", "previewed_at"])
    return added


def _add(undo: Undo) -> int:
    added = queries.add_parts(undo, queries.scope(undo))
    undo.total += added
    return added


@transaction.atomic
def _look_again(undo: Undo, actor: User, at: datetime) -> int:
    undo = _lock(undo)
    if undo.state != UndoState.HELD:
        raise MoveRefused(_("This waits for no second person."))
    asked = undo.moves.filter(to_state=UndoState.HELD).values_list("actor_id", flat=True)
    if actor.pk in {undo.prepared_by_id, *asked}:
        raise SamePerson(_("You prepared this yourself. Another person has to say yes."))
    return _choose(undo, at)


def _begin(undo: Undo, verb: str, actor: User, at: datetime) -> Undo:
    _move(undo, UndoState.RUNNING, actor=actor, reason="", at=at)
    if undo.began_at is None:
        undo.began_at = at
        undo.save(update_fields=["began_at"])
    _record(verb, undo, actor, at)
    events.undo_at_work.send(Undo, undo_id=undo.pk)
    return undo


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
