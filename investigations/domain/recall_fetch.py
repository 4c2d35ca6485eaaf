"""Alerts fetched from the configured address: read whole, or not at all. The same file again changes nothing."""

from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from enforcement.domain import outgoing
from governance.web.refusals import Refusal
from investigations.domain import recalls
from investigations.models import RecallImport

MOST_BYTES = 32 << 20
log = structlog.get_logger(__name__)


def fetch(*, at: datetime) -> RecallImport | None:
    """None where nothing is configured, or nothing could be read: then it is in the log of the process, and tried again."""
    if not settings.RECALLS_URL:
        return None
    headers = {"accept": "application/json, text/csv", "user-agent": "governance"}
    answer = outgoing.get(settings.RECALLS_URL, headers, seconds=settings.RECALLS_SECONDS, most=MOST_BYTES + 1)
    if not answer.accepted or answer.error or len(answer.body) > MOST_BYTES:
        log.warning("recalls_not_fetched", status=answer.status, why=answer.error, bytes=len(answer.body))
        return None
    host = urlsplit(settings.RECALLS_URL).hostname or ""
    try:
        return recalls.receive_file(data=answer.body, origin=host, actor=None, at=at)
    except Refusal as refusal:
        log.warning("recalls_not_read", why=str(refusal))
        return None
