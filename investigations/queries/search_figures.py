"""What a search has found, counted by the facets of its kind, in the span and in the one before."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

from investigations.queries.explore import Window
from investigations.queries.searched import Facet, Searched

COUNTED = 100_000
"""Finds that are counted by what they are: of more, so many."""
EACH = 7
PLACEHOLDER = re.compile(r"%[%s]")

_QUERY = """
    WITH found AS MATERIALIZED (
        SELECT *, {now} AS now FROM ({rows}) AS rows ({columns}) LIMIT %(most)s
    )
    SELECT 'all', '', {counts} FROM found
    UNION ALL SELECT 'hash', coalesce(encode(sha256(string_agg(id::text, ',' ORDER BY id)::bytea), 'hex'), ''), 0, 0
        FROM found WHERE now
    {facets}
    UNION ALL (SELECT 'time', to_char(date_trunc(%(unit)s, moment AT TIME ZONE %(zone)s), 'YYYY-MM-DD"T"HH24:MI') AS value, {counts}
        FROM found WHERE now AND moment IS NOT NULL GROUP BY value ORDER BY value)
"""
_FACET = "UNION ALL (SELECT '{key}', {value}, {counts} FROM {source} GROUP BY {group} {order})"
_OWN = " WHERE (%(own)s::text[] IS NULL OR {market} = ANY(%(own)s::text[]))"
_COUNTS = "count(*) FILTER (WHERE now), count(*) FILTER (WHERE NOT now)"
_IN_ORDER = "ORDER BY 2"
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


def count(
    rows: QuerySet[Any], of: Searched, window: Window, *, zone: ZoneInfo, markets: Collection[str] | None
) -> Found:
    """One query, whatever is found. `rows` have a moment, and are those of both spans; of `markets` these alone are named, None for all."""
    unit = unit_of(window)
    try:
        inner, given = _inner(rows, of)
    except EmptyResultSet:
        return Found(unit=unit)
    text = _QUERY.format(
        rows=inner,
        columns=", ".join(("id", *of.columns, "moment")),
        counts=_COUNTS,
        facets="\n".join(map(_facet, of.facets)),
        now="true" if window.start is None else "moment >= %(start)s",
    )
    own = None if markets is None else sorted(markets)
    named: dict[str, Any] = {
        "most": COUNTED + 1,
        "unit": unit,
        "zone": str(zone),
        "start": window.start,
        "own": own,
    } | given
    found = Found(unit=unit)
    with connection.cursor() as cursor:
        cursor.execute(text, named)
        for facet, value, now, before in cursor.fetchall():
            _keep(found, facet, Counted(value, now, before))
    return found


def number_of(rows: QuerySet[Any]) -> int:
    """How many there are, counted as far as finds are."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def unit_of(window: Window) -> str:
    """How wide a bar of the time line is."""
    days = window.length.days if window.length else None
    if days is None or days > 120:
        return "month"
    if days > 45:
        return "week"
    return "day" if days > 2 else "hour"


def _facet(facet: Facet) -> str:
    order = _IN_ORDER if facet.in_order else _MOST_FIRST
    source = facet.source + (_OWN.format(market=facet.value) if facet.territorial else "")
    return _FACET.format(
        key=facet.key, value=facet.value, counts=_COUNTS, source=source, group=facet.group, order=order
    )


def _inner(rows: QuerySet[Any], of: Searched) -> tuple[str, dict[str, Any]]:
    """The rows as SQL, its parameters by name."""
    columns = {f"found_{name}": F(place) if isinstance(place, str) else place for name, place in of.columns.items()}
    chosen = rows.order_by().annotate(**columns).values_list("pk", *columns, "moment")
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
