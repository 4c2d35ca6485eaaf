"""The open cases in which listings wait that somebody has found."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from governance.accounts.permissions import Anyone
from investigations.enums import LIVE_CASES
from investigations.models import CaseItem
from investigations.queries import work
from listings.models import Listing


@dataclass(frozen=True)
class FoundCases:
    """Keys of the cases, the most urgent first. Of the `listings` that were found so many are `waiting` in them, beside `others`."""

    cases: list[int]
    listings: int
    waiting: int
    others: int


def of_listings(rows: QuerySet[Listing], user: Anyone, *, most: int) -> FoundCases:
    """Three queries. One case more than `most` says that there are more."""
    keys = rows.order_by().values("pk")
    items = CaseItem.objects.filter(settled_at__isnull=True)
    live = work.visible_cases(user).filter(
        state__in=sorted(LIVE_CASES), pk__in=items.filter(listing__in=keys).values("case")
    )
    cases = list(live.order_by("-priority", "pk").values_list("pk", flat=True)[: most + 1])
    counted = items.filter(case__in=cases, listing__isnull=False).aggregate(
        every=Count("listing", distinct=True), waiting=Count("listing", distinct=True, filter=Q(listing__in=keys))
    )
    return FoundCases(cases, rows.order_by().count(), counted["waiting"], counted["every"] - counted["waiting"])
