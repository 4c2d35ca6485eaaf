"""What the database hands out as columns is what its rows make as objects, for every fact there is."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from polars.testing import assert_frame_equal

from enforcement.engine import batch, facts
from enforcement.engine.columns import batch_of
from governance.accounts.models import User
from governance.policies.language import Environment
from governance.policies.language.readers import MENTIONED
from governance.policies.queries.environment import environment
from listings.models import (
    AttributeDefinition,
    Category,
    Certificate,
    Listing,
    ListingImage,
    ListingWindow,
    Merchant,
    MerchantWindow,
    TraderIdentity,
)
from listings.text import NORMALISER_VERSION, ListingText
from tests.factories.cases import NOON, listing, merchant

LATER = NOON + timedelta(microseconds=123_457)
ODD_TEXTS = ("", 'Lamp, "the" one\n\\N', "مصباح 💡 L'été", "a,b\r\nc", " ", "NULL", "x\x1ey")


@pytest.fixture
def shops(author: User, registers: dict[str, Category]) -> list[Merchant]:
    for key, kind in (("colour", "text"), ("tags", "list"), ("magnetic", "boolean")):
        AttributeDefinition.objects.create(key=key, kind=kind, labels={"en": key})
    full = merchant('Lucia, "Lampen"', country="FR", email="", joined_on=date(2020, 2, 29))
    TraderIdentity.objects.create(
        merchant=full,
        legal_name="Lucia Lampen SARL",
        address="1 rue des Lampes,\nLyon",
        phone="+33 4 00 00 00 00",
        email="lucia@lampen.example",
        self_certified=True,
        verified_on=NOON.date(),
    )
    later = merchant("Verified Tomorrow", created_at=LATER)
    TraderIdentity.objects.create(merchant=later, vat_id="DE1", verified_on=NOON.date() + timedelta(days=1))
    for number in (1, 2):
        Certificate.objects.create(merchant=full, type="LUCID", number=f"DE{number}", changed_at=NOON)
    MerchantWindow.objects.create(merchant=full, days=30, as_of=NOON.date(), orders=50, revenue_eur="99.50", returns=7)
    MerchantWindow.objects.create(merchant=full, days=7, as_of=NOON.date(), rating_sum=13, rating_count=3)
    return [full, later, merchant("Bare", email="")]


@pytest.fixture
def offers(shops: list[Merchant], registers: dict[str, Category]) -> list[Listing]:
    made = [listing(shop, text, description=text[::-1]) for shop in shops for text in ODD_TEXTS]
    made.append(listing(shops[0], "Bear", category=registers["toys/plush"], markets=["DE", "TR"], language="de-AT"))
    made.append(listing(shops[1], "Ball", category=registers["toys"], markets=[], language="xx", price_minor=None))
    made.append(listing(shops[1], "Yen", price_minor=1299, currency="JPY", price_eur="7.83", created_at=LATER))
    made.append(listing(shops[2], "EAN", ean="4006381333931", sku="a,b", brand='Ac"me', condition="used"))
    made.append(listing(shops[2], "EAN", ean="4006381333930"))
    held: list[dict[str, Any]] = [
        {"voltage": 230, "colour": "red, blue", "unregistered": ["a", "knife"]},
        {"voltage": 1e-7, "colour": "", "tags": ["a", "b,c"], "expires_on": "2027-01-02"},
        {"voltage": None, "colour": "ROT\x1e", "tags": [], "magnetic": False},
    ]
    made += [listing(shops[0], "Kitchen Knife", attributes=each) for each in held]
    for text in ("Dagger", "Water pistol"):
        words = ListingText(text, "").normalised
        stored = {"text_base": words.base, "text_skeleton": words.skeleton}
        made.append(listing(shops[1], text, **stored, text_version=NORMALISER_VERSION))
        made.append(listing(shops[1], text, text_base="stale", text_skeleton="stale", text_version=0))
    for nth, each in enumerate(made[::3]):
        for position in (2, 1):
            ListingImage.objects.create(listing=each, position=position, url=f"https://img.example/{nth},{position}")
        Certificate.objects.create(
            merchant_id=each.merchant_id,
            listing=each,
            type=("CE", "EN71")[nth % 2],
            valid_from=date(2020, 1, 1),
            valid_until=date(2027, 1, 1) if nth % 3 else None,
            changed_at=NOON,
        )
        ListingWindow.objects.create(listing=each, days=(7, 30, 90)[nth % 3], as_of=NOON.date(), orders=nth, returns=3)
    return made


def everything(known: Environment) -> set[str]:
    """Of listings and merchants: a case is of a queue's rules alone."""
    return {*(path for path in known.accesses if not path.startswith("case.")), MENTIONED}


def test_columns_from_the_database_hold_what_the_objects_hold(offers: list[Listing], shops: list[Merchant]) -> None:
    known = environment()
    needs = everything(known)
    read = facts.listings(Listing.objects.all(), needs=needs, at=NOON)
    expected = batch_of(known, read, needs, now=NOON).frame
    found = batch(Listing.objects.all(), known, needs, at=NOON)
    assert found.keys == [each.pk for each in offers]
    for column in expected.columns:
        assert_frame_equal(found.frame.select(column), expected.select(column), check_exact=True)


def test_only_what_is_needed_is_asked_for(offers: list[Listing]) -> None:
    known = environment()
    needs = {"listing.price", "listing.attr.voltage"}
    with CaptureQueriesContext(connection) as asked:
        found = batch(Listing.objects.all(), known, needs, at=NOON)
    assert len(asked) <= 1
    assert set(found.frame.columns) >= needs


def test_the_number_of_queries_does_not_grow(offers: list[Listing]) -> None:
    known = environment()
    counts = []
    for many in (1, 3):
        chosen = Listing.objects.filter(pk__in=[each.pk for each in offers[-many:]])
        with CaptureQueriesContext(connection) as asked:
            assert batch(chosen, known, everything(known), at=NOON).frame.height == many
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_value_of_another_kind_makes_its_listing_odd(shops: list[Merchant]) -> None:
    known = environment()
    sound = listing(shops[0], "Lamp", attributes={"voltage": 230})
    odd = listing(shops[0], "Lamp", attributes={"voltage": "lots"})
    found = batch(Listing.objects.all(), known, {"listing.attr.voltage"}, at=NOON)
    assert (found.keys, set(found.odd)) == ([sound.pk], {odd.pk})
    assert found.subjects([odd.pk])[odd.pk].listing.attributes == {"voltage": "lots"}  # type: ignore[union-attr]


def test_nothing_chosen_is_an_empty_batch(shops: list[Merchant]) -> None:
    known = environment()
    assert batch(Listing.objects.none(), known, everything(known), at=NOON).frame.height == 0


def test_one_without_parts_has_empty_lists_and_missing_windows(shops: list[Merchant]) -> None:
    listing(shops[2], "Lamp")
    known = environment()
    frame = batch(Listing.objects.all(), known, everything(known), at=NOON).frame
    row = frame.row(0, named=True)
    assert (row["listing.images"], row["listing.imageCount"], row["listing.certificates"]) == ([], 0, [])
    assert row["merchant._window30.orders"] is None
    assert frame.schema["listing.createdAt"] == pl.Datetime("us", "UTC")
