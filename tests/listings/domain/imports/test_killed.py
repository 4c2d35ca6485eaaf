"""A worker that is killed in the middle of an import, and two imports of one catalogue at once."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from listings.domain.imports import runs, work
from listings.enums import ImportKind, ImportState
from listings.models import ImportKey, ImportRow, ImportRun, Listing, ListingVersion, Merchant
from tests.fixtures.workers import Worker, forget

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MERCHANT = {"id": "shop", "name": "Shop", "country": "DE", "create": True}
ROWS, BAD_EVERY, SAME_EVERY = 30_000, 50, 100


def catalogue(word: str, rows: int) -> Iterator[bytes]:
    yield b"listing_id,title,description,price,currency\n"
    for number in range(rows):
        price = "free" if number % BAD_EVERY == 7 else "1.5"
        key = number - 1 if number % SAME_EVERY == 11 else number
        yield f'r{key},"{word} {number}","{"soft, brown and round " * 4}",{price},EUR\n'.encode()


def received(word: str = "Thing", rows: int = ROWS) -> ImportRun:
    run = runs.receive(
        chunks=catalogue(word, rows), filename="f.csv", kind=ImportKind.LISTINGS, actor=None, at=timezone.now()
    )
    return runs.begin(
        run=run, document={"merchant": MERCHANT}, mapping_name="", dry_run=False, actor=None, at=timezone.now()
    )


def outcome(run: ImportRun) -> dict[str, Any]:
    run.refresh_from_db()
    return {
        name: getattr(run, name)
        for name in ("state", "rows_read", "created", "changed", "unchanged", "parked", "refused")
    }


@pytest.mark.workers
def test_a_killed_worker_loses_nothing_and_doubles_nothing(worker: Worker) -> None:
    run = received()
    until = time.monotonic() + 60
    while ImportRun.objects.get(pk=run.pk).rows_read < 4_000 and time.monotonic() < until:
        time.sleep(0.01)
    worker.kill()
    forget()
    middle = outcome(run)
    assert middle["state"] == ImportState.RUNNING
    assert 4_000 <= middle["rows_read"] < ROWS
    work.follow(run=run, clock=timezone.now)
    bad, same = ROWS // BAD_EVERY, ROWS // SAME_EVERY
    assert outcome(run) == {
        "state": ImportState.FINISHED,
        "rows_read": ROWS,
        "created": ROWS - bad - same,
        "changed": 0,
        "unchanged": 0,
        "parked": 0,
        "refused": bad + same,
    }
    assert Listing.objects.count() == ListingVersion.objects.count() == ROWS - bad - same
    assert ImportRow.objects.count() == bad + same
    assert ImportKey.objects.count() == 0


def test_who_waits_for_a_worker_takes_over_when_that_one_is_lost() -> None:
    """PostgreSQL notices a killed worker a moment later: until then its lock stands, and nobody works on the run."""
    run = received(rows=300)
    lost = connection.get_new_connection(connection.get_connection_params())
    with lost.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [work.LOCK_SPACE, run.pk])
    assert not work.work(run_id=run.pk, clock=timezone.now)
    assert outcome(run)["state"] == ImportState.QUEUED
    threading.Timer(2 * work.WAIT_SECONDS, lost.close).start()
    assert work.follow(run=run, clock=timezone.now).state == ImportState.FINISHED


def test_two_imports_of_one_catalogue_at_once_lose_no_change(settings: Settings) -> None:
    settings.IMPORT_BATCH_ROWS, rows = 300, 3_000
    first, second = received("Red", rows), received("Blue", rows)

    def go(run: ImportRun) -> None:
        try:
            work.work(run_id=run.pk, clock=timezone.now)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(run,)) for run in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    good = rows - rows // BAD_EVERY - rows // SAME_EVERY
    ends = outcome(first), outcome(second)
    assert [end["state"] for end in ends] == [ImportState.FINISHED] * 2
    assert sum(end["created"] for end in ends) == good
    assert sum(end["changed"] for end in ends) == good
    assert Merchant.objects.count() == 1
    assert ListingVersion.objects.count() == 2 * good
    assert Listing.objects.filter(version=2).count() == good
    latest = Listing.objects.order_by("-change").values_list("change", flat=True)
    assert len(set(latest)) == good


def resident() -> int:
    """Megabytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def test_memory_does_not_grow_with_the_file(tmp_path: Path, settings: Settings) -> None:
    """The small twin of `./run drill import_scale`: ten times the rows, the same memory."""
    held = []
    for rows in (20_000, 200_000):
        path = tmp_path / f"{rows}.ndjson"
        with path.open("w") as file:
            file.writelines(
                f'{{"listing_id":"r{number % 500}","title":"Thing {number}","price":"x"}}\n' for number in range(rows)
            )
        run = runs.receive_path(path=path, kind=ImportKind.LISTINGS, actor=None, at=NOON)
        document = {
            "merchant": MERCHANT,
            "defaults": {"currency": "EUR"},
            "leave_out": [{"column": "price", "values": ["x"]}],
        }
        runs.begin(run=run, document=document, mapping_name="", dry_run=False, actor=None, at=NOON)
        work.work(run_id=run.pk, clock=timezone.now)
        held.append(resident())
        assert outcome(run)["refused"] == rows
    assert held[1] - held[0] < 40, held
    assert settings.IMPORT_BATCH_ROWS < 20_000
