"""What follows from links is reckoned anew as a whole, in the background, and written where it differs. Twice is once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import structlog
from django.db import connection, transaction

from investigations.domain import spreading
from investigations.domain.spreading import Source, Spread
from investigations.queries import risk as queries
from investigations.queries.risk import Own, Tie
from listings.domain.copying import copy_into_temporary

log = structlog.get_logger(__name__)
ALONE = "SELECT pg_try_advisory_xact_lock(7236012)"  # one reckoning at a time
GROUPS = (
    ("first_id", "bigint"), ("hub_id", "bigint"), ("size", "integer"), ("stopped", "integer"), ("risk", "double precision"),
    ("kinds", "jsonb"),
)  # fmt: skip
RISKS = (
    ("merchant_id", "bigint"), ("own", "double precision"), ("because", "jsonb"), ("risk", "double precision"),
    ("sources", "jsonb"), ("first_id", "bigint"),
)  # fmt: skip
MERGE_GROUPS = (
    "DELETE FROM investigations_linkgroup g WHERE NOT EXISTS (SELECT 1 FROM reckoned_group r WHERE r.first_id = g.first_id)",
    """
    INSERT INTO investigations_linkgroup AS g (first_id, hub_id, size, stopped, risk, kinds)
    SELECT first_id, hub_id, size, stopped, risk, kinds FROM reckoned_group ORDER BY first_id
    ON CONFLICT (first_id) DO UPDATE
    SET hub_id = excluded.hub_id, size = excluded.size, stopped = excluded.stopped, risk = excluded.risk, kinds = excluded.kinds
    WHERE (g.hub_id, g.size, g.stopped, g.risk, g.kinds)
        IS DISTINCT FROM (excluded.hub_id, excluded.size, excluded.stopped, excluded.risk, excluded.kinds)
    """,
)
LET_GO = "UPDATE investigations_linkrisk SET group_id = NULL WHERE group_id IN (SELECT id FROM investigations_linkgroup g WHERE NOT EXISTS (SELECT 1 FROM reckoned_group r WHERE r.first_id = g.first_id))"
MERGE_RISKS = (
    "DELETE FROM investigations_linkrisk k WHERE NOT EXISTS (SELECT 1 FROM reckoned_risk r WHERE r.merchant_id = k.merchant_id)",
    """
    INSERT INTO investigations_linkrisk AS k (merchant_id, own, because, risk, sources, group_id)
    SELECT r.merchant_id, r.own, r.because, r.risk, r.sources, g.id
    FROM reckoned_risk r LEFT JOIN investigations_linkgroup g ON g.first_id = r.first_id
    ORDER BY r.merchant_id
    ON CONFLICT (merchant_id) DO UPDATE
    SET own = excluded.own, because = excluded.because, risk = excluded.risk, sources = excluded.sources, group_id = excluded.group_id
    WHERE (k.own, k.because, k.risk, k.sources, k.group_id)
        IS DISTINCT FROM (excluded.own, excluded.because, excluded.risk, excluded.sources, excluded.group_id)
    """,
)


@dataclass(frozen=True)
class Reckoned:
    """How many merchants have a risk or a group, how many groups there are, and how many rows differed."""

    merchants: int
    groups: int
    written: int


@dataclass(frozen=True)
class Group:
    """Merchants who hang together, as they are written."""

    members: Sequence[int]
    hub: int
    kinds: Mapping[str, int]


@transaction.atomic
def reckon(*, at: datetime) -> Reckoned | None:
    """Reckon every merchant's risk and the groups. None where somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            return None
    ties, own = queries.all_ties(), queries.own(at)
    strengths = {pair: tie.strength for pair, tie in ties.items()}
    around = spreading.neighbours(strengths)
    spread = spreading.spread(around, {merchant: each.value for merchant, each in own.items()})
    groups = [_group(members, least, around, ties) for members, least in spreading.groups(strengths)]
    risks = list(_risk_rows(own, spread, groups, ties))
    written = _write(list(_group_rows(groups, {row[0]: row[3] for row in risks})), risks)
    log.info("links_reckoned", merchants=len(risks), groups=len(groups), written=written)
    return Reckoned(len(risks), len(groups), written)


def _group(
    members: Sequence[int], least: float, around: spreading.Neighbours, ties: Mapping[tuple[int, int], Tie]
) -> Group:
    inside = set(members)
    held = [ties[one, other] for one in members for other in around[one] if one < other and other in inside]
    kinds = Counter(kind for tie in held if tie.strength >= least for kind, _strength in tie.kinds)
    return Group(
        members, spreading.hub(members, around), dict(sorted(kinds.items(), key=lambda each: (-each[1], each[0])))
    )


def _group_rows(groups: Iterable[Group], risks: Mapping[int, float]) -> Iterator[tuple[Any, ...]]:
    groups = list(groups)
    stopped = queries.stopped(key for group in groups for key in group.members)
    for group in groups:
        selling = [risks[key] for key in group.members if key not in stopped]
        count = len(group.members) - len(selling)
        yield group.members[0], group.hub, len(group.members), count, max(selling, default=0.0), _json(group.kinds)


def _risk_rows(
    own: Mapping[int, Own], spread: Mapping[int, Spread], groups: Iterable[Group], ties: Mapping[tuple[int, int], Tie]
) -> Iterator[tuple[Any, ...]]:
    first = {key: group.members[0] for group in groups for key in group.members}
    for merchant in sorted({*own, *spread, *first}):
        mine, come = own.get(merchant, Own(0.0, {})), spread.get(merchant, Spread())
        sources = [_told(source, ties) for source in come.sources]
        yield merchant, mine.value, _json(mine.because), come.with_own(mine.value), _json(sources), first.get(merchant)


def _told(source: Source, ties: Mapping[tuple[int, int], Tie]) -> dict[str, Any]:
    pairs = zip(source.path, source.path[1:], strict=False)
    kinds = [ties[min(pair), max(pair)].kinds[0][0] for pair in pairs]
    return {"value": source.value, "path": list(source.path), "kinds": kinds}


def _write(groups: list[tuple[Any, ...]], risks: list[tuple[Any, ...]]) -> int:
    written = 0
    with connection.cursor() as cursor:
        copy_into_temporary(cursor, table="reckoned_group", columns=GROUPS, rows=groups)
        copy_into_temporary(cursor, table="reckoned_risk", columns=RISKS, rows=risks)
        cursor.execute(LET_GO)
        for statement in (*MERGE_GROUPS, *MERGE_RISKS):
            cursor.execute(statement)
            written += cursor.rowcount
    return written


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
