"""An import's life: idempotent, resumable, cancellable, always adding up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from governance.audit.models import Entry
from governance.web.refusals import MoveRefused
from listings.domain.imports import batches, parked, runs, work
from listings.domain.imports.mapping import MappingRefused
from listings.enums import IMPORT_MOVES, ImportKind, ImportState
from listings.models import CategoryAlias, ImportKey, ImportRow, ImportRun, Listing, ListingVersion, Merchant
from listings.queries import imports
from tests.listings.domain.imports.conftest import NOON, counts, noon, told

Send = Callable[..., ImportRun]
LATER = datetime(2026, 11, 24, tzinfo=UTC)
GOOD = "listing_id,title\n" + "".join(f"r{number},Thing {number}\n" for number in range(10))


def prepared(data: str, **document: object) -> ImportRun:
    run = runs.receive(chunks=[data.encode()], filename="f", kind=ImportKind.LISTINGS, actor=None, at=NOON)
    merchant = {"id": "shop", "name": "Shop", "country": "DE", "create": True}
    return runs.begin(
        run=run, document={"merchant": merchant, **document}, mapping_name="test", dry_run=False, actor=None, at=NOON
    )


def test_the_same_file_twice_changes_nothing(send: Send) -> None:
    send(GOOD)
    again = send(GOOD)
    assert counts(again) == {"rows_read": 10, "unchanged": 10}
    assert ListingVersion.objects.count() == 10


def test_a_changed_row_makes_a_version(send: Send) -> None:
    send(GOOD)
    run = send(GOOD.replace("Thing 3", "Thing three"))
    assert counts(run) == {"rows_read": 10, "changed": 1, "unchanged": 9}
    listing = Listing.objects.get(external_id="r3")
    assert (listing.version, listing.title) == (2, "Thing three")
    assert [version.source for version in listing.versions.order_by("number")][1] == f"import:{run.pk}"


def test_a_trial_run_writes_nothing_but_the_report(send: Send) -> None:
    run = send(GOOD + "bad,x,y\n", dry_run=True)
    assert counts(run) == {"rows_read": 11, "created": 10, "refused": 1}
    assert (Listing.objects.count(), Merchant.objects.count()) == (0, 0)
    assert told(run) == [(12, "refused", "too_many_columns")]


def test_work_in_slices_adds_up_to_the_whole(ground: None, settings: Settings) -> None:
    settings.IMPORT_BATCH_ROWS = 3
    run = prepared(GOOD)
    ticks = iter(NOON + timedelta(seconds=number) for number in range(1_000))
    more = [work.work(run_id=run.pk, clock=lambda: next(ticks), seconds=1)]
    while more[-1]:
        more.append(work.work(run_id=run.pk, clock=lambda: next(ticks), seconds=1))
    run.refresh_from_db()
    assert len(more) > 3
    assert (run.state, counts(run)) == (ImportState.FINISHED, {"rows_read": 10, "created": 10})
    assert run.bytes_done == run.size
    assert ImportKey.objects.count() == 0


def test_work_twice_is_work_once(send: Send) -> None:
    run = send(GOOD)
    assert work.work(run_id=run.pk, clock=noon) is False
    run.refresh_from_db()
    assert counts(run) == {"rows_read": 10, "created": 10}


def test_a_worker_that_was_overtaken_writes_nothing(ground: None) -> None:
    run = prepared(GOOD)
    ImportRun.objects.filter(pk=run.pk).update(rows_read=5, created=5)
    with pytest.raises(batches.Overtaken):
        batches.write(run=run, writer=None, rows=[], bytes_done=0, keep_notes=True, at=NOON)  # type: ignore[arg-type]


def test_a_run_that_stops_three_times_at_one_row_fails_and_can_be_taken_up(ground: None) -> None:
    run = prepared(GOOD)
    ImportRun.objects.filter(pk=run.pk).update(attempts=runs.MOST_ATTEMPTS)
    work.work(run_id=run.pk, clock=noon)
    run.refresh_from_db()
    assert (run.state, run.rows_read) == (ImportState.FAILED, 0)
    assert "row 1" in run.error
    runs.take_up(run=run, actor=None, at=LATER)
    work.work(run_id=run.pk, clock=noon)
    run.refresh_from_db()
    assert (run.state, run.error, counts(run)) == (ImportState.FINISHED, "", {"rows_read": 10, "created": 10})


def test_cancel_before_and_during(ground: None, settings: Settings) -> None:
    settings.IMPORT_BATCH_ROWS = 4
    waiting, running = prepared(GOOD), prepared(GOOD)
    assert runs.cancel(run=waiting, actor=None, reason="", at=NOON).state == ImportState.CANCELLED
    started = runs.start(run_id=running.pk, at=NOON)
    assert started is not None
    assert runs.cancel(run=started, actor=None, reason="", at=NOON).state == ImportState.RUNNING
    work.work(run_id=running.pk, clock=noon)
    running.refresh_from_db()
    assert (running.state, counts(running)) == (ImportState.CANCELLED, {"rows_read": 4, "created": 4})
    with pytest.raises(MoveRefused):
        runs.cancel(run=running, actor=None, reason="", at=NOON)


def test_stalled_finds_what_waits_and_what_does_not_move(ground: None, settings: Settings) -> None:
    lost, fresh = prepared(GOOD), prepared(GOOD)
    ImportRun.objects.filter(pk=lost.pk).update(
        created_at=NOON - timedelta(seconds=settings.IMPORT_STALLED_SECONDS + 1)
    )
    assert runs.stalled(NOON) == [lost.pk]
    assert runs.stalled(LATER) == [lost.pk, fresh.pk]


def test_the_database_refuses_counts_that_do_not_add_up(send: Send) -> None:
    run = send(GOOD)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(refused=1)


@pytest.mark.parametrize("was", list(ImportState))
def test_every_state_has_its_moves(was: ImportState) -> None:
    assert IMPORT_MOVES[was] <= frozenset(ImportState)


def test_a_mapping_that_does_not_fit_is_refused_before_anything_is_read(ground: None) -> None:
    with pytest.raises(MappingRefused) as caught:
        prepared(GOOD, fields={"listing_id": "nummer", "title": "title"})
    assert caught.value.errors == {"columns": "The file has no column nummer."}
    with pytest.raises(MappingRefused) as caught:
        prepared("a,b\n1,2\n")
    assert caught.value.errors == {
        "fields": "Nothing gives listing_id: map a column to it, or set one value for all rows."
    }


# --- parked rows -------------------------------------------------------------------------------------

PARKED = "listing_id,title,category\na,Teddy,Soft toyz\nb,Bear,Soft toyz\nc,Cube,Magnetspielzeug\nd,?,zzz\ne,Ohne,\n"


def test_unknown_categories_are_parked_with_suggestions(send: Send) -> None:
    run = send(PARKED)
    assert counts(run) == {"rows_read": 5, "created": 2, "parked": 3}
    assert Listing.objects.get(external_id="c").category.code == "toys/magnetic_sets"  # type: ignore[union-attr]
    names = imports.parked_names(run)
    assert [(each.name, each.rows) for each in names] == [("Soft toyz", 2), ("zzz", 1)]
    assert names[0].suggestions[0][0] == "toys/plush"


def test_an_accepted_suggestion_brings_the_rows_in_and_is_remembered(send: Send) -> None:
    run = send(PARKED)
    parked.map_categories(run=run, codes={"Soft toyz": "toys/plush"}, actor=None, at=LATER)
    parked.settle(run_id=run.pk, clock=noon)
    parked.settle(run_id=run.pk, clock=noon)
    run.refresh_from_db()
    assert counts(run) == {"rows_read": 5, "created": 4, "parked": 1}
    assert run.settle_asked_at is None
    assert Listing.objects.get(external_id="a").category.code == "toys/plush"  # type: ignore[union-attr]
    assert CategoryAlias.objects.values_list("source", "name_key").get() == ("test", "soft toyz")
    assert counts(send(PARKED)) == {"rows_read": 5, "unchanged": 4, "parked": 1}
    assert "import.map_categories" in Entry.objects.values_list("verb", flat=True)


def test_a_category_that_is_not_ours_is_refused(send: Send) -> None:
    run = send(PARKED)
    with pytest.raises(parked.NotSettled):
        parked.map_categories(run=run, codes={"Soft toyz": "nowhere"}, actor=None, at=LATER)
    assert CategoryAlias.objects.count() == 0


def test_a_parked_row_does_not_overwrite_what_came_later(send: Send) -> None:
    run = send(PARKED)
    ImportRun.objects.filter(pk=run.pk).update(started_at=NOON - timedelta(days=1))
    send("listing_id,title,category\na,Newer,toys\n")
    parked.map_categories(run=run, codes={"Soft toyz": "toys/plush"}, actor=None, at=LATER)
    parked.settle(run_id=run.pk, clock=noon)
    run.refresh_from_db()
    assert counts(run) == {"rows_read": 5, "created": 3, "unchanged": 1, "parked": 1}
    assert Listing.objects.get(external_id="a").title == "Newer"


def test_rows_wait_for_their_merchant(send: Send) -> None:
    run = send('{"merchant_id":"m","listing_id":"a"}\n', mapping={"merchant": {}})
    assert told(run) == [(1, "parked", "merchant_unknown")]
    send(
        '{"merchant_id":"m","name":"M","country":"France","legal_name":"M SAS"}\n',
        mapping={"kind": "merchants", "merchant": {}},
    )
    parked.try_again(run=run, actor=None, at=LATER)
    parked.settle(run_id=run.pk, clock=noon)
    run.refresh_from_db()
    assert counts(run) == {"rows_read": 1, "created": 1}
    assert ImportRow.objects.get().settled_at == NOON


def test_parked_rows_of_a_trial_run_stay_out(send: Send) -> None:
    run = send(PARKED, dry_run=True)
    with pytest.raises(parked.NotSettled):
        parked.try_again(run=run, actor=None, at=LATER)


# --- the other kinds ----------------------------------------------------------------------------------


def test_merchants_metrics_and_orders(send: Send) -> None:
    known: dict[str, object] = {"merchant": {}}
    merchants = '{"merchant_id":"m","name":"M","country":"DE","vat_id":"DE1"}\n{"merchant_id":"n","name":"N"}\n'
    run = send(merchants, mapping={"kind": "merchants", **known})
    assert (counts(run), told(run)) == ({"rows_read": 2, "created": 1, "refused": 1}, [(2, "refused", "value_missing")])
    send('{"merchant_id":"m","listing_id":"a","title":"A"}\n', mapping=known)
    days = (
        '{"merchant_id":"m","listing_id":"a","date":"2026-11-20","visits":10,"revenue":"42.50","currency":"PLN","returns":{"broken":2}}\n'
        '{"merchant_id":"m","listing_id":"a","date":"2026-11-20","visits":11}\n'
        '{"merchant_id":"m","listing_id":"zz","date":"2026-11-20"}\n'
        '{"merchant_id":"m","listing_id":"a","date":"2026-11-21","revenue":1,"currency":"SAR"}\n'
        '{"merchant_id":"m","listing_id":"a","date":"2026-11-22","visits":-1}\n'
    )
    run = send(days, mapping={"kind": "metrics", **known})
    assert counts(run) == {"rows_read": 5, "created": 1, "parked": 1, "refused": 3}
    assert told(run) == [
        (2, "refused", "duplicate"),
        (3, "parked", "listing_unknown"),
        (4, "refused", "rate_missing"),
        (5, "refused", "negative"),
    ]
    assert Listing.objects.get().metrics.values_list("visits", "revenue_eur", "returns").get() == (10, 10, 2)
    lines = (
        '{"order_id":"o","merchant_id":"m","listing_id":"a","market":"DE","ordered_at":"2026-11-20T10:00:00Z","amount":"9,99 €"}\n'
        '{"order_id":"o","line":2,"merchant_id":"m","listing_id":"a","market":"BR","ordered_at":"2026-11-20","amount":1}\n'
        '{"order_id":"o","line":3,"merchant_id":"m","listing_id":"a","market":"DE","ordered_at":"2026-11-20"}\n'
    )
    run = send(lines, mapping={"kind": "orders", **known})
    assert counts(run) == {"rows_read": 3, "created": 1, "refused": 2}
    assert [reason for _line, _fate, reason in told(run)] == ["market_unknown", "value_missing"]
    assert counts(send(lines, mapping={"kind": "orders", **known})) == {"rows_read": 3, "unchanged": 1, "refused": 2}
