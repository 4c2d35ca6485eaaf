"""What a sweep looks at: which policy versions, and which keys, cut into ranges."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Q, QuerySet

from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep
from governance.policies.enums import Mode, Subject, VersionState
from governance.policies.models import PolicyVersion
from listings.models import Listing

ALL = -1
InForce = tuple[tuple[int, str], ...]
"""Keys of versions with the modes of their policies."""
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
    found = _in_force(at).select_related("policy")
    return list(found.filter(policy_id__in=policies) if policies else found)


def in_force(*, at: datetime, subject: Subject, modes: Collection[Mode]) -> InForce:
    """The versions in force about a subject, of policies in these modes. A version never changes: so do its key and the mode
    say all that there is to know."""
    rows = _in_force(at).filter(policy__subject=subject, policy__mode__in=modes)
    return tuple(rows.values_list("pk", "policy__mode"))


def versions_of(keys: Collection[int]) -> list[PolicyVersion]:
    """Versions with their policies, in the order of the policies."""
    return list(PolicyVersion.objects.filter(pk__in=keys).select_related("policy").order_by("policy_id"))


def _in_force(at: datetime) -> QuerySet[PolicyVersion]:
    day = at.date()
    return (
        PolicyVersion.objects.filter(state=VersionState.LIVE)
        .exclude(policy__mode=Mode.OFF)
        .filter(Q(effective_from__isnull=True) | Q(effective_from__lte=day))
        .filter(Q(effective_until__isnull=True) | Q(effective_until__gte=day))
        .order_by("policy_id")
    )


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
