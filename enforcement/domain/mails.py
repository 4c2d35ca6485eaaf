"""A message as the mail that goes out: always the same text under the same Message-ID, and a statement as PDF beside it."""

from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import salted_hmac

from enforcement.domain import papers
from enforcement.enums import MessageKind
from enforcement.models import Message
from enforcement.queries import outbox

log = structlog.get_logger(__name__)


def of(message: Message, *, with_paper: bool = True) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers=headers("enforcement.message", message.pk, message.language),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    if with_paper:
        _attach_paper(mail, message)
    return mail


def _attach_paper(mail: EmailMultiAlternatives, message: Message) -> None:
    """The statements as one PDF. What hinders it never holds up the letter, which says all that is in it."""
    if message.kind != MessageKind.STATEMENT or not papers.available():
        return
    try:
        given = outbox.statements_of(message)
        mail.attach(papers.name_of(given), papers.pdf(given), papers.TYPE)
    except Exception:
        log.exception("paper_not_made", message=message.pk)


def headers(salt: str, key: int, language: str) -> dict[str, str]:
    """Of a mail that a program writes: whatever is sent again is known by the same Message-ID. `salt` says of what the key is."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    identity = salted_hmac(salt, str(key), algorithm="sha256").hexdigest()
    return {
        "Message-ID": f"<{identity}@{domain}>",
        "Content-Language": language,
        "Auto-Submitted": "auto-generated",
    }
