"""How restrictions end by themselves: what was wrong is corrected, or their time runs out."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from enforcement.domain import (
    decision_states,
    delivery_events,
    messages,
    milestones,
    points,
    restrictions,
    taking_effect,
)
from enforcement.domain import violations as findings
from enforcement.enums import SETTLED_BY, ClosedBecause, DecisionState, LiftedBecause, Owed
from enforcement.measures import MEASURES
from enforcement.models import Decision, Restriction
from enforcement.queries import restrictions as in_force
from enforcement.queries import waiting
from governance.policies.enums import Measure


def settle_corrected(at: datetime, violation_ids: Collection[int] | None = None) -> int:
    """Lift what came of violations that no longer hold: corrected, waived, or the policy ended. The points stay.

    Without ids, all that is owed. Safe to run twice and at the same time. Returns how many decisions it touched.
    """
    owed = in_force.settled()
    if violation_ids is not None:
        owed = owed.filter(item__violation_id__in=violation_ids)
    keys = list(owed.order_by("decision_id").values_list("decision_id", flat=True).distinct())
    pending = list(waiting.settled_pending().order_by("pk").values_list("pk", flat=True))
    return sum(_settle(decision_id, at) for decision_id in keys) + sum(taking_effect.settle(key, at) for key in pending)


def expire_due(at: datetime) -> int:
    """End what has run out. Where the merchant had until now to correct and has not, a case is owed."""
    keys = list(in_force.run_out(at).order_by("decision_id").values_list("decision_id", flat=True).distinct())
    return sum(_expire(decision_id, at) for decision_id in keys)


@transaction.atomic
def _settle(decision_id: int, at: datetime) -> int:
    decision = decision_states.lock(Decision.objects.get(pk=decision_id))
    by_cause: dict[LiftedBecause, list[Restriction]] = defaultdict(list)
    for restriction in in_force.settled().filter(decision=decision).select_related("item__violation"):
        violation = restriction.item.violation
        if violation is not None:
            by_cause[SETTLED_BY[ClosedBecause(violation.closed_because)]].append(restriction)
    for because, settled in by_cause.items():
        items = [each.item for each in restrictions.lift(restrictions=settled, because=because, at=at)]
        if not in_force.in_force().filter(decision=decision).exists():
            decision_states.move(decision, DecisionState.SETTLED, actor=None, reason=because.value, at=at, items=items)
        else:
            told = [item.pk for item in items]
            delivery_events.decision_moved(decision=decision, to=DecisionState.SETTLED, items=told, at=at)
        off = _discount(decision, at) if because == LiftedBecause.CORRECTED else 0
        messages.owe_restored(decision=decision, items=items, because=because, points=off, at=at)
        decision_states.record(
            "decision.settled",
            decision,
            None,
            at,
            {"items": [item.pk for item in items], "because": because, "points_returned": off},
        )
    return bool(by_cause)


def _discount(decision: Decision, at: datetime) -> int:
    off = points.discount(decision=decision, at=at)
    milestones.follow_points(merchant_id=decision.merchant_id, at=at)
    return off


@transaction.atomic
def _expire(decision_id: int, at: datetime) -> int:
    decision = decision_states.lock(Decision.objects.get(pk=decision_id))
    over = in_force.run_out(at).filter(decision=decision).select_related("item__violation")
    items = [each.item for each in restrictions.lift(restrictions=over, because=LiftedBecause.EXPIRED, at=at)]
    if not items:
        return 0
    decision_states.move(decision, DecisionState.EXPIRED, actor=None, reason="", at=at, items=items)
    if MEASURES[Measure(decision.measure)].cures:
        findings.owe(violations=[item.violation for item in items if item.violation], owed=Owed.CASE)
    else:
        messages.owe_restored(decision=decision, items=items, because=LiftedBecause.EXPIRED, points=0, at=at)
    decision_states.record("decision.expired", decision, None, at, {"items": [item.pk for item in items]})
    return 1
