"""Merchants with trader identities."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from listings.management.demo.chance import Chance
from listings.management.demo.makers import address_in
from listings.management.demo.sources import Family, Place, Product, families, naming, places

SHARE_PRIVATE = 0.04
JOINED = (40, 2600)  # days before the catalogue's day


@dataclass
class Seller:
    """`size` weighs how much they sell, `neglect` how often they are at fault; `return_rate` replaces the usual one."""

    row: dict[str, Any]
    place: Place
    language: str
    families: list[Family]
    size: float
    neglect: float
    return_rate: float | None = None

    @property
    def id(self) -> str:
        return str(self.row["merchant_id"])

    def sells(self, product: Product) -> list[str]:
        """Markets in which this seller may offer the product, the usual one first; none if not in the usual one."""
        usual = self.place.markets
        if product.exclude.isdisjoint(usual):
            return usual
        markets = [code for code in usual if code not in product.exclude]
        return markets if markets and markets[0] == usual[0] else []


def make_sellers(rnd: Chance, count: int, as_of: dt.date) -> list[Seller]:
    numbers = rnd.sample(range(10_000, 99_999), count)
    weights = {code: float(place.weight) for code, place in places().items()}
    every = list(places().values())[:count]
    chosen = every + [places()[rnd.weighted(weights)] for _ in range(count - len(every))]
    names: set[str] = set()
    return [_seller(rnd, f"S{number}", place, names, as_of) for number, place in zip(numbers, chosen, strict=True)]


def _seller(rnd: Chance, key: str, place: Place, names: set[str], as_of: dt.date) -> Seller:
    language = rnd.choice(place.languages)
    private = rnd.random() < SHARE_PRIVATE
    name, short = _name(rnd, language, names, private)
    legal = name if private else f"{name} {rnd.choice(place.forms)}"
    joined = as_of - dt.timedelta(days=rnd.randint(*JOINED))
    checked = joined + dt.timedelta(days=rnd.randint(1, 20))
    row = {
        "merchant_id": key,
        "name": name,
        "kind": "private" if private else "business",
        "language": language,
        "country": place.code,
        "email": f"{short or 'shop'}{key[1:]}@merchant.example",
        "created_at": f"{joined}T08:00:00Z",
        "legal_name": legal,
        "address": address_in(rnd, place.code),
        "phone": rnd.filled(place.phone),
        "register": "" if private else place.register.format(city=rnd.choice(place.cities)),
        "register_number": "" if private else rnd.filled(place.register_number),
        "vat_id": "" if private else rnd.filled(place.vat),
        "verified_at": "" if private else f"{checked}T12:00:00Z",
        "self_certified": True,
    }
    return Seller(
        row=row,
        place=place,
        language=language,
        families=_families(rnd, place, language),
        size=min(rnd.paretovariate(1.15), 30.0),
        neglect=rnd.random() ** 3,
    )


def _name(rnd: Chance, language: str, names: set[str], private: bool) -> tuple[str, str]:
    """A name that nobody else has, and its ASCII letters."""
    while True:
        surname = rnd.choice(naming()["surnames"][language])
        trade = rnd.choice(naming()["trades"][language])
        name = f"{surname} {rnd.choice('ABEFJKLMRST')}." if private else f"{surname} {trade}"
        if name in names:
            name = f"{name} {rnd.choice('ABCDEFGHIKLMNOPRSTUVW')}{rnd.randint(2, 99)}"
        if name not in names:
            names.add(name)
            return name, "".join(char for char in surname.casefold() if char.isascii() and char.isalnum())


def _families(rnd: Chance, place: Place, language: str) -> list[Family]:
    usual = place.markets[0]
    weights = {
        family.name: float(family.weight)
        for family in families().values()
        if any(usual not in product.exclude for product in family.products)
        and not (language == "ar" and family.name == "tobacco")
    }
    chosen: list[Family] = []
    for _ in range(rnd.choice((1, 1, 2, 2, 3))):
        name = rnd.weighted(weights)
        if families()[name] not in chosen:
            chosen.append(families()[name])
    return chosen
