"""What the demo catalogue is made of, as it stands in `listings/data/`."""

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent.parent / "data"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "tr", "ar")
EVERYWHERE = "ALL"

Translated = Mapping[str, str]
Phrases = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Place:
    """A country with sellers. `reach` are the markets they sell to beside their own; `abroad` ones do not sell at home."""

    code: str
    weight: int
    languages: Sequence[str]
    currency: str
    reach: Sequence[str]
    cities: Sequence[str]
    streets: Sequence[str]
    address: str
    postcode: str
    phone: str
    register: str
    register_number: str
    vat: str
    forms: Sequence[str]
    abroad: bool = False

    @functools.cached_property
    def markets(self) -> list[str]:
        """Where its sellers may offer, the usual one first."""
        return [*self.reach] if self.abroad else [self.code, *self.reach]


@dataclass(frozen=True)
class Product:
    """A kind of product. `attributes` holds specs; `exclude` the markets in which it is not sold. Prices in euro."""

    family: str
    category: str
    price: tuple[float, float]
    variant: str
    names: Translated
    attributes: Mapping[str, Any]
    certificates: Sequence[str]
    season: str
    condition: str
    weight: int = 1
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Family:
    """`identity`: offers name manufacturer and responsible person. Rates are shares of orders."""

    name: str
    weight: int
    brands: Sequence[str]
    features: Phrases
    identity: bool
    return_rate: float
    complaint_rate: float
    products: Sequence[Product]
    used_up: bool = False


@dataclass(frozen=True)
class Edit:
    """What is done to a proper offer to make it wrong, or to make it look wrong. Values of `set` are attribute specs."""

    drop: Sequence[str] = ()
    set: Mapping[str, Any] = field(default_factory=dict)
    drop_certificates: Sequence[str] = ()
    expire: Sequence[str] = ()
    soon: Sequence[str] = ()
    certificate_of: str = ""
    name: Translated = field(default_factory=dict)
    say: Phrases = field(default_factory=dict)
    tell: Sequence[str] = ()
    pictures: int | None = None
    nameless: bool = False
    foreign: bool = False
    also: Sequence[str] = ()

    @functools.cached_property
    def languages(self) -> frozenset[str]:
        """Those in which it can be told; all if it is not told in words."""
        if self.tell:
            return frozenset({"en", "de", "fr"})
        spoken = [set(part) for part in (self.name, self.say) if part]
        return frozenset(set.intersection(*spoken)) if spoken else frozenset(LANGUAGES)


@dataclass(frozen=True)
class Defect:
    """What can be planted for one policy. `markets`: where it applies; `kind`: of the sellers whom it binds, all if empty;
    `disguises`: those that its rule sees through; `since`: the first day on which it is a violation."""

    policy: str
    products: Sequence[str]
    markets: frozenset[str]
    count: int
    violates: Sequence[Edit]
    hidden: Sequence[Edit] = ()
    misread: Sequence[Edit] = ()
    innocent: Sequence[Edit] = ()
    disguises: Sequence[str] = ("lookalike", "zero_width")
    elsewhere: bool = True
    maker: str = ""
    add_markets: Sequence[str] = ()
    sellers: Sequence[str] = ()
    kind: str = ""
    since: dt.date = dt.date.min


@dataclass(frozen=True)
class MerchantDefect:
    """The same about a merchant: fields of the trader's file that are replaced."""

    policy: str
    markets: frozenset[str]
    count: int
    violates: Sequence[Mapping[str, Any]]
    kind: str = ""
    country: str = ""
    returns: bool = False
    hidden: Sequence[Mapping[str, Any]] = ()
    hidden_count: int = 0
    innocent: Sequence[Mapping[str, Any]] = ()
    innocent_kind: str = ""


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@functools.cache
def words() -> dict[str, Any]:
    return read("demo/words.toml")


@functools.cache
def places() -> dict[str, Place]:
    return {code: Place(code=code, **entry) for code, entry in read("demo/places.toml")["places"].items()}


@functools.cache
def naming() -> dict[str, Any]:
    """Surnames, trades and the countries in which only manufacturers sit."""
    return read("demo/places.toml")


@functools.cache
def families() -> dict[str, Family]:
    found = {}
    for path in sorted((DATA / "demo" / "products").glob("*.toml")):
        found[path.stem] = _family(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    return found


@functools.cache
def defects() -> tuple[Defect, ...]:
    return tuple(
        _defect(entry)
        for path in sorted((DATA / "demo" / "defects").glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("defect", ())
    )


@functools.cache
def merchant_defects() -> tuple[MerchantDefect, ...]:
    entries = read("demo/defects/merchants.toml")["merchant"]
    return tuple(MerchantDefect(**{**entry, "markets": expanded(entry["markets"])}) for entry in entries)


@functools.cache
def _markets() -> dict[str, Any]:
    return read("markets.toml")


def expanded(names: Sequence[str]) -> frozenset[str]:
    """Market codes of codes and groups."""
    data = _markets()
    if EVERYWHERE in names:
        return frozenset(data["markets"])
    return frozenset(code for name in names for code in data["groups"].get(name, (name,)))


@functools.cache
def labels() -> dict[str, Translated]:
    """Labels of the attribute register."""
    return {
        key: {language: entry[language] for language in ("en", "de", "fr")}
        for key, entry in read("attributes.toml").items()
    }


def _family(name: str, data: dict[str, Any]) -> Family:
    shared = data.get("attributes", {})
    products = tuple(
        Product(
            family=name,
            category=entry["category"],
            price=(entry["price"][0], entry["price"][1]),
            variant=entry["variant"],
            names=entry["names"],
            attributes={**shared, **entry.get("attributes", {})},
            certificates=entry.get("certificates", data.get("certificates", ())),
            season=entry.get("season", data["season"]),
            condition=data.get("condition", "new"),
            weight=entry.get("weight", 1),
            exclude=frozenset(entry.get("exclude", data.get("exclude", ()))),
        )
        for entry in data["product"]
    )
    return Family(
        name=name,
        weight=data["weight"],
        brands=data["brands"],
        features=data["features"],
        identity=data.get("identity", True),
        return_rate=data["return_rate"],
        complaint_rate=data["complaint_rate"],
        products=products,
        used_up=data.get("used_up", False),
    )


def _defect(entry: dict[str, Any]) -> Defect:
    plain = ("disguises", "elsewhere", "maker", "add_markets", "sellers", "kind", "since")
    more: dict[str, Any] = {name: entry[name] for name in plain if name in entry}
    return Defect(
        policy=entry["policy"],
        products=entry["products"],
        markets=expanded(entry["markets"]) - set(entry.get("outside", ())),
        count=entry["count"],
        violates=_edits(entry, "violates"),
        hidden=_edits(entry, "hidden"),
        misread=_edits(entry, "misread"),
        innocent=_edits(entry, "innocent"),
        **more,
    )


def _edits(entry: dict[str, Any], kind: str) -> tuple[Edit, ...]:
    return tuple(Edit(**edit) for edit in entry.get(kind, ()))
