"""Reads of sweeps: lists, and how far one has come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from enforcement.enums import ChunkState, Owed, SweepState
from enforcement.models import Chunk, Sweep, SweepPolicy, Violation
from governance.audit.models import Entry
from governance.policies.enums import Mode, VersionState
from governance.policies.models import PolicyText, PolicyVersion

COUNTED = ("looked_at", "matched", "confirmed", "undecidable", "new", "closed", "waived", "settled")
RATE_POINTS, CHUNKS_A_POINT = 30, 4


def sweeps() -> QuerySet[Sweep]:
    """Sweeps with `done` (listings looked at) and `hits`, for a list."""
    chunks = Chunk.objects.filter(sweep=OuterRef("pk"), state=ChunkState.DONE).order_by().values("sweep")
    return Sweep.objects.select_related("started_by").annotate(
        done=Subquery(chunks.annotate(n=Sum("size")).values("n")),
        hits=Subquery(chunks.annotate(n=Sum("hits")).values("n")),
        versions=Subquery(
            SweepPolicy.objects.filter(sweep=OuterRef("pk"))
            .order_by()
            .values("sweep")
            .annotate(n=Count("pk"))
            .values("n")
        ),
    )


def at_work(scope_key: str = "catalogue") -> Sweep | None:
    return Sweep.objects.filter(scope_key=scope_key, state__in=[SweepState.RUNNING, SweepState.PAUSED]).first()


def unfinished() -> list[int]:
    """Sweeps that run and have chunks that nobody works on."""
    waiting = Chunk.objects.filter(sweep__state=SweepState.RUNNING, state=ChunkState.WAITING)
    return sorted(waiting.values_list("sweep_id", flat=True).distinct())


@dataclass
class PolicyCounts:
    """One policy version in a sweep. `narrow`: read for what has changed alone. `share` is of the listings looked at, None before
    any was."""

    policy_id: int
    version_id: int
    number: int
    title: str
    mode: Mode
    held: bool
    narrow: bool = False
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))

    @property
    def share(self) -> float | None:
        looked_at = self.counts["looked_at"]
        return self.counts["confirmed"] / looked_at if looked_at else None

    @property
    def unconfirmed(self) -> int:
        """Hits of the columns of which the runtime, row by row, says otherwise."""
        return self.counts["matched"] - self.counts["confirmed"]


@dataclass(frozen=True)
class Progress:
    """How far a sweep has come; `seconds_left` and `rate` (listings a second) are None while unknown."""

    total: int
    done: int
    chunks: Sequence[Chunk]
    policies: Sequence[PolicyCounts]
    rate: float | None
    rates: Sequence[tuple[datetime, float]]
    seconds_left: float | None
    broken: Sequence[dict[str, object]]

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 1.0

    @property
    def totals(self) -> dict[str, int]:
        return {name: sum(row.counts[name] for row in self.policies) for name in COUNTED}

    def chunks_in(self, state: ChunkState) -> list[Chunk]:
        return [chunk for chunk in self.chunks if chunk.state == state]


def progress(sweep: Sweep, *, language: str, at: datetime) -> Progress:
    """Three queries: the chunks, the policies, their titles."""
    chunks = list(sweep.chunks.order_by("number"))
    done = sum(chunk.size for chunk in chunks if chunk.state == ChunkState.DONE)
    rates = _rates(chunks)
    rate = _rate(sweep, done, at)
    left = sweep.total - done
    return Progress(
        total=sweep.total,
        done=done,
        chunks=chunks,
        policies=_policies(sweep, chunks, language),
        rate=rate,
        rates=rates,
        seconds_left=left / rate if rate and sweep.state == SweepState.RUNNING else None,
        broken=[row for chunk in chunks for row in chunk.broken],
    )


def follow_up(sweep: Sweep) -> dict[str, int]:
    """What becomes of the violations that this sweep was the first to find."""
    found = Violation.objects.filter(found_by=sweep)
    return found.aggregate(
        decided=Count("pk", filter=Q(mode=Mode.ENFORCE, owed=Owed.NOTHING)),
        to_decide=Count("pk", filter=Q(owed=Owed.DECISION)),
        to_queue=Count("pk", filter=Q(mode=Mode.REVIEW) | Q(owed=Owed.CASE)),
        shadow=Count("pk", filter=Q(mode=Mode.SHADOW)),
    )


def _policies(sweep: Sweep, chunks: Sequence[Chunk], language: str) -> list[PolicyCounts]:
    rows = list(sweep.policies.select_related("version__policy").order_by("version__policy_id"))
    titles = _titles([row.version_id for row in rows], language)
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for chunk in chunks:
        for version_id, counts in chunk.counts.items():
            for name in COUNTED:
                sums[version_id][name] += counts.get(name, 0)
    found = [
        PolicyCounts(
            policy_id=row.version.policy_id,
            version_id=row.version_id,
            number=row.version.number,
            title=titles.get(row.version_id, row.version.policy.slug),
            mode=Mode(row.mode),
            held=row.held,
            narrow=not row.everywhere,
            counts=sums[str(row.version_id)],
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.counts["confirmed"], row.title))


def _titles(version_ids: Sequence[int], language: str) -> dict[int, str]:
    texts = PolicyText.objects.filter(version_id__in=version_ids, language__in=["en", language])
    found = sorted(texts.values_list("version_id", "language", "title"), key=lambda row: row[1] == language)
    return {version_id: title for version_id, _language, title in found}


def _rate(sweep: Sweep, done: int, at: datetime) -> float | None:
    if sweep.began_at is None or not done:
        return None
    seconds = ((sweep.ended_at or at) - sweep.began_at).total_seconds()
    return done / seconds if seconds > 0 else None


def _rates(chunks: Sequence[Chunk]) -> list[tuple[datetime, float]]:
    """Listings a second in up to RATE_POINTS equal steps from the first chunk's end to the last's."""
    ended = sorted(
        (chunk.ended_at, chunk.size) for chunk in chunks if chunk.state == ChunkState.DONE and chunk.ended_at
    )
    began = min((chunk.began_at for chunk in chunks if chunk.began_at), default=None)
    if began is None or not ended:
        return []
    span = (ended[-1][0] - began).total_seconds()
    points = min(RATE_POINTS, len(ended) // CHUNKS_A_POINT)
    if points < 2 or span <= 0:
        return []
    step = span / points
    sums = [0] * points
    for when, size in ended:
        sums[min(points - 1, int((when - began).total_seconds() / step))] += size
    return [(began + timedelta(seconds=step * (index + 1)), total / step) for index, total in enumerate(sums)]


def over_the_brake(sweep: Sweep) -> list[int]:
    """Version ids whose new violations would hit more than their share of any one market's merchants."""
    with connection.cursor() as cursor:
        cursor.execute(_BRAKE, {"sweep": sweep.pk})
        return [row[0] for row in cursor.fetchall()]


