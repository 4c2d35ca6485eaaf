"""Whether what a decision took has really been given back: the tables are held against what they were and should be."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from enforcement.domain import facts
from enforcement.measures import MEASURES, exposure, standing
from enforcement.models import Decision, DecisionItem, Restriction
from enforcement.queries import points as ledger
from enforcement.queries import restrictions as in_force
from governance.policies.enums import Measure
from listings.domain import rights
from listings.models import Listing, ListingVisibility, Merchant

Row = tuple[str, str, int | None, bool, list[str], list[int]]
"""Market, exposure, minimum age, demoted, labels, causes."""


def restored(decision: Decision, items: Sequence[DecisionItem]) -> frozenset[int]:
    """The keys of those of the decision's items that shoppers and the ledger no longer show any trace of."""
    if not (_rights_as_they_should(decision) and _points_as_they_should(decision)):
        return frozenset()
    listing_ids = [item.listing_id for item in items if item.listing_id is not None]
    markets = dict(Listing.objects.filter(pk__in=listing_ids).values_list("pk", "markets"))
    others: dict[int, list[Restriction]] = defaultdict(list)
    for restriction in in_force.limiting(listing_ids):
        others[restriction.listing_id or 0].append(restriction)
    shown = _shown(listing_ids)
    lifted = set(items) - {each.item for each in in_force.in_force().filter(item__in=items).select_related("item")}
    return frozenset(
        item.pk
        for item in lifted
        if item.listing_id is None
        or _listing_as_before(item, markets[item.listing_id], others[item.listing_id], shown[item.listing_id])
    )


def _listing_as_before(item: DecisionItem, markets: list[str], others: list[Restriction], shown: list[Row]) -> bool:
    """The table says what the other restrictions alone ask for; and where nothing else has changed, what it said before."""
    rows = exposure.project(item.listing_id or 0, markets, others)
    if shown != [(row.market, *facts.met(row.met), list(row.causes)) for row in rows]:
        return False
    before = item.before
    unchanged = markets == item.facts.get("markets") and [each.pk for each in others] == before.get("restrictions")
    return not unchanged or [list(row[:-1]) for row in shown] == before["visibility"]


def _shown(listing_ids: Sequence[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rows = ListingVisibility.objects.filter(listing_id__in=listing_ids).order_by("market")
    for listing_id, *row in rows.values_list("listing_id", "market", *facts.MET, "causes"):
        found[listing_id].append(tuple(row))
    return found


def _rights_as_they_should(decision: Decision) -> bool:
    if not MEASURES[Measure(decision.measure)].on_merchant:
        return True
    shown = rights.of(Merchant.objects.get(pk=decision.merchant_id))
    return shown == standing.project(in_force.binding([decision.merchant_id]))


def _points_as_they_should(decision: Decision) -> bool:
    """Points stay exactly as long as something of their cause stands."""
    if ledger.offence_stands(decision):
        return True
    return not ledger.standing(ledger.offence(decision)).exists()
