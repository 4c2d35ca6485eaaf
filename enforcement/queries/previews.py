"""What a preview asks beside the snapshot: what is caught already, and listings at random."""

import random
from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import Max, Min, QuerySet

from enforcement.enums import ViolationState
from enforcement.models import Violation
from enforcement.queries.snapshots import on_sale
from listings.models import Listing
from listings.queries.keys import among

FEW = 20_000
"""Keys that are looked up one by one; of more, everything in their range is read."""


def caught(keys: Sequence[int], but: int | None) -> tuple[int, Counter[int]]:
    """How many of the listings have an open violation of a policy other than `but`; and how many of each policy."""
    if not keys:
        return 0, Counter()
    found = Violation.objects.filter(state=ViolationState.OPEN).order_by()
    if len(keys) <= FEW:
        found = found.filter(listing_id__in=among(keys))
    else:
        found = found.filter(listing_id__gte=min(keys), listing_id__lte=max(keys))
    if but is not None:
        found = found.exclude(policy_id=but)
    wanted = set(keys)
    pairs = [(policy, key) for policy, key in found.values_list("policy_id", "listing_id") if key in wanted]
    return len({key for _policy, key in pairs}), Counter(policy for policy, _key in pairs)


def at_random(most: int) -> tuple[QuerySet[Listing], int]:
    """Some `most` listings on sale drawn at random, and how many there are in all, as far as the draw tells.

    Keys are drawn between the lowest and the highest: a table of millions is not sorted for it.
    """
    ends = on_sale().aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return Listing.objects.none(), 0
    span = ends["last"] - ends["first"] + 1
    if span <= most:
        return on_sale(), on_sale().count()
    drawn = random.sample(range(ends["first"], ends["last"] + 1), most)
    chosen = on_sale().filter(pk__in=among(drawn))
    return chosen, round(chosen.count() / most * span)


def on_sale_among(keys: Collection[int]) -> QuerySet[Listing]:
    return on_sale().filter(pk__in=among(keys))
