import pytest

from listings.text import ListingText, Place


def test_a_place_names_its_zone_and_counts_from_the_zones_beginning() -> None:
    text = ListingText("Étui K-n-1-f-e", "Sharp.", {"material": "steel", "watts": 5.0, "colours": ["red", "black"]})
    skeleton = text.normalised.skeleton

    def place(word: str) -> Place:
        start = skeleton.index(word)
        return text.place(text.normalised.skeleton_span(start, start + len(word)))

    assert place("knife") == Place("title", "", 5, 14, "K-n-1-f-e")
    assert place("sharp") == Place("description", "", 0, 5, "Sharp")
    assert place("black") == Place("attribute", "colours", 5, 10, "black")
    assert place("steel") == Place("attribute", "material", 0, 5, "steel")


def test_a_separator_written_by_a_merchant_opens_no_zone() -> None:
    text = ListingText("one\x1etwo", "three")
    assert [zone.name for zone in text.zones] == ["title", "description"]
    assert text.normalised.base == "one two\x1ethree"


@pytest.mark.parametrize(("stored", "fits"), [("a\x1eb\x1ec", True), ("a\x1eb", False), ("a b", False)])
def test_a_stored_text_must_have_the_listings_zones(stored: str, fits: bool) -> None:
    assert ListingText("a", "b", {"material": "c"}).fits(stored) is fits
