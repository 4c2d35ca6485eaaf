"""What becomes of a letter of ours that could not be mailed: to who reported, to an authority."""

from datetime import datetime

import structlog

from enforcement.domain.messages import is_refused, try_again_at
from investigations.models import NoticeMail, OrderLetter

log = structlog.get_logger(__name__)


def note_failure(letter: NoticeMail | OrderLetter, fault: Exception, at: datetime) -> None:
    """Wait longer each time. A refused address is not tried again, and what is given up a person sees to.

    The kind of fault alone is kept: what the server says may repeat the address, which is kept in one place.
    """
    kind = type(fault).__name__
    log.warning("letter_not_delivered", of=letter._meta.model_name, key=letter.pk, attempts=letter.attempts, error=kind)
    letter.error = kind
    again = try_again_at(letter.attempts, at)
    if again is None or is_refused(fault):
        letter.given_up_at = at
    else:
        letter.next_try_at = again
    letter.save(update_fields=["error", "given_up_at", "next_try_at"])