_BRAKE = """
    WITH merchants AS (
        SELECT market, count(DISTINCT merchant_id) AS n
        FROM listings_listing, unnest(markets) AS market WHERE state = 'on_sale' GROUP BY market
    ), hit AS (
        SELECT v.version_id, market, count(DISTINCT v.merchant_id) AS n
        FROM enforcement_violation v, unnest(v.markets) AS market
        WHERE v.found_by_id = %(sweep)s AND v.owed = 'decision' GROUP BY v.version_id, market
    )
    SELECT DISTINCT hit.version_id FROM hit
    JOIN merchants USING (market) JOIN policies_policyversion version ON version.id = hit.version_id
    WHERE version.brake_share < 1 AND hit.n > version.brake_share * merchants.n ORDER BY 1
"""


def policy_choices(language: str) -> list[tuple[int, str]]:
    """Policies in force and switched on: (policy id, title)."""
    versions = list(
        PolicyVersion.objects.filter(state=VersionState.LIVE).exclude(policy__mode=Mode.OFF).select_related("policy")
    )
    titles = _titles([version.pk for version in versions], language)
    named = [(version.policy_id, titles.get(version.pk, version.policy.slug)) for version in versions]
    return sorted(named, key=lambda choice: choice[1])


def log(sweep: Sweep) -> list[Entry]:
    """What happened to the sweep, the latest first."""
    entries = Entry.objects.filter(subject_kind="sweep", subject_id=sweep.pk).select_related("actor")
    return list(entries.order_by("-at", "-pk")[:12])
