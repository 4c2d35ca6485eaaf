"""What a draft finds, counted so that the counts of several parts of the catalogue may be added."""

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from governance.web.shares import wilson

PICKS = 24
"""Hits kept to choose the shown ones from."""


@dataclass
class Figures:
    """`looked_at` are the listings where the draft applies; `revenue` of the last 30 days, in euro, of what it holds for.

    `caught` are hits with an open violation of another policy, `caught_by` how many of each. `picks` are hits drawn at random:
    (a number drawn for the key, the key), smallest first.
    """

    looked_at: int = 0
    matched: int = 0
    undecidable: int = 0
    revenue: float = 0.0
    merchants: set[int] = field(default_factory=set)
    markets: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    caught: int = 0
    caught_by: Counter[int] = field(default_factory=Counter)
    picks: list[tuple[int, int]] = field(default_factory=list)

    def add(self, other: "Figures") -> None:
        """Of other listings."""
        self.looked_at += other.looked_at
        self.matched += other.matched
        self.undecidable += other.undecidable
        self.revenue += other.revenue
        self.merchants |= other.merchants
        self.markets.update(other.markets)
        self.categories.update(other.categories)
        self.missing.update(other.missing)
        self.caught += other.caught
        self.caught_by.update(other.caught_by)
        self.picks = sorted([*self.picks, *other.picks])[:PICKS]

    @property
    def share(self) -> float | None:
        return self.matched / self.looked_at if self.looked_at else None


def branches(categories: Counter[str]) -> Counter[str]:
    """Counts by the branches of the tree in which the categories begin to differ."""
    codes = [code.split("/") for code in categories if code]
    alike = takewhile(lambda level: len(set(level)) == 1, zip(*codes, strict=False))
    depth = sum(1 for _level in alike) + 1
    found: Counter[str] = Counter()
    for code, count in categories.items():
        found["/".join(code.split("/")[:depth])] += count
    return found


class Interval(NamedTuple):
    low: int
    high: int


def interval(found: int, drawn: int, total: int) -> Interval:
    """How many of `total` there are with 95% certainty, when `found` of `drawn` at random were: Wilson's interval.

    It never says none for certain when none was found, and never fewer than were found.
    """
    low, high = wilson(found, drawn)
    return Interval(max(found, math.floor(low * total)), min(total, math.ceil(high * total)))
