"""From the restrictions in force to what a merchant may do: one pure function, and the projection rebuilt by it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from enforcement.models import Restriction
from enforcement.queries import restrictions as in_force
from governance.policies.enums import Measure
from listings.domain import rights
from listings.domain.rights import Rights

NOTHING_ON_SALE = frozenset({Measure.SUSPEND, Measure.TERMINATE})
NOTHING_NEW = NOTHING_ON_SALE | {Measure.SUSPEND_LISTING_RIGHTS}


def project(restrictions: Iterable[Restriction]) -> Rights:
    """What is taken, since the first restriction that takes it; of several limits the lowest holds."""
    since: dict[Measure, datetime] = {}
    limits = []
    for restriction in restrictions:
        measure = Measure(restriction.measure)
        since[measure] = min(since.get(measure, restriction.starts_at), restriction.starts_at)
        if measure == Measure.LIMIT_NEW_LISTINGS and restriction.listings_a_day is not None:
            limits.append(restriction.listings_a_day)
    return Rights(
        listing_rights_suspended_at=_first(since, NOTHING_NEW),
        new_listings_a_day=min(limits, default=None),
        suspended_at=since.get(Measure.SUSPEND),
        terminated_at=since.get(Measure.TERMINATE),
        payouts_withheld_at=since.get(Measure.WITHHOLD_PAYOUT),
    )


def rebuild(merchant_ids: Collection[int], *, at: datetime) -> None:
    """Make these merchants' rows what their restrictions in force say. Several decisions may bind one: the last gives it back."""
    of_merchant: dict[int, list[Restriction]] = defaultdict(list)
    for restriction in in_force.binding(merchant_ids):
        of_merchant[restriction.merchant_id].append(restriction)
    for merchant_id in sorted(set(merchant_ids)):
        rights.project(merchant_id=merchant_id, rights=project(of_merchant[merchant_id]), at=at)


def merchants_of(restrictions: Iterable[Restriction]) -> list[int]:
    return sorted({restriction.merchant_id for restriction in restrictions})


def _first(since: dict[Measure, datetime], measures: Collection[Measure]) -> datetime | None:
    return min((since[measure] for measure in measures if measure in since), default=None)
