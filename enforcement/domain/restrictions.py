"""Restrictions: imposed with a decision, lifted once. What shoppers see follows in the same transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from enforcement.domain import delivery_events
from enforcement.enums import LiftedBecause
from enforcement.measures import MEASURES, exposure
from enforcement.models import Decision, DecisionItem, Restriction
from enforcement.queries import restrictions as in_force
from governance.policies.enums import Measure

LATELY = timedelta(days=1)


def impose(
    *,
    decision: Decision,
    items: Sequence[DecisionItem],
    territories: Mapping[int | None, Sequence[str]],
    ends_at: datetime | None,
    at: datetime,
) -> list[Restriction]:
    """Put the decision's measure in force on each of these items, from now on. `territories` is by listing."""
    kind = MEASURES[Measure(decision.measure)]
    restrictions = Restriction.objects.bulk_create(
        [
            Restriction(
                decision=decision,
                item=item,
                merchant_id=decision.merchant_id,
                listing_id=None if kind.on_merchant else item.listing_id,
                measure=decision.measure,
                markets=list(territories.get(item.listing_id, ())) if kind.territorial else [],
                minimum_age=decision.minimum_age,
                label=decision.label,
                listings_a_day=decision.listings_a_day,
                starts_at=at,
                ends_at=ends_at,
            )
            for item in items
        ]
    )
    delivery_events.decision_issued(decision=decision, at=at)
    kind.apply(restrictions, at=at)
    return restrictions


def lift(*, restrictions: Collection[Restriction], because: LiftedBecause, at: datetime) -> list[Restriction]:
    """End those of the restrictions that are in force, and undo their effect where nothing else holds it."""
    keys = [restriction.pk for restriction in restrictions]
    standing = list(Restriction.objects.select_for_update().filter(pk__in=keys, lifted_at__isnull=True).order_by("pk"))
    Restriction.objects.filter(pk__in=[each.pk for each in standing]).update(lifted_at=at, lifted_because=because)
    by_measure: dict[Measure, list[Restriction]] = defaultdict(list)
    for restriction in standing:
        by_measure[Measure(restriction.measure)].append(restriction)
    for measure, lifted in by_measure.items():
        MEASURES[measure].revert(lifted, at=at)
    return standing


def follow_changes(*, listing_ids: Collection[int], at: datetime) -> int:
    """Merchants have changed these listings, perhaps their markets: let the restrictions in force hold there too."""
    limited = in_force.limited_among(listing_ids)
    if limited:
        exposure.rebuild(limited, at=at)
    return len(limited)


def follow_recent_changes(at: datetime) -> int:
    """The same for everything changed of late, where a message was lost."""
    return follow_changes(listing_ids=in_force.limited_and_changed(at - LATELY), at=at)
