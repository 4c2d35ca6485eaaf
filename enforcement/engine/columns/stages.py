"""What is worked out before the rules are read, as columns of their own: loops over lists, and regular expressions.

A loop explodes its list into a frame with a row for each entry, reads its condition there as a rule of its own, and brings back
what came of it for each row.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from enforcement.engine.columns import matched
from enforcement.engine.columns.values import CERTIFICATE_FIELDS
from governance.policies.language.kinds import Kind


class Stage(Protocol):
    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with one more column, or several."""

    def reads(self, kept: Collection[str] = ()) -> set[str]:
        """Names of the columns that it looks at, those of its own making among them; `kept` are columns of `matched` that are there."""


@dataclass
class Loop:
    """`how` is exists, all, exists_one or filter. `over` yields the list. Only the columns that the condition reads are carried along."""

    column: str
    how: str
    over: pl.Expr
    element: Kind
    variable: str
    condition: pl.Expr
    stages: Sequence[Stage]

    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        row = f"{self.variable}/row"
        carried = (name for name in self._inside() if name in frame.columns and name != self.variable)
        number = pl.int_range(pl.len(), dtype=pl.UInt32).alias(row)
        with_list = frame.select(number, *carried, self.over.alias(self.variable))
        entries = with_list.filter(pl.col(self.variable).list.len() > 0).explode(self.variable)
        if self.element is Kind.CERTIFICATE:
            entry, read = pl.col(self.variable).struct, self._inside()
            entries = entries.with_columns(
                entry.field(name).alias(field)
                for name in CERTIFICATE_FIELDS
                if (field := f"{self.variable}.{name}") in read
            )
        for stage in self.stages:
            entries = stage.add_to(entries)
        judged = entries.select(row, self.variable, self.condition.alias("_held"))
        return frame.with_columns(self._answered(with_list, judged, row))

    def _answered(self, with_list: pl.DataFrame, judged: pl.DataFrame, row: str) -> pl.Series:
        held = pl.col("_held")
        kept = [pl.col(self.variable).filter(held).alias("_kept")] if self.how == "filter" else []
        summed = judged.group_by(row).agg(
            held.sum().alias("_true"), held.is_null().sum().alias("_unknown"), (~held).sum().alias("_false"), *kept
        )
        every = with_list.select(row, pl.col(self.variable).is_null().alias("_no_list"), self.variable)
        joined = every.join(summed, on=row, how="left", maintain_order="left")
        return joined.select(self._answer().alias(self.column)).to_series()

    def reads(self, kept: Collection[str] = ()) -> set[str]:
        return self._inside() | set(self.over.meta.root_names())

    def _inside(self) -> set[str]:
        return set(self.condition.meta.root_names()).union(*(stage.reads() for stage in self.stages))

    def _answer(self) -> pl.Expr:
        true, false, unknown = (pl.col(name).fill_null(0) for name in ("_true", "_false", "_unknown"))
        there = pl.when(pl.col("_no_list")).then(None)
        match self.how:
            case "exists":
                return there.when(true > 0).then(True).when(unknown > 0).then(None).otherwise(False)
            case "all":
                return there.when(false > 0).then(False).when(unknown > 0).then(None).otherwise(True)
            case "exists_one":
                return there.when(unknown > 0).then(None).otherwise(true == 1)
            case _:
                nothing = pl.col(self.variable).list.head(0)
                return there.when(unknown > 0).then(None).otherwise(pl.coalesce("_kept", nothing))


@dataclass
class Patterns:
    """All regular expressions that are looked for in one text, by their column."""

    text: pl.Expr
    columns: dict[str, str] = field(default_factory=dict)

    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        kept = {pattern: name for pattern, name in self.kept().items() if name in frame.columns}
        there = (pl.col(name).alias(self.columns[pattern]) for pattern, name in kept.items())
        several = [pattern for pattern in self.columns if pattern not in kept]
        if not several:
            return frame.with_columns(there)
        texts = frame.select(self.text.alias("text")).to_series()
        found = matched.matches(texts, several)
        return frame.with_columns(*there, *(found[pattern].alias(self.columns[pattern]) for pattern in several))

    def kept(self) -> Mapping[str, str]:
        """Columns in which a snapshot may have it already, by pattern; none where the text is not a fact as it stands."""
        if not self.text.meta.is_column():
            return {}
        return {pattern: matched.kept_as(self.text.meta.output_name(), pattern) for pattern in self.columns}

    def reads(self, kept: Collection[str] = ()) -> set[str]:
        if self.columns.keys() == {pattern for pattern, name in self.kept().items() if name in kept}:
            return set()
        return set(self.text.meta.root_names())
