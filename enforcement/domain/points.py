"""The ledger of points: one cause is one offence, however many listings and decisions it has."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from enforcement.enums import ClosedBecause, PointKind
from enforcement.measures import MEASURES
from enforcement.models import Decision, DecisionItem, Ladder, PointEntry
from enforcement.queries import deadlines, ladders
from enforcement.queries import points as ledger
from governance.policies.enums import Measure, Severity
from governance.policies.models import PolicyVersion

LAPSE = timedelta(days=180)
"""Where no ladder is in force."""
GIVING = tuple(measure for measure, kind in MEASURES.items() if kind.gives_points)


def due(*, merchant_id: int, version: PolicyVersion, measure: Measure, event_key: str, at: datetime) -> int:
    """The points that a decision of this cause would give: none if the cause has given them already.

    A policy version's own points win over the ladder's; the ladder's cap holds for both.
    """
    if not MEASURES[measure].gives_points:
        return 0
    siblings = Decision.objects.filter(merchant_id=merchant_id, event_key=event_key)
    if event_key and ledger.standing(siblings).exists():
        return 0
    ladder = ladders.live()
    if ladder is None:
        return version.points
    return _by_ladder(ladder, merchant_id, version, event_key, at)


def give(*, decision: Decision, at: datetime) -> PointEntry | None:
    """Enter the decision's points, if it has any and its cause has not given them meanwhile. They lapse when the ladder in force
    says, else after 180 days."""
    if not decision.points or ledger.standing(ledger.offence(decision)).exists():
        return None
    ladder = ladders.live()
    lapse = timedelta(days=ladder.terms.expiry_days) if ladder else LAPSE
    return PointEntry.objects.create(
        merchant_id=decision.merchant_id,
        decision=decision,
        kind=PointKind.GIVEN,
        points=decision.points,
        entered_at=at,
        lapses_at=at + lapse,
        ladder=ladder,
    )


def give_back(*, decision: Decision, at: datetime, even_if_standing: bool = False) -> int:
    """Return what is left of the points of the decision's cause once nothing of that cause stands. Returns how many."""
    if not even_if_standing and ledger.offence_stands(decision):
        return 0
    standing = ledger.standing(ledger.offence(decision))
    entries = [_taken_off(given, PointKind.RETURNED, ledger.stands(given), at) for given in standing]
    PointEntry.objects.bulk_create(entries)
    return sum(entry.points for entry in entries)


def discount(*, decision: Decision, at: datetime) -> int:
    """Take part of the points off where everything of their cause was corrected in time; once. Returns how many."""
    entries = [
        _taken_off(given, PointKind.DISCOUNT, points, at)
        for given in ledger.standing(ledger.offence(decision)).select_related("ladder", "decision__merchant")
        if (points := promised(given)) and _corrected_by(decision, discount_until(given))
    ]
    PointEntry.objects.bulk_create(entries, ignore_conflicts=True)
    return sum(entry.points for entry in entries)


def promised(given: PointEntry) -> int:
    """What prompt correction would take off these points. None twice."""
    if given.ladder is None or PointEntry.objects.filter(decision=given.decision_id, kind=PointKind.DISCOUNT).exists():
        return 0
    return given.ladder.terms.discounted(given.points)


def discount_until(given: PointEntry) -> date:
    """The last day on which a correction counts as prompt. Its ladder and merchant must be loaded."""
    days = given.ladder.terms.discount_days if given.ladder else 0
    return deadlines.working_days_after(given.decision.merchant.country, given.entered_at.date(), days)


def _by_ladder(ladder: Ladder, merchant_id: int, version: PolicyVersion, event_key: str, at: datetime) -> int:
    terms = ladder.terms
    points = version.points
    if not points:
        earlier = ledger.earlier_offences(
            merchant_id=merchant_id,
            policy_id=version.policy_id,
            event_key=event_key,
            measures=GIVING,
            since=at - timedelta(days=terms.window_days),
            at=at,
        )
        points = terms.graded(Severity(version.severity), earlier)
    if not terms.cap:
        return points
    return max(0, min(points, terms.cap - ledger.of_cause(merchant_id, event_key)))


def _taken_off(given: PointEntry, kind: PointKind, points: int, at: datetime) -> PointEntry:
    return PointEntry(
        merchant_id=given.merchant_id,
        decision_id=given.decision_id,
        kind=kind,
        points=points,
        entered_at=at,
        lapses_at=given.lapses_at,
        ladder_id=given.ladder_id,
    )


def _corrected_by(decision: Decision, day: date) -> bool:
    """Whether whatever of the cause was not taken back is corrected, the last of it on that day or before."""
    items = DecisionItem.objects.filter(decision__in=ledger.offence(decision), reversal__isnull=True)
    rows: Sequence[tuple[str | None, datetime | None]] = list(
        items.filter(decision__superseded_by__isnull=True).values_list(
            "violation__closed_because", "violation__closed_at"
        )
    )
    until = deadlines.end_of_day(day)
    return bool(rows) and all(
        because == ClosedBecause.CORRECTED and closed_at is not None and closed_at <= until
        for because, closed_at in rows
    )
