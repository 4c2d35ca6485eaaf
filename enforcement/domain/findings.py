"""What a chunk found becomes violations: COPY into a temporary table, then one set-based merge.

All of it runs in the caller's transaction. Running it twice with the same findings changes nothing the second time.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from enforcement.engine import Outcome
from enforcement.enums import Owed
from governance.policies.enums import Mode, Subject
from listings.domain.copying import NULL

OWED_BY_MODE = {Mode.ENFORCE: Owed.DECISION, Mode.REVIEW: Owed.CASE, Mode.SHADOW: Owed.NOTHING}

_TABLES = """
    CREATE TEMPORARY TABLE IF NOT EXISTS sweep_found (
        policy_id bigint, version_id bigint, merchant_id bigint, listing_id bigint, listing_version int,
        markets varchar(2)[], explanation jsonb, mode text, owed text
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS sweep_undecided (policy_id bigint, subject_id bigint) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS sweep_waived (policy_id bigint, subject_id bigint) ON COMMIT DELETE ROWS;
    TRUNCATE sweep_found, sweep_undecided, sweep_waived
"""

_WAIVE = """
    WITH gone AS (
        DELETE FROM sweep_found f USING policies_waiver w
        WHERE w.policy_id = f.policy_id AND w.revoked_at IS NULL AND %(day)s BETWEEN w.starts_on AND w.ends_on
          AND (w.merchant_id = f.merchant_id OR w.listing_id = f.listing_id
               OR (w.brand <> '' AND EXISTS (
                   SELECT 1 FROM listings_listing l WHERE l.id = f.listing_id AND upper(l.brand) = upper(w.brand))))
        RETURNING f.policy_id, f.version_id, COALESCE(f.listing_id, f.merchant_id) AS subject_id
    ), kept AS (INSERT INTO sweep_waived SELECT policy_id, subject_id FROM gone)
    SELECT version_id, count(*) FROM gone GROUP BY version_id
"""

_SETTLE = """
    WITH gone AS (
        DELETE FROM sweep_found f USING enforcement_violation v
        WHERE v.closed_because IN ('dismissed', 'overturned') AND v.policy_id = f.policy_id
          AND v.version_id = f.version_id AND v.merchant_id = f.merchant_id
          AND v.listing_id IS NOT DISTINCT FROM f.listing_id
          AND v.listing_version IS NOT DISTINCT FROM f.listing_version
        RETURNING f.version_id
    ) SELECT version_id, count(*) FROM gone GROUP BY version_id
"""

_MERGE = """
    WITH merged AS (
        INSERT INTO enforcement_violation AS v (
            policy_id, version_id, merchant_id, listing_id, listing_version, markets, explanation, mode, state, owed,
            found_by_id, found_at, seen_at, closed_because
        )
        SELECT policy_id, version_id, merchant_id, listing_id, listing_version, markets, explanation, mode, 'open', owed,
               %(sweep)s, %(at)s, %(at)s, ''
        FROM sweep_found ORDER BY policy_id, listing_id, merchant_id
        ON CONFLICT {arbiter} DO UPDATE SET
            version_id = EXCLUDED.version_id, listing_version = EXCLUDED.listing_version, markets = EXCLUDED.markets,
            explanation = EXCLUDED.explanation, seen_at = EXCLUDED.seen_at, mode = EXCLUDED.mode,
            owed = CASE WHEN v.mode = 'shadow' THEN EXCLUDED.owed ELSE v.owed END,
            found_by_id = CASE WHEN v.mode = 'shadow' AND EXCLUDED.mode <> 'shadow' THEN EXCLUDED.found_by_id ELSE v.found_by_id END
        RETURNING v.version_id, v.xmax = 0 AS is_new
    ) SELECT version_id, count(*) FROM merged WHERE is_new GROUP BY version_id
"""
_SETTLED_MEANWHILE = """
    WITH gone AS (
        DELETE FROM enforcement_violation v USING sweep_found f, enforcement_violation s
        WHERE s.closed_because IN ('dismissed', 'overturned') AND s.policy_id = f.policy_id
          AND s.version_id = f.version_id AND s.merchant_id = f.merchant_id
          AND s.listing_id IS NOT DISTINCT FROM f.listing_id
          AND s.listing_version IS NOT DISTINCT FROM f.listing_version
          AND v.policy_id = f.policy_id AND v.merchant_id = f.merchant_id
          AND v.listing_id IS NOT DISTINCT FROM f.listing_id
          AND v.state = 'open' AND v.found_at = %(at)s AND v.found_by_id IS NOT DISTINCT FROM %(sweep)s
        RETURNING v.version_id
    ) SELECT version_id, count(*) FROM gone GROUP BY version_id
"""
"""Somebody settled one while the merge waited for its row: what was then found as new is the same."""
_ARBITERS = {
    Subject.LISTINGS: "(policy_id, listing_id) WHERE state = 'open' AND listing_id IS NOT NULL",
    Subject.MERCHANTS: "(policy_id, merchant_id) WHERE state = 'open' AND listing_id IS NULL",
}

_CLOSE = """
    WITH closed AS (
        UPDATE enforcement_violation v
        SET state = 'closed', closed_at = %(at)s, owed = 'nothing', closed_because =
            CASE WHEN EXISTS (SELECT 1 FROM sweep_waived w WHERE w.policy_id = v.policy_id AND w.subject_id = {key})
                 THEN 'waived' ELSE 'corrected' END
        WHERE v.state = 'open' AND v.policy_id = ANY(%(policies)s) AND {key} BETWEEN %(first)s AND %(last)s AND {only}
          AND (%(keys)s::bigint[] IS NULL OR {key} = ANY(%(keys)s)) AND {key} <> ALL(%(but)s::bigint[])
          AND NOT EXISTS (SELECT 1 FROM sweep_found f WHERE f.policy_id = v.policy_id AND {found_key} = {key})
          AND NOT EXISTS (SELECT 1 FROM sweep_undecided u WHERE u.policy_id = v.policy_id AND u.subject_id = {key})
        RETURNING v.policy_id
    ) SELECT policy_id, count(*) FROM closed GROUP BY policy_id
"""
_CLOSE_KEYS = {
    Subject.LISTINGS: {"key": "v.listing_id", "only": "v.listing_id IS NOT NULL", "found_key": "f.listing_id"},
    Subject.MERCHANTS: {"key": "v.merchant_id", "only": "v.listing_id IS NULL", "found_key": "f.merchant_id"},
}


@dataclass(frozen=True)
class Finding:
    """A rule that held: of a listing (with its version), or of a merchant (`listing_id` None). The explanation is written as JSON."""

    policy_id: int
    version_id: int
    merchant_id: int
    listing_id: int | None
    listing_version: int | None
    markets: Sequence[str]
    explanation: bytes
    mode: Mode

    @classmethod
    def of(cls, outcome: Outcome) -> "Finding":
        return cls(
            policy_id=outcome.policy.policy_id,
            version_id=outcome.policy.version_id,
            merchant_id=outcome.merchant_id,
            listing_id=outcome.listing_id,
            listing_version=outcome.listing_version,
            markets=outcome.markets,
            explanation=orjson.dumps(outcome.explanation),
            mode=outcome.policy.mode,
        )


@dataclass(frozen=True)
class Looked:
    """The subjects that were looked at: all with keys from `first` to `last`, or of these the `keys`; without `but`, which could not
    be read."""

    first: int
    last: int
    keys: Sequence[int] | None = None
    but: Sequence[int] = ()

    @classmethod
    def only(cls, keys: Sequence[int]) -> "Looked":
        """Some subjects, each named."""
        return cls(min(keys, default=0), max(keys, default=0), keys)


@dataclass
class Merged:
    """Counts by version id, but `closed` by policy id."""

    new: dict[int, int] = field(default_factory=dict)
    waived: dict[int, int] = field(default_factory=dict)
    settled: dict[int, int] = field(default_factory=dict)
    closed: dict[int, int] = field(default_factory=dict)


def merge(
    *,
    sweep_id: int | None,
    subject: Subject,
    found: Iterable[Finding],
    undecided: Iterable[tuple[int, int]],
    looked: Looked,
    policies: Sequence[int],
    at: datetime,
) -> Merged:
    """Make the open violations of the subjects `looked` at, under `policies`, equal to what was `found`.

    `undecided` are (policy id, subject id) for which the rule could not be decided: an open violation stays as it is.
    What a person has dismissed, or an appeal overturned, for the same versions is left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        _copy(cursor, "sweep_found", map(_line, found))
        _copy(cursor, "sweep_undecided", (f"{policy}\t{subject}".encode() for policy, subject in undecided))
        merged = Merged()
        merged.waived = _counts(cursor, _WAIVE, {"day": at.date()})
        merged.settled = _counts(cursor, _SETTLE, {})
        said: dict[str, object] = {"sweep": sweep_id, "at": at}
        merged.new = _counts(cursor, _MERGE.format(arbiter=_ARBITERS[subject]), said)
        settled = _counts(cursor, _SETTLED_MEANWHILE, said) if merged.new else {}
        for version, count in settled.items():
            merged.new[version] -= count
            merged.settled[version] = merged.settled.get(version, 0) + count
        merged.closed = _move(cursor, subject, {"at": at, "policies": list(policies), **_within(looked)})
    return merged


def _move(cursor: Any, subject: Subject, params: dict[str, object]) -> dict[int, int]:
    """Close, as a set, what is no longer found: open to closed is the only move there is for a machine."""
    return _counts(cursor, _CLOSE.format(**_CLOSE_KEYS[subject]), params)


def _within(looked: Looked) -> dict[str, object]:
    keys = None if looked.keys is None else list(looked.keys)
    return {"first": looked.first, "last": looked.last, "keys": keys, "but": list(looked.but)}


def _line(finding: Finding) -> bytes:
    """A finding as COPY reads it. In JSON nothing but the backslash means anything to it."""
    listing, version = (
        NULL if value is None else str(value) for value in (finding.listing_id, finding.listing_version)
    )
    numbers = f"{finding.policy_id}\t{finding.version_id}\t{finding.merchant_id}\t{listing}\t{version}"
    markets, mode = ",".join(finding.markets), finding.mode
    explanation = finding.explanation.replace(b"\\", b"\\\\")
    return b"%b\t{%b}\t%b\t%b\t%b" % (
        numbers.encode(), markets.encode(), explanation, mode.value.encode(), OWED_BY_MODE[mode].value.encode()
    )  # fmt: skip


def _copy(cursor: Any, table: str, lines: Iterable[bytes]) -> None:
    cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(b"\n".join(lines)))


def _counts(cursor: Any, sql: str, params: dict[str, object]) -> dict[int, int]:
    cursor.execute(sql, params)
    return dict(cursor.fetchall())
