"""Titles and descriptions as merchants write them, in nine languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from listings.management.demo.chance import Chance
from listings.management.demo.sources import Family, Product, labels, words

SHARE_TAGGED = 0.12
DETAILS = ("color", "material", "weight_g", "pieces", "volume_ml", "power_w", "minimum_age")
UNITS = {"weight_g": "g", "volume_ml": "ml", "power_w": "W"}


@dataclass
class Wording:
    """The parts of an offer's text, put together only when nothing is changed any more."""

    language: str
    brand: str
    name: str
    variant: str
    template: str
    opening: str
    tag: str = ""
    features: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    details: str = ""
    closing: str = ""

    def title(self) -> str:
        title = self.template.format(brand=self.brand, name=self.name, variant=self.variant)
        title = title.replace("  ", " ").strip(" –,،|")
        return f"{title} {self.tag}".strip()

    def description(self) -> str:
        opening = self.opening.format(brand=self.brand, name=self.name, variant=self.variant or self.brand)
        first = " ".join([opening, *self.said, *self.features])
        return "\n".join(part for part in (first, self.details, self.closing) if part)


def wording(
    rnd: Chance, family: Family, product: Product, language: str, brand: str, attributes: Mapping[str, Any]
) -> Wording:
    texts = words()
    openings = [*texts["openings"][language], *([] if family.used_up else [texts["durable"][language]])]
    tags = [*texts["tags"][language], *([texts["gift_tags"][language]] if product.season == "gifts" else [])]
    return Wording(
        language=language,
        brand=brand,
        name=product.names[language],
        variant=variant(rnd, product.variant, language, attributes),
        template=rnd.choice(texts["titles"][language]),
        opening=rnd.choice(openings),
        tag=rnd.choice(tags) if rnd.random() < SHARE_TAGGED else "",
        features=rnd.sample(list(family.features[language]), rnd.randint(2, 3)),
        details=details(attributes, language),
        closing=rnd.choice(texts["closings"][language]),
    )


def variant(rnd: Chance, kind: str, language: str, attributes: Mapping[str, Any]) -> str:
    """What tells this offer from the next of its kind."""
    if kind in _MEASURES:
        return _measured(kind, attributes)
    units: Mapping[str, str] = words()["units"][language]
    match kind:
        case "pieces":
            return f"{attributes.get('pieces', 12)} {units['pieces']}"
        case "pack":
            return units["pack"].format(n=rnd.choice((2, 4, 6, 10, 20)))
        case "size" | "shoe" | "ring":
            size = rnd.randint(50, 62) if kind == "ring" else attributes.get("size", rnd.choice("SML"))
            return units["size"].format(s=size)
        case "players":
            return units["years"].format(n=f"{attributes.get('minimum_age', 8)}+")
        case "tyre":
            return f"{rnd.choice((185, 195, 205, 225))}/{rnd.choice((55, 60, 65))} R{rnd.choice((15, 16, 17))}"
        case "diameter":
            return f"{rnd.choice((20, 24, 28, 32))} cm"
    return str(attributes.get(kind, ""))


_MEASURES = {
    "volume": ("volume_ml", "ml"),
    "weight": ("weight_g", "g"),
    "storage": ("storage_gb", "GB"),
    "power": ("power_w", "W"),
    "capacity": ("capacity_mah", "mAh"),
    "length": ("length_cm", "cm"),
    "blade": ("blade_length_mm", "mm"),
    "nicotine": ("nicotine_mg_ml", "mg/ml"),
}


def _measured(kind: str, attributes: Mapping[str, Any]) -> str:
    key, unit = _MEASURES[kind]
    return f"{attributes[key]:g} {unit}" if key in attributes else ""


def details(attributes: Mapping[str, Any], language: str) -> str:
    """A line of labelled values: Colour: red · Weight: 240 g."""
    shown: Mapping[str, str] = words()["details"][language]
    parts = [
        f"{shown[key]}: {attributes[key]} {UNITS.get(key, '')}".strip()
        for key in DETAILS
        if key in attributes and not isinstance(attributes[key], bool)
    ]
    return " · ".join(parts[:4])


def told(key: str, told_value: Any, language: str) -> str:
    """An attribute as a merchant writes it into the description."""
    return f"{labels()[key][language]}: {told_value}."
