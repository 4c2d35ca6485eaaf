"""Celery's edge of enforcement: ids in, one domain call. Beat finds what a lost message left undone."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from enforcement.domain import chunks, sweep_work, sweeps


@shared_task
def run_chunk(sweep_id: int) -> None:
    """Run one chunk, then pass the turn on: a sweep has at most SWEEP_WORKERS turns at once."""
    if sweep_work.run_next(sweep_id=sweep_id, at_once=settings.SWEEP_WORKERS):
        run_chunk.delay(sweep_id)


@shared_task
def begin_next_sweep() -> None:
    sweeps.begin_next(at=timezone.now())


@shared_task
def keep_sweeps_going() -> None:
    """Put back the chunks of lost workers, and hand out a turn where a message was lost."""
    chunks.find_lost(at=timezone.now())
    for sweep_id in sweeps.unfinished():
        run_chunk.delay(sweep_id)
