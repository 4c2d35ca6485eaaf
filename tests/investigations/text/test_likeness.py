"""What makes a listing the product of an alert, how surely, and what speaks against it."""

from typing import Any

import pytest

from investigations.enums import MatchKind
from investigations.text import identifiers
from investigations.text.likeness import Alert, Offer, compare
from investigations.text.plain_hazard import soothing

MAGNETS = Alert(
    barcodes=("8710124155013",),
    brands=("Magnetix",),
    models=("601-1004",),
    batches=("I0-2501515",),
    product="Magnetic toy",
    name="The Game That Connects",
)
CHARGER = Alert(models=("A2347 JY-888", "C25"), product="USB charger", name="USB-C 20W Power Adapter")
DRILL = Alert(brands=("Bosch",), models=("GSR 12V-15", "7"), product="Cordless drill", name="Drill")


def like(alert: Alert, **fields: Any) -> tuple[str, int, list[str], list[str]] | None:
    found = compare(alert, Offer(1, 1, **fields))
    if found is None:
        return None
    return found.kind, found.sureness, [each.what for each in found.basis], [why for why, _value in found.against]


@pytest.mark.parametrize(
    ("alert", "fields", "kind", "against"),
    [
        (MAGNETS, {"title": "x", "ean": "08710124155013"}, "gtin", []),
        (MAGNETS, {"title": "x", "ean": "8710124155013", "brand": "Other"}, "gtin", ["brand"]),
        (MAGNETS, {"title": "Magnetix 601 1004"}, "model", []),
        (MAGNETS, {"title": "Set", "brand": "MAGNETIX®", "model": "6011004"}, "model", []),
        (MAGNETS, {"title": "Magnetix 601-1004", "brand": "No brand"}, "model", []),
        (MAGNETS, {"title": "Magnetix 601-1004", "brand": "Shop"}, "model", ["brand"]),
        (MAGNETS, {"title": "Magnetic toy 601-1004", "brand": "Geomag"}, None, []),
        (MAGNETS, {"title": "Toy 601-1004-B", "brand": "Magnetix"}, "text", ["model"]),
        (MAGNETS, {"title": "Magnetic toy 601-2000", "brand": "Magnetix"}, "text", ["model"]),
        (MAGNETS, {"title": "Tasche für Magnetix 601-1004"}, "model", ["accessory"]),
        (MAGNETS, {"title": "Magnetic toy for kids, Magnetix 601-1004"}, "model", []),
        (MAGNETS, {"title": "601-1004"}, None, []),  # only digits: nothing without the brand
        (CHARGER, {"title": "Charger JY888", "brand": "Foo"}, "model", ["no_brand"]),
        (CHARGER, {"title": "Charger C25", "brand": "Foo"}, None, []),  # too short
        (CHARGER, {"title": "USB C power adapter, 20W"}, "text", []),
        (DRILL, {"title": "Drill", "brand": "Bosch Professional", "model": "gsr12v15"}, "model", []),
        (DRILL, {"title": "GSR 12V-15 by Makita", "brand": "Makita"}, None, []),
        (DRILL, {"title": "Lamp", "brand": "Bosch"}, None, []),
    ],
)
def test_by_what_and_what_speaks_against(
    alert: Alert, fields: dict[str, Any], kind: MatchKind | None, against: list[str]
) -> None:
    found = like(alert, **fields)
    assert (found and found[0], found[3] if found else []) == (kind, against)


def test_nothing_that_is_spoken_against_is_as_sure_as_what_is_not() -> None:
    sure = like(MAGNETS, title="Magnetix 601-1004")
    doubtful = like(MAGNETS, title="Bag for Magnetix 601-1004")
    assert sure is not None
    assert doubtful is not None
    assert sure[1] > doubtful[1]


def test_a_batch_is_a_hint_and_never_a_ground() -> None:
    assert like(MAGNETS, title="Lot I0-2501515") is None
    found = like(MAGNETS, title="Magnetix 601-1004", description="Lot I0-2501515")
    assert found is not None
    assert "batch" in found[2]


def test_a_number_that_shops_give_out_themselves_is_not_sure() -> None:
    found = like(Alert(barcodes=("2281303433902",)), title="Doll", ean="2281303433902")
    assert found is not None
    assert (found[1], found[3]) == (60, ["in_store"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4006381333931 ", "4006381333931"),
        ("036000291452", "0036000291452"),  # a UPC is an EAN
        ("96385074", "96385074"),
        ("14006381333938", "14006381333938"),
        ("4006381333932", ""),  # its check digit is wrong
        ("B0CHYPVWHV", ""),
        ("1234567", ""),
        ("0000000000000", ""),
    ],
)
def test_a_barcode_is_read_as_listings_keep_it(text: str, number: str) -> None:
    assert identifiers.gtin(text) == number


@pytest.mark.parametrize("text", ["nincs", "N/A", "No brand", "Sans marque", " "])
def test_a_placeholder_is_no_brand(text: str) -> None:
    assert identifiers.brands([text]) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A voluntary recall.", "voluntary"),
        ("Rein vorsorglich.", "vorsorglich"),
        ("Par précaution", "Par précaution"),
        ("Children can die.", ""),
    ],
)
def test_words_that_make_a_hazard_smaller_are_seen(text: str, found: str) -> None:
    assert soothing(text) == found
