from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enforcement.engine import facts
from governance.policies.language import CertificateFacts, WindowFacts
from governance.policies.language.readers import MENTIONED
from listings.models import (
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

Categories = dict[str, Category]
EVERYTHING = {
    "listing.images",
    "listing.certificates",
    "listing._window30.returnRate",
    "listing._readableMarkets",
    "merchant.certificates",
    "merchant._window30.orders",
    "merchant.points",
}


def lamp(of: Merchant, **fields: Any) -> Listing:
    made = listing(of, "Lamp", **fields)
    ListingImage.objects.create(listing=made, position=2, url="https://img.example/b.jpg")
    ListingImage.objects.create(listing=made, position=1, url="https://img.example/a.jpg")
    Certificate.objects.create(merchant=of, listing=made, type="CE", valid_until=date(2027, 1, 1), changed_at=NOON)
    ListingWindow.objects.create(listing=made, days=30, as_of=NOON.date(), orders=10, returns=3)
    return made


@pytest.fixture
def lucia(registers: Categories) -> Merchant:
    made = merchant("Lucia Lampen", country="FR", email="", joined_on=date(2020, 2, 29))
    TraderIdentity.objects.create(
        merchant=made,
        legal_name="Lucia Lampen SARL",
        address="1 rue des Lampes, Lyon",
        phone="+33 4 00 00 00 00",
        email="lucia@lampen.example",
        self_certified=True,
        verified_on=date(2026, 11, 23),
    )
    Certificate.objects.create(merchant=made, type="LUCID", number="DE1", changed_at=NOON)
    MerchantWindow.objects.create(merchant=made, days=30, as_of=NOON.date(), orders=50, revenue_eur="99.50")
    return made


def test_everything_known_of_a_listing(lucia: Merchant, registers: Categories) -> None:
    made = lamp(
        lucia,
        category=registers["toys/plush"],
        brand="Lux",
        language="fr-CA",
        price_minor=1299,
        currency="EUR",
        price_eur="12.99",
        attributes={"voltage": 230.0},
        markets=["DE", "FR"],
    )
    (subject,) = facts.listings(Listing.objects.all(), needs=EVERYTHING, at=NOON)
    found = subject.listing
    assert found is not None
    assert (found.id, found.version, found.reference, found.title) == (made.pk, 1, made.external_id, "Lamp")
    assert (found.brand, found.sku, found.ean, found.condition) == ("Lux", None, None, None)
    assert (found.price, found.currency, found.price_eur) == (12.99, "EUR", 12.99)
    assert (found.category, found.category_path) == ("toys/plush", ["toys", "toys/plush"])
    assert found.images == ["https://img.example/a.jpg", "https://img.example/b.jpg"]
    assert found.certificates == [
        CertificateFacts("CE", valid_until=date(2027, 1, 1)),
        CertificateFacts("LUCID", number="DE1"),
    ]
    assert found.windows == {30: WindowFacts(orders=10, returns=3)}
    assert (found.readable_in, found.attributes) == (["FR"], {"voltage": 230.0})
    assert (found.created_at, found.updated_at) == (NOON, NOON)


def test_everything_known_of_a_merchant(lucia: Merchant) -> None:
    listing(lucia, "Lamp", markets=["TR", "DE"])
    listing(lucia, "Ended lamp", markets=["FR"], state="ended")
    (subject,) = facts.merchants(Merchant.objects.all(), needs=EVERYTHING, at=NOON)
    found = subject.merchant
    assert (found.id, found.name, found.country, found.kind) == (lucia.pk, "Lucia Lampen", "FR", "business")
    assert (found.email, found.vat_id, found.joined_on) == ("lucia@lampen.example", None, date(2020, 2, 29))
    assert (found.identity_complete, found.trader_verified, found.points) == (True, True, 0)
    assert found.windows == {30: WindowFacts(orders=50, revenue_eur=99.5)}
    assert found.certificates == [CertificateFacts("LUCID", number="DE1")]
    assert found.markets == ["DE", "TR"]


def test_a_merchant_without_a_traders_file_is_incomplete(registers: Categories) -> None:
    merchant("Bare", email="bare@shop.example")
    (subject,) = facts.merchants(Merchant.objects.all(), needs=(), at=NOON)
    found = subject.merchant
    assert (found.identity_complete, found.trader_verified, found.email) == (False, False, "bare@shop.example")


def test_a_verification_of_tomorrow_is_none_today(lucia: Merchant) -> None:
    (subject,) = facts.merchants(Merchant.objects.all(), needs=(), at=NOON - timedelta(days=1))
    assert subject.merchant.trader_verified is False


@pytest.mark.parametrize(
    ("minor", "currency", "amount"), [(1299, "EUR", 12.99), (1299, "JPY", 1299.0), (1299, "KWD", 1.299)]
)
def test_prices_are_in_the_currencys_own_unit(lucia: Merchant, minor: int, currency: str, amount: float) -> None:
    listing(lucia, "Lamp", price_minor=minor, currency=currency)
    (subject,) = facts.listings(Listing.objects.all(), needs=(), at=NOON)
    assert subject.listing is not None
    assert subject.listing.price == amount


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_listings(lucia: Merchant, count: int) -> None:
    for _each in range(count):
        lamp(lucia)
    with CaptureQueriesContext(connection) as asked:
        found = facts.listings(Listing.objects.all(), needs=EVERYTHING, at=NOON)
    assert (len(found), len(asked)) == (count, 9)


def test_only_what_rules_read_is_asked_for(lucia: Merchant) -> None:
    lamp(lucia)
    with CaptureQueriesContext(connection) as asked:
        facts.listings(Listing.objects.all(), needs={"listing.price", "listing.attr.voltage"}, at=NOON)
    assert len(asked) == 2


def test_a_stored_text_is_used_while_it_is_of_the_present_normaliser(lucia: Merchant) -> None:
    text = ListingText("Lamp", "", {})
    listing(lucia, "Lamp", text_base="stored\x1e", text_skeleton="stored\x1e", text_version=NORMALISER_VERSION)
    listing(lucia, "Lamp", text_base="stored\x1e", text_skeleton="stored\x1e", text_version=NORMALISER_VERSION - 1)
    listing(lucia, "Lamp", text_base="stored\x1e", text_skeleton="stored\x1e", text_version=NORMALISER_VERSION + 1)
    listing(lucia, "Lamp", text_base="stored, one zone", text_version=NORMALISER_VERSION)
    fresh = (text.normalised.base, text.normalised.skeleton)
    subjects = facts.listings(Listing.objects.all(), needs=(MENTIONED,), at=NOON)
    texts = [subject.listing.base_and_skeleton for subject in subjects if subject.listing]
    assert texts == [("stored\x1e", "stored\x1e"), fresh, fresh, fresh]


def test_stored_texts_are_read_of_those_alone_that_a_term_list_is_looked_for_in(lucia: Merchant) -> None:
    one, two = (
        listing(lucia, "Lamp", text_base="stored\x1e", text_skeleton="stored\x1e", text_version=NORMALISER_VERSION)
        for _nth in range(2)
    )
    fresh = ListingText("Lamp", "", {}).normalised.base

    def bases(**asked: Any) -> list[str]:
        subjects = facts.listings(Listing.objects.all(), at=NOON, **asked)
        return [subject.listing.base_and_skeleton[0] for subject in subjects if subject.listing]

    assert bases(needs=(MENTIONED,), texts_of=[two.pk]) == [fresh, "stored\x1e"]
    assert bases(needs=(MENTIONED,), texts_of=[]) == [fresh, fresh]
    assert bases(needs=(), texts_of=[one.pk]) == [fresh, fresh]
