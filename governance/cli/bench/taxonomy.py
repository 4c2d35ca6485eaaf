"""Three thousand categories, up to six deep, and what is usual in each: its attributes and certificates."""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from governance.cli.bench.register import ATTRIBUTES, CERTIFICATES, Attribute

ROOTS = (
    "apparel", "appliances", "automotive", "baby", "bags", "beauty", "books", "computers", "crafts", "electronics",
    "food", "furniture", "garden", "health", "hobbies", "home", "jewellery", "music", "office", "pets", "shoes", "sports",
    "tools", "toys",
)  # fmt: skip
MANNERS = (
    "adjustable", "antique", "basic", "cordless", "decorative", "digital", "foldable", "handmade", "heavy", "indoor",
    "large", "light", "magnetic", "mini", "modern", "organic", "outdoor", "portable", "premium", "professional",
    "refillable", "seasonal", "small", "smart", "soft", "spare", "summer", "travel", "waterproof", "wooden",
)  # fmt: skip
THINGS = (
    "accessories", "bands", "bases", "blades", "bottles", "boxes", "brushes", "cables", "cases", "chairs", "covers",
    "cushions", "dispensers", "figures", "filters", "frames", "gloves", "handles", "holders", "kits", "lamps", "locks",
    "mats", "motors", "pads", "panels", "parts", "pumps", "racks", "sensors", "sets", "sheets", "stands", "straps",
    "tables", "trays", "wheels",
)  # fmt: skip
CATEGORIES, DEEPEST = 3_000, 6
ATTRIBUTES_EACH, CERTIFICATES_EACH = 12, 3


class Node(NamedTuple):
    """A category. `end` is the place after its last descendant: the tree stands in the order of its codes."""

    key: int
    code: str
    parent: int | None
    depth: int
    end: int
    attributes: Sequence[Attribute]
    certificates: Sequence[str]

    @property
    def size(self) -> int:
        """How many categories it covers, itself among them."""
        return self.end - self.key + 1


@lru_cache
def taxonomy() -> Sequence[Node]:
    """In the order of the tree; keys count from 1."""
    codes = sorted(_codes(random.Random("taxonomy")), key=lambda code: code.split("/"))
    places = {code: place for place, code in enumerate(codes, start=1)}
    ends = dict(places)
    for code in reversed(codes):
        above = code.rpartition("/")[0]
        if above:
            ends[above] = max(ends[above], ends[code])
    return tuple(_node(code, places, ends) for code in codes)


def subtrees(fewest: int, most: int) -> Sequence[Node]:
    """Return the categories below the roots that cover so many."""
    return [node for node in taxonomy() if node.depth and fewest <= node.size <= most]


def _codes(chance: random.Random) -> Sequence[str]:
    """Each new category goes under one that is there, so a few families grow large, as they do."""
    codes = list(ROOTS)
    known = set(codes)
    while len(codes) < CATEGORIES:
        above = chance.choice(codes)
        code = f"{above}/{chance.choice(MANNERS)}_{chance.choice(THINGS)}"
        if code not in known and code.count("/") < DEEPEST:
            codes.append(code)
            known.add(code)
    return codes


def _node(code: str, places: dict[str, int], ends: dict[str, int]) -> Node:
    parts = code.split("/")
    usual = random.Random("usual in " + "/".join(parts[:2]))
    return Node(
        key=places[code],
        code=code,
        parent=places.get("/".join(parts[:-1])),
        depth=len(parts) - 1,
        end=ends[code],
        attributes=sorted(usual.sample(ATTRIBUTES, ATTRIBUTES_EACH), key=lambda attribute: attribute.key),
        certificates=usual.sample(CERTIFICATES, CERTIFICATES_EACH),
    )
