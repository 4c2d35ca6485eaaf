"""Photos of listings: owed when somebody looks, fetched in the background, tried again some times where that fails."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from listings.domain import link_marks, photo_prints, pictures
from listings.events import photos_owed
from listings.models import Listing, ListingImage

SHOWN = 8
"""Photos of one listing that are fetched."""
LEASE = timedelta(minutes=2)
"""So long somebody may take who fetches; then another tries."""
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
ASKED_AGAIN_AFTER = timedelta(days=1)
"""What could not be had is tried anew when somebody looks later than this."""


@transaction.atomic
def ask(*, listing: Listing, at: datetime) -> int:
    """Owe the listing's photos that are not there and not on their way; returns how many."""
    never, given_up = Q(due_at__isnull=True, fetched_at__isnull=True), Q(fetched_at__lt=at - ASKED_AGAIN_AFTER)
    missing = listing.images.filter(never | Q(given_up, due_at__isnull=True), sha256="", position__lt=SHOWN)
    asked = missing.update(due_at=at, tries=0, why="")
    if asked:
        photos_owed.send(Listing)
    return asked


@transaction.atomic
def lease(*, most: int, at: datetime) -> list[ListingImage]:
    """Those that are due, for the caller alone to fetch."""
    due = ListingImage.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    due.filter(tries__gt=len(WAITS) + 1).update(due_at=None, fetched_at=at, why=_("It could not be read."))
    found = list(due.select_for_update(skip_locked=True)[:most])
    ListingImage.objects.filter(pk__in=[each.pk for each in found]).update(due_at=at + LEASE, tries=F("tries") + 1)
    for each in found:
        each.tries, each.due_at = each.tries + 1, at + LEASE
    return found


@transaction.atomic
def keep(*, image: ListingImage, data: bytes, at: datetime) -> None:
    """What was found under the photo's address, if it is a picture. It is found by its print and counts for links from now on."""
    try:
        sha256 = pictures.keep(data)
    except pictures.NotAPicture as refused:
        give_up(image=image, why=str(refused), at=at)
        return
    if _end(image, at, sha256=sha256):
        photo_prints.make(sha256)
        merchant = Listing.objects.values_list("merchant", flat=True).get(pk=image.listing_id)
        link_marks.owe_reading(merchant_ids=[merchant], due=at)


@transaction.atomic
def failed(*, image: ListingImage, why: str, at: datetime) -> None:
    """Not this time: it is tried again after a while, and given up after some tries."""
    if image.tries > len(WAITS):
        give_up(image=image, why=why, at=at)
        return
    _same(image).update(due_at=at + WAITS[image.tries - 1], why=why[:300])


@transaction.atomic
def give_up(*, image: ListingImage, why: str, at: datetime) -> None:
    """There is nothing to show, and another try would find the same."""
    _end(image, at, why=why[:300])


def _end(image: ListingImage, at: datetime, *, sha256: str = "", why: str = "") -> bool:
    return bool(_same(image).update(sha256=sha256, why=why, fetched_at=at, due_at=None))


def _same(image: ListingImage) -> QuerySet[ListingImage]:
    """The photo, if the merchant has not put another in its place, and nobody else has taken it since it was leased."""
    return ListingImage.objects.filter(pk=image.pk, url=image.url, due_at=image.due_at, sha256="")
