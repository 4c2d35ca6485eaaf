"""Order lines, as the marketplace sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from listings.domain.copying import copy_into_temporary

COLUMNS = (
    ("order_id", "text"), ("line", "integer"), ("listing_id", "bigint"), ("market_id", "text"),
    ("ordered_at", "timestamptz"), ("quantity", "integer"), ("amount_minor", "bigint"), ("currency", "text"),
    ("buyer", "text"),
)  # fmt: skip
NAMES = ", ".join(name for name, _type in COLUMNS)
VALUES = [name for name, _type in COLUMNS if name not in ("order_id", "line")]

UPSERT = f"""
    INSERT INTO listings_orderline AS o ({NAMES})
    SELECT {NAMES} FROM incoming_order ORDER BY order_id, line
    ON CONFLICT (order_id, line) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in VALUES)}
    WHERE ({", ".join(f"o.{name}" for name in VALUES)})
        IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in VALUES)})
    RETURNING order_id, line, xmax = 0
"""  # noqa: S608 -- names from the tuple above


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an order. `amount_minor` for all of the quantity, in the currency's minor unit."""

    order_id: str
    line: int
    listing_id: int
    market: str
    ordered_at: datetime
    quantity: int
    amount_minor: int
    currency: str
    buyer: str = ""

    @property
    def key(self) -> tuple[str, int]:
        return self.order_id, self.line


@dataclass(frozen=True)
class WrittenLines:
    created: frozenset[tuple[str, int]]
    changed: frozenset[tuple[str, int]]


@transaction.atomic
def write(*, lines: Sequence[Line]) -> WrittenLines:
    """Create or replace order lines by (order, line). No two of `lines` have the same."""
    with connection.cursor() as cursor:
        copy_into_temporary(cursor, table="incoming_order", columns=COLUMNS, rows=map(_row, lines))
        cursor.execute(UPSERT)
        touched = cursor.fetchall()
    return WrittenLines(
        created=frozenset((order, line) for order, line, new in touched if new),
        changed=frozenset((order, line) for order, line, new in touched if not new),
    )


def _row(line: Line) -> tuple[Any, ...]:
    return (
        line.order_id, line.line, line.listing_id, line.market, line.ordered_at, line.quantity, line.amount_minor,
        line.currency, line.buyer,
    )  # fmt: skip
