"""A chunk's life: taken by one worker at a time, found again when that worker is lost."""

from datetime import datetime, timedelta

from django.db import transaction

from enforcement.enums import CHUNK_MOVES, ChunkState, SweepState
from enforcement.models import Chunk, Sweep
from governance.web.refusals import MoveRefused

MOST_ATTEMPTS = 3
GRACE = timedelta(seconds=3)
"""Between taking a chunk and locking it for work, a worker is not yet seen to be alive."""


@transaction.atomic
def take(*, sweep_id: int, at_once: int, at: datetime) -> Chunk | None:
    """Give the next waiting chunk to the caller, or nothing: none waits, the sweep rests, or `at_once` are at work."""
    sweep = Sweep.objects.select_for_update().get(pk=sweep_id)
    if sweep.state != SweepState.RUNNING:
        return None
    if sweep.chunks.filter(state=ChunkState.RUNNING).count() >= at_once:
        return None
    chunk = sweep.chunks.filter(state=ChunkState.WAITING).order_by("number").first()
    return None if chunk is None else _move(chunk, ChunkState.RUNNING, at=at)


def hold(chunk: Chunk) -> Chunk | None:
    """Lock a taken chunk for work, in the caller's transaction; nothing if it was given to another meanwhile."""
    return (
        Chunk.objects.select_for_update().filter(pk=chunk.pk, state=ChunkState.RUNNING, attempts=chunk.attempts).first()
    )


def complete(
    chunk: Chunk, *, counts: dict[str, dict[str, int]], hits: int, broken: list[dict[str, object]], at: datetime
) -> Chunk:
    """Write the counts and be done, in the transaction that wrote the violations."""
    chunk.counts, chunk.hits, chunk.broken = counts, hits, broken
    chunk.save(update_fields=["counts", "hits", "broken"])
    return _move(chunk, ChunkState.DONE, at=at)


@transaction.atomic
def give_up(*, chunk: Chunk, error: str, at: datetime) -> Chunk | None:
    """After an error: wait for another try, or fail after the last one."""
    held = hold(chunk)
    if held is None:
        return None
    held.error = error
    held.save(update_fields=["error"])
    return _move(held, ChunkState.FAILED if held.attempts >= MOST_ATTEMPTS else ChunkState.WAITING, at=at)


@transaction.atomic
def find_lost(*, at: datetime) -> int:
    """Put back chunks whose worker is gone. A worker holds its chunk's row lock, so what can be locked is lost."""
    lost = Chunk.objects.select_for_update(skip_locked=True).filter(state=ChunkState.RUNNING, began_at__lt=at - GRACE)
    return len([_move(chunk, ChunkState.WAITING, at=at) for chunk in lost.order_by("pk")])


def retry_failed(*, sweep: Sweep, at: datetime) -> None:
    """Let failed chunks be tried again from the start of their count."""
    for chunk in sweep.chunks.select_for_update().filter(state=ChunkState.FAILED).order_by("pk"):
        chunk.attempts = 0
        chunk.save(update_fields=["attempts"])
        _move(chunk, ChunkState.WAITING, at=at)


def _move(chunk: Chunk, to: ChunkState, *, at: datetime) -> Chunk:
    """Lock, check, write. The only function that writes a chunk's state."""
    chunk = Chunk.objects.select_for_update().get(pk=chunk.pk)
    was = ChunkState(chunk.state)
    if to not in CHUNK_MOVES[was]:
        raise MoveRefused(f"Chunk {chunk.pk} cannot go from {was} to {to}.")
    chunk.state = to
    if to == ChunkState.RUNNING:
        chunk.attempts += 1
        chunk.began_at = at
    chunk.ended_at = at if to in (ChunkState.DONE, ChunkState.FAILED) else None
    chunk.save(update_fields=["state", "attempts", "began_at", "ended_at"])
    return chunk
