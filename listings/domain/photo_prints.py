"""Prints of fetched photos, by which others nearly alike are found: made when a photo comes, and for those that came before."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

import structlog
from django.db import connection, transaction
from PIL import Image

from listings.domain import link_marks, pictures
from listings.models import Listing, PhotoPrint
from listings.text import photo_likeness as likeness

log = structlog.get_logger(__name__)

AT_ONCE = 100
"""Photos of one turn, in one transaction: some two seconds."""


ALONE = "SELECT pg_try_advisory_xact_lock(7236014)"  # one turn at a time, however many were handed out
FORGOTTEN = """
    INSERT INTO listings_photoprint (sha256, version, keys)
    SELECT DISTINCT i.sha256, 0, '{}'::integer[] FROM listings_listingimage i
    WHERE i.sha256 <> '' AND NOT EXISTS (SELECT 1 FROM listings_photoprint p WHERE p.sha256 = i.sha256)
    ON CONFLICT DO NOTHING
"""
"""Photos kept by whoever knew nothing of prints, or could not read the file then."""


def make(sha256: str) -> None:
    """Make the print of a photo that was just kept, in the caller's transaction, unless it is there. One that had none is tried again:
    its file may have been lost then."""
    if not PhotoPrint.objects.filter(pk=sha256, version=likeness.VERSION, bits__isnull=False).exists():
        _write([sha256])


@transaction.atomic
def make_owed(*, at: datetime) -> int:
    """Make prints that are owed, or were made in an older way; returns how many. Their merchants are read for links anew. None while
    another does."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            return 0
        owed = _owed()
        if len(owed) < AT_ONCE:
            cursor.execute(FORGOTTEN)
            owed = _owed()
    keys = _write(owed)
    if keys:
        shown = Listing.objects.filter(images__sha256__in=keys).order_by()
        link_marks.owe_reading(merchant_ids=set(shown.values_list("merchant", flat=True)), due=at)
    return len(keys)


def _owed() -> list[str]:
    rows = PhotoPrint.objects.filter(version__lt=likeness.VERSION).order_by("version", "sha256")
    return list(rows.select_for_update(skip_locked=True).values_list("sha256", flat=True)[:AT_ONCE])


def _write(contents: Iterable[str]) -> list[str]:
    """Make these photos' prints; returns of which. What cannot be read now is left as it is, for a later turn."""
    made = []
    for sha256 in contents:
        try:
            made.append(_made(sha256))
        except OSError:
            log.warning("photo_not_read", sha256=sha256, exc_info=True)
    fields = ["version", "bits", "keys"]
    PhotoPrint.objects.bulk_create(made, update_conflicts=True, unique_fields=["sha256"], update_fields=fields)
    return [each.sha256 for each in made]


def _made(sha256: str) -> PhotoPrint:
    """Of the photo as it is kept, so that it does not matter when it is made. One that is damaged or lost has none. Raises OSError where
    the file, or all of them, cannot be read just now."""
    bits = None
    try:
        data = pictures.path_of(sha256).read_bytes()
    except FileNotFoundError:
        if not pictures.path_of(sha256).parents[1].is_dir():
            raise
        return PhotoPrint(sha256=sha256, version=likeness.VERSION)
    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as shown:
            shown.draft("L", (likeness.SIDE * 2, likeness.SIDE * 2))
            bits = likeness.print_of(shown)
    except Exception:
        log.warning("photo_without_print", sha256=sha256, exc_info=True)
    if bits is None:
        return PhotoPrint(sha256=sha256, version=likeness.VERSION)
    stored = bits.to_bytes(likeness.BITS // 8)
    return PhotoPrint(sha256=sha256, version=likeness.VERSION, bits=stored, keys=likeness.keys(bits))
