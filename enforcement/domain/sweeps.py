"""A sweep's life. Its work is done chunk by chunk in `enforcement.domain.chunks`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import chunks
from enforcement.domain.reach import Reach, reach
from enforcement.enums import LIVE_SWEEPS, SWEEP_MOVES, ChunkState, Owed, SweepKind, SweepPriority, SweepState
from enforcement.models import Chunk, Sweep, SweepMove, SweepPolicy, Violation
from enforcement.queries import scope, sweeps, touched
from enforcement.queries.scope import KeyRange
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Subject
from governance.policies.models import PolicyVersion
from governance.web.refusals import MoveRefused, Refusal

CHUNK_SIZES = (10_000, 50_000)
"""Listings in a chunk, which is one transaction: at least so many, since a chunk costs some tens of milliseconds however small it
is, and at most so many, since a lost worker loses one."""
CHUNKS = 20
"""That a sweep is cut into, between the two."""


class NothingToSweep(Refusal):
    """No policy in force is switched on."""


@transaction.atomic
def start(
    *,
    kind: SweepKind,
    actor: User | None,
    reason: str,
    at: datetime,
    policies: Sequence[int] = (),
    priority: SweepPriority = SweepPriority.NORMAL,
    chunk_size: int | None = None,
) -> Sweep:
    """Queue a sweep. With another at work in its scope it waits for its turn; of those that wait the most urgent begins first.

    `policies` are policy ids; they are needed for, and only for, the kind that sweeps chosen policies.
    """
    if (kind == SweepKind.POLICIES) != bool(policies):
        raise Refusal(_("Choose the policies to sweep with, or sweep with all of them."))
    versions = scope.active_versions(at=at, policies=policies)
    if not versions:
        raise NothingToSweep(_("No policy is both in force and switched on, so there is nothing to look for."))
    sweep = Sweep.objects.create(kind=kind, reason=reason, started_by=actor, created_at=at, priority=priority)
    SweepPolicy.objects.bulk_create(
        [SweepPolicy(sweep=sweep, version=version, mode=version.policy.mode) for version in versions]
    )
    _record(
        "sweep.started",
        sweep,
        actor,
        at,
        {"kind": kind, "policies": len(versions), "reason": reason, "priority": priority},
    )
    if not _busy(sweep.scope_key):
        _begin(sweep, versions, chunk_size=chunk_size, actor=actor, at=at)
    return Sweep.objects.get(pk=sweep.pk)


@transaction.atomic
def begin_next(*, at: datetime) -> Sweep | None:
    """Begin the most urgent sweep, of equals the one that has waited longest, if none is at work in its scope."""
    waiting = Sweep.objects.select_for_update(skip_locked=True).filter(state=SweepState.QUEUED)
    for sweep in waiting.order_by("-priority", "pk"):
        if not _busy(sweep.scope_key):
            versions = [row.version for row in sweep.policies.select_related("version__policy")]
            return _begin(sweep, versions, chunk_size=None, actor=None, at=at)
    return None


@transaction.atomic
def pause(*, sweep: Sweep, actor: User | None, at: datetime) -> Sweep:
    """Stop handing out chunks; those at work are finished."""
    sweep = _move(sweep, SweepState.PAUSED, actor=actor, reason="", at=at)
    _record("sweep.paused", sweep, actor, at)
    return sweep


@transaction.atomic
def resume(*, sweep: Sweep, actor: User | None, at: datetime) -> Sweep:
    """Go on where the sweep was paused, or where an error stopped it: its failed chunks are tried again."""
    sweep = _move(sweep, SweepState.RUNNING, actor=actor, reason="", at=at)
    chunks.retry_failed(sweep=sweep, at=at)
    _record("sweep.resumed", sweep, actor, at)
    _tell(events.sweep_at_work, sweep)
    return sweep


@transaction.atomic
def cancel(*, sweep: Sweep, actor: User | None, reason: str, at: datetime) -> Sweep:
    """End the sweep here. What it found stays found; what it did not look at is left as it was."""
    sweep = _move(sweep, SweepState.CANCELLED, actor=actor, reason=reason, at=at)
    _record("sweep.cancelled", sweep, actor, at, {"reason": reason})
    _tell(events.sweep_ended, sweep)
    return sweep


@transaction.atomic
def end_if_done(*, sweep_id: int, at: datetime) -> bool:
    """Finish a running sweep when its last chunk is done; fail it when only failed chunks are left."""
    sweep = Sweep.objects.select_for_update().get(pk=sweep_id)
    if sweep.state != SweepState.RUNNING:
        return False
    states = set(sweep.chunks.order_by().values_list("state", flat=True).distinct())
    if states - {ChunkState.DONE, ChunkState.FAILED}:
        return False
    _brake(sweep, at)
    if ChunkState.FAILED in states:
        _move(sweep, SweepState.FAILED, actor=None, reason="", at=at)
        _record("sweep.failed", sweep, None, at)
    else:
        _move(sweep, SweepState.FINISHED, actor=None, reason="", at=at)
        _record("sweep.finished", sweep, None, at)
    _tell(events.sweep_ended, sweep)
    return True


def _brake(sweep: Sweep, at: datetime) -> None:
    """Hold the policies that hit more than their share of a market's merchants: a person looks at each case instead."""
    for row in sweep.policies.filter(version_id__in=sweeps.over_the_brake(sweep)).order_by("version_id"):
        row.held = True
        row.save(update_fields=["held"])
        Violation.objects.filter(found_by=sweep, version_id=row.version_id, owed=Owed.DECISION).update(owed=Owed.CASE)
        _record("sweep.braked", sweep, None, at, {"version": row.version_id})


