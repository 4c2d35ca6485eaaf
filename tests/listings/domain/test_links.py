"""Links between merchants: what ties them, how strongly, what ties nobody, and that they end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from PIL import Image, ImageDraw, ImageOps

from listings.domain import link_marks, links, listings, merchants
from listings.domain.drafts import ListingDraft
from listings.domain.merchants import IdentityDraft, MerchantDraft
from listings.enums import LinkKind, LinkStep
from listings.models import LinkMark, LinkOwed, Listing, ListingImage, Merchant, MerchantLink, PhotoPrint
from listings.queries.links import MANY
from listings.text import photo_likeness
from listings.text.photo_likeness import VERSION, keys, print_of
from tests.factories.pictures import drawn
from tests.listings.conftest import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)
HOUSE = "Hauptstr. 5, 10115 Berlin"
STORY = " ".join(f"word{number} of the story" for number in range(30))


def sellers(*names: str, at: datetime = NOON, **fields: Any) -> None:
    """Write merchants, each with these fields; those of the identity go there."""
    kept = {name: fields.pop(name) for name in ("address", "phone") if name in fields}
    identity = IdentityDraft(**kept) if kept else None
    rows = [MerchantDraft(external_id=name, name=name, country="DE", identity=identity, **fields) for name in names]
    merchants.write(drafts=rows, at=at)


def offer(of: str, number: int, *, at: datetime = NOON, **fields: Any) -> None:
    merchant = Merchant.objects.get(external_id=of)
    draft = ListingDraft(
        merchant_id=merchant.pk, external_id=f"sku-{number}", title=f"Thing {number}", markets=("DE",), **fields
    )
    listings.write(drafts=[draft], source="test", at=at)


def find(at: datetime = LATER) -> list[LinkStep]:
    """All that is owed."""
    steps = []
    while turn := links.run_next(at=at):
        steps.append(turn.step)
    return steps


def found(*, ended: bool = False) -> set[tuple[str, str, str]]:
    rows = MerchantLink.objects.filter(ended_at__isnull=not ended)
    return set(rows.values_list("first__external_id", "second__external_id", "kind"))


def strengths() -> dict[str, float]:
    return dict(MerchantLink.objects.filter(ended_at__isnull=True).values_list("kind", "strength"))


@pytest.mark.parametrize(
    ("one", "other", "kind", "strength"),
    [
        (
            {"bank_accounts": ("DE89 3704 0044 0532 0130 00",)},
            {"bank_accounts": ("de89370400440532013000",)},
            "bank_account",
            0.95,
        ),
        ({"devices": ("9f3c-11aa-77",)}, {"devices": ("9f3c-11aa-77", "other-device")}, "device", 0.75),
        ({"address": HOUSE}, {"address": "10115 Berlin, Hauptstraße 5"}, "address", 0.6),
        ({"phone": "030 1234567"}, {"phone": "+49 30 1234567"}, "phone", 0.75),
        ({"email": "a@shared.example"}, {"email": "b@shared.example"}, "email_domain", 0.7),
        ({"email": "nina+a@gmail.com"}, {"email": "nina+b@gmail.com"}, "email_domain", 0.7),
    ],
)
def test_what_two_merchants_alone_share_ties_them(
    one: dict[str, Any], other: dict[str, Any], kind: str, strength: float
) -> None:
    sellers("anna", **one)
    sellers("berta", **other)

    assert find() == [LinkStep.READ, LinkStep.FIND]
    assert found() == {("anna", "berta", kind)}
    assert strengths() == {kind: strength}
    assert not LinkOwed.objects.exists()


def test_a_public_mail_provider_ties_nobody() -> None:
    sellers("anna", email="anna@gmail.com")
    sellers("berta", email="berta@gmail.com")
    find()
    assert found() == set()


def test_a_similar_name_is_a_weak_link() -> None:
    sellers("Nordlicht Spielwaren GmbH", "nordlicht spielwaren 24")
    find()
    assert strengths() == {"name": 0.2}


def test_strength_falls_with_how_many_share() -> None:
    sellers("anna", "berta", "carla", address=HOUSE)
    find()
    assert {row.strength for row in MerchantLink.objects.all()} == {0.4899}  # 0.6 · √(2/3)


def test_what_too_many_share_ties_nobody() -> None:
    names = [f"shop {chr(97 + n) * 2}x" for n in range(MANY)]
    sellers(*names, address=HOUSE)
    find()
    assert MerchantLink.objects.filter(ended_at__isnull=True).count() == MANY * (MANY - 1) // 2

    sellers("one more", address=HOUSE, at=LATER)
    find()

    assert found() == set()
    assert MerchantLink.objects.filter(ended_at=LATER).count() == MANY * (MANY - 1) // 2


def test_a_link_that_no_longer_holds_ends_and_may_come_back() -> None:
    sellers("anna", "berta", phone="030 1234567")
    find()
    sellers("berta", phone="030 7654321", at=LATER)
    find()
    assert found() == set()
    assert found(ended=True) == {("anna", "berta", "phone")}

    sellers("berta", phone="030 1234567", at=LATER)
    find()
    assert found() == {("anna", "berta", "phone")}
    assert MerchantLink.objects.count() == 2


def test_what_a_person_declared_stays() -> None:
    sellers("anna", "berta", phone="030 1234567")
    first, second = Merchant.objects.order_by("pk")
    MerchantLink.objects.create(first=first, second=second, kind=LinkKind.DECLARED, found_at=NOON)
    find()
    sellers("berta", phone="030 7654321", at=LATER)
    find()
    assert found() == {("anna", "berta", "declared")}


def test_twice_is_once() -> None:
    sellers("anna", "berta", address=HOUSE, phone="030 1234567")
    find()
    before = list(MerchantLink.objects.order_by("pk").values())
    keys = list(Merchant.objects.values_list("pk", flat=True))
    for step in LinkStep:
        LinkOwed.objects.bulk_create([LinkOwed(merchant_id=key, step=step, due_at=NOON) for key in keys])

    assert find(LATER) == [LinkStep.READ, LinkStep.FIND]
    assert list(MerchantLink.objects.order_by("pk").values()) == before
    assert links.run_next(at=LATER) is None


def test_rare_pictures_tie_and_more_of_them_tie_more() -> None:
    sellers("anna", "berta")
    for name in ("anna", "berta"):
        offer(name, 1, images=("https://a.example/1.jpg", "https://a.example/2.jpg"))
    find()
    assert found() == {("anna", "berta", "image")}
    assert strengths() == {"image": 0.5}  # 1 - 0.7² = 0.51, and pictures come to 0.5 at most
    assert MerchantLink.objects.get().common == 2


def test_a_picture_is_known_by_its_content_where_it_was_fetched() -> None:
    sellers("anna", "berta")
    offer("anna", 1, images=("https://a.example/1.jpg",))
    offer("berta", 1, images=("https://b.example/x.jpg",))
    ListingImage.objects.update(sha256="f" * 64)
    find()
    assert strengths() == {"image": 0.3}


def test_pictures_of_the_same_product_are_its_makers() -> None:
    sellers("anna", "berta")
    for name in ("anna", "berta"):
        offer(name, 1, images=("https://maker.example/1.jpg",), ean="4006381333931", description=STORY)
    find()
    assert found() == set()


def test_nearly_the_same_text_ties() -> None:
    sellers("anna", "berta", "carla")
    offer("anna", 1, description=STORY)
    offer("berta", 1, description=STORY.replace("word7", "wird7"))
    offer("carla", 1, description=" ".join(f"quite another {number} tale" for number in range(30)))
    find()
    assert found() == {("anna", "berta", "text")}


def test_listings_are_read_once_an_hour() -> None:
    sellers("anna", "berta")
    find(NOON)
    for name in ("anna", "berta"):
        offer(name, 1, images=("https://a.example/1.jpg",))

    assert find(NOON + timedelta(minutes=59)) == []
    assert find(NOON + timedelta(minutes=60)) == [LinkStep.READ, LinkStep.FIND]
    assert found() == {("anna", "berta", "image")}


def made(picture: Image.Image) -> int:
    found = print_of(picture)
    assert found is not None
    return found


def photo(of: str, number: int, picture: Image.Image, content: str) -> None:
    """A photo of the merchant's listing, as if it had been fetched."""
    listing = Listing.objects.get(merchant__external_id=of, external_id=f"sku-{number}")
    address = f"https://{of}.example/{number}.jpg"
    ListingImage.objects.create(listing=listing, position=0, url=address, sha256=content)
    stored = {"version": VERSION, "bits": made(picture).to_bytes(32), "keys": keys(made(picture))}
    PhotoPrint.objects.get_or_create(sha256=content, defaults=stored)


