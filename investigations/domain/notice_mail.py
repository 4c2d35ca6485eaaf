"""Mail to those who reported a listing: it arrived, what was decided and why, how to appeal, what came of the appeal."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse

from enforcement.domain import letters, links, statements
from enforcement.domain.letters import Block, bullets, paragraph
from enforcement.domain.messages import LEASE
from enforcement.language.words import Words
from enforcement.queries import deadlines
from investigations.domain.unsent import note_failure
from investigations.enums import NoticeState, ReporterState
from investigations.models import Notice, NoticeItem, NoticeMail, Reporter, ReporterMove

SALT = "investigations.notice"


def token_of(notice: Notice) -> str:
    """The secret part of the reporter's link. It does not run out: the answer stays readable."""
    return links.signed(SALT, notice.reference)


def reference_of(token: str) -> str:
    """The reference of the notice that the link is for. Raises LinkBroken."""
    return links.unsigned(SALT, token)


def owe(
    *, items: Sequence[NoticeItem], was: NoticeState | None, to: NoticeState, text: str, at: datetime
) -> NoticeMail | None:
    """Owe what a move of these items of one notice means for the reporter; nothing where we have no address."""
    notice = items[0].notice
    if not notice.reporter_email:
        return None
    words = statements.words_for(notice.language)
    of = kind(was, to)
    names = [words.isolated(item.name) for item in items]
    parts = [
        paragraph(words("notice.greeting")),
        *_said(words, items, of, text, at),
        *([bullets(names)] if len(names) > 1 else []),
        Block("link", words("notice.link"), items=(address_of(notice),)),
        paragraph(words("notice.private")),
        paragraph(words("mail.closing")),
    ]
    return NoticeMail.objects.create(
        notice=notice,
        language=words.language,
        subject=words(f"notice.{of}_subject", reference=notice.reference),
        text=letters.as_text(parts),
        next_try_at=at,
    )


def owe_standing(*, reporter: Reporter, move: ReporterMove, at: datetime) -> NoticeMail:
    """Owe a warning, a suspension with its reasons and its end, or that it is over (DSA Art. 23(2), (4))."""
    words = statements.words_for(reporter.language)
    lifted = move.from_state == ReporterState.SUSPENDED
    of = "ended" if lifted else "cleared" if move.to_state == ReporterState.GOOD else str(move.to_state)
    parts = [
        paragraph(words("notice.greeting")),
        paragraph(words(f"reporter.{of}", date=words.day(move.until) if move.until else "")),
        *([paragraph(words("answered.reasons")), paragraph(move.reasons)] if move.reasons else []),
        paragraph(words("mail.closing")),
    ]
    return NoticeMail.objects.create(
        reporter=reporter,
        language=words.language,
        subject=words(f"reporter.{of}_subject"),
        text=letters.as_text(parts),
        next_try_at=at,
    )


def deliver(*, mail_id: int, at: datetime) -> bool:
    """Try to send one that is due; returns whether it went out now. Safe to call at any time, any number of times."""
    due = NoticeMail.objects.filter(pk=mail_id, sent_at=None, given_up_at=None, next_try_at__lte=at)
    if not due.update(attempts=F("attempts") + 1, next_try_at=at + LEASE):
        return False
    mail = NoticeMail.objects.select_related("notice", "reporter").get(pk=mail_id)
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": mail.language}
    try:
        EmailMessage(mail.subject, mail.text, to=[mail.address], headers=headers).send()
    except Exception as fault:
        note_failure(mail, fault, at)
        return False
    mail.sent_at, mail.error = at, ""
    mail.save(update_fields=["sent_at", "error"])
    return True


def kind(was: NoticeState | str | None, to: NoticeState | str) -> str:
    """Which words a move has: an appeal that succeeds leads back to where notices begin, as does taking up what was set aside."""
    if to == NoticeState.RECEIVED and was:
        return "taken_up" if was == NoticeState.SET_ASIDE else "reopened"
    return str(to)


def named(words: Words, items: Sequence[NoticeItem]) -> str:
    """What a sentence calls them: the first, and how many more."""
    first = words.isolated(items[0].name)
    return f"{first} (+{len(items) - 1})" if len(items) > 1 else first


def address_of(notice: Notice) -> str:
    """The whole address of the reporter's page."""
    return str(settings.PUBLIC_URL) + reverse("investigations:reported", args=[token_of(notice)])


def _said(words: Words, items: Sequence[NoticeItem], of: str, text: str, at: datetime) -> Sequence[Block]:
    notice, due = items[0].notice, words.day(max(item.due_at for item in items))
    reporter = notice.reporter
    until = words.day(reporter.suspended_until) if reporter and reporter.suspended_until else ""
    received = words.day(notice.received_at)
    said = [paragraph(words(f"notice.{of}", listing=named(words, items), date=received, until=until))]
    if notice.order_number:
        said.append(paragraph(words("notice.order", number=words.isolated(notice.order_number))))
    if of in (NoticeState.APPEALED, NoticeState.RECEIVED, "reopened", "taken_up"):
        said.append(paragraph(words("notice.due", date=due)))
    if text and of != NoticeState.APPEALED:
        said += [paragraph(words("answered.reasons")), paragraph(text)]
    if of == NoticeState.NO_ACTION:
        last = words.day(deadlines.months_after(at.date(), deadlines.APPEAL_MONTHS))
        said += [paragraph(words("notice.person")), paragraph(words("notice.appeal_until", date=last))]
    if of in (NoticeState.NO_ACTION, NoticeState.CONFIRMED):
        said.append(paragraph(words("notice.body"), words("redress.court")))
    return said
