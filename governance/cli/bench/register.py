"""What a catalogue's rows refer to: markets with their currencies, the register of attributes, certificates."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from governance.cli.bench.words import Phrase, phrase, word
from listings.enums import AttributeKind, Region


class Place(NamedTuple):
    """A market: its share of the listings, and thousandths of its currency that a euro buys."""

    code: str
    language: str
    currency: str
    per_mille: int
    region: Region
    share: int


class Attribute(NamedTuple):
    """A registered attribute with the values that listings have: as JSON, and as phrases where they are texts."""

    key: str
    kind: AttributeKind
    unit: str
    values: Sequence[object]
    json: Sequence[str]
    phrases: Sequence[Phrase]


PLACES = (
    Place("DE", "de", "EUR", 1_000, Region.EU, 20),
    Place("AT", "de", "EUR", 1_000, Region.EU, 6),
    Place("FR", "fr", "EUR", 1_000, Region.EU, 12),
    Place("BE", "fr", "EUR", 1_000, Region.EU, 5),
    Place("GB", "en", "GBP", 857, Region.UK, 12),
    Place("US", "en", "USD", 1_083, Region.OTHER, 13),
    Place("TR", "tr", "TRY", 47_310, Region.OTHER, 12),
    Place("KZ", "ru", "KZT", 561_700, Region.OTHER, 8),
    Place("SA", "ar", "SAR", 4_061, Region.GULF, 7),
    Place("AE", "ar", "AED", 3_977, Region.GULF, 5),
)
CERTIFICATES = ("CE", "EAC", "EN71", "FDA", "GOTS", "G_MARK", "HALAL", "ISO9001", "REACH", "ROHS", "SASO", "TSE")
VALUES = 20
"""Values that an attribute in words has."""
_TEXTS = (
    "age_group", "battery_type", "care", "closure", "collar", "colour", "connector", "country_of_origin", "fabric", "finish",
    "fit", "flavour", "fragrance", "frame", "fuel", "gender", "importer", "manufacturer", "material", "model", "mounting",
    "occasion", "packaging", "pattern", "plug", "power_source", "series", "shape", "skin_type", "style", "surface", "theme",
    "voltage_class", "warning_text",
)  # fmt: skip
_NUMBERS = {
    "capacity": "l", "depth": "cm", "diameter": "mm", "height": "cm", "length": "cm", "load": "kg", "luminous_flux": "lm",
    "noise": "dB", "pieces": "", "power": "W", "pressure": "bar", "speed": "km/h", "spf": "", "voltage": "V", "volume": "ml",
    "weight": "kg", "width": "cm",
}  # fmt: skip
_BOOLEANS = (
    "battery_included", "child_safe", "dishwasher_safe", "for_adults", "handmade", "magnetic", "recycled", "rechargeable",
    "waterproof",
)  # fmt: skip


def _texts(key: str) -> Attribute:
    chance = random.Random(f"values of {key}")
    values = [word("en", 3, chance).capitalize() for _nth in range(VALUES)]
    return Attribute(key, AttributeKind.TEXT, "", values, [f'"{each}"' for each in values], [*map(phrase, values)])


def _numbers(key: str, unit: str) -> Attribute:
    values = [round(0.5 * step * 1.2**step, 1) for step in range(1, VALUES + 1)]
    return Attribute(key, AttributeKind.NUMBER, unit, values, [*map(repr, values)], ())


def _boolean(key: str) -> Attribute:
    return Attribute(key, AttributeKind.BOOLEAN, "", (False, True), ("false", "true"), ())


ATTRIBUTES = (
    *map(_texts, _TEXTS),
    *(_numbers(key, unit) for key, unit in _NUMBERS.items()),
    *map(_boolean, _BOOLEANS),
)
