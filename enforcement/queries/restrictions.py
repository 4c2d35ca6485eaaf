"""Restrictions in force: on listings and on merchants."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from enforcement.enums import SETTLED_BY, STANDING_DECISIONS, ViolationState
from enforcement.models import Recheck, Restriction
from governance.policies.enums import Measure
from listings.models import Merchant


def in_force() -> QuerySet[Restriction]:
    return Restriction.objects.filter(lifted_at__isnull=True)


def limiting(listing_ids: Collection[int]) -> QuerySet[Restriction]:
    """What is in force on these listings."""
    return in_force().filter(listing_id__in=listing_ids).order_by("pk")


def limited_among(listing_ids: Collection[int]) -> list[int]:
    """Those of these listings that a restriction in force is on."""
    return list(limiting(listing_ids).order_by("listing_id").values_list("listing_id", flat=True).distinct())


def limited_and_changed(since: datetime) -> list[int]:
    """Listings that a restriction in force is on and that their merchants have changed since."""
    rows = in_force().filter(listing__changed_at__gte=since).order_by("listing_id")
    return list(rows.values_list("listing_id", flat=True).distinct())


def covering(*, policy_id: int, merchant_id: int, listing_ids: Collection[int]) -> QuerySet[Restriction]:
    """What is in force under this policy on these listings, or (no listings) on the merchant itself.

    Each comes with its item, which says on which version of the listing it was decided.
    """
    found = in_force().filter(merchant_id=merchant_id, decision__version__policy_id=policy_id)
    found = found.filter(item__listing_id__in=listing_ids) if listing_ids else found.filter(item__listing__isnull=True)
    return found.select_related("item", "decision").order_by("pk")


def binding(merchant_ids: Collection[int]) -> QuerySet[Restriction]:
    """What is in force on these merchants themselves."""
    return in_force().filter(merchant_id__in=merchant_ids, listing__isnull=True).order_by("pk")


def may_list(merchant: Merchant) -> bool:
    """Whether the merchant may offer something new."""
    return merchant.listing_rights_suspended_at is None


def settled() -> QuerySet[Restriction]:
    """In force although their violation no longer is: corrected, waived, or the policy has ended."""
    return (
        in_force()
        .filter(
            item__violation__state=ViolationState.CLOSED,
            item__violation__closed_because__in=list(SETTLED_BY),
            decision__state__in=list(STANDING_DECISIONS),
        )
        .order_by("pk")
    )


def run_out(at: datetime) -> QuerySet[Restriction]:
    """In force although their time has run out. The time to correct has not while we have yet to read a correction."""
    unread = Recheck.objects.filter(listing=OuterRef("item__listing"))
    rows = in_force().filter(ends_at__lte=at).exclude(Q(Exists(unread)), measure=Measure.REQUEST_CORRECTION)
    return rows.order_by("pk")