def test_photos_nearly_alike_tie_less_than_the_same_photo() -> None:
    sellers("anna", "berta", "carla", "dora")
    for name in ("anna", "berta", "carla", "dora"):
        offer(name, 1)
    thing = drawn(1)
    photo("anna", 1, thing, "a" * 64)
    photo("berta", 1, ImageOps.mirror(thing).resize((200, 150)), "b" * 64)
    photo("carla", 1, drawn(2), "c" * 64)
    photo("dora", 1, drawn(2), "c" * 64)
    find()
    assert found() == {("anna", "berta", "like_image"), ("carla", "dora", "image")}
    assert strengths() == {"like_image": 0.2, "image": 0.3}


def test_photos_of_a_picture_that_too_many_have_in_some_form_tie_nobody() -> None:
    """Anna's and Berta's are saved a little differently from all others', and have marks that nobody else has."""
    thing = drawn(1)
    names = [f"shop {chr(97 + n) * 2}x" for n in range(MANY - 2)]
    sellers("anna", "berta", *names)
    own = thing.copy()
    ImageDraw.Draw(own).text((20, 20), "SALE", fill="red", font_size=30)
    for number, name in enumerate(("anna", "berta", *names)):
        offer(name, 1)
        photo(name, 1, own if number < 2 else thing, f"{number:064x}")
    shared = set(photo_likeness.marks(made(own))) & set(photo_likeness.marks(made(thing)))
    assert 0 < len(shared) < 8

    find()
    assert ("anna", "berta", "like_image") in found()

    sellers("one more", at=LATER)
    offer("one more", 1, at=LATER)
    photo("one more", 1, thing, "f" * 64)
    find(LATER + timedelta(hours=2))
    assert found() == set()


