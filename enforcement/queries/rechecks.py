"""Listings about which something is open: what has to be read again when they change."""

from collections.abc import Collection

from django.db.models import QuerySet

from enforcement.enums import ViolationState
from enforcement.models import Recheck, Violation
from governance.policies.enums import Mode
from listings.queries.keys import among


def open_matters(listing_ids: Collection[int]) -> QuerySet[Violation]:
    """What is open about these listings and somebody acts upon; what is found in the shadow waits for the next sweep."""
    rows = Violation.objects.filter(listing__in=among(listing_ids), state=ViolationState.OPEN)
    return rows.exclude(mode=Mode.SHADOW)


def with_open_matters(listing_ids: Collection[int]) -> list[int]:
    """Those of these listings."""
    rows = open_matters(listing_ids).order_by("listing_id").values_list("listing_id", flat=True)
    return list(rows.distinct())


def owed_among(listing_ids: Collection[int]) -> set[int]:
    """Those of these listings that wait for being read again."""
    return set(Recheck.objects.filter(listing__in=among(listing_ids)).values_list("listing_id", flat=True))
