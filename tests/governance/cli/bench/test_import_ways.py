"""The untimed twin of `./run bench import`: both ways leave the same rows."""

from pathlib import Path

import pytest

from governance.cli.bench import loading, ndjson
from governance.cli.bench.contestants import plain_import
from governance.cli.bench.measures import importing
from listings.models import Certificate, Listing, ListingVersion

COUNT = 300


@pytest.fixture
def imported(db: None, tmp_path: Path) -> None:
    loading.load_without_listings(COUNT, seed=3)
    for way, prefix in ((importing.take_in, "a-"), (plain_import.take_in, "b-")):
        path = tmp_path / f"{prefix}.ndjson"
        ndjson.write(path, COUNT, seed=3, prefix=prefix)
        way(str(path))


def test_both_ways_leave_the_same_rows(imported: None) -> None:
    importing.compare("a-", "b-", COUNT)

    assert Listing.objects.count() == ListingVersion.objects.count() == 2 * COUNT
    assert Certificate.objects.filter(listing__isnull=False).exists()


@pytest.mark.parametrize("field", ["title", "text_base", "price_eur", "markets"])
def test_a_single_difference_is_seen(imported: None, field: str) -> None:
    other = Listing.objects.filter(external_id__startswith="b-").exclude(price_eur=None).earliest("pk")
    odd = {"title": "Odd", "text_base": "odd", "price_eur": 1, "markets": ["XX"]}
    setattr(other, field, odd[field])
    other.save(update_fields=[field])

    with pytest.raises(importing.Disagrees, match="1 of which are not in"):
        importing.compare("a-", "b-", COUNT)


def test_a_missing_certificate_is_seen(imported: None) -> None:
    Certificate.objects.filter(listing__external_id__startswith="a-").earliest("pk").delete()

    with pytest.raises(importing.Disagrees):
        importing.compare("a-", "b-", COUNT)


def test_plain_django_takes_a_file_in_again_as_an_importer_does(imported: None, tmp_path: Path) -> None:
    """What is equal is left alone; what differs is replaced, with a version more."""
    path = tmp_path / "b-.ndjson"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0].replace('"title":"', '"title":"New '), *lines[1:]]))

    plain_import.take_in(str(path))

    assert list(Listing.objects.filter(version=2).values_list("external_id", flat=True)) == ["b-l1"]
    assert ListingVersion.objects.count() == 2 * COUNT + 1
