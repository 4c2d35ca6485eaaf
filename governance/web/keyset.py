"""Keyset paging: each page is found by the values of its neighbour's last row, so page 1,000 costs what page 1 costs.

`order` names columns as `order_by` does and ends with the primary key, which makes it total. A plain name follows
PostgreSQL: ascending with nulls last, descending with nulls first; `F("due_at").desc(nulls_last=True)` says otherwise.
"""

import datetime as dt
import decimal
import json
import uuid
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.db.models import BooleanField, F, Func, Model, OrderBy, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

AFTER, BEFORE, UNTIL = "a", "b", "u"  # UNTIL is BEFORE with its own row, for the way back from an emptied page
SIGNER = signing.Signer(salt="governance.web.keyset")


class BrokenCursor(ValueError):
    """The cursor was cut, changed, or made for another order. A page shows its first rows; the API answers 400."""

    def __init__(self) -> None:
        super().__init__(_("This page's address is incomplete or belongs to another sorting."))


@dataclass(frozen=True)
class KeysetPage:
    """One page of rows, with the cursors of its neighbours; None where there is no neighbour."""

    rows: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Column:
    name: str
    descending: bool
    nulls_first: bool
    nullable: bool = True

    @property
    def reversed(self) -> "Column":
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    @property
    def expression(self) -> OrderBy:
        nulls = {"nulls_first": True} if self.nulls_first else {"nulls_last": True}
        default = self.descending == self.nulls_first or not self.nullable  # PostgreSQL's own place needs no clause
        return OrderBy(F(self.name), descending=self.descending, **({} if default else nulls))

    def beyond(self, value: Any) -> Q | None:
        """Rows that sort after `value` in this column alone; None where there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.nulls_first else None
        beyond = Q(**{f"{self.name}__{'lt' if self.descending else 'gt'}": value})
        nulls_follow = self.nullable and not self.nulls_first
        return beyond | Q(**{f"{self.name}__isnull": True}) if nulls_follow else beyond

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


def page(
    queryset: QuerySet[Any], *, order: Sequence[str | OrderBy], cursor: str | None = None, size: int = 50
) -> KeysetPage:
    """The page at `cursor`, or the first, with one query. Raises BrokenCursor."""
    columns = _columns(queryset, order)
    salt = _fingerprint(columns)
    if not cursor:
        return _first(queryset, columns, salt, size)
    direction, values = _decode(cursor, salt, len(columns))
    if direction == AFTER:
        return _forward(queryset, columns, salt, size, values)
    found = _backward(queryset, columns, salt, size, values, inclusive=direction == UNTIL)
    return found if found.rows else _first(queryset, columns, salt, size)


def _first(queryset: QuerySet[Any], columns: list[Column], salt: str, size: int) -> KeysetPage:
    rows = list(queryset.order_by(*(column.expression for column in columns))[: size + 1])
    following = _encode(AFTER, rows[size - 1], columns, salt) if len(rows) > size else None
    return KeysetPage(rows[:size], following, None)


def _forward(queryset: QuerySet[Any], columns: list[Column], salt: str, size: int, values: list[Any]) -> KeysetPage:
    found = _first(queryset.filter(_beyond(columns, values)), columns, salt, size)
    if found.rows:
        return replace(found, previous=_encode(BEFORE, found.rows[0], columns, salt))
    return replace(found, previous=_encode_values(UNTIL, values, salt))


def _backward(
    queryset: QuerySet[Any], columns: list[Column], salt: str, size: int, values: list[Any], *, inclusive: bool
) -> KeysetPage:
    turned = [column.reversed for column in columns]
    condition = _beyond(turned, values)
    if inclusive:
        condition = condition | _same(columns, values)
    rows = list(queryset.filter(condition).order_by(*(column.expression for column in turned))[: size + 1])
    more, rows = len(rows) > size, rows[:size][::-1]
    if not rows:
        return KeysetPage([], None, None)
    return KeysetPage(
        rows,
        None if inclusive else _encode(AFTER, rows[-1], columns, salt),
        _encode(BEFORE, rows[0], columns, salt) if more else None,
    )


# --- conditions --------------------------------------------------------------------------------


def _columns(queryset: QuerySet[Any], order: Sequence[str | OrderBy]) -> list[Column]:
    key = queryset.model._meta.pk.name
    columns = [_column(each) for each in order]
    columns = [replace(column, name=key) if column.name == "pk" else column for column in columns]
    if not columns or columns[-1].name != key:
        raise ValueError(f"A keyset order ends with the primary key ({key}).")
    return [replace(column, nullable=_nullable(queryset.model, column.name)) for column in columns]


def _column(each: str | OrderBy) -> Column:
    if isinstance(each, str):
        descending = each.startswith("-")
        return Column(each.removeprefix("-"), descending, descending)
    if not isinstance(each.expression, F):
        raise ValueError("A keyset orders by columns and annotations; annotate the expression and name it.")
    first = bool(each.nulls_first) or (each.descending and not each.nulls_last)
    return Column(each.expression.name, each.descending, first)  # type: ignore[attr-defined]  # absent from the stubs


def _beyond(columns: list[Column], values: list[Any]) -> Q:
    """Rows that sort after `values`, lexicographically."""
    if len({column.descending for column in columns}) == 1 and not any(column.nullable for column in columns):
        return Q(RowComparison(columns, values))
    head, value = columns[0], values[0]
    beyond = _lexicographic(columns, values)
    if value is None or len(columns) == 1 or (head.nullable and not head.nulls_first):
        return beyond
    # Implied by `beyond`, and what an index on the first column can start from.
    return Q(**{f"{head.name}__{'lte' if head.descending else 'gte'}": value}) & beyond


def _lexicographic(columns: list[Column], values: list[Any]) -> Q:
    beyond = columns[0].beyond(values[0])
    if len(columns) == 1:
        return beyond or Q(pk__in=[])
    tied = columns[0].same(values[0]) & _lexicographic(columns[1:], values[1:])
    return beyond | tied if beyond else tied


def _same(columns: list[Column], values: list[Any]) -> Q:
    same = Q()
    for column, value in zip(columns, values, strict=True):
        same &= column.same(value)
    return same


def _nullable(model: type[Model], path: str) -> bool:
    """Whether a column may be null; an annotation may."""
    for part in path.split("__"):
        field = next((each for each in model._meta.concrete_fields if part in (each.name, each.attname)), None)
        if field is None or field.null:
            return True
        model = field.related_model or model
    return False


class RowComparison(Func):
    """`(a, b) > (x, y)`: what a many-column index answers directly."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: list[Column], values: list[Any]) -> None:
        self.operator = "<" if columns[0].descending else ">"
        self.width = len(columns)
        super().__init__(*(F(column.name) for column in columns), *(Value(value) for value in values))

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> tuple[str, tuple[Any, ...]]:
        compiled = [compiler.compile(each) for each in self.get_source_expressions()]
        left, right = compiled[: self.width], compiled[self.width :]
        sql = f"({', '.join(sql for sql, _ in left)}) {self.operator} ({', '.join(sql for sql, _ in right)})"
        return sql, tuple(param for _, params in compiled for param in params)


