"""Photos that were on another merchant's listing, which a decision removed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from enforcement.models import Restriction
from enforcement.queries.restrictions import in_force
from governance.accounts.permissions import Anyone
from governance.policies.enums import Measure
from investigations.queries import alike
from investigations.queries.listings import visible_listings
from listings.models import Listing
from listings.queries import photo_prints

MOST = 3
"""Removed listings that are named, those with the nearest photos."""
READ = 100
SAME = -1
"""In place of the bits that differ: the very same file."""
REMOVING = (Measure.REMOVE, Measure.BLOCK_RELISTING)


@dataclass(frozen=True)
class Again:
    """A removed listing, since when, and in words how alike the two photos are."""

    listing: Listing
    since: datetime
    words: str


def of(listing: Listing, user: Anyone) -> list[Again]:
    """The nearest first, as far as the person may see them. Four queries at most."""
    shown = set(listing.images.exclude(sha256="").values_list("sha256", flat=True))
    if not shown:
        return []
    bits = photo_prints.near(photo_prints.of_photos(shown)) | dict.fromkeys(shown, SAME)
    removed = in_force().filter(measure__in=REMOVING, listing__images__sha256__in=bits)
    removed = removed.filter(listing__in=visible_listings(user).order_by().values("pk"))
    others = (
        removed.exclude(merchant=listing.merchant_id).select_related("listing__merchant").order_by("starts_at", "pk")
    )
    nearest: dict[int, Restriction] = {}
    for row in others.annotate(content=F("listing__images__sha256"))[:READ]:
        known = nearest.get(row.listing_id)
        if known is None or bits[row.content] < bits[known.content]:
            nearest[row.listing_id] = row
    ordered = sorted(nearest.values(), key=lambda row: (bits[row.content], row.starts_at, row.pk))[:MOST]
    return [Again(row.listing, row.starts_at, _words(bits[row.content])) for row in ordered]


def _words(bits: int) -> str:
    return _("the same photo") if bits == SAME else alike.photo_words(bits)
