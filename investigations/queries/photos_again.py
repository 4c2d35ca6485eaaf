"""Photos that were on another merchant's listing, which a decision removed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

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
    """The nearest first, as far as the person may see them. Five queries at most."""
    shown = set(listing.images.exclude(sha256="").values_list("sha256", flat=True))
    if not shown:
        return []
    bits = photo_prints.near(photo_prints.of_photos(shown)) | dict.fromkeys(shown, SAME)
    removed = in_force().filter(measure__in=REMOVING, listing__images__sha256__in=bits)
    removed = removed.filter(listing__in=visible_listings(user).order_by().values("pk"))
    others = removed.exclude(merchant=listing.merchant_id).order_by("starts_at", "pk")
    nearest: dict[int, tuple[int, datetime]] = {}
    for key, since, sha256 in others.values_list("listing__pk", "starts_at", "listing__images__sha256")[:READ]:
        nearest[key] = min((bits[sha256], since), nearest.get(key, (bits[sha256], since)))
    keys = sorted(nearest, key=lambda key: (*nearest[key], key))[:MOST]
    known = Listing.objects.select_related("merchant").in_bulk(keys)
    return [Again(known[key], nearest[key][1], _words(nearest[key][0])) for key in keys]


def _words(bits: int) -> str:
    return _("the same photo") if bits == SAME else alike.photo_words(bits)
