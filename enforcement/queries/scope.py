"""What a sweep looks at: which policy versions, and which keys, cut into ranges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Q

from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep
from governance.policies.enums import Mode, Subject, VersionState
from governance.policies.models import PolicyVersion
from listings.models import Listing, Merchant

_SWITCHED_ON = """
    SELECT string_agg(id || ' ' || live_id || ' ' || mode, ',' ORDER BY id) FROM policies_policy WHERE mode <> 'off'
"""
_RANGES = """
    SELECT min(id), max(id), count(*) FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS part FROM {table}
    ) AS numbered GROUP BY part ORDER BY part
"""
COUNTED = 100_000
_ESTIMATED = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"
_ROW_BYTES = "SELECT pg_table_size(oid) / nullif(greatest(reltuples, 0), 0) FROM pg_class WHERE oid = %s::regclass"
TABLES = {Subject.LISTINGS: "listings_listing", Subject.MERCHANTS: "listings_merchant"}


@dataclass(frozen=True)
class KeyRange:
    """Keys of `subject` from `first` to `last`, both included; `size` of them exist. `keys` where it is only some of them."""

    subject: Subject
    first: int
    last: int
    size: int
    keys: list[int] | None = None


def active_versions(*, at: datetime, policies: Sequence[int] = ()) -> list[PolicyVersion]:
    """Versions in force, of policies that are switched on, within their dates; of `policies` only where given."""
    day = at.date()
    found = (
        PolicyVersion.objects.select_related("policy")
        .filter(state=VersionState.LIVE)
        .exclude(policy__mode=Mode.OFF)
        .filter(Q(effective_from__isnull=True) | Q(effective_from__lte=day))
        .filter(Q(effective_until__isnull=True) | Q(effective_until__gte=day))
        .order_by("policy_id")
    )
    return list(found.filter(policy_id__in=policies) if policies else found)


def switched_on() -> str:
    """The policies that are switched on, with their live versions and modes, as a text. A version never changes: as long as
    this and the day are the same, `active_versions` is."""
    with connection.cursor() as cursor:
        cursor.execute(_SWITCHED_ON)
        (found,) = cursor.fetchone() or ("",)
        return str(found or "")


def mark() -> int:
    """The highest change of any listing now."""
    return Listing.objects.aggregate(mark=Max("change"))["mark"] or 0


def complete_before(sweep: Sweep) -> Sweep | None:
    """The sweep that an incremental one goes on from: the last that looked at everything that had changed until then."""
    if sweep.kind != SweepKind.CHANGED:
        return None
    complete = Sweep.objects.filter(state=SweepState.FINISHED, kind__in=[SweepKind.FULL, SweepKind.CHANGED])
    return complete.filter(scope_key=sweep.scope_key).order_by("-mark", "-began_at", "-pk").first()


def about(subject: Subject) -> int:
    """How many there are: counted where they are few, else as the statistics have it, since counting millions takes longer than a
    sweep of what has changed."""
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATED, [TABLES[subject]])
        (estimated,) = cursor.fetchone()
    return (
        int(estimated)
        if estimated >= COUNTED
        else (Listing if subject == Subject.LISTINGS else Merchant).objects.count()
    )


def row_bytes(subject: Subject) -> int:
    """What one row takes in the table, long texts included, on average as the statistics have it; 0 without any."""
    with connection.cursor() as cursor:
        cursor.execute(_ROW_BYTES, [TABLES[subject]])
        (taken,) = cursor.fetchone()
    return int(taken or 0)


def ranges(subject: Subject, *, size: int) -> list[KeyRange]:
    """Cut all there are into ranges of `size` keys."""
    with connection.cursor() as cursor:
        cursor.execute(_RANGES.format(table=TABLES[subject]), {"size": size})
        return [KeyRange(subject, first, last, count) for first, last, count in cursor.fetchall()]


def ranges_of(subject: Subject, keys: Sequence[int], *, size: int) -> list[KeyRange]:
    """The same of some keys, which are in order."""
    parts = [list(keys[start : start + size]) for start in range(0, len(keys), size)]
    return [KeyRange(subject, part[0], part[-1], len(part), part) for part in parts]
