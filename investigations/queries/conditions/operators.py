"""Operators and functions of the rule language in SQL, each with the meaning that the row by row reading gives it.

Null is unknown, and SQL's logic has the same three values. Texts are ordered by their characters, whatever the database's collation. A sum of
whole numbers that does not fit in 64 bits, a moment outside the years 1 to 9999 and a division by nothing are unknown.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    DecimalField,
    DurationField,
    Field,
    FloatField,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from governance.policies.language.durations import duration_of
from governance.policies.language.kinds import Kind
from investigations.queries.conditions.spelled import Spelled, listed, within

FIELDS: Mapping[Kind, Callable[[], "Field[Any, Any]"]] = {
    Kind.TEXT: TextField,
    Kind.NUMBER: FloatField,
    Kind.WHOLE: BigIntegerField,
    Kind.BOOLEAN: BooleanField,
    Kind.MOMENT: DateTimeField,
    Kind.PERIOD: DurationField,
    Kind.LIST: lambda: ArrayField(TextField()),
}
SIGNS = {"_==_": "=", "_!=_": "<>", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
PLAIN_SUMS = {"_+_": "+", "_-_": "-", "_*_": "*"}
ENDS = "(SELECT right({0}, char_length(s.part)) = s.part FROM (SELECT {1} AS part OFFSET 0) AS s)"
"""The part is written once: of one in another in another there would be thousands."""
KNOWN_AMONG = "(SELECT {0} = ANY(s.entries) FROM (SELECT {1} AS entries OFFSET 0) AS s WHERE array_position(s.entries, NULL) IS NULL)"
LONGEST_PERIOD = timedelta(microseconds=(2**63 - 1) // 1_000)
"""CEL keeps lengths of time in 64 bits of nanoseconds."""
LONGEST = "interval '106751 days 23:47:16.854775'"
"""The same in SQL."""
FIRST, LAST = "timestamptz '0001-01-01 00:00:00Z'", "timestamptz '9999-12-31 23:59:59.999999Z'"
SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
CAPITALS, SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


class NotInSQL(Exception):
    """Something that is not asked of the database."""


@dataclass(frozen=True)
class Term:
    """An expression with the kind of what it yields; of a list, `element` is the kind of its entries. `constant`: it was written out."""

    kind: Kind
    sql: Any
    element: Kind = Kind.TEXT
    constant: bool = False


def truth(text: str, *parts: Any) -> Term:
    return Term(Kind.BOOLEAN, Spelled(text, *parts))


def literal(value: object) -> Term:
    match value:
        case bool():
            return Term(Kind.BOOLEAN, Value(value, BooleanField()), constant=True)
        case int():
            return Term(Kind.WHOLE, Cast(Value(value), BigIntegerField()), constant=True)
        case float() if value == value and abs(value) != float("inf"):
            return Term(Kind.NUMBER, Cast(Value(value), FloatField()), constant=True)
        case str() if "\x00" not in value:
            return Term(Kind.TEXT, Cast(Value(value), TextField()), constant=True)
    raise NotInSQL


# --- logic ---------------------------------------------------------------------------------------


def both(left: Term, right: Term) -> Term:
    return truth("({0} AND {1})", left.sql, right.sql)


def either(left: Term, right: Term) -> Term:
    return truth("({0} OR {1})", left.sql, right.sql)


def opposite(value: Term) -> Term:
    return truth("(NOT {0})", value.sql)


def choice(condition: Term, left: Term, right: Term) -> Term:
    """Unknown where the condition is."""
    if left.kind is not right.kind or left.kind is Kind.LIST:
        raise NotInSQL
    spelled = "(CASE {0} WHEN true THEN {1} WHEN false THEN {2} END)"
    return Term(left.kind, Spelled(spelled, condition.sql, left.sql, right.sql, output_field=FIELDS[left.kind]()))


def present(value: Term) -> Term:
    return truth("({0} IS NOT NULL)", value.sql)


# --- comparison ----------------------------------------------------------------------------------


def comparison(function: str, left: Term, right: Term) -> Term:
    if left.kind is not right.kind or left.kind is Kind.LIST:
        raise NotInSQL
    ordered = left.kind is Kind.TEXT and function not in ("_==_", "_!=_")
    collation = ' COLLATE "C"' if ordered else ""
    return truth(f"({{0}} {SIGNS[function]} {{1}}{collation})", left.sql, right.sql)


def among(item: Term, entries: Sequence[Term]) -> Term:
    """In a list that is written out: unknown where the item or an entry is."""
    if not entries:
        return truth("(CASE WHEN {0} IS NOT NULL THEN false END)", item.sql)
    if any(entry.kind is not item.kind for entry in entries):
        raise NotInSQL
    given = [entry.sql for entry in entries]
    if all(entry.constant for entry in entries):
        return truth(f"({{0}} IN ({listed(1, len(given))}))", item.sql, *given)
    return truth(KNOWN_AMONG, item.sql, Spelled(f"ARRAY[{listed(0, len(given))}]", *given))


def contained(item: Term, held: Term) -> Term:
    """In a list that is stored."""
    if held.kind is not Kind.LIST or held.element is not item.kind:
        raise NotInSQL
    return truth("({0} = ANY({1}))", item.sql, held.sql)


# --- sums ----------------------------------------------------------------------------------------


def arithmetic(function: str, left: Term, right: Term) -> Term:
    kinds = (left.kind, right.kind)
    if kinds == (Kind.WHOLE, Kind.WHOLE):
        return _whole(function, left, right)
    if kinds == (Kind.NUMBER, Kind.NUMBER):
        text = "({0} / NULLIF({1}, 0))" if function == "_/_" else f"({{0}} {_sign(function)} {{1}})"
        return Term(Kind.NUMBER, Spelled(text, left.sql, right.sql, output_field=FloatField()))
    if kinds == (Kind.TEXT, Kind.TEXT) and function == "_+_":
        return Term(Kind.TEXT, Spelled("({0} || {1})", left.sql, right.sql, output_field=TextField()))
    if not set(kinds) <= {Kind.MOMENT, Kind.PERIOD} or function not in ("_+_", "_-_"):
        raise NotInSQL
    if left.kind is right.kind:
        period = DurationField()
        bounds = {"least": f"-{LONGEST}", "most": LONGEST}
        sql = within(f"{{0}} {_sign(function)} {{1}}", left.sql, right.sql, output_field=period, **bounds)
        return Term(Kind.PERIOD, sql)
    text = f"{{0}} {_sign(function)} {{1}}"
    moment = within(text, left.sql, right.sql, least=FIRST, most=LAST, output_field=DateTimeField())
    return Term(Kind.MOMENT, moment)


def _sign(function: str) -> str:
    if function not in PLAIN_SUMS:
        raise NotInSQL
    return PLAIN_SUMS[function]


def _whole(function: str, left: Term, right: Term) -> Term:
    """Made in numbers of any length. Division and remainder go towards zero."""
    parts = [Cast(term.sql, DecimalField(max_digits=1_000, decimal_places=0)) for term in (left, right)]
    of_division = {"_/_": "div({0}, NULLIF({1}, 0))", "_%_": "mod({0}, NULLIF({1}, 0))"}
    text = of_division.get(function) or f"{{0}} {_sign(function)} {{1}}"
    return _fitting(text, *parts)


def _fitting(text: str, *parts: Any) -> Term:
    least, most = "-9223372036854775808", "9223372036854775807"
    sql = within(text, *parts, least=least, most=most, output_field=BigIntegerField())
    return Term(Kind.WHOLE, Cast(sql, BigIntegerField()))


def negative(value: Term) -> Term:
    if value.kind is Kind.WHOLE:
        return _fitting("- {0}", Cast(value.sql, DecimalField(max_digits=1_000, decimal_places=0)))
    if value.kind in (Kind.NUMBER, Kind.PERIOD):
        return Term(value.kind, Spelled("(- {0})", value.sql, output_field=FIELDS[value.kind]()))
    raise NotInSQL


# --- functions -----------------------------------------------------------------------------------


def size(value: Term) -> Term:
    counted = {Kind.TEXT: "char_length({0})", Kind.LIST: "cardinality({0})"}.get(value.kind)
    if counted is None:
        raise NotInSQL
    return Term(Kind.WHOLE, Spelled(counted, value.sql, output_field=BigIntegerField()))


def of_text(function: str, text: Term, args: Sequence[Term]) -> Term:
    if text.kind is not Kind.TEXT or any(arg.kind is not Kind.TEXT for arg in args):
        raise NotInSQL
    match function, *args:
        case "startsWith", Term(sql=part):
            return truth("starts_with({0}, {1})", text.sql, part)
        case "endsWith", Term(sql=part):
            return truth(ENDS, text.sql, part)
        case "contains", Term(sql=part):
            return truth("(strpos({0}, {1}) > 0)", text.sql, part)
        case ("lowerAscii",):
            return _translated(text, CAPITALS, SMALL)
        case ("upperAscii",):
            return _translated(text, SMALL, CAPITALS)
        case ("trim",):
            bare = Spelled("btrim({0}, {1})", text.sql, Value(SPACES), output_field=TextField())
            return Term(Kind.TEXT, bare)
    raise NotInSQL


def _translated(text: Term, these: str, those: str) -> Term:
    sql = Spelled("translate({0}, {1}, {2})", text.sql, Value(these), Value(those), output_field=TextField())
    return Term(Kind.TEXT, sql)


def year(value: Term) -> Term:
    if value.kind is not Kind.MOMENT:
        raise NotInSQL
    spelled = "EXTRACT(YEAR FROM {0} AT TIME ZONE 'UTC')::bigint"
    return Term(Kind.WHOLE, Spelled(spelled, value.sql, output_field=BigIntegerField()))


def number(value: Term) -> Term:
    if value.kind not in (Kind.WHOLE, Kind.NUMBER):
        raise NotInSQL
    return Term(Kind.NUMBER, Cast(value.sql, FloatField()))


def at(moment: datetime) -> Term:
    return Term(Kind.MOMENT, Cast(Value(moment), DateTimeField()))


def moment(text: str) -> Term:
    """A point in time as written; unknown outside the years 1 to 9999. The database keeps none finer than a microsecond."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NotInSQL from None
    fraction = re.search(r"\.(\d+)", text)
    if found.tzinfo is None or (fraction and fraction[1][6:].strip("0")):
        raise NotInSQL
    try:
        return at(found.astimezone(UTC))
    except OverflowError:
        return Term(Kind.MOMENT, Cast(Value(None), DateTimeField()))


def period(text: str) -> Term:
    """A length of time as written: 36h, 1h30m, -90s."""
    found: timedelta | None = duration_of(text)
    if found is None or abs(found) > LONGEST_PERIOD:
        raise NotInSQL
    return Term(Kind.PERIOD, Cast(Value(found), DurationField()))
