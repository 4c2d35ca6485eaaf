"""Prints of fetched photos, by which others nearly alike are found: made when a photo comes, and for those that came before."""

from datetime import datetime

import structlog
from django.db import transaction
from PIL import Image

from listings.domain import link_marks, pictures
from listings.models import Listing, PhotoPrint
from listings.text import photo_likeness as likeness

log = structlog.get_logger(__name__)

AT_ONCE = 100
"""Photos of one turn, in one transaction: some two seconds."""


def make(sha256: str) -> None:
    """Make the print of a kept photo, in the caller's transaction, unless it is there."""
    if not PhotoPrint.objects.filter(pk=sha256, version=likeness.VERSION).exists():
        _write([_made(sha256)])


@transaction.atomic
def make_owed(*, at: datetime) -> int:
    """Make prints that are owed, or were made in an older way; returns how many. Their merchants are read for links anew."""
    owed = PhotoPrint.objects.filter(version__lt=likeness.VERSION).order_by("version", "sha256")
    keys = list(owed.select_for_update(skip_locked=True).values_list("sha256", flat=True)[:AT_ONCE])
    if keys:
        _write([_made(sha256) for sha256 in keys])
        shown = Listing.objects.filter(images__sha256__in=keys).order_by()
        link_marks.owe_reading(merchant_ids=set(shown.values_list("merchant", flat=True)), due=at)
    return len(keys)


def _write(made: list[PhotoPrint]) -> None:
    fields = ["version", "bits", "keys"]
    PhotoPrint.objects.bulk_create(made, update_conflicts=True, unique_fields=["sha256"], update_fields=fields)


def _made(sha256: str) -> PhotoPrint:
    """Of the photo as it is kept, so that it does not matter when it is made. One that cannot be read has none."""
    bits = None
    try:
        with Image.open(pictures.path_of(sha256), formats=["JPEG"]) as shown:
            shown.draft("L", (likeness.SIDE * 2, likeness.SIDE * 2))
            bits = likeness.print_of(shown)
    except Exception:
        log.warning("photo_without_print", sha256=sha256, exc_info=True)
    if bits is None:
        return PhotoPrint(sha256=sha256, version=likeness.VERSION)
    stored = bits.to_bytes(likeness.BITS // 8)
    return PhotoPrint(sha256=sha256, version=likeness.VERSION, bits=stored, keys=likeness.keys(bits))
