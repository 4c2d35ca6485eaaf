"""Photos nearly alike beside a case: in the listings alike, and where another merchant's listing was removed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image, ImageOps

from enforcement.domain import decisions
from enforcement.enums import Origin, Owed
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.models import Case
from investigations.queries import alike as alike_queries
from investigations.queries import photos_again, sharing
from listings.domain import photo_prints, pictures
from listings.enums import LinkKind
from listings.models import LinkMark, Listing, ListingImage, Merchant, MerchantLink
from listings.queries import photo_prints as queries
from listings.queries.links import MANY
from tests.factories import cases as make
from tests.factories.pictures import drawn, written
from tests.investigations.views.desk import address, page

pytestmark = pytest.mark.django_db
THING = drawn(1)
Change = Callable[[Image.Image], Image.Image]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def shown(listing: Listing, picture: Image.Image) -> Listing:
    """The listing with the photo, as if it had been fetched."""
    sha256 = pictures.keep(written(picture, "JPEG", quality=85))
    photo_prints.make(sha256)
    at = timezone.now()
    ListingImage.objects.create(
        listing=listing, position=0, url="https://a.example/1.jpg", sha256=sha256, fetched_at=at
    )
    return listing


def first(case: Case) -> Listing:
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    return listing


def removed(
    name: str,
    picture: Image.Image,
    *,
    markets: tuple[str, ...] = ("DE",),
    merchant: Merchant | None = None,
    only: tuple[str, ...] = (),
) -> Listing:
    """A listing with the photo, of another merchant if none is given, removed by automation; `only` in these markets."""
    merchant = merchant or make.merchant(name)
    listing = shown(make.listing(merchant, f"Cube of {name}", markets=markets), picture)
    found = make.violation(listing, make.policy(f"of-{name.lower()}"), owed=Owed.NOTHING)
    decisions.issue(
        merchant=merchant, version=found.version, violations=[found], measure=Measure.REMOVE, markets=only,
        minimum_age=None, actor=None, reason="", at=timezone.now(), origin_kind=Origin.SWEEP,
    )  # fmt: skip
    return listing


def alike(client: Client, case: Case) -> str:
    response = client.get(address("case-alike", case.pk, case.items.order_by("pk")[0].pk))
    assert response.status_code == 200
    return response.content.decode()


def look(client: Client, listing: Listing) -> str:
    response = client.post(address("photos", listing.pk))
    assert response.status_code == 200
    return response.content.decode()


def test_listings_with_a_photo_like_it_and_how_like(client: Client, kim: User, case: Case) -> None:
    shown(first(case), THING)
    other = make.merchant("Casa Serena")
    shown(make.listing(other, "Mirrored"), ImageOps.mirror(THING))
    shown(make.listing(other, "Cut"), ImageOps.crop(THING, 6))
    shown(make.listing(other, "Another"), drawn(2))
    client.force_login(kim)
    text = alike(client, case)
    assert "the same photo in another file" in text
    assert "a photo like it (" in text
    assert text.index("Mirrored") < text.index("Cut")
    assert "Another" not in text


def test_photos_like_it_of_markets_that_are_not_theirs_are_not_shown(client: Client, case: Case) -> None:
    shown(first(case), THING)
    shown(make.listing(make.merchant("Casa Serena"), "Mirrored", markets=("AT",)), ImageOps.mirror(THING))
    client.force_login(make.person("dora", Role.MODERATOR, markets=["DE"]))
    assert "Mirrored" not in alike(client, case)


@pytest.mark.parametrize(
    ("change", "said"),
    [(None, "has the same photo"), (ImageOps.mirror, "has the same photo in another file"), (ImageOps.invert, "")],
)
def test_a_photo_of_what_was_removed_elsewhere_is_pointed_out(
    change: Change | None, said: str, client: Client, kim: User, case: Case
) -> None:
    mine = shown(first(case), THING)
    other = removed("Casa <Serena>", change(THING) if change else THING)
    client.force_login(kim)
    assert f'data-again="{mine.pk}"' in page(client, case)
    text = look(client, mine)
    assert f"hx-swap-oob=\"innerHTML:[data-again='{mine.pk}']\"" in text
    assert (f"L-{other.pk} of Casa &lt;Serena&gt;, removed" in text) is bool(said)
    assert said in text


def test_the_same_merchant_what_stands_and_other_markets_are_not(client: Client, case: Case) -> None:
    mine = shown(first(case), THING)
    shown(make.listing(make.merchant("On sale"), "Cube"), THING)
    removed("Abroad", THING, markets=("AT",))
    removed("Own", THING, merchant=mine.merchant)
    client.force_login(make.person("dora", Role.MODERATOR, markets=["DE"]))
    assert ", removed" not in look(client, mine)


def test_what_comes_later_is_compared_while_others_are_still_coming(client: Client, kim: User, case: Case) -> None:
    mine = shown(first(case), THING)
    other = removed("Casa", ImageOps.mirror(THING))
    ListingImage.objects.create(listing=mine, position=1, url="https://slow.example/2.jpg")
    client.force_login(kim)
    text = look(client, mine)
    assert '"kept": "1"' in text
    assert f"L-{other.pk} of Casa, removed" in text
    again = client.post(address("photos", mine.pk), {"turn": "1", "kept": "1"}).content.decode()
    assert "hx-swap-oob" not in again
    for turn in ("1", "20"):
        later = client.post(address("photos", mine.pk), {"turn": turn, "kept": "0"}).content.decode()
        assert f"L-{other.pk} of Casa, removed" in later


def test_what_is_removed_in_other_markets_is_not_said_and_where_it_is_removed_is(client: Client, case: Case) -> None:
    mine = shown(first(case), THING)
    removed("Elsewhere", THING, markets=("DE", "FR"), only=("FR",))
    client.force_login(make.person("dora", Role.MODERATOR, markets=["DE"]))
    assert ", removed" not in look(client, mine)
    removed("Whole", THING, only=("DE", "FR"))
    removed("Here", THING, markets=("AT", "DE", "FR"), only=("DE", "FR"))
    text = look(client, mine)
    assert "of Whole, removed now" in text
    assert "of Here, removed in Germany now" in text


def test_the_nearest_is_told_however_many_are_like_it(
    client: Client, kim: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos_again, "READ", 1)
    mine = shown(first(case), THING)
    removed("Cut", ImageOps.crop(THING, 3))
    other = removed("Mirrored", ImageOps.mirror(THING))
    client.force_login(kim)
    text = look(client, mine)
    assert f"L-{other.pk} of Mirrored, removed" in text
    assert "of Cut" not in text


def test_the_same_product_has_its_makers_photo(client: Client, kim: User, case: Case) -> None:
    mine = shown(first(case), THING)
    other = removed("Casa", THING)
    Listing.objects.filter(pk=mine.pk).update(ean="4006381333931")
    client.force_login(kim)
    assert ", removed" in look(client, mine)
    Listing.objects.filter(pk=other.pk).update(ean="4006381333931")
    assert ", removed" not in look(client, mine)


def test_what_many_merchants_show_is_said_more_quietly(client: Client, kim: User, case: Case) -> None:
    mine = shown(first(case), THING)
    removed("Casa", ImageOps.mirror(THING))
    for number in range(MANY - 2):
        shown(make.listing(make.merchant(f"Shop {number}"), "Cube"), THING)
    client.force_login(kim)
    text = look(client, mine)
    assert "fg-critical" in text
    assert "Many merchants" not in text
    shown(make.listing(make.merchant("One more"), "Cube"), THING)
    text = look(client, mine)
    assert "of Casa, removed" in text
    assert "fg-critical" not in text
    assert "Many merchants show this photo" in text

    at = timezone.now()
    sha256 = shown(make.listing(make.merchant("Other"), "Cube"), drawn(2)).images.get().sha256
    ListingImage.objects.create(listing=mine, position=1, url="https://a.example/2.jpg", sha256=sha256, fetched_at=at)
    removed("Rare", ImageOps.mirror(drawn(2)))
    text = look(client, mine)
    assert text.index("of Rare, removed") < text.index("of Casa, removed")


def test_a_search_that_takes_too_long_is_cut_off_and_said(
    client: Client, kim: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shown(first(case), THING)
    other = removed("Casa", THING)
    near = queries.NEAR.replace("WITH asked AS (", "WITH slow AS MATERIALIZED (SELECT pg_sleep(5)), asked AS (", 1)
    near = near.replace("LEFT JOIN told ON true", "LEFT JOIN told ON true JOIN slow ON true")
    monkeypatch.setattr(queries, "NEAR", near)
    monkeypatch.setattr(alike_queries, "PATIENCE", 0.3)
    client.force_login(kim)
    text = look(client, mine)
    assert f"L-{other.pk} of Casa, removed" in text
    assert "not compared to the end" in text
    text = alike(client, case)
    assert "the same photo" in text
    assert "not compared to the end" in text


def test_the_examples_of_a_link_are_nearly_alike(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four pairs that have a mark in common, the last is."""
    anna, berta = make.merchant("Anna"), make.merchant("Berta")
    monkeypatch.setattr(sharing, "MOST", 2)
    for number in range(4):
        pair = [
            shown(make.listing(anna, f"Anna's {number}"), THING if number == 3 else drawn(number + 2)),
            shown(
                make.listing(berta, f"Berta's {number}"), ImageOps.mirror(THING) if number == 3 else drawn(number + 8)
            ),
        ]
        for listing in pair:
            LinkMark.objects.create(
                merchant=listing.merchant, kind=LinkKind.LIKE_IMAGE, digest=f"{number:032x}", listing=listing
            )
    link = MerchantLink(first=anna, second=berta, kind=LinkKind.LIKE_IMAGE)
    told = [each.listings for each in sharing.shared(link)]
    assert [(one.title, other.title) for one, other in filter(None, told)] == [("Anna's 3", "Berta's 3")]


def test_more_of_them_cost_no_more_queries(client: Client, kim: User, case: Case) -> None:
    mine = shown(first(case), THING)
    client.force_login(kim)
    counts = []
    for names in (["One"], ["Two", "Three"]):
        for name in names:
            removed(name, THING if name == "Two" else ImageOps.mirror(THING))
        look(client, mine)
        with CaptureQueriesContext(connection) as looked:
            look(client, mine)
        with CaptureQueriesContext(connection) as compared:
            alike(client, case)
        counts.append((len(looked), len(compared)))
    assert counts == [(25, 27), (25, 27)]