def _busy(scope_key: str) -> bool:
    """Whether a sweep is at work in the scope. The lock makes two starters take turns."""
    at_work = Sweep.objects.select_for_update().filter(
        scope_key=scope_key, state__in=[SweepState.RUNNING, SweepState.PAUSED]
    )
    return bool(list(at_work))


def _begin(
    sweep: Sweep, versions: Sequence[PolicyVersion], *, chunk_size: int | None, actor: User | None, at: datetime
) -> Sweep:
    """Cut the scope into chunks and set the sweep to work."""
    sweep.mark = scope.mark()
    found = reach(sweep, versions, at=at)
    parts = _cut(versions, found, chunk_size)
    if found.since is not None:
        sweep.since_change, sweep.since_at = found.since.change, found.since.at
    sweep.total = sum(part.size for part in parts)
    sweep.began_at = at
    sweep.save(update_fields=["mark", "total", "began_at", "since_change", "since_at"])
    _keep_reach(sweep, found)
    Chunk.objects.bulk_create(
        [
            Chunk(
                sweep=sweep,
                number=number,
                subject=part.subject,
                keys=part.keys,
                first_key=part.first,
                last_key=part.last,
                size=part.size,
            )
            for number, part in enumerate(parts, start=1)
        ]
    )
    sweep = _move(sweep, SweepState.RUNNING, actor=actor, reason="", at=at)
    _tell(events.sweep_at_work, sweep)
    if not parts:
        end_if_done(sweep_id=sweep.pk, at=at)
    return sweep


def _cut(versions: Sequence[PolicyVersion], found: Reach, chunk_size: int | None) -> list[KeyRange]:
    """What has changed with the policies that reach no further; everything with those that do.

    Where more than half has changed, everything is read by all: it costs no more.
    """
    subjects = {version.pk: Subject(version.policy.subject) for version in versions}
    parts: list[KeyRange] = []
    for subject, touched_keys in ((Subject.LISTINGS, touched.listings), (Subject.MERCHANTS, touched.merchants)):
        about = {key for key, of in subjects.items() if of == subject}
        if not about:
            continue
        total = scope.about(subject)
        size = chunk_size or _chunk_size(total)
        if found.since is not None and about - found.everywhere:
            keys = touched_keys(found.since, crossings=found.crossings(subject), needs=found.needs(subject))
            if len(keys) * 2 > total:
                found.everywhere |= about
            else:
                parts += scope.ranges_of(subject, keys, size=size)
        if about & found.everywhere:
            parts += scope.ranges(subject, size=size)
    return parts


def _chunk_size(total: int) -> int:
    least, most = CHUNK_SIZES
    return min(max(total // CHUNKS, least), most)


def _keep_reach(sweep: Sweep, found: Reach) -> None:
    rows = list(sweep.policies.all())
    for row in rows:
        row.fingerprint = found.fingerprints.get(row.version_id, "")
        row.everywhere = row.version_id in found.everywhere
    SweepPolicy.objects.bulk_update(rows, ["fingerprint", "everywhere"])


def _move(sweep: Sweep, to: SweepState, *, actor: User | None, reason: str, at: datetime) -> Sweep:
    """Lock, check, write, record. The only function that writes a sweep's state."""
    sweep = Sweep.objects.select_for_update().get(pk=sweep.pk)
    was = SweepState(sweep.state)
    if to not in SWEEP_MOVES[was]:
        raise MoveRefused(
            _("Sweep %(id)s is “%(state)s” and cannot become “%(to)s”.")
            % {"id": sweep.pk, "state": was.label, "to": to.label}
        )
    sweep.state = to
    sweep.ended_at = None if to in LIVE_SWEEPS else at
    sweep.save(update_fields=["state", "ended_at"])
    SweepMove.objects.create(sweep=sweep, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)
    return sweep


def _tell(event: Signal, sweep: Sweep) -> None:
    transaction.on_commit(lambda: event.send(Sweep, sweep_id=sweep.pk))


def _record(verb: str, sweep: Sweep, actor: User | None, at: datetime, data: dict[str, object] | None = None) -> None:
    entries.record(
        verb=verb, actor=actor, subject_kind="sweep", subject_id=sweep.pk, subject_ref=str(sweep.pk), data=data, at=at
    )
