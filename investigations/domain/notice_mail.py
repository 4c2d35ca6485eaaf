"""Mail to those who reported a listing: it arrived, what was decided and why, how to appeal, what came of the appeal."""

import smtplib
from collections.abc import Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse

from enforcement.domain import letters, links, statements
from enforcement.domain.letters import Block, paragraph
from enforcement.domain.messages import LEASE, try_again_at
from enforcement.language.words import Words
from enforcement.queries import deadlines
from investigations.enums import NoticeState
from investigations.models import Notice, NoticeMail, NoticeMove

SALT = "investigations.notice"
log = structlog.get_logger(__name__)


def token_of(notice: Notice) -> str:
    """The secret part of the reporter's link. It does not run out: the answer stays readable."""
    return links.signed(SALT, notice.reference)


def reference_of(token: str) -> str:
    """The reference of the notice that the link is for. Raises LinkBroken."""
    return links.unsigned(SALT, token)


def owe(*, notice: Notice, move: NoticeMove, at: datetime) -> NoticeMail | None:
    """Owe what the move means for the reporter; nothing where we have no address."""
    if not notice.reporter_email:
        return None
    words = statements.words_for(notice.language)
    of = kind(move)
    parts = [
        paragraph(words("notice.greeting")),
        *_said(words, notice, move, of),
        Block("link", words("notice.link"), items=(_address(notice),)),
        paragraph(words("notice.private")),
        paragraph(words("mail.closing")),
    ]
    return NoticeMail.objects.create(
        notice=notice,
        move=move,
        language=words.language,
        subject=words(f"notice.{of}_subject", reference=notice.reference),
        text=letters.as_text(parts),
        next_try_at=at,
    )


def deliver(*, mail_id: int, at: datetime) -> bool:
    """Try to send one that is due; returns whether it went out now. Safe to call at any time, any number of times."""
    due = NoticeMail.objects.filter(pk=mail_id, sent_at=None, given_up_at=None, next_try_at__lte=at)
    if not due.update(attempts=F("attempts") + 1, next_try_at=at + LEASE):
        return False
    mail = NoticeMail.objects.select_related("notice").get(pk=mail_id)
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": mail.language}
    try:
        EmailMessage(mail.subject, mail.text, to=[mail.notice.reporter_email], headers=headers).send()
    except Exception as fault:
        _note_failure(mail, fault, at)
        return False
    mail.sent_at, mail.error = at, ""
    mail.save(update_fields=["sent_at", "error"])
    return True


def kind(move: NoticeMove) -> str:
    """Which words the move has: an appeal that succeeds leads back to where notices begin."""
    if move.to_state == NoticeState.RECEIVED:
        return "reopened" if move.from_state else "received"
    return str(move.to_state)


def _said(words: Words, notice: Notice, move: NoticeMove, of: str) -> Sequence[Block]:
    listing = words.isolated(notice.listing.title)
    said = [paragraph(words(f"notice.{of}", listing=listing, date=words.day(notice.received_at)))]
    if of == NoticeState.APPEALED and notice.due_at is not None:
        said.append(paragraph(words("notice.due", date=words.day(notice.due_at))))
    elif move.text and of not in ("received", NoticeState.APPEALED):
        said += [paragraph(words("answered.reasons")), paragraph(move.text)]
    if of == NoticeState.NO_ACTION:
        until = words.day(deadlines.months_after(move.moved_at.date(), deadlines.APPEAL_MONTHS))
        said += [paragraph(words("notice.person")), paragraph(words("notice.appeal_until", date=until))]
    if of in (NoticeState.NO_ACTION, NoticeState.CONFIRMED):
        said.append(paragraph(words("notice.body"), words("redress.court")))
    return said


def _address(notice: Notice) -> str:
    return str(settings.PUBLIC_URL) + reverse("investigations:reported", args=[token_of(notice)])


def _note_failure(mail: NoticeMail, fault: Exception, at: datetime) -> None:
    """Wait longer each time; a refused address is not tried again."""
    log.warning("notice_mail_not_delivered", mail=mail.pk, attempts=mail.attempts, error=type(fault).__name__)
    mail.error = type(fault).__name__  # the address, which the server may repeat, is kept in one place
    again = try_again_at(mail.attempts, at)
    if again is None or isinstance(fault, smtplib.SMTPRecipientsRefused):
        mail.given_up_at = at
    else:
        mail.next_try_at = again
    mail.save(update_fields=["error", "given_up_at", "next_try_at"])
