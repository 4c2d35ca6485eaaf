"""What may be taken back together, what stands in the way, and how far a run has come."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from enforcement.enums import (
    STANDING_DECISIONS,
    WAITING_DECISIONS,
    Automation,
    DecisionState,
    LeftBecause,
    Origin,
    Owed,
    PartState,
    SubmissionState,
    UndoScope,
    UndoState,
    ViolationState,
)
from enforcement.models import (
    AppealDecision,
    Decision,
    DecisionItem,
    PointEntry,
    Sweep,
    TransparencySubmission,
    Undo,
    UndoPart,
    Violation,
)
from enforcement.queries import restrictions as in_force
from enforcement.queries.points import NET
from governance.audit.models import Entry
from governance.policies.enums import Mode
from governance.policies.models import PolicyVersion
from listings.enums import ListingState

LEFT_STATES: Mapping[DecisionState, LeftBecause] = {
    DecisionState.REVERSED: LeftBecause.ALREADY,
    DecisionState.WITHDRAWN: LeftBecause.ALREADY,
    DecisionState.SUPERSEDED: LeftBecause.REPLACED,
}
"""The states in which a decision is left as it is, and why. In all others it can be taken back."""


_ADD = """
    INSERT INTO enforcement_undopart (undo_id, decision_id, state, left_because, differs, attempts, error)
    SELECT %s, chosen.id, 'waiting', '', false, 0, '' FROM ({chosen}) AS chosen(id) ORDER BY chosen.id
    ON CONFLICT (undo_id, decision_id) DO NOTHING
"""


# --- what is chosen ------------------------------------------------------------------------------


def scope(undo: Undo) -> QuerySet[Decision]:
    """What the run's sweep or version has decided by now; none where its decisions were chosen one by one."""
    if undo.sweep is not None:
        return of_sweep(undo.sweep, with_people=undo.with_people)
    if undo.version is not None and undo.since is not None:
        return of_version(undo.version, since=undo.since, with_people=undo.with_people)
    return Decision.objects.none()


def of_sweep(sweep: Sweep, *, with_people: bool) -> QuerySet[Decision]:
    """What automation decided after the sweep or on what it was the first to find; with people, also what they decided on that."""
    found = Q(pk__in=DecisionItem.objects.filter(violation__found_by=sweep).values("decision"))
    after = Q(origin_kind=Origin.SWEEP, origin_ref=str(sweep.pk))
    return Decision.objects.filter(after | (found if with_people else found & Q(automation=Automation.FULL)))


def of_version(version: PolicyVersion, *, since: datetime, with_people: bool) -> QuerySet[Decision]:
    """What was decided under the version then or later: by automation; with people, by anybody."""
    rows = Decision.objects.filter(version=version, decided_at__gte=since)
    return rows if with_people else rows.filter(automation=Automation.FULL)


def undecided(undo: Undo) -> QuerySet[Violation]:
    """What the run's sweep or version found that is open and that no decision stands on: it would be decided next.

    What was found in shadow decides nothing and is left alone, and so is what the run has left open: a newer version's.
    """
    rows = Violation.objects.filter(state=ViolationState.OPEN).exclude(mode=Mode.SHADOW)
    if undo.scope == UndoScope.SWEEP:
        rows = rows.filter(found_by=undo.sweep_id)
    elif undo.scope == UndoScope.VERSION:
        rows = rows.filter(Q(found_at__gte=undo.since) | ~Q(owed=Owed.NOTHING), version=undo.version_id)
    else:
        return rows.none()
    decided = DecisionItem.objects.filter(
        violation=OuterRef("pk"),
        reversal__isnull=True,
        decision__state__in=sorted(STANDING_DECISIONS | WAITING_DECISIONS),
    )
    left_open = DecisionItem.objects.filter(violation=OuterRef("pk"), decision__undo_parts__undo=undo.pk)
    return rows.exclude(Exists(decided)).exclude(Exists(left_open))


def add_parts(undo: Undo, chosen: QuerySet[Decision]) -> int:
    """Make a part of each decision that is none yet, in the database; returns how many."""
    try:
        sql, params = chosen.order_by().values("pk").distinct().query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(chosen=sql), [undo.pk, *params])
        return int(cursor.rowcount)


# --- the preview -----------------------------------------------------------------------------------


