"""What is worked out before the rules are read, as columns of their own: loops over lists, and regular expressions.

Loops explode their list into a frame with a row for each entry, read their conditions there as rules of their own, and bring back
what came of them for each row.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

import polars as pl

from enforcement.engine.columns import matched
from enforcement.engine.columns.values import CERTIFICATE_FIELDS
from governance.policies.language.kinds import Kind


class Stage(Protocol):
    def copy(self) -> Self:
        """One to which more may be added without this one being changed."""

    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with one more column, or several."""

    def reads(self, kept: Collection[str] = ()) -> set[str]:
        """Names of the columns that it looks at, those of its own making among them; `kept` are columns of `matched` that are there."""


@dataclass(frozen=True)
class Asked:
    """What one loop asks of the entries: `how` is exists, all, exists_one or filter."""

    column: str
    how: str
    condition: pl.Expr

    def counts(self, variable: str) -> list[pl.Expr]:
        """Of the entries of one row, what the answer takes."""
        held = pl.col(self.column)
        match self.how:
            case "all":
                decides = (~held).sum().alias(f"{self.column}_false")
            case "filter":
                decides = pl.col(variable).filter(held).alias(f"{self.column}_kept")
            case _:
                decides = held.sum().alias(f"{self.column}_true")
        return [decides, held.is_null().sum().alias(f"{self.column}_unknown")]

    def answer(self, variable: str) -> pl.Expr:
        """Of the rows with those counts, which are null where there is no entry, beside the list itself."""
        true, false, unknown = (pl.col(f"{self.column}{name}").fill_null(0) for name in ("_true", "_false", "_unknown"))
        there = pl.when(pl.col(variable).is_null()).then(None)
        match self.how:
            case "exists":
                found = there.when(true > 0).then(True).when(unknown > 0).then(None).otherwise(False)
            case "all":
                found = there.when(false > 0).then(False).when(unknown > 0).then(None).otherwise(True)
            case "exists_one":
                found = there.when(unknown > 0).then(None).otherwise(true == 1)
            case _:
                kept = pl.coalesce(f"{self.column}_kept", pl.col(variable).list.head(0))
                found = there.when(unknown > 0).then(None).otherwise(kept)
        return found.alias(self.column)


@dataclass
class Loops:
    """All loops over one list, which `over` yields. Only the columns that their conditions read are carried along."""

    over: pl.Expr
    element: Kind
    variable: str
    inner: Sequence[Stage]
    asked: list[Asked] = field(default_factory=list)

    def add_to(self, frame: pl.DataFrame) -> pl.DataFrame:
        row, read = f"{self.variable}/row", self._inside()
        carried = (name for name in read if name in frame.columns and name != self.variable)
        number = pl.int_range(pl.len(), dtype=pl.UInt32).alias(row)
        with_list = frame.select(number, *carried, self.over.alias(self.variable))
        entries = with_list.filter(pl.col(self.variable).list.len() > 0).explode(self.variable)
        if self.element is Kind.CERTIFICATE:
            entry = pl.col(self.variable).struct
            entries = entries.with_columns(
                entry.field(name).alias(field)
                for name in CERTIFICATE_FIELDS
                if (field := f"{self.variable}.{name}") in read
            )
        for stage in self.inner:
            entries = stage.add_to(entries)
        judged = entries.select(row, self.variable, *(each.condition.alias(each.column) for each in self.asked))
        counts = judged.group_by(row).agg(count for each in self.asked for count in each.counts(self.variable))
        every = with_list.select(row, self.variable).join(counts, on=row, how="left", maintain_order="left")
        return frame.with_columns(every.select(each.answer(self.variable) for each in self.asked))

    def reads(self, kept: Collection[str] = ()) -> set[str]:
        return self._inside() | set(self.over.meta.root_names())

    def copy(self) -> Self:
        return replace(self, asked=list(self.asked))

    def _inside(self) -> set[str]:
        conditions = (each.condition.meta.root_names() for each in self.asked)
        return set().union(*conditions, *(stage.reads() for stage in self.inner))


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

    def copy(self) -> Self:
        return replace(self, columns=dict(self.columns))

    def kept(self) -> Mapping[str, str]:
        """Columns in which a snapshot may have it already, by pattern; none where the text is not a fact as it stands."""
        if not self.text.meta.is_column():
            return {}
        return {pattern: matched.kept_as(self.text.meta.output_name(), pattern) for pattern in self.columns}

    def reads(self, kept: Collection[str] = ()) -> set[str]:
        if self.columns.keys() == {pattern for pattern, name in self.kept().items() if name in kept}:
            return set()
        return set(self.text.meta.root_names())