def test_a_merchant_who_has_the_very_same_photo_elsewhere_is_not_tied_by_one_like_it() -> None:
    sellers("anna", "berta")
    thing = drawn(1)
    for name, number, picture, content in (
        ("anna", 1, thing, "a" * 64),
        ("anna", 2, ImageOps.mirror(thing), "b" * 64),
        ("berta", 1, ImageOps.mirror(thing), "b" * 64),
    ):
        offer(name, number)
        photo(name, number, picture, content)
    find()
    assert found() == {("anna", "berta", "image")}


def test_marks_in_common_tie_nobody_where_the_photos_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    sellers("anna", "berta")
    for number, name in enumerate(("anna", "berta")):
        offer(name, 1)
        photo(name, 1, drawn(number), str(number) * 64)
    monkeypatch.setattr(photo_likeness, "marks", lambda _print: ["0:00000000"])
    find()
    assert LinkMark.objects.filter(kind=LinkKind.LIKE_IMAGE).count() == 2
    assert found() == set()


def test_an_ended_listing_shows_nothing() -> None:
    sellers("anna", "berta")
    for name in ("anna", "berta"):
        offer(name, 1, images=("https://a.example/1.jpg",))
    find()
    listings.end(listing=Listing.objects.filter(merchant__external_id="berta").get(), actor=None, reason="", at=LATER)
    find(LATER + timedelta(hours=2))
    assert found() == set()


def test_accounts_that_are_not_named_stay_and_an_empty_list_takes_them_away() -> None:
    sellers("anna", "berta", bank_accounts=("DE89370400440532013000",))
    find()
    sellers("anna", at=LATER, email="new@anna.example")
    find()
    assert found() == {("anna", "berta", "bank_account")}

    sellers("anna", at=LATER, email="new@anna.example", bank_accounts=())
    find()
    assert found() == set()


def test_no_value_stands_in_the_marks_and_another_key_makes_other_marks() -> None:
    sellers(
        "anna", address=HOUSE, phone="030 1234567", email="a@shared.example", bank_accounts=("DE89370400440532013000",)
    )
    find()
    marks = set(LinkMark.objects.values_list("digest", flat=True))
    assert len(marks) == 4  # a name of four letters says nothing
    assert all(len(mark) == link_marks.LENGTH and set(mark) <= set("0123456789abcdef") for mark in marks)
    with override_settings(LINK_KEY="another"):
        assert link_marks.digest_of(LinkKind.ADDRESS, "10115 5 berlin hauptstrasse") not in marks
    assert link_marks.digest_of(LinkKind.ADDRESS, "10115 5 berlin hauptstrasse") in marks


@pytest.mark.parametrize("sizes", [(1, 3), (3, 1)])
def test_turns_of_any_size_find_the_same(sizes: Iterable[int], monkeypatch: pytest.MonkeyPatch) -> None:
    read, find_ = sizes
    monkeypatch.setattr(links, "READ_AT_ONCE", read)
    monkeypatch.setattr(links, "FIND_AT_ONCE", find_)
    sellers("anna", "berta", address=HOUSE)
    sellers("carla", "dora", phone="030 1234567")
    sellers("berta", "carla", address=HOUSE, phone="030 1234567", at=LATER)
    find()
    assert {(one, other) for one, other, kind in found() if kind == "address"} == {
        ("anna", "berta"), ("anna", "carla"), ("berta", "carla"),
    }  # fmt: skip
    assert {(one, other) for one, other, kind in found() if kind == "phone"} == {
        ("berta", "carla"), ("berta", "dora"), ("carla", "dora"),
    }  # fmt: skip
