"""Columns of lists, gathered from their entries."""

from collections.abc import Sequence
from typing import Any

import polars as pl


def lists(flat: pl.Series, several: Sequence[Sequence[Any] | None], *, empty: bool) -> pl.Series:
    """Entries one after the other, gathered into a list for each row: a list made by itself costs more than reading the rules.

    Rows without an entry have an empty list, or none.
    """
    owners = pl.Series(
        "_nth", [nth for nth, entries in enumerate(several) for _entry in entries or ()], dtype=pl.UInt32
    )
    return gathered(owners, flat, len(several), empty=empty)


def gathered(owners: pl.Series, flat: pl.Series, height: int, *, empty: bool) -> pl.Series:
    """A list for each of `height` rows: the entries of `flat` whose owner is its number, in their order."""
    entries = pl.DataFrame([owners.alias("_nth"), flat]).group_by("_nth", maintain_order=True).agg(pl.col(flat.name))
    every = pl.DataFrame([pl.Series("_nth", range(height), dtype=pl.UInt32)])
    found = every.join(entries, on="_nth", how="left", maintain_order="left")[flat.name]
    return found.fill_null(pl.Series([[]], dtype=found.dtype)) if empty else found
