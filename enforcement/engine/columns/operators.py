"""Operators and functions over columns, each with the meaning that the row by row reading gives it.

Whole numbers: CEL reports an overflow and a division by nothing, Polars wraps and answers null; so sums are made in 128 bits
and what does not fit in 64 is unknown. Doubles: nothing equals and nothing is more than what is not a number. Division and
remainder of whole numbers go towards zero. A moment outside the years 1 to 9999 is unknown.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase, ascii_uppercase

import polars as pl

from enforcement.engine.columns.values import MOMENT, PERIOD, NotLowered, Value
from governance.policies.language.durations import duration_of
from governance.policies.language.kinds import Kind

LEAST, MOST = -(2**63), 2**63 - 1
FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
LONGEST = timedelta(microseconds=2**63 // 1_000)  # CEL keeps lengths of time in 64 bits of nanoseconds
MIRRORED = {"_==_": "_==_", "_!=_": "_!=_", "_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}
SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def boolean(expr: pl.Expr) -> Value:
    return Value(Kind.BOOLEAN, expr)


def literal(value: object) -> Value:
    match value:
        case bool():
            return Value(Kind.BOOLEAN, pl.lit(value))
        case int():
            return Value(Kind.WHOLE, pl.lit(value, dtype=pl.Int64))
        case float():
            return Value(Kind.NUMBER, pl.lit(value, dtype=pl.Float64), inexact=value != value)
        case str():
            return Value(Kind.TEXT, pl.lit(value, dtype=pl.String))
    raise NotLowered(f"a literal {value!r}")


# --- logic ---------------------------------------------------------------------------------------


def both(left: Value, right: Value) -> Value:
    return boolean(left.expr & right.expr)


def either(left: Value, right: Value) -> Value:
    return boolean(left.expr | right.expr)


def opposite(value: Value) -> Value:
    return boolean(~value.expr)


def choice(condition: Value, left: Value, right: Value) -> Value:
    """Unknown where the condition is: Polars alone would take the other branch."""
    if left.kind is not right.kind:
        raise NotLowered("a choice between two kinds")
    taken = pl.when(condition.expr).then(left.expr).when(~condition.expr).then(right.expr)
    return Value(left.kind, taken, left.element, inexact=left.inexact or right.inexact)


# --- comparison ----------------------------------------------------------------------------------


def comparison(function: str, left: Value, right: Value) -> Value:
    if left.kind is not right.kind or left.kind in (Kind.LIST, Kind.CERTIFICATES):
        raise NotLowered(f"{left.kind} beside {right.kind}")
    if (
        not left.expr.meta.root_names()
    ):  # Polars answers once, not for each row, where a column it knows as sorted stands right
        left, right, function = right, left, MIRRORED[function]
    a, b = left.expr, right.expr
    compared = {
        "_==_": a == b,
        "_!=_": a != b,
        "_<_": a < b,
        "_<=_": a <= b,
        "_>_": a > b,
        "_>=_": a >= b,
    }[function]
    if left.inexact or right.inexact:
        known, number = a.is_not_null() & b.is_not_null(), a.is_not_nan() & b.is_not_nan()
        compared = pl.when(known).then((compared | ~number) if function == "_!=_" else (compared & number))
    return boolean(compared)


def among(item: Value, entries: Sequence[Value]) -> Value:
    """In a list that is written out: unknown where the item or an entry is."""
    if not entries:
        return boolean(pl.when(item.expr.is_not_null()).then(pl.lit(False)))
    return boolean(
        _all_known(pl.any_horizontal(*(comparison("_==_", item, entry).expr for entry in entries)), entries, item)
    )


def _all_known(found: pl.Expr, entries: Sequence[Value], item: Value) -> pl.Expr:
    known = pl.all_horizontal(item.expr.is_not_null(), *(entry.expr.is_not_null() for entry in entries))
    return pl.when(known).then(found)


def contained(item: Value, held: Value) -> Value:
    """In a list that is stored."""
    if held.kind is not Kind.LIST or held.element is not item.kind:
        raise NotLowered(f"{item.kind} in {held.kind}")
    known = item.expr.is_not_null() & held.expr.is_not_null()
    return boolean(pl.when(known).then(held.expr.list.contains(item.expr)))


# --- sums ----------------------------------------------------------------------------------------


def arithmetic(function: str, left: Value, right: Value) -> Value:
    kinds = (left.kind, right.kind)
    if kinds == (Kind.WHOLE, Kind.WHOLE):
        return _whole(_whole_sum(function, left.expr.cast(pl.Int128), right.expr.cast(pl.Int128)))
    if kinds == (Kind.NUMBER, Kind.NUMBER):
        return Value(Kind.NUMBER, _plain(function, left.expr, right.expr), inexact=True)
    if kinds == (Kind.TEXT, Kind.TEXT) and function == "_+_":
        return Value(Kind.TEXT, pl.concat_str(left.expr, right.expr))
    return _in_time(function, left, right)


def _in_time(function: str, left: Value, right: Value) -> Value:
    found = _plain(function, left.expr, right.expr) if function in ("_+_", "_-_") else None
    if found is None or {left.kind, right.kind} - {Kind.MOMENT, Kind.PERIOD}:
        raise NotLowered(f"{left.kind} {function} {right.kind}")
    if left.kind is right.kind:
        within = found.is_between(pl.lit(-LONGEST, dtype=PERIOD), pl.lit(LONGEST, dtype=PERIOD))
        return Value(Kind.PERIOD, pl.when(within).then(found))
    within = found.is_between(pl.lit(FIRST_MOMENT, dtype=MOMENT), pl.lit(LAST_MOMENT, dtype=MOMENT))
    return Value(Kind.MOMENT, pl.when(within).then(found))


def _plain(function: str, a: pl.Expr, b: pl.Expr) -> pl.Expr:
    operations: dict[str, Callable[[], pl.Expr]] = {
        "_+_": lambda: a + b,
        "_-_": lambda: a - b,
        "_*_": lambda: a * b,
        "_/_": lambda: a / b,
    }
    if function not in operations:
        raise NotLowered(function)
    return operations[function]()


def _whole_sum(function: str, a: pl.Expr, b: pl.Expr) -> pl.Expr:
    if function in ("_/_", "_%_"):
        divisor = pl.when(b != 0).then(b)
        towards_zero = (a.abs() // divisor.abs()) * a.sign() * divisor.sign()
        return towards_zero if function == "_/_" else a - towards_zero * divisor
    return _plain(function, a, b)


def _whole(expr: pl.Expr) -> Value:
    fits = expr.is_between(pl.lit(LEAST, dtype=pl.Int128), pl.lit(MOST, dtype=pl.Int128))
    return Value(Kind.WHOLE, pl.when(fits).then(expr).cast(pl.Int64))


def negative(value: Value) -> Value:
    if value.kind is Kind.WHOLE:
        return _whole(pl.lit(0, dtype=pl.Int128) - value.expr.cast(pl.Int128))
    if value.kind in (Kind.NUMBER, Kind.PERIOD):
        return Value(value.kind, -value.expr, inexact=value.inexact)
    raise NotLowered(f"- {value.kind}")


# --- functions -----------------------------------------------------------------------------------


def size(value: Value) -> Value:
    if value.kind is Kind.TEXT:
        return Value(Kind.WHOLE, value.expr.str.len_chars().cast(pl.Int64))
    if value.kind in (Kind.LIST, Kind.CERTIFICATES):
        return Value(Kind.WHOLE, value.expr.list.len().cast(pl.Int64))
    raise NotLowered(f"size of {value.kind}")


def of_text(function: str, text: Value, args: Sequence[Value]) -> Value:
    if text.kind is not Kind.TEXT or any(arg.kind is not Kind.TEXT for arg in args):
        raise NotLowered(f"{function} of {text.kind}")
    match function, *args:
        case "startsWith", Value(expr=part):
            return boolean(text.expr.str.starts_with(part))
        case "endsWith", Value(expr=part):
            return boolean(text.expr.str.ends_with(part))
        case "contains", Value(expr=part):
            return boolean(text.expr.str.contains(part, literal=True))
        case ("lowerAscii",):
            return Value(Kind.TEXT, text.expr.str.replace_many(list(ascii_uppercase), list(ascii_lowercase)))
        case ("upperAscii",):
            return Value(Kind.TEXT, text.expr.str.replace_many(list(ascii_lowercase), list(ascii_uppercase)))
        case ("trim",):
            return Value(Kind.TEXT, text.expr.str.strip_chars(SPACES))
    raise NotLowered(function)


def year(value: Value) -> Value:
    if value.kind is not Kind.MOMENT:
        raise NotLowered(f"year of {value.kind}")
    return Value(Kind.WHOLE, value.expr.dt.year().cast(pl.Int64))


def number(value: Value) -> Value:
    if value.kind not in (Kind.WHOLE, Kind.NUMBER):
        raise NotLowered(f"double of {value.kind}")
    return Value(Kind.NUMBER, value.expr.cast(pl.Float64), inexact=value.inexact)


def moment(text: str) -> Value:
    """A point in time as written. Finer than a microsecond there is no column."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NotLowered(f"the time {text}") from None
    fraction = re.search(r"\.(\d+)", text)
    if found.tzinfo is None or (fraction and fraction[1][6:].strip("0")):
        raise NotLowered(f"the time {text}")
    try:
        return Value(Kind.MOMENT, pl.lit(found.astimezone(UTC), dtype=MOMENT))
    except OverflowError:
        raise NotLowered(f"the time {text}") from None


def period(text: str) -> Value:
    """A length of time as written: 36h, 1h30m, -90s. Finer than a microsecond there is no column."""
    found = duration_of(text)
    if found is None:
        raise NotLowered(f"the length of time {text}")
    return Value(Kind.PERIOD, pl.lit(found, dtype=PERIOD))
