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
from listings.models import Listing

ALL = -1
_SWITCHED_ON = """
    SELECT string_agg(id || ' ' || live_id || ' ' || mode, ',' ORDER BY id) FROM policies_policy WHERE mode <> 'off'
"""
_RANGES = """
    SELECT min(id), max(id), count(*) FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS part FROM {table} WHERE {condition}
    ) AS numbered GROUP BY part ORDER BY part
"""


@dataclass(frozen=True)
class KeyRange:
    """Keys of `subject` from `first` to `last`, both included; `size` of them exist."""

    subject: Subject
    first: int
    last: int
    size: int


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


def last_mark(kind: SweepKind) -> int:
    """Where a sweep of this kind goes on from: -1 (all) but for changed listings, where it is the last complete one's mark."""
    if kind != SweepKind.CHANGED:
        return ALL
    complete = Sweep.objects.filter(state=SweepState.FINISHED, kind__in=[SweepKind.FULL, SweepKind.CHANGED])
    found: int | None = complete.aggregate(mark=Max("mark"))["mark"]
    return ALL if found is None else found


def ranges(sweep: Sweep, versions: Sequence[PolicyVersion], *, size: int) -> list[KeyRange]:
    """Cut the sweep's listings, and the merchants if a policy is about merchants, into ranges of `size` keys."""
    subjects = {version.policy.subject for version in versions}
    found: list[KeyRange] = []
    if Subject.LISTINGS in subjects:
        found += _cut(Subject.LISTINGS, "listings_listing", "change > %(since)s", size, sweep.since_change)
    if Subject.MERCHANTS in subjects:
        found += _cut(Subject.MERCHANTS, "listings_merchant", "true", size, ALL)
    return found


def _cut(subject: Subject, table: str, condition: str, size: int, since: int) -> list[KeyRange]:
    with connection.cursor() as cursor:
        cursor.execute(_RANGES.format(table=table, condition=condition), {"size": size, "since": since})
        return [KeyRange(subject, first, last, count) for first, last, count in cursor.fetchall()]
