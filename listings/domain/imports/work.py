"""Working on an import: batch after batch, from the row where the last worker stopped."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from listings.domain.imports import batches, runs
from listings.domain.imports import mapping as mappings
from listings.domain.imports.files import Source
from listings.domain.imports.rows import BadRow, FileRefused, Row
from listings.domain.imports.writers import writer_of
from listings.enums import UNFINISHED_IMPORTS, ImportKind, ImportState
from listings.events import metrics_imported
from listings.models import ImportRun

Clock = Callable[[], datetime]
LOCK_SPACE = 7_236
WAIT_SECONDS = 0.2
FIRST_LOOK, GROWTH = 4_000, 3
GROWING = (
    "listings_listing",
    "listings_listingversion",
    "listings_listingimage",
    "listings_certificate",
    "listings_merchant",
    "listings_listingmetric",
    "listings_orderline",
    "listings_importkey",
)


def work(*, run_id: int, clock: Clock, seconds: float | None = None) -> bool:
    """Work on a run until its file ends or the time is up; True where more is left to do.

    Safe to call twice: a second worker finds the run taken, or counts that have moved on, and stops.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, run_id])
        if not cursor.fetchone()[0]:
            return False
        try:
            return _work(run_id, clock, seconds)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, run_id])


def follow(*, run: ImportRun, clock: Clock) -> ImportRun:
    """Work on a run here until it has ended, or wait for the worker that was quicker, and take over where that one is lost."""
    while True:
        work(run_id=run.pk, clock=clock)
        run.refresh_from_db()
        if run.state not in UNFINISHED_IMPORTS:
            return run
        time.sleep(WAIT_SECONDS)


def _work(run_id: int, clock: Clock, seconds: float | None) -> bool:
    run = runs.start(run_id=run_id, at=clock())
    if run is None:
        return False
    until = clock() + timedelta(seconds=seconds) if seconds else None
    try:
        with Source(runs.path_of(run), mappings.read(run.mapping).options) as source:
            return _read_on(run, source, clock, until)
    except (FileRefused, OSError) as error:
        runs.fail(run=run, error=str(error), at=clock())
    except batches.Overtaken:
        pass
    return False


def _read_on(run: ImportRun, source: Source, clock: Clock, until: datetime | None) -> bool:
    ready = mappings.for_columns(run.mapping, source.columns, name=run.mapping_name)
    writer = writer_of(ready)
    feed = Feed(source.rows(), skip=run.rows_read)
    noted, look_again_at = run.noted, run.rows_read + FIRST_LOOK
    while batch := feed.next_batch():
        keep_notes = noted < settings.IMPORT_NOTED_ROWS
        counts = batches.write(
            run=run, writer=writer, rows=batch, bytes_done=source.bytes_done, keep_notes=keep_notes, at=clock()
        )
        noted += counts.noted
        if run.rows_read >= look_again_at:
            look_again_at *= GROWTH
            _tell_the_planner()
        if ImportRun.objects.filter(pk=run.pk, cancel_asked_at__isnull=False).exists():
            runs.stop(run=run, at=clock())
            return False
        if until is not None and clock() >= until:
            return True
    finished = runs.finish(run=run, notes=source.notes.as_json(), at=clock())
    if finished.kind == ImportKind.METRICS and not finished.dry_run and finished.state == ImportState.FINISHED:
        metrics_imported.send(sender=ImportRun, run_id=run.pk)
    return False


def _tell_the_planner() -> None:
    """Let PostgreSQL count the tables that grow: with the figures of empty ones it joins every batch with all rows before."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(GROWING)}")


class Feed:
    """Rows in batches, after those that are in already. Of a file that breaks off, the rows before the break come first."""

    def __init__(self, rows: Iterator[Row | BadRow], *, skip: int) -> None:
        self._rows = rows
        self._skip = skip
        self._broken: FileRefused | None = None

    def next_batch(self) -> list[Row | BadRow]:
        """The next rows, or none at the end. Raises FileRefused where the file breaks off."""
        batch: list[Row | BadRow] = []
        if self._broken:
            raise self._broken
        try:
            for row in self._rows:
                if self._skip:
                    self._skip -= 1
                    continue
                batch.append(row)
                if len(batch) >= settings.IMPORT_BATCH_ROWS:
                    break
        except FileRefused as broken:
            if not batch:
                raise
            self._broken = broken
        return batch
