"""The snapshot for previews: what it holds, when it is due, and that no turn of its making harms another."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection, connections
from polars.testing import assert_frame_equal

from enforcement import engine
from enforcement.domain import snapshots, sweep_work, sweeps
from enforcement.engine.snapshot import latest, store
from enforcement.enums import SweepKind
from governance.accounts.models import User
from governance.policies.language.readers import MENTIONED
from governance.policies.queries.environment import environment
from listings.models import AttributeDefinition, Category, Listing, ListingWindow
from tests.enforcement.engine.conftest import active
from tests.factories.cases import NOON, listing, merchant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SNAPSHOT_DIR = tmp_path / "snapshot"
    return tmp_path / "snapshot"


@pytest.fixture
def offers(registers: dict[str, Category]) -> list[Listing]:
    acme = merchant("Acme")
    made = [listing(acme, f"Knife {nth}", attributes={"voltage": nth}, category=registers["tools"]) for nth in range(7)]
    ListingWindow.objects.create(listing=made[2], days=30, as_of=NOON.date(), revenue_eur="12.50")
    listing(acme, "Ended", state="ended")
    return made


def make(*, rows: int = 3) -> None:
    while snapshots.make_next(at=NOON, rows=rows):
        pass


def test_it_holds_what_the_database_hands_out(offers: list[Listing]) -> None:
    make()
    found = latest()
    assert found is not None
    known = environment()
    needs = {*known.accesses, MENTIONED}
    expected = engine.batch(Listing.objects.filter(state="on_sale"), known, needs, at=NOON).frame.drop("now")
    parts = pl.concat(found.part(part.number, expected.columns) for part in found.manifest.parts)
    assert [part.rows for part in found.manifest.parts] == [3, 3, 1]
    assert_frame_equal(parts.select(expected.columns), expected, check_exact=True)


def test_the_sample_is_drawn_from_every_part(offers: list[Listing], settings: Any) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    make()
    found = latest()
    assert found is not None
    assert [written.sampled for written in found.manifest.written] == [2, 2, 1]
    assert found.sample({"_key"}).height == found.manifest.sampled == 5


def test_a_turn_begins_again_where_one_stopped_and_nothing_shows_before_the_end(offers: list[Listing]) -> None:
    assert snapshots.make_next(at=NOON, rows=3)
    assert latest() is None
    assert snapshots.due(at=NOON)
    making = store().making()
    assert making is not None
    (store().folder / making.name / "00001.json").unlink()  # as one killed between two files leaves it
    make()
    found = latest()
    assert found is not None
    assert found.manifest.rows == 7


def test_the_one_before_stays_for_those_who_read_it(offers: list[Listing]) -> None:
    make()
    first = latest()
    snapshots.make_next(at=NOON + timedelta(minutes=1), rows=10)
    second = latest()
    assert first is not None
    assert second is not None
    assert store().named(first.manifest.name) is not None
    snapshots.make_next(at=NOON + timedelta(minutes=2), rows=10)
    assert store().named(first.manifest.name) is None
    assert sum(path.is_dir() for path in store().folder.iterdir()) == 2


def test_one_that_holds_a_value_of_another_kind_is_named(offers: list[Listing]) -> None:
    odd = listing(merchant("Odd"), "Lamp", attributes={"voltage": "lots"})
    make()
    found = latest()
    assert found is not None
    assert (found.manifest.odd, found.manifest.rows) == ([odd.pk], 7)


def test_it_is_due_without_one_after_a_day_and_with_other_names(offers: list[Listing]) -> None:
    assert snapshots.due(at=NOON)
    make()
    assert not snapshots.due(at=NOON)
    assert snapshots.due(at=NOON + timedelta(days=1))
    AttributeDefinition.objects.create(key="colour", kind="text", labels={})
    assert snapshots.due(at=NOON)


def test_it_is_due_after_a_full_sweep_and_after_many_changes(offers: list[Listing], author: User) -> None:
    active("cheap", "listing.price < 5.0", author)
    make()
    later = NOON + timedelta(hours=1)
    for kind, due in ((SweepKind.CHANGED, False), (SweepKind.FULL, True)):
        sweep = sweeps.start(kind=kind, actor=None, reason="", at=later)
        while sweep_work.run_next(sweep_id=sweep.pk, at_once=1, clock=lambda: later):
            pass
        assert snapshots.due(at=later) is due
    while snapshots.make_next(at=later + timedelta(hours=1)):
        pass
    assert not snapshots.due(at=later + timedelta(hours=1))


def test_nothing_on_sale_is_nothing_to_keep(db: None) -> None:
    assert not snapshots.due(at=NOON)


def test_a_file_that_is_broken_is_as_if_there_were_none(offers: list[Listing]) -> None:
    make()
    found = latest()
    assert found is not None
    (found.folder / "manifest.json").write_text("{")
    assert latest() is None
    assert snapshots.due(at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_turns_do_not_write_at_once(offers: list[Listing]) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(snapshots.LOCK)
            assert not snapshots.make_next(at=NOON)
            assert (store().making(), latest()) == (None, None)
            cursor.execute("ROLLBACK")
        assert not snapshots.make_next(at=NOON)
        assert latest() is not None
    finally:
        other.close()
        connections["default"].ensure_connection()
