"""From the restrictions in force to what shoppers see: one pure function, and the projection rebuilt by it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from enforcement.models import Restriction
from enforcement.queries import restrictions as in_force
from governance.policies.enums import Measure
from listings.domain import visibility
from listings.domain.visibility import Change, Desired
from listings.enums import Exposure, Label
from listings.models import Listing
from listings.queries.visibility import Met

LIMITS: dict[Measure, Exposure] = {
    Measure.DEMOTE: Exposure.SHOWN,
    Measure.LABEL: Exposure.SHOWN,
    Measure.AGE_GATE: Exposure.AGE_GATED,
    Measure.RESTRICT_MARKETS: Exposure.HIDDEN,
    Measure.REMOVE: Exposure.HIDDEN,
    Measure.BLOCK_RELISTING: Exposure.HIDDEN,
}
"""What each measure that shoppers notice leaves of a listing; a demoted or labelled one is still on sale."""
RANK: dict[Exposure, int] = {exposure: rank for rank, exposure in enumerate(Exposure)}


@dataclass(frozen=True)
class Limit:
    """What shoppers of one market meet, each part with the restrictions that cause it. Only an age gate has an age."""

    exposure: Exposure = Exposure.SHOWN
    minimum_age: int | None = None
    causes: frozenset[int] = frozenset()
    demoted: frozenset[int] = frozenset()
    labelled: frozenset[tuple[Label, int]] = frozenset()

    @property
    def every_cause(self) -> tuple[int, ...]:
        return tuple(sorted(self.causes | self.demoted | {cause for _label, cause in self.labelled}))

    @property
    def met(self) -> Met:
        labels = sorted({label for label, _cause in self.labelled})
        return Met(self.exposure, self.minimum_age, bool(self.demoted), tuple(labels))


def join(one: Limit, other: Limit) -> Limit:
    """The stricter of two limits; equally strict ones share their causes, and the higher age holds. What is demoted or labelled
    by either is so by both together.

    Neither order nor repetition matters, so any sequence of decisions and reversals ends in the same place.
    """
    demoted, labelled = one.demoted | other.demoted, one.labelled | other.labelled
    if RANK[one.exposure] != RANK[other.exposure]:
        stricter = max(one, other, key=lambda limit: RANK[limit.exposure])
        return replace(stricter, demoted=demoted, labelled=labelled)
    ages = [age for age in (one.minimum_age, other.minimum_age) if age is not None]
    return Limit(one.exposure, max(ages, default=None), one.causes | other.causes, demoted, labelled)


def limit_of(restriction: Restriction) -> Limit | None:
    """What one restriction asks for by itself; nothing when shoppers do not notice it."""
    measure, cause = Measure(restriction.measure), frozenset({restriction.pk})
    if measure == Measure.DEMOTE:
        return Limit(demoted=cause)
    if measure == Measure.LABEL:
        return Limit(labelled=frozenset({(Label(restriction.label), restriction.pk)}))
    exposure = LIMITS.get(measure)
    if exposure is None:
        return None
    return Limit(exposure, restriction.minimum_age if exposure == Exposure.AGE_GATED else None, cause)


def project(listing_id: int, markets: Sequence[str], restrictions: Iterable[Restriction]) -> list[Desired]:
    """What each of the listing's markets should meet; a market where it is simply shown is left out."""
    limits: dict[str, Limit] = {}
    for restriction in restrictions:
        limit = limit_of(restriction)
        if limit is None:
            continue
        for market in markets:
            if not restriction.markets or market in restriction.markets:
                limits[market] = join(limits[market], limit) if market in limits else limit
    return [Desired(listing_id, market, limit.met, limit.every_cause) for market, limit in sorted(limits.items())]


@transaction.atomic
def rebuild(listing_ids: Collection[int], *, at: datetime) -> list[Change]:
    """Make the projection of these listings what their restrictions in force say."""
    markets = dict(
        Listing.objects.filter(pk__in=listing_ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", "markets")
    )
    of_listing: dict[int, list[Restriction]] = defaultdict(list)
    for restriction in in_force.limiting(markets):  # read after the lock: nobody changes it meanwhile
        of_listing[restriction.listing_id or 0].append(restriction)
    rows = [row for pk, each in of_listing.items() for row in project(pk, markets[pk], each)]
    return visibility.rebuild(listing_ids=list(markets), rows=rows, at=at)


def listings_of(restrictions: Iterable[Restriction]) -> list[int]:
    return sorted({restriction.listing_id for restriction in restrictions if restriction.listing_id is not None})
