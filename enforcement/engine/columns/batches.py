"""Many listings as one table: a column for each stored fact that the rules read, named by its path, and what they are scoped by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from governance.policies.language import Subject

KEY, VERSION, CATEGORY, MARKETS = "_key", "_version", "_category", "_markets"
SEPARATOR = ","
"""Between the codes of MARKETS."""


class Subjects(Protocol):
    def __call__(self, keys: Collection[int], texts_of: Collection[int] | None = None) -> Mapping[int, Subject]:
        """`texts_of`: those among them whose stored texts are wanted, where it is not all of them."""


@dataclass(frozen=True)
class Batch:
    """Listings, one in each row of the frame, in the order of their keys.

    KEY is Int64; CATEGORY a code, null where there is none; MARKETS the codes of where it is offered, in the listing's order.
    `odd` are keys of listings that are not in the frame: something that they hold is not of its registered kind, and only the
    row by row reading names it. `subjects` gives listings of this batch, or some of `odd`, with all that an explanation reads.
    """

    frame: pl.DataFrame
    odd: Collection[int]
    subjects: Subjects

    @property
    def keys(self) -> list[int]:
        return self.frame[KEY].to_list()
