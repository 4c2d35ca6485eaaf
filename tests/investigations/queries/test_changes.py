from datetime import timedelta

import pytest

from investigations.queries import changes
from listings.models import AttributeDefinition, Category, Listing, ListingVersion
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


def rewritten(listing: Listing, number: int, **content: object) -> None:
    ListingVersion.objects.create(
        listing=listing,
        number=number,
        content=make.content_of(listing) | content,
        content_hash=f"{number:032d}",
        created_at=NOON + timedelta(days=number),
    )


def test_two_versions_field_by_field() -> None:
    Category.objects.create(code="toys", names={"en": "Toys", "de": "Spielzeug"})
    Category.objects.create(code="home", names={"en": "Home"})
    AttributeDefinition.objects.create(key="minimum_age", kind="number", unit="a", labels={"en": "Minimum age"})
    listing = make.listing(make.merchant("Nordlicht"), "Magnet cube for the office", markets=("DE",))
    rewritten(
        listing,
        2,
        title="Magnet cube for children",
        category="toys",
        price_minor=1990,
        markets=["DE", "AT"],
        attributes={"minimum_age": 6},
        images=["https://images.example/a/1.jpg"],
    )

    found = changes.compare(listing, language="en")

    assert found is not None
    assert (found.before and found.before.number, found.after.number, found.versions) == (1, 2, [2, 1])
    rows = {row.label: (row.before, row.after) for row in found.changed}
    assert rows == {
        "Title": (
            [("same", "Magnet cube for "), ("del", "the office")],
            [("same", "Magnet cube for "), ("ins", "children")],
        ),
        "Category": ([], [("ins", "Toys")]),
        "Price": ([("del", "€24.90")], [("ins", "€19.90")]),
        "Markets": (
            [("same", "Germany")],
            [("same", "Germany"), ("ins", ", Austria")],
        ),
        "Minimum age, a": ([], [("ins", "6")]),
        "Photos": ([], [("ins", "1.jpg")]),
    }


def test_an_earlier_version_may_be_chosen_and_an_unknown_one_is_the_present() -> None:
    listing = make.listing(make.merchant("Nordlicht"), "First")
    rewritten(listing, 2, title="Second")
    rewritten(listing, 3, title="Third")

    second = changes.compare(listing, number=2, language="en")
    unknown = changes.compare(listing, number=99, language="en")

    assert second is not None
    assert second.changed[0].after == [("ins", "Second")]
    assert unknown is not None
    assert unknown.after.number == 3


def test_the_first_version_has_nothing_before_it() -> None:
    found = changes.compare(make.listing(make.merchant("Nordlicht"), "First"), language="en")
    assert found is not None
    assert found.before is None


def test_without_versions_there_is_nothing_to_compare() -> None:
    listing = make.listing(make.merchant("Nordlicht"), "First")
    assert changes.compare(Listing(pk=listing.pk + 1), language="en") is None
