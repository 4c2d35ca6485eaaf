"""What a step of the ladder would decide: about the merchant, or about the listings of the offence that reached it.

The ladder in force is what permits the measure here, not the policy.
"""

from django.utils.translation import gettext as _

from enforcement.domain.proposals import NothingToDecide, Proposal, Proposed
from enforcement.measures import MEASURES
from enforcement.models import DecisionItem, LadderStep
from enforcement.queries import restrictions as in_force
from governance.policies.enums import Measure
from listings.enums import Label
from listings.models import Merchant

ADULT = 18
"""The age of a gate where the policy names none."""
LISTINGS_A_DAY = 10
"""New listings where they are limited and the policy names no number."""


def of(step: LadderStep, merchant: Merchant) -> Proposal:
    """Ready to be written. The merchant's row is locked by the caller. Refuses where nothing of the offence stands."""
    version, measure = step.reached_by.version, Measure(step.measure)
    kind = MEASURES[measure]
    items = _listings(step) if kind.territorial else (Proposed(None, None, None, (), ()),)
    markets = tuple(sorted({market for item in items for market in item.markets})) if kind.names_markets else ()
    age = (version.minimum_age or ADULT) if kind.needs_age else None
    standing = tuple(in_force.limiting([item.listing.pk for item in items if item.listing]))
    label = (version.label or Label.UNVERIFIED) if kind.needs_label else ""
    limit = (version.listings_a_day or LISTINGS_A_DAY) if kind.needs_limit else None
    return Proposal(merchant, version, measure, markets, age, label, limit, items, standing)


def _listings(step: LadderStep) -> tuple[Proposed, ...]:
    rows = DecisionItem.objects.filter(decision=step.reached_by, reversal__isnull=True, listing__isnull=False)
    items = tuple(_of(row) for row in rows.select_related("listing", "violation").order_by("pk") if row.markets)
    if not items:
        raise NothingToDecide(
            _("The offence that reached this step was about no listing, so there is nothing to act on.")
        )
    return items


def _of(row: DecisionItem) -> Proposed:
    territory = tuple(sorted(row.markets))
    return Proposed(row.listing, row.listing_version, row.violation, territory, territory)
