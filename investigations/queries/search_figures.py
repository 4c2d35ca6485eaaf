"""What a search has found, counted: by category, market, merchant, brand, state, policy and price, in the span and in the one before."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from investigations.queries.explore import Window

COUNTED = 100_000
"""Listings that are counted by what they are: of more, so many."""
EACH = 7
PLACEHOLDER = re.compile(r"%[%s]")
BANDS = {"1": (None, 10), "2": (10, 50), "3": (50, 200), "4": (200, 1_000), "5": (1_000, None)}
"""Prices in euro, from and until, by their number in the answer."""

_FOUND = "id, category, merchant, brand, state, price, markets, moment"
_QUERY = """
    WITH found AS MATERIALIZED (
        SELECT *, {now} AS now FROM ({rows}) AS rows ({columns}) LIMIT %(most)s
    )
    SELECT 'all', '', {counts} FROM found
    UNION ALL SELECT 'hash', coalesce(encode(sha256(string_agg(id::text, ',' ORDER BY id)::bytea), 'hex'), ''), 0, 0
        FROM found WHERE now
    UNION ALL (SELECT 'category', split_part(coalesce(c.code, ''), '/', 1) AS value, {counts}
        FROM found LEFT JOIN listings_category c ON c.id = category GROUP BY value {most_first})
    UNION ALL (SELECT 'market', value, {counts} FROM found, unnest(markets) AS value GROUP BY value {most_first})
    UNION ALL (SELECT 'merchant', m.public_id AS value, {counts}
        FROM found JOIN listings_merchant m ON m.id = merchant GROUP BY value {most_first})
    UNION ALL (SELECT 'brand', min(brand) AS value, {counts} FROM found WHERE brand <> '' GROUP BY upper(brand) {most_first})
    UNION ALL (SELECT 'standing', value, {counts} FROM found, LATERAL (
        SELECT 'ended' AS value WHERE state = 'ended'
        UNION ALL SELECT 'hidden' WHERE EXISTS (
            SELECT FROM listings_listingvisibility v WHERE v.listing_id = found.id AND v.exposure = 'hidden')
        UNION ALL SELECT 'violation' WHERE EXISTS (
            SELECT FROM enforcement_violation v WHERE v.listing_id = found.id AND v.state = 'open')
        ) AS stands GROUP BY value {most_first})
    UNION ALL (SELECT 'policy', v.policy_id::text AS value, {counts}
        FROM found JOIN enforcement_violation v ON v.listing_id = found.id AND v.state = 'open' GROUP BY value {most_first})
    UNION ALL (SELECT 'price', width_bucket(price, ARRAY[0, 10, 50, 200, 1000]::numeric[])::text AS value, {counts}
        FROM found WHERE price IS NOT NULL GROUP BY value ORDER BY value)
    UNION ALL (SELECT 'time', to_char(date_trunc(%(unit)s, moment AT TIME ZONE %(zone)s), 'YYYY-MM-DD"T"HH24:MI') AS value, {counts}
        FROM found WHERE now AND moment IS NOT NULL GROUP BY value ORDER BY value)
"""
_COUNTS = "count(*) FILTER (WHERE now), count(*) FILTER (WHERE NOT now)"
_MOST_FIRST = f"ORDER BY 3 DESC, 4 DESC, 2 LIMIT {EACH}"


@dataclass(frozen=True)
class Counted:
    """One value of a facet: how often in the span, and how often in the one before."""

    value: str
    now: int
    before: int


@dataclass
class Found:
    """`sha256` is of the keys in the span, ascending, with commas between. `cut`: there are more than `COUNTED`."""

    now: int = 0
    before: int = 0
    sha256: str = ""
    facets: dict[str, list[Counted]] = field(default_factory=dict)
    times: list[tuple[datetime, int]] = field(default_factory=list)
    unit: str = "day"

    @property
    def cut(self) -> bool:
        return self.now + self.before > COUNTED


def count(rows: QuerySet[Any], window: Window, *, zone: ZoneInfo) -> Found:
    """One query, whatever is found. `rows` have a moment, and are those of both spans."""
    inner, given = _inner(rows)
    unit = unit_of(window)
    text = _QUERY.format(
        rows=inner,
        columns=_FOUND,
        counts=_COUNTS,
        most_first=_MOST_FIRST,
        now="true" if window.start is None else "moment >= %(start)s",
    )
    named: dict[str, Any] = {"most": COUNTED + 1, "unit": unit, "zone": str(zone), "start": window.start} | given
    found = Found(unit=unit)
    with connection.cursor() as cursor:
        cursor.execute(text, named)
        for facet, value, now, before in cursor.fetchall():
            _keep(found, facet, Counted(value, now, before))
    return found


def unit_of(window: Window) -> str:
    """How wide a bar of the time line is."""
    days = window.length.days if window.length else None
    if days is None or days > 120:
        return "month"
    if days > 45:
        return "week"
    return "day" if days > 2 else "hour"


def _inner(rows: QuerySet[Any]) -> tuple[str, dict[str, Any]]:
    """The rows as SQL, its parameters by name."""
    chosen = rows.order_by().values_list(
        "pk", "category_id", "merchant_id", "brand", "state", "price_eur", "markets", "moment"
    )
    text, given = chosen.query.sql_with_params()
    names = [f"given_{number}" for number in range(len(given))]
    left = iter(names)
    named = PLACEHOLDER.sub(lambda match: f"%({next(left)})s" if match[0] == "%s" else match[0], text)
    return named, dict(zip(names, given, strict=True))


def _keep(found: Found, facet: str, row: Counted) -> None:
    match facet:
        case "all":
            found.now, found.before = row.now, row.before
        case "hash":
            found.sha256 = row.value
        case "time":
            found.times.append((datetime.fromisoformat(row.value), row.now))
        case _:
            found.facets.setdefault(facet, []).append(row)
