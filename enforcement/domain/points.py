"""The ledger of points: one cause is one offence, however many listings and decisions it has."""

from datetime import datetime, timedelta

from enforcement.enums import PointKind
from enforcement.measures import MEASURES
from enforcement.models import Decision, PointEntry
from enforcement.queries import points as ledger
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion

LAPSE = timedelta(days=180)


def due(*, merchant_id: int, version: PolicyVersion, measure: Measure, event_key: str) -> int:
    """The points that a decision of this cause would give: none if the cause has given them already."""
    if not MEASURES[measure].gives_points or not version.points:
        return 0
    siblings = Decision.objects.filter(merchant_id=merchant_id, event_key=event_key)
    return 0 if event_key and ledger.standing(siblings).exists() else version.points


def give(*, decision: Decision, at: datetime) -> PointEntry | None:
    """Enter the decision's points, if it has any and its cause has not given them meanwhile. They lapse after 180 days."""
    if not decision.points or ledger.standing(ledger.offence(decision)).exists():
        return None
    return PointEntry.objects.create(
        merchant_id=decision.merchant_id,
        decision=decision,
        kind=PointKind.GIVEN,
        points=decision.points,
        entered_at=at,
        lapses_at=at + LAPSE,
    )


def give_back(*, decision: Decision, at: datetime, even_if_standing: bool = False) -> int:
    """Return the points of the decision's cause once nothing of that cause stands. Returns how many."""
    if not even_if_standing and ledger.offence_stands(decision):
        return 0
    entries = [
        PointEntry(
            merchant_id=given.merchant_id,
            decision_id=given.decision_id,
            kind=PointKind.RETURNED,
            points=given.points,
            entered_at=at,
            lapses_at=given.lapses_at,
        )
        for given in ledger.standing(ledger.offence(decision))
    ]
    PointEntry.objects.bulk_create(entries)
    return sum(entry.points for entry in entries)
