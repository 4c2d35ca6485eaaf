"""Daily metrics and the stored windows that rules read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from listings.domain.copying import copy_into_temporary
from listings.domain.listing_sql import as_json
from listings.models.metrics import WINDOWS

COLUMNS = (
    ("listing_id", "bigint"), ("date", "date"), ("impressions", "integer"), ("visits", "integer"), ("orders", "integer"),
    ("units", "integer"), ("revenue_eur", "numeric"), ("returns", "integer"), ("returns_by_reason", "jsonb"),
    ("refunds_eur", "numeric"), ("complaints", "integer"), ("rating_sum", "integer"), ("rating_count", "integer"),
)  # fmt: skip
VALUES = [name for name, _type in COLUMNS if name not in ("listing_id", "date")]
SUMS = ("visits", "orders", "revenue_eur", "returns", "complaints", "rating_sum", "rating_count")

UPSERT = f"""
    INSERT INTO listings_listingmetric AS m (listing_id, date, {", ".join(VALUES)})
    SELECT listing_id, date, {", ".join(VALUES)} FROM incoming_metric ORDER BY listing_id, date
    ON CONFLICT (listing_id, date) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in VALUES)}
    WHERE ({", ".join(f"m.{name}" for name in VALUES)})
        IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in VALUES)})
    RETURNING listing_id, date, xmax = 0
"""  # noqa: S608 -- names from the tuple above

# The day before `as_of` is the last one counted: today is not over.
REFRESH = """
    WITH per_day AS (
        SELECT {subject} AS subject, m.date, {sums}
        FROM listings_listingmetric m {join}
        WHERE m.date >= %(as_of)s::date - 90 AND m.date < %(as_of)s::date
        GROUP BY 1, 2
    ), windows AS (
        SELECT d.subject, w.days, {totals}
        FROM per_day d JOIN unnest(%(windows)s::int[]) AS w(days) ON d.date >= %(as_of)s::date - w.days
        GROUP BY 1, 2
    ), gone AS (
        DELETE FROM {table} t
        WHERE NOT EXISTS (SELECT 1 FROM windows w WHERE w.subject = t.{column} AND w.days = t.days)
    )
    INSERT INTO {table} AS t ({column}, days, as_of, {names})
    SELECT subject, days, %(as_of)s, {names} FROM windows
    ON CONFLICT ({column}, days) DO UPDATE SET as_of = excluded.as_of, {updates}
    WHERE (t.as_of, {stored}) IS DISTINCT FROM (excluded.as_of, {excluded})
"""
NOTED = """
    WITH earlier AS (DELETE FROM listings_windowrefresh)
    INSERT INTO listings_windowrefresh (as_of, ended_at) VALUES (%(as_of)s, clock_timestamp())
"""
LOCK = "SELECT pg_advisory_xact_lock(7236005)"  # one refresh at a time


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened with one listing on one day, all markets together. Money in euro."""

    listing_id: int
    date: dt.date
    impressions: int = 0
    visits: int = 0
    orders: int = 0
    units: int = 0
    revenue_eur: Decimal = Decimal(0)
    returns_by_reason: dict[str, int] = field(default_factory=dict)
    refunds_eur: Decimal = Decimal(0)
    complaints: int = 0
    rating_sum: int = 0
    rating_count: int = 0

    @property
    def key(self) -> tuple[int, dt.date]:
        return self.listing_id, self.date


@dataclass(frozen=True)
class WrittenDays:
    created: frozenset[tuple[int, dt.date]]
    changed: frozenset[tuple[int, dt.date]]


@transaction.atomic
def write(*, days: Sequence[Day]) -> WrittenDays:
    """Set days to what they were; a day sent again replaces itself. No two of `days` are the same day of a listing."""
    with connection.cursor() as cursor:
        copy_into_temporary(cursor, table="incoming_metric", columns=COLUMNS, rows=map(_row, days))
        cursor.execute(UPSERT)
        touched = cursor.fetchall()
    created = frozenset((listing, day) for listing, day, new in touched if new)
    changed = frozenset((listing, day) for listing, day, new in touched if not new)
    return WrittenDays(created, changed)


@transaction.atomic
def refresh_windows(as_of: dt.date) -> None:
    """Make the windows of the last 7, 30 and 90 days before `as_of`, of listings and of merchants, from the daily metrics."""
    arguments: dict[str, Any] = {"as_of": as_of, "windows": list(WINDOWS)}
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(_refresh("listings_listingwindow", "listing_id", "m.listing_id", ""), arguments)
        join = "JOIN listings_listing l ON l.id = m.listing_id"
        cursor.execute(_refresh("listings_merchantwindow", "merchant_id", "l.merchant_id", join), arguments)
        cursor.execute(NOTED, arguments)


def _refresh(table: str, column: str, subject: str, join: str) -> str:
    return REFRESH.format(
        table=table,
        column=column,
        subject=subject,
        join=join,
        sums=", ".join(f"sum(m.{name}) AS {name}" for name in SUMS),
        totals=", ".join(f"sum(d.{name}) AS {name}" for name in SUMS),
        names=", ".join(SUMS),
        updates=", ".join(f"{name} = excluded.{name}" for name in SUMS),
        stored=", ".join(f"t.{name}" for name in SUMS),
        excluded=", ".join(f"excluded.{name}" for name in SUMS),
    )


def _row(day: Day) -> tuple[Any, ...]:
    return (
        day.listing_id, day.date, day.impressions, day.visits, day.orders, day.units, day.revenue_eur,
        sum(day.returns_by_reason.values()), as_json(day.returns_by_reason), day.refunds_eur, day.complaints,
        day.rating_sum, day.rating_count,
    )  # fmt: skip