def preview(undo: Undo, at: datetime) -> dict[str, Any]:
    """What would be given back and what would not, in counts. Each query is over all the run's decisions at once."""
    parts = UndoPart.objects.filter(undo=undo)
    states = Counter(dict(parts.order_by().values_list("decision__state").annotate(n=Count("pk"))))
    back = parts.exclude(decision__state__in=list(LEFT_STATES))
    decisions = back.values("decision")
    items = DecisionItem.objects.filter(decision__in=decisions, reversal__isnull=True)
    listings = items.filter(listing__isnull=False)
    appeals = AppealDecision.objects.filter(decision__in=decisions, open=True)
    said = (SubmissionState.OWED, SubmissionState.SENT)
    reported = TransparencySubmission.objects.filter(decision__in=decisions, state__in=said)
    others = in_force.in_force().exclude(decision__in=decisions)
    merchants = back.values("decision__merchant")
    found = list(undecided(undo).order_by().values_list("version", "policy").annotate(n=Count("pk")))
    return {
        "decisions": sum(states.values()) - sum(states[state] for state in LEFT_STATES),
        "already": states[DecisionState.REVERSED] + states[DecisionState.WITHDRAWN],
        "replaced": states[DecisionState.SUPERSEDED],
        "untold": states[DecisionState.HELD],
        "pending": states[DecisionState.PENDING],
        "merchants": merchants.distinct().count(),
        "listings": _listings(listings),
        "points": PointEntry.objects.filter(decision__in=decisions, lapses_at__gt=at).aggregate(net=NET)["net"],
        "under_appeal": appeals.values("decision").distinct().count(),
        "reported": reported.values("decision").distinct().count(),
        "still_limited": _listings(others.filter(listing__in=listings.values("listing"))),
        "still_bound": others.filter(listing__isnull=True, merchant__in=merchants)
        .values("merchant")
        .distinct()
        .count(),
        "changed": _listings(listings.filter(listing__version__gt=F("listing_version"))),
        "ended": _listings(listings.filter(listing__state=ListingState.ENDED)),
        "by_people": 0 if undo.with_people else _by_people(undo),
        "replacing": Decision.objects.filter(pk__in=decisions, supersedes__isnull=False).distinct().count(),
        "found_again": _found_again(items),
        "open": sum(n for _version, _policy, n in found),
        "policies": _policies(back, found if undo.close_open else []),
    }


def _found_again(items: QuerySet[DecisionItem]) -> int:
    """Items whose subject was found to break a newer version since: that was never judged, and goes to a case."""
    still = items.filter(violation__state=ViolationState.OPEN)
    newer = ~Q(violation__version=F("decision__version")) | Q(violation__listing_version__gt=F("listing_version"))
    return still.filter(newer).count()


def _listings(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("listing").distinct().count()


def _by_people(undo: Undo) -> int:
    """What people decided in the same scope, which stays."""
    whole = scope(Undo(sweep=undo.sweep, version=undo.version, since=undo.since, with_people=True))
    return whole.exclude(automation=Automation.FULL).exclude(state__in=list(LEFT_STATES)).count()


def _policies(back: QuerySet[UndoPart], found: Iterable[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """By policy version: decisions by measure, the most first, and (with a measure of "") what was found and nobody has decided."""
    rows = back.order_by().values_list("decision__version", "decision__version__policy", "decision__measure")
    counted = list(rows.annotate(n=Count("decision")))
    counted += [(version, policy, "", n) for version, policy, n in found]
    counted.sort(key=lambda row: (row[2] == "", -row[3], row[0], row[2]))
    return [{"version": v, "policy": p, "measure": measure, "count": n} for v, p, measure, n in counted]


# --- runs --------------------------------------------------------------------------------------------


def undos() -> QuerySet[Undo]:
    """With what a row shows."""
    return Undo.objects.select_related("prepared_by", "sweep", "version__policy")


def running() -> list[int]:
    return list(Undo.objects.filter(state=UndoState.RUNNING).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class Progress:
    """How far a run has come, and what was left and why."""

    total: int
    waiting: int
    restored: int
    left: Mapping[LeftBecause, int] = field(default_factory=dict)
    differs: int = 0

    @property
    def odd(self) -> int:
        """Those that a person should look at."""
        return self.differs + sum(n for because, n in self.left.items() if because != LeftBecause.ALREADY)

    @property
    def ended(self) -> int:
        return self.total - self.waiting

    @property
    def share(self) -> float:
        return self.ended / self.total if self.total else 1.0


def progress(undo: Undo) -> Progress:
    """One query."""
    rows = list(
        UndoPart.objects.filter(undo=undo)
        .order_by()
        .values_list("state", "left_because")
        .annotate(n=Count("pk"), odd=Count("pk", filter=Q(differs=True)))
    )
    return Progress(
        total=sum(n for _state, _because, n, _odd in rows),
        waiting=sum(n for state, _because, n, _odd in rows if state == PartState.WAITING),
        restored=sum(n for state, _because, n, _odd in rows if state == PartState.RESTORED),
        left={LeftBecause(because): n for state, because, n, _odd in rows if state == PartState.LEFT},
        differs=sum(odd for _state, _because, _n, odd in rows),
    )


def to_look_at(undo: Undo, limit: int) -> list[UndoPart]:
    """Parts that a person should see: left for another cause than being done before, or given back and not as they should be."""
    odd = Q(differs=True) | (Q(state=PartState.LEFT) & ~Q(left_because=LeftBecause.ALREADY))
    rows = UndoPart.objects.filter(odd, undo=undo).select_related("decision__merchant", "decision__superseded_by")
    return list(rows.order_by("pk")[:limit])


def parts(undo: Undo) -> Iterable[UndoPart]:
    """All of them, in their order, read by and by."""
    rows = UndoPart.objects.filter(undo=undo).select_related("decision__merchant")
    return rows.order_by("pk").iterator(chunk_size=2_000)


def log(undo: Undo) -> list[Entry]:
    rows = Entry.objects.filter(subject_kind="undo", subject_id=undo.pk).select_related("actor")
    return list(rows.order_by("-at", "-pk")[:50])
