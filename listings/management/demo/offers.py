"""Proper offers: everything that the law wants of their kind is there. Defects are planted afterwards."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from listings.management.demo.chance import Chance
from listings.management.demo.makers import Maker, maker_of
from listings.management.demo.sellers import Seller
from listings.management.demo.sources import Family, Product, families
from listings.management.demo.values import Setting, gtin, price, values, wrong_gtin
from listings.management.demo.wording import Wording, wording

SHARE_WITHOUT_EAN = 0.15
SHARE_MISTYPED_EAN = 0.002
SHARE_OF_REACH = 0.4
SHARE_ENDING_SOON = 0.03
NAFDAC_FAMILIES = ("food", "beauty", "health")
STANDARDS = {
    "CE": "EU declaration of conformity",
    "EN71": "EN 71-1, EN 71-2, EN 71-3",
    "EN62115": "EN IEC 62115",
    "EN1400": "EN 1400",
    "EN13869": "EN 13869",
    "RED": "2014/53/EU",
    "UN38.3": "UN Manual of Tests and Criteria 38.3",
    "PSTI": "SI 2023/1007",
    "BATTERY_TEST": "EN 50604-1",
}
LABORATORIES = (
    "Prüfinstitut Elbtal",
    "Laboratoire Hexatest",
    "Norvik Testing",
    "Istituto Controllo Adige",
    "Testlab Wisła",
)


@dataclass
class Offer:
    """One listing in the making. `id` is given when all are there."""

    seller: Seller
    family: Family
    product: Product
    maker: Maker
    language: str
    wording: Wording
    brand: str
    sku: str
    ean: str
    condition: str
    price: float
    currency: str
    markets: list[str]
    pictures: int
    attributes: dict[str, Any]
    certificates: list[dict[str, str]] = field(default_factory=list)
    id: str = ""
    rank: int = 1
    """1 draws most visitors."""
    trouble: float = 1.0
    """How much more often than usual it comes back and is complained of."""

    def row(self) -> dict[str, Any]:
        return {
            "merchant_id": self.seller.id,
            "listing_id": self.id,
            "title": self.wording.title(),
            "description": self.wording.description(),
            "language": self.language,
            "category": self.product.category,
            "brand": self.brand,
            "sku": self.sku,
            "ean": self.ean,
            "condition": self.condition,
            "price": f"{self.price:.2f}",
            "currency": self.currency,
            "markets": self.markets,
            "images": [f"https://images.example/{self.id}/{place}.jpg" for place in range(1, self.pictures + 1)],
            "attributes": self.attributes,
            "certificates": self.certificates,
        }


def make_offer(
    rnd: Chance,
    seller: Seller,
    product: Product,
    as_of: dt.date,
    *,
    within: frozenset[str] | None = None,
    above_all: str = "",
    maker: str = "",
) -> Offer:
    """An offer of this seller in its usual market and some others. `within` leaves only these markets, of which `above_all`
    is surely one."""
    family = families()[product.family]
    language = seller.language
    brand = rnd.choice(list(family.brands))
    made_by = maker_of(brand, abroad=maker == "abroad")
    attributes = values(Setting(rnd, language, made_by, as_of), product.attributes)
    if family.identity:
        attributes |= made_by.attributes()
    if attributes.get("minimum_age", 3) < 3:
        attributes.pop("age_warning", None)
    markets = _markets(rnd, seller.sells(product), within, above_all)
    _registered(rnd, attributes, family, markets)
    currency = seller.place.currency
    return Offer(
        seller=seller,
        family=family,
        product=product,
        maker=made_by,
        language=language,
        wording=wording(rnd, family, product, language, brand, attributes),
        brand=brand,
        sku=rnd.filled("@@-#####"),
        ean=_ean(rnd),
        condition="used" if seller.row["kind"] == "private" else product.condition,
        price=price(rnd, *product.price, currency, as_of),
        currency=currency,
        markets=markets,
        pictures=rnd.randint(1, 4),
        attributes=attributes,
        certificates=[certificate(rnd, kind, as_of) for kind in product.certificates],
    )


def _markets(rnd: Chance, open_to: list[str], within: frozenset[str] | None, above_all: str) -> list[str]:
    if within is None:
        return [open_to[0], *rnd.some(open_to[1:], SHARE_OF_REACH)]
    possible = [code for code in open_to if code in within]
    surely = above_all or possible[0]
    return [code for code in possible if code == surely or rnd.random() < SHARE_OF_REACH]


def _ean(rnd: Chance) -> str:
    drawn = rnd.random()
    if drawn < SHARE_WITHOUT_EAN:
        return ""
    return wrong_gtin(rnd) if drawn > 1 - SHARE_MISTYPED_EAN else gtin(rnd)


def certificate(rnd: Chance, kind: str, as_of: dt.date) -> dict[str, str]:
    """A valid one; a few end within the month."""
    left = rnd.randint(3, 28) if rnd.random() < SHARE_ENDING_SOON else rnd.randint(40, 1400)
    return {
        "type": kind,
        "number": rnd.filled("@@#-######"),
        "issuer": rnd.choice(LABORATORIES),
        "standard": STANDARDS[kind],
        "valid_from": str(as_of - dt.timedelta(days=rnd.randint(60, 1200))),
        "valid_until": str(as_of + dt.timedelta(days=left)),
    }


def _registered(rnd: Chance, attributes: dict[str, Any], family: Family, markets: list[str]) -> None:
    """Numbers that single markets ask for."""
    if "NG" in markets and family.name in NAFDAC_FAMILIES:
        attributes["nafdac_number"] = rnd.filled("A#-####")
