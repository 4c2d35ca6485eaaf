"""Photos that somebody waits for, fetched from where merchants keep them, through the guarded connection."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from enforcement.domain import outgoing
from listings.domain import photos
from listings.models import ListingImage

AT_ONCE = 20
SECONDS = 8.0
MOST_BYTES = 12 << 20
GONE = (400, 401, 403, 404, 405, 410, 415, 451)
HEADERS = {"accept": "image/jpeg, image/png, image/webp, image/gif", "user-agent": "governance"}


def fetch_due(*, clock: Callable[[], datetime]) -> int:
    """Fetch what is due, a few at a time; returns how many were tried. `clock` says what time it is."""
    tried = 0
    while leased := photos.lease(most=AT_ONCE, at=clock()):
        for image in leased:
            _fetch(image, clock)
        tried += len(leased)
    return tried


def _fetch(image: ListingImage, clock: Callable[[], datetime]) -> None:
    answer = outgoing.get(image.url, HEADERS, seconds=SECONDS, most=MOST_BYTES + 1)
    at = clock()
    if answer.status in GONE:
        photos.give_up(image=image, why=_("The address answered %(status)s.") % {"status": answer.status}, at=at)
    elif answer.refused:
        photos.give_up(image=image, why=answer.error, at=at)
    elif not answer.accepted or answer.error:
        why = answer.error or _("The address answered %(status)s.") % {"status": answer.status}
        photos.failed(image=image, why=why, at=at)
    elif len(answer.body) > MOST_BYTES:
        photos.give_up(image=image, why=_("It has more than 12 MB."), at=at)
    else:
        photos.keep(image=image, data=answer.body, at=at)
