"""What a check reads beside the listing: words of policies, and what already stands between a rule and its effect."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from enforcement.enums import ClosedBecause
from enforcement.models import Violation
from governance.policies.models import PolicyText, Waiver

SETTLED = (ClosedBecause.DISMISSED, ClosedBecause.OVERTURNED)


class Waived(NamedTuple):
    """One of merchant, listing and brand is set; the brand in capitals."""

    policy: int
    merchant: int | None
    listing: int | None
    brand: str


class Settled(NamedTuple):
    """A person's word on one version of a listing under one version of a policy."""

    policy_version: int
    listing: int
    listing_version: int


def texts(versions: Collection[int]) -> dict[int, Mapping[str, PolicyText]]:
    """Texts by version and language."""
    found: dict[int, dict[str, PolicyText]] = defaultdict(dict)
    for text in PolicyText.objects.filter(version_id__in=versions).order_by("pk"):
        found[text.version_id][text.language] = text
    return dict(found)


def waivers(
    *, policies: Collection[int], merchants: Collection[int], listings: Collection[int], day: date
) -> set[Waived]:
    """Waivers in force of these policies, for these merchants, these listings or any brand."""
    rows = Waiver.objects.filter(policy_id__in=policies, revoked_at__isnull=True, starts_on__lte=day, ends_on__gte=day)
    rows = rows.filter(Q(merchant_id__in=merchants) | Q(listing_id__in=listings) | ~Q(brand=""))
    named = rows.values_list("policy_id", "merchant_id", "listing_id", "brand")
    return {Waived(policy, merchant, listing, brand.upper()) for policy, merchant, listing, brand in named}


def settled(*, versions: Collection[int], listings: Collection[int]) -> dict[Settled, ClosedBecause]:
    """What a person has dismissed, or an appeal overturned."""
    rows = Violation.objects.filter(closed_because__in=SETTLED, version_id__in=versions, listing_id__in=listings)
    named = rows.order_by("pk").values_list("version_id", "listing_id", "listing_version", "closed_because")
    return {
        Settled(version, listing, number): ClosedBecause(because)
        for version, listing, number, because in named
        if listing and number
    }
