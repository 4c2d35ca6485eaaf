"""How a stored value leaves the database, so that COPY and a column agree on it."""

import polars as pl
from django.db.models import BigIntegerField, F, FloatField, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from enforcement.engine.columns.values import MOMENT


def given(field: str) -> Combinable:
    """A text of which an empty one is none."""
    return Func(F(field), Value(""), function="NULLIF", output_field=TextField())


def joined(field: str) -> Combinable:
    """An array of codes, with commas between them."""
    return Func(F(field), Value(","), function="array_to_string", output_field=TextField())


def micros(field: str) -> Combinable:
    """A moment as microseconds since 1970. Exact: the epoch of a timestamp is a numeric."""
    return Func(
        F(field), template="(EXTRACT(epoch FROM %(expressions)s) * 1000000)::bigint", output_field=BigIntegerField()
    )


def days(field: str) -> Combinable:
    """A date as days since 1970."""
    return Func(F(field), template="(%(expressions)s - DATE '1970-01-01')", output_field=BigIntegerField())


def double(field: str) -> Combinable:
    return Cast(F(field), FloatField())


def text_of(field: str) -> Combinable:
    """JSON as it is stored."""
    return Cast(F(field), TextField())


def moment(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC").cast(MOMENT)


def first_second(column: str) -> pl.Expr:
    """Of a day."""
    return moment_of_day(column, 0)


def last_second(column: str) -> pl.Expr:
    return moment_of_day(column, 86_399)


def moment_of_day(column: str, second: int) -> pl.Expr:
    micros_ = (pl.col(column).cast(pl.Int64) * 86_400 + second) * 1_000_000
    return micros_.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").cast(MOMENT)


def entries(column: str) -> pl.Expr:
    """The codes of `joined`; none of an empty text."""
    text = pl.col(column)
    return pl.when(text == "").then(pl.lit([], dtype=pl.List(pl.String))).otherwise(text.str.split(","))
