"""Words are found as people mean them: whatever the accents, the case and the disguise; and exactly where they say so."""

import pytest
from django.db import connection
from django.utils import timezone

from investigations.queries.explore import with_words
from investigations.text.search_words import tsquery
from listings.models import Listing
from tests.factories import cases as make
from tests.investigations.search import ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def titles() -> list[str]:
    return [each.title for each in ground.catalogue(at=timezone.now())]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("nestle", {"Nestlé cocoa"}),
        ("NESTLÉ COCOA", {"Nestlé cocoa"}),
        ("knife", {"k-n-i-f-e for the kitchen"}),
        ("kn1fe kitchen", {"k-n-i-f-e for the kitchen"}),
        ('"power bank"', {"Power bank"}),
        ('"bank power"', set()),
        ("pow*", {"Power bank"}),
        ("pow", set()),
        ("cocoa bank", set()),
        ("nordlicht -cocoa", {"k-n-i-f-e for the kitchen", "Nestlé cocoa", "Power bank"}),
        ("-cocoa", {"k-n-i-f-e for the kitchen", "Power bank"}),
        ("it's 'quoted' \\ & | ! ( :*", set()),
        ("& | !", {"Nestlé cocoa", "k-n-i-f-e for the kitchen", "Power bank"}),
    ],
)
@pytest.mark.usefixtures("titles")
def test_what_words_find(words: str, found: set[str]) -> None:
    rows = with_words(Listing.objects.all(), words)

    assert set(rows.values_list("title", flat=True)) == found


@pytest.mark.usefixtures("titles")
def test_a_brand_is_found_as_it_is_written_and_a_near_miss_only_where_it_is_asked_for() -> None:
    listing = ground.listing(make.merchant("Kestrel"), "Magnetic building set", brand="Häfele")

    assert list(with_words(Listing.objects.all(), "häfele")) == [listing]
    assert not with_words(Listing.objects.all(), "magnettic bilding").exists()
    assert list(with_words(Listing.objects.all(), "magnettic bilding", near=True)) == [listing]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("nozh", {"Остър нож"}),
        ("noz -kuhinjski", {"Остър нож"}),
        ("poz*", set()),
        ("ostar nozh", {"Остър нож"}),
        ('"ostar nozh"', {"Остър нож"}),
        ("machair*", {"Μαχαίρι κουζίνας"}),
        ("нож", {"Остър нож", "Kuhinjski nož"}),
    ],
)
def test_a_word_is_found_in_another_alphabet(words: str, titles: set[str]) -> None:
    ground.catalogue(at=timezone.now(), titles=("Остър нож", "Kuhinjski nož", "Μαχαίρι κουζίνας", "Power bank"))

    assert set(with_words(Listing.objects.all(), words).values_list("title", flat=True)) == titles


def test_words_use_the_index() -> None:
    """The expression of the query is that of the index, letter for letter."""
    rows = with_words(Listing.objects.all(), "knife").order_by().values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan TO off")
    assert "listing_by_words" in rows.explain()


def test_nothing_of_a_word_is_read_as_an_operator() -> None:
    assert tsquery("o'neill") == "('oneill' | 'o neill')"
    assert tsquery("  ") == ""
