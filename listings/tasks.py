"""Celery's edge of the catalogue: ids in, one domain call. Beat finds what a lost message left undone."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from listings.domain import links, metrics, photo_prints, texts
from listings.domain.imports import parked, runs, work


@shared_task
def run_import(run_id: int) -> None:
    """Work on an import for one slice of time, then pass the turn on."""
    if work.work(run_id=run_id, clock=timezone.now, seconds=settings.IMPORT_SLICE_SECONDS):
        run_import.delay(run_id)


@shared_task
def keep_imports_going() -> None:
    now = timezone.now()
    for run_id in runs.stalled(now):
        run_import.delay(run_id)
    for run_id in runs.owing_parked(now):
        settle_parked_rows.delay(run_id)


@shared_task
def settle_parked_rows(run_id: int) -> None:
    parked.settle(run_id=run_id, clock=timezone.now)


@shared_task
def refresh_windows() -> None:
    metrics.refresh_windows(timezone.now().date())


@shared_task
def renormalise_texts() -> None:
    """Make one chunk of texts anew that an older normaliser made, then pass the turn on while that gets somewhere."""
    done = texts.renormalise()
    if done is not None and done.made:
        renormalise_texts.delay()


@shared_task
def find_links() -> None:
    """One turn of finding links between merchants, then the next while there is something to do."""
    if links.run_next(at=timezone.now()) is not None:
        find_links.delay()


@shared_task
def make_photo_prints() -> None:
    """Make some of the prints that are owed, then pass the turn on while there are any."""
    if photo_prints.make_owed(at=timezone.now()):
        make_photo_prints.delay()
