"""The real sets beside the repository: every row of each is in, parked or refused."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listings.domain.imports import mapping as mappings
from listings.domain.imports import runs, work
from listings.enums import ImportKind, ImportState
from listings.models import ImportRun, Listing
from tests.factories import reference

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rows_of(path: Path) -> int:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return sum(1 for _row in csv.reader(text)) - 1


def imported(path: Path, name: str) -> ImportRun:
    run = runs.receive_path(path=path, kind=ImportKind.LISTINGS, actor=None, at=NOON)
    runs.begin(run=run, document=mappings.named()[name], mapping_name=name, dry_run=False, actor=None, at=NOON)
    work.work(run_id=run.pk, clock=lambda: NOON)
    run.refresh_from_db()
    return run


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "parked", "refused"),
    [
        ("makeup_beauty", 905, 0, 1),
        ("secondhand_sports_listings", 1_290, 0, 0),
        ("openfoodfacts_sample", 1_470, 0, 274),
        ("livostyle_fashion_us", 2_766, 0, 0),
        ("amazon_toys_2020", 6_461, 790, 0),
        ("alko_alcohol_fi", 12_071, 0, 0),
        ("wdc_offers", 14_018, 0, 0),
    ],
)
def test_a_real_catalogue_goes_in_whole_and_again_unchanged(
    reference_data: Path, name: str, rows: int, parked: int, refused: int
) -> None:
    reference.load_shipped()
    path = reference_data / "data" / "listings" / f"{name}.csv.gz"
    run = imported(path, name)
    assert (run.state, run.error) == (ImportState.FINISHED, "")
    assert run.rows_read == rows == rows_of(path)
    assert (run.created, run.parked, run.refused) == (rows - parked - refused, parked, refused)
    assert Listing.objects.count() == run.created
    again = imported(path, name)
    assert (again.unchanged, again.created, again.changed) == (run.created, 0, 0)


@pytest.mark.data
@pytest.mark.django_db
def test_the_largest_goes_in_whole(reference_data: Path) -> None:
    reference.load_shipped()
    path = reference_data / "data" / "listings" / "hm_articles.csv.gz"
    run = imported(path, "hm_articles")
    assert run.rows_read == 105_542 == rows_of(path)
    assert (run.created, run.parked, run.refused) == (105_397, 145, 0)
