"""An expression over columns with the kind of what it yields. Null is unknown."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from governance.policies.language.kinds import Kind

MOMENT = pl.Datetime("us", "UTC")
PERIOD = pl.Duration("us")
CERTIFICATE_FIELDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "type": pl.String,
    "number": pl.String,
    "issuer": pl.String,
    "standard": pl.String,
    "validFrom": MOMENT,
    "validUntil": MOMENT,
}
DTYPES: dict[Kind, Any] = {
    Kind.TEXT: pl.String,
    Kind.NUMBER: pl.Float64,
    Kind.WHOLE: pl.Int64,
    Kind.BOOLEAN: pl.Boolean,
    Kind.MOMENT: MOMENT,
    Kind.PERIOD: PERIOD,
    Kind.LIST: pl.List(pl.String),
    Kind.CERTIFICATES: pl.List(pl.Struct(CERTIFICATE_FIELDS)),
}


class NotLowered(Exception):
    """The rule has a part that is not read over columns; it is read row by row. The text names the part."""


@dataclass(frozen=True)
class Value:
    """`element` of a list is the kind of its entries. `inexact`: arithmetic on doubles, which may have come to no number."""

    kind: Kind
    expr: pl.Expr
    element: Kind = Kind.TEXT
    inexact: bool = False


@dataclass(frozen=True)
class Loose:
    """A record that has no column of its own: a loop's certificate. Its fields are columns that begin with its name."""

    kind: Kind
    column: str
