"""Photos that somebody waits for, fetched from where merchants keep them, through the guarded connection."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from enforcement.domain import outgoing
from listings.domain import photos
from listings.models import ListingImage

AT_ONCE = 5
"""Photos that one worker takes for itself: all of them are through before its lease runs out."""
SECONDS = 8.0
TURN = timedelta(seconds=30)
MOST_BYTES = 12 << 20
GONE = (400, 401, 403, 404, 405, 410, 415, 451)
HEADERS = {"accept": "image/jpeg, image/png, image/webp, image/gif", "user-agent": "governance"}
log = structlog.get_logger(__name__)


def fetch_due(*, clock: Callable[[], datetime]) -> bool:
    """Fetch what is due for one turn; whether something may be left. `clock` says what time it is."""
    until = clock() + TURN
    while leased := photos.lease(most=AT_ONCE, at=clock()):
        for image in leased:
            try:
                _fetch(image, clock)
            except Exception as fault:
                log.exception("photo_not_fetched", image=image.pk)
                photos.failed(image=image, why=type(fault).__name__, at=clock())
        if clock() >= until:
            return True
    return False


def _fetch(image: ListingImage, clock: Callable[[], datetime]) -> None:
    reach = outgoing.Reach(inside=settings.PHOTOS_ALLOW_PRIVATE, plain=True)
    answer = outgoing.get(image.url, HEADERS, seconds=SECONDS, most=MOST_BYTES + 1, reach=reach)
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