# --- cursors -----------------------------------------------------------------------------------


def _fingerprint(columns: list[Column]) -> str:
    return f"{zlib.crc32(repr(columns).encode()):08x}"


def _encode(direction: str, row: Any, columns: list[Column], salt: str) -> str:
    return _encode_values(direction, [_value(row, column.name) for column in columns], salt)


def _encode_values(direction: str, values: list[Any], salt: str) -> str:
    text = json.dumps([direction, salt, *map(_tagged, values)], separators=(",", ":"), ensure_ascii=False)
    return SIGNER.sign(signing.b64_encode(text.encode()).decode())


def _decode(cursor: str, salt: str, width: int) -> tuple[str, list[Any]]:
    try:
        direction, made_for, *values = json.loads(signing.b64_decode(SIGNER.unsign(cursor).encode()))
    except (signing.BadSignature, ValueError):
        raise BrokenCursor from None
    if made_for != salt or len(values) != width:
        raise BrokenCursor
    return direction, [_untagged(value) for value in values]


def _value(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row[path]
    for part in path.split("__"):
        row = getattr(row, part)
        if row is None:
            return None
    return row.pk if isinstance(row, Model) else row


def _tagged(value: Any) -> Any:
    match value:
        case dt.datetime():
            return ["t", value.isoformat()]
        case dt.date():
            return ["d", value.isoformat()]
        case decimal.Decimal():
            return ["n", str(value)]
        case uuid.UUID():
            return ["u", str(value)]
        case str():  # an enum's member becomes its value
            return str(value)
        case _:
            return value


READ: dict[str, Callable[[str], Any]] = {
    "t": dt.datetime.fromisoformat,
    "d": dt.date.fromisoformat,
    "n": decimal.Decimal,
    "u": uuid.UUID,
}


def _untagged(value: Any) -> Any:
    return READ[value[0]](value[1]) if isinstance(value, list) else value
