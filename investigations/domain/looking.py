"""Looking at a listing's photos: what is not there is fetched meanwhile, and what is seen sharp is counted for whoever looks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from governance.accounts.models import User
from investigations.models import PictureSeen
from investigations.queries import photos as queries
from investigations.queries import work
from listings.domain import photos
from listings.models import Listing, ListingImage

SALT = "investigations.pictures_seen"
KEPT = timedelta(days=8)
"""Counts are shown for seven days; a day more, whatever the time zone."""


@dataclass(frozen=True)
class Looked:
    """The photos in their order, and whether they start blurred and grey whatever the person prefers."""

    images: list[ListingImage]
    hard: bool

    @property
    def kept(self) -> list[ListingImage]:
        return [each for each in self.images if each.sha256]


@transaction.atomic
def look(*, listing: Listing, person: User, at: datetime) -> Looked:
    """Owe what is missing. Where the person has photos shown sharp, the first counts as seen."""
    photos.ask(listing=listing, at=at)
    found = Looked(queries.of(listing), queries.is_hard(listing))
    if not found.hard and not person.image_blur:
        _count(found.kept[:1], hard=False, person=person, at=at)
    return found


@transaction.atomic
def uncover(*, image: ListingImage, person: User, at: datetime) -> None:
    """The person has made the photo sharp, or large where photos are sharp."""
    _count([image], hard=queries.is_hard(image.listing), person=person, at=at)


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Drop what is no longer counted; returns how much."""
    return PictureSeen.objects.filter(day__lt=(at - KEPT).date()).delete()[0]


def _count(images: Collection[ListingImage], *, hard: bool, person: User, at: datetime) -> None:
    """Once a day and photo, however often; hard where it was once."""
    day = work.day_of(person, at)[0]
    rows = [
        PictureSeen(person=person, day=day, mark=_mark(f"{person.pk} {day} {each.sha256}"), hard=hard)
        for each in images
    ]
    if hard:
        unique = ["person", "day", "mark"]
        PictureSeen.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=["hard"])
    else:
        PictureSeen.objects.bulk_create(rows, ignore_conflicts=True)


def _mark(seen: str) -> str:
    return salted_hmac(SALT, seen, algorithm="sha256").hexdigest()[:32]
