"""Prints of photos: made when a photo comes, made later for those that came before, and found by an index."""

import random
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from PIL import Image, ImageOps

from listings.domain import photo_prints, pictures
from listings.enums import LinkStep
from listings.models import LinkOwed, ListingImage, PhotoPrint
from listings.queries import photo_prints as queries
from listings.text import photo_likeness as likeness
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.factories.pictures import drawn, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def kept(picture: Image.Image) -> str:
    return pictures.keep(written(picture, "JPEG", quality=90))


def test_a_print_is_made_once_and_finds_the_same_picture_mirrored_and_smaller() -> None:
    whole = drawn(1)
    one, other = kept(whole), kept(ImageOps.mirror(whole).resize((200, 150)))
    for sha256 in (one, other, kept(drawn(2)), one):
        photo_prints.make(sha256)
    assert PhotoPrint.objects.filter(version=likeness.VERSION, bits__isnull=False).count() == 3
    found = queries.near(queries.of_photos([one])).photos
    assert set(found) == {other}
    assert found[other].apart <= 8
    assert found[other].like == one


@pytest.mark.parametrize("broken", [False, True])
def test_a_blank_photo_and_one_that_is_lost_have_none_and_are_not_tried_for_ever(broken: bool) -> None:
    kept(drawn(2))
    sha256 = "ab" * 32 if broken else kept(Image.new("RGB", (300, 300), "white"))
    PhotoPrint.objects.create(sha256=sha256)
    assert photo_prints.make_owed(at=NOON) == 1
    assert photo_prints.make_owed(at=NOON) == 0
    assert queries.of_photos([sha256]) == {}
    assert PhotoPrint.objects.get().keys == []


def test_photos_fetched_before_get_theirs_and_their_merchants_are_read_again() -> None:
    listing = make.listing(make.merchant("Nordlicht"), "Cube")
    sha256 = kept(drawn(3))
    ListingImage.objects.create(listing=listing, position=0, url="https://a.example/1.jpg", sha256=sha256)
    PhotoPrint.objects.create(sha256=sha256)
    LinkOwed.objects.all().delete()
    assert photo_prints.make_owed(at=NOON) == 1
    assert list(queries.of_listings([listing.pk])) == [listing.pk]
    assert LinkOwed.objects.get().step == LinkStep.READ
    assert photo_prints.make_owed(at=NOON) == 0


def test_one_that_was_lost_has_its_print_when_it_is_there_again() -> None:
    sha256 = kept(drawn(3))
    PhotoPrint.objects.create(sha256=sha256)
    pictures.path_of(sha256).unlink()
    assert photo_prints.make_owed(at=NOON) == 1
    assert queries.of_photos([sha256]) == {}
    photo_prints.make(kept(drawn(3)))
    assert list(queries.of_photos([sha256])) == [sha256]


def test_nothing_is_written_where_photos_cannot_be_read_just_now(settings: Any, tmp_path: Path) -> None:
    sha256 = kept(drawn(3))
    PhotoPrint.objects.create(sha256=sha256)
    settings.MEDIA_ROOT = tmp_path / "not mounted"
    assert photo_prints.make_owed(at=NOON) == 0
    photo_prints.make(sha256)
    assert PhotoPrint.objects.get().version == 0
    settings.MEDIA_ROOT = tmp_path
    assert photo_prints.make_owed(at=NOON) == 1
    assert sha256 in queries.of_photos([sha256])


def test_a_photo_that_nobody_owed_a_print_gets_one() -> None:
    listing = make.listing(make.merchant("Nordlicht"), "Cube")
    for position in range(2):
        ListingImage.objects.create(
            listing=listing, position=position, url="https://a.example/1.jpg", sha256=kept(drawn(3))
        )
    assert photo_prints.make_owed(at=NOON) == 1
    assert list(queries.of_listings([listing.pk])) == [listing.pk]
    assert photo_prints.make_owed(at=NOON) == 0


def test_one_turn_at_a_time() -> None:
    PhotoPrint.objects.create(sha256=kept(drawn(3)))
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(photo_prints.ALONE)
            assert photo_prints.make_owed(at=NOON) == 0
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert photo_prints.make_owed(at=NOON) == 1


def test_what_too_many_look_like_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COMMON", 2)
    base, like = 123 << 100, 123 << 100 ^ 1 << 250
    PhotoPrint.objects.bulk_create(
        PhotoPrint(sha256=name, version=likeness.VERSION, bits=like.to_bytes(32), keys=likeness.keys(like))
        for name in "abc"
    )
    assert queries.near({"": base}) == queries.Found(whole=False)
    PhotoPrint.objects.get(sha256="c").delete()
    assert queries.near({"": base}).whole
    assert list(queries.near({"": base}).photos) == ["a", "b"]


def test_one_of_an_older_making_is_made_anew_and_not_compared_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = kept(drawn(3))
    photo_prints.make(sha256)
    monkeypatch.setattr(likeness, "VERSION", likeness.VERSION + 1)
    assert queries.of_photos([sha256]) == {}
    assert photo_prints.make_owed(at=NOON) == 1
    assert sha256 in queries.of_photos([sha256])


def test_among_many_it_is_found_by_the_index(django_assert_num_queries: Any) -> None:
    lots = random.Random(7)
    prints = [lots.getrandbits(256) for _each in range(3_000)]
    PhotoPrint.objects.bulk_create(
        PhotoPrint(sha256=f"{n:064x}", version=likeness.VERSION, bits=each.to_bytes(32), keys=likeness.keys(each))
        for n, each in enumerate(prints)
    )
    near = likeness.mirrored(prints[17]) ^ sum(1 << bit for bit in lots.sample(range(256), 31))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_photoprint")
    with django_assert_num_queries(1):
        found = queries.near({"": near})
    assert found == queries.Found({f"{17:064x}": queries.Near(31, "")}, whole=True)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {queries.NEAR}", queries.asked({"": near}))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "photo_print_by_key" in plan
    assert "Seq Scan" not in plan
