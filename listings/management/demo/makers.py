"""Manufacturers of the invented brands, and those who answer for them in the Union."""

import functools
from dataclasses import dataclass

from listings.management.demo.chance import Chance, chance
from listings.management.demo.sources import expanded, naming, places

AT_HOME = ("DE", "FR", "IT", "ES", "PL", "NL", "AT", "CZ", "SE", "BE")
ABROAD = ("CN", "TR", "GB", "IN", "VN", "US")
SHARE_ABROAD = 0.3


@dataclass(frozen=True)
class Maker:
    name: str
    address: str
    email: str
    country: str
    responsible: tuple[str, str, str] | None
    """Name, address and e-mail of the responsible person in the Union, where the maker is outside it."""

    def attributes(self) -> dict[str, str]:
        found = {
            "manufacturer_name": self.name,
            "manufacturer_address": self.address,
            "manufacturer_email": self.email,
            "manufacturer_country": self.country,
        }
        if self.responsible:
            keys = ("responsible_person_name", "responsible_person_address", "responsible_person_email")
            found |= dict(zip(keys, self.responsible, strict=True))
        return found


@functools.cache
def maker_of(brand: str, *, abroad: bool = False) -> Maker:
    """The brand's maker, always the same; `abroad` asks for one outside the Union."""
    rnd = chance(0, f"maker:{brand}:{abroad}")
    country = rnd.choice(ABROAD if abroad or rnd.random() < SHARE_ABROAD else AT_HOME)
    slug = "".join(char for char in brand.casefold() if char.isascii() and char.isalnum())
    form = rnd.choice(places()[country].forms) if country in places() else "Ltd"
    outside = country not in expanded(["EU_EEA"])
    return Maker(
        name=f"{brand} {form}",
        address=address_in(rnd, country),
        email=f"product@{slug}.example",
        country=country,
        responsible=_responsible(rnd) if outside else None,
    )


def address_in(rnd: Chance, country: str) -> str:
    place = places().get(country)
    if place is None:
        entry = naming()["makers"][country]
        return str(entry["address"]).format(number=rnd.randint(1, 180), postcode=rnd.filled(entry["postcode"]))
    return place.address.format(
        street=rnd.choice(place.streets),
        number=rnd.randint(1, 180),
        postcode=rnd.filled(place.postcode),
        city=rnd.choice(place.cities),
    )


def _responsible(rnd: Chance) -> tuple[str, str, str]:
    country = rnd.choice(AT_HOME[:6])
    surname = rnd.choice(naming()["surnames"][places()[country].languages[0]])
    slug = "".join(char for char in surname.casefold() if char.isascii() and char.isalnum())
    name = f"{surname} Compliance {rnd.choice(places()[country].forms)}"
    return name, address_in(rnd, country), f"contact@{slug}-compliance.example"
