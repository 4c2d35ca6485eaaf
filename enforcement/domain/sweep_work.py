"""One chunk of a sweep: read, evaluate, merge, count, in one transaction that a killed worker leaves no trace of."""

import gc
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q

from enforcement import engine, events
from enforcement.domain import chunks, findings, snapshots, sweeps
from enforcement.domain.findings import Finding, Looked, Merged
from enforcement.engine import ActivePolicies, Summary, facts
from enforcement.engine.columns import Batch
from enforcement.engine.snapshot import batches
from enforcement.models import Chunk, Sweep, SweepPolicy
from enforcement.queries import scope
from enforcement.queries.snapshots import on_sale
from governance.policies.enums import Mode, Subject
from governance.policies.language import Environment
from governance.policies.language import Subject as Read
from governance.policies.queries.environment import environment
from listings.enums import MerchantState
from listings.models import Merchant
from listings.queries.keys import among, slices, slices_of

log = structlog.get_logger(__name__)

ERROR_LENGTH = 2_000
SLICE, SLICE_BYTES = 20_000, 128 << 20
"""Listings that are read from the tables at once, and what their rows take there: their texts are held several times over."""


def run_next(*, sweep_id: int, at_once: int, clock: Callable[[], datetime]) -> bool:
    """Take the sweep's next chunk and run it; False when there was none to take.

    A chunk that breaks waits for another try, twice, before it fails; nothing of it was written. A database that is gone is not
    the chunk's fault: it stays taken, and is found lost.
    """
    chunk = chunks.take(sweep_id=sweep_id, at_once=at_once, at=clock())
    if chunk is not None:
        try:
            with _without_collecting():
                _run(chunk, clock)
        except OperationalError:
            raise
        except Exception as error:
            text = "".join(traceback.format_exception_only(error)).strip()
            chunks.give_up(chunk=chunk, error=text[:ERROR_LENGTH], at=clock())
    sweeps.end_if_done(sweep_id=sweep_id, at=clock())
    return chunk is not None


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A chunk makes many objects and hardly a cycle: looking for some takes a fifth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@transaction.atomic
def _run(taken: Chunk, clock: Callable[[], datetime]) -> None:
    chunk = chunks.hold(taken)
    if chunk is None:
        return
    sweep, at = chunk.sweep, clock()
    subject = Subject(chunk.subject)
    policies = _policies(chunk, subject)
    summary, found, undecided = Summary(), list[Finding](), list[tuple[int, int]]()
    for read in _subjects(chunk, policies, at):
        came = engine.evaluate(policies, read, at=at, summary=summary)
        found += map(Finding.of, came.held)
        undecided += came.undecided
    merged = findings.merge(
        sweep_id=sweep.pk,
        subject=subject,
        found=found,
        undecided=undecided,
        looked=Looked(chunk.first_key, chunk.last_key, chunk.keys, [broken.subject_id for broken in summary.broken]),
        policies=[policy.policy_id for policy in policies.policies],
        at=at,
    )
    broken = [{"id": row.subject_id, "error": row.error[:ERROR_LENGTH]} for row in summary.broken]
    chunks.complete(chunk, counts=_counts(policies, summary, merged), hits=len(found), broken=broken, at=clock())
    _tell(sweep.pk, merged, found)


def _policies(chunk: Chunk, subject: Subject) -> ActivePolicies:
    """Those that the sweep began with, in the modes they had then: for some keys the ones that are not read everywhere."""
    return _begun_with(chunk.sweep_id, subject, chunk.keys is None, environment())


@lru_cache(maxsize=8)
def _begun_with(sweep_id: int, subject: Subject, everywhere: bool, against: Environment) -> ActivePolicies:
    """The same for all chunks of a sweep in this process: what it began with does not change."""
    rows = SweepPolicy.objects.select_related("version__policy").filter(
        sweep=sweep_id, version__policy__subject=subject, everywhere=everywhere
    )
    modes = {row.version_id: row.mode for row in rows}
    return engine.activate((row.version for row in rows), modes=modes, against=against)


def _subjects(chunk: Chunk, policies: ActivePolicies, at: datetime) -> Iterator[Batch | Sequence[Read]]:
    """The facts of those that are on offer: what is ended no longer breaks anything.

    Listings come from the snapshot, or by slices from the tables; those that a sweep of changes names from the tables.
    """
    needs = policies.needs(Subject(chunk.subject))
    if chunk.subject == Subject.MERCHANTS:
        active = Merchant.objects.filter(_within(chunk), state=MerchantState.ACTIVE)
        yield facts.merchants(active, needs=needs, at=at)
        return
    kept = _from_snapshot(chunk, policies, at) if chunk.keys is None else None
    if kept is not None:
        yield kept
        return
    chosen = on_sale().filter(_within(chunk))
    size = max(1, min(SLICE, SLICE_BYTES // max(1, scope.row_bytes(Subject.LISTINGS))))
    for within in slices(chosen, size=size) if chunk.keys is None else slices_of(chunk.keys, size=size):
        yield engine.batch(chosen.filter(pk__range=within), policies.environment, needs, at=at)


def _from_snapshot(chunk: Chunk, policies: ActivePolicies, at: datetime) -> Batch | None:
    """None without a snapshot that serves, and where it is no help."""
    snapshot = snapshots.serving()
    if snapshot is None:
        return None
    try:
        return batches.batch(snapshot, (chunk.first_key, chunk.last_key), policies, at=at)
    except OSError:
        log.exception("snapshot_unreadable", snapshot=snapshot.manifest.name)
        return None


def _within(chunk: Chunk) -> Q:
    within = Q(pk__range=(chunk.first_key, chunk.last_key))
    return within if chunk.keys is None else within & Q(pk__in=among(chunk.keys))


def _counts(policies: ActivePolicies, summary: Summary, merged: Merged) -> dict[str, dict[str, int]]:
    return {
        str(policy.version_id): {
            "looked_at": summary.tally(policy.version_id).looked_at,
            "matched": summary.tally(policy.version_id).matched,
            "confirmed": summary.tally(policy.version_id).confirmed,
            "undecidable": summary.tally(policy.version_id).undecidable,
            "new": merged.new.get(policy.version_id, 0),
            "closed": merged.closed.get(policy.policy_id, 0),
            "waived": merged.waived.get(policy.version_id, 0),
            "settled": merged.settled.get(policy.version_id, 0),
        }
        for policy in policies.policies
    }


def _tell(sweep_id: int, merged: Merged, found: Sequence[Finding]) -> None:
    if any(finding.mode == Mode.REVIEW for finding in found) and merged.new:
        transaction.on_commit(lambda: events.violations_found.send(Sweep, sweep_id=sweep_id))
    if merged.closed:
        transaction.on_commit(lambda: events.violations_closed.send(Sweep, sweep_id=sweep_id))
