"""Letters about orders: the receipt, what is missing, the effect report; and to merchants whose information was given.

Owed by a row in the transaction of the verb, sent afterwards, with the letter as PDF beside it. To an authority of which we have no
address a person sends it, and records how.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from enforcement.domain import letters, mails, ordered, papers, statements
from enforcement.domain.letters import Block, bullets, paragraph
from enforcement.domain.messages import LEASE
from enforcement.language.words import Words
from governance.accounts.models import User
from governance.web import formats
from governance.web.paper import SMALL, STRONG, TITLE, Paper
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain.acting import check_person
from investigations.domain.order_states import lock, record
from investigations.domain.unsent import note_failure
from investigations.enums import OrderElement, OrderLetterKind, OrderOutcome, OrderState
from investigations.models import AuthorityOrder, OrderHandover, OrderItem, OrderLetter
from listings.models import Merchant

log = structlog.get_logger(__name__)


class HeldBack(Refusal):
    """The order asks that it is not sent yet."""


# --- what is said ----------------------------------------------------------------------------------


def owe_receipt(order: AuthorityOrder, *, at: datetime) -> OrderLetter:
    words = statements.words_for(order.language)
    number, day = order.number, words.day(order.received_at)
    said = [paragraph(words("authority.receipt", number=number, date=day, reference=order.reference))]
    return _owe(words, order, OrderLetterKind.RECEIPT, words("authority.receipt_subject", number=number), said, at=at)


def owe_question(order: AuthorityOrder, missing: Iterable[OrderElement], note: str, *, at: datetime) -> OrderLetter:
    """Ask the authority for what its order lacks, in its language; `note` is a person's own words."""
    words = statements.words_for(order.language)
    said = [
        paragraph(words("authority.question", number=order.number, reference=order.reference)),
        bullets(words(f"authority.element_{each.value}") for each in missing),
        paragraph(note),
    ]
    subject = words("authority.question_subject", number=order.number)
    return _owe(words, order, OrderLetterKind.QUESTION, subject, said, at=at)


def owe_report(order: AuthorityOrder, reasons: str, *, at: datetime) -> OrderLetter:
    """Whether and when effect was given, to each thing (DSA Art. 9(1), 10(1); Regulation (EU) 2023/988 Art. 22(4))."""
    words = statements.words_for(order.language)
    effect = words.minute(order.effect_at) if order.effect_at else ""
    with translation.override(words.language):
        lines = [_line(words, item) for item in _items(order)]
        given = [line for handover in _handovers(order) for line in _given(words, handover)]
    said = [
        paragraph(words(f"authority.{order.state}", number=order.number, date=effect)),
        bullets(lines),
        bullets(given),
        paragraph(reasons),
        paragraph(_told(words, order, at)),
        paragraph(words("authority.reference", reference=order.reference)),
    ]
    subject = words("authority.report_subject", number=order.number)
    return _owe(words, order, OrderLetterKind.REPORT, subject, said, at=at)


def owe_to_merchant(order: AuthorityOrder, handover: OrderHandover, merchant: Merchant, *, at: datetime) -> OrderLetter:
    """That information was ordered and given, why, and how that is contested (DSA Art. 10(5)); not before the order allows it."""
    words = statements.words_for(merchant.language)
    with translation.override(words.language):
        issuer = ordered.issuer(order.authority, order.country)
    told = words("order.told", authority=issuer, number=order.number, basis=order.legal_basis or "–")
    said = [
        paragraph(told),
        paragraph(words("order.told_given", date=words.day(handover.given_at))),
        paragraph(handover.what),
        *([paragraph(words("order.reasons")), paragraph(order.reasons)] if order.reasons else []),
        paragraph(ordered.against(words, order.redress, issuer)),
        paragraph(words("redress.court")),
    ]
    subject = words("order.told_subject")
    after = max(at, order.tell_after) if order.tell_after else at
    return _owe(words, order, OrderLetterKind.MERCHANT, subject, said, at=at, after=after, merchant=merchant)


def _owe(
    words: Words,
    order: AuthorityOrder,
    kind: OrderLetterKind,
    subject: str,
    said: Sequence[Block],
    *,
    at: datetime,
    after: datetime | None = None,
    merchant: Merchant | None = None,
) -> OrderLetter:
    greeting = words("mail.greeting", name=merchant.name) if merchant else words("authority.greeting")
    blocks = [paragraph(greeting), *said, paragraph(words("mail.closing"))]
    kept = [{"kind": each.kind, "text": each.text, "items": list(each.items)} for each in blocks]
    return OrderLetter.objects.create(
        order=order,
        kind=kind,
        merchant=merchant,
        to=merchant.email if merchant else order.email,
        language=words.language,
        subject=" ".join(subject.split())[:300],
        content=[each for each in kept if each["text"] or each["items"]],
        text=letters.as_text(blocks),
        created_at=at,
        next_try_at=after or at,
    )


def _line(words: Words, item: OrderItem) -> str:
    """What was done with one thing: named as the authority named it."""
    name = words.isolated(f"{item.named} (L-{item.listing_id})" if item.listing_id else item.named)
    if item.outcome == OrderOutcome.UNKNOWN:
        return words("authority.not_found", name=name)
    if item.outcome != OrderOutcome.DONE:
        left = words("authority.not_done", name=name)
        return f"{left} {item.note}" if item.note else left
    if item.decision is None or item.done_at is None:
        return name
    decision = item.decision
    what = words(f"what.{decision.measure}", n=1, age=decision.minimum_age)
    where = words.listed(sorted(formats.country(code) for code in decision.markets))
    parts = (what, where, words.minute(item.done_at), decision.reference)
    return words("form.pair", name=name, value=" · ".join(part for part in parts if part))


def _given(words: Words, handover: OrderHandover) -> list[str]:
    day = words.day(handover.given_at)
    said = [words("authority.given", what=handover.what, who=handover.to_whom, date=day)]
    if handover.sha256:
        said.append(words("authority.given_file", name=handover.file_name, hash=handover.sha256))
    return said


def _told(words: Words, order: AuthorityOrder, at: datetime) -> str:
    if order.state == OrderState.REFUSED:
        return ""
    if order.tell_after and order.tell_after > at:
        return words("authority.held_back", date=words.minute(order.tell_after))
    return words("authority.told")


def _items(order: AuthorityOrder) -> list[OrderItem]:
    return list(order.items.select_related("decision").order_by("pk"))


def _handovers(order: AuthorityOrder) -> list[OrderHandover]:
    return list(order.handovers.order_by("pk"))


# --- how it gets there -----------------------------------------------------------------------------


def deliver(*, letter_id: int, at: datetime) -> bool:
    """Try to send one that is due; returns whether it went out now. Safe to call at any time, any number of times."""
    rows = OrderLetter.objects.filter(pk=letter_id, sent_at=None, given_up_at=None, next_try_at__lte=at)
    if not rows.exclude(to="").update(attempts=F("attempts") + 1, next_try_at=at + LEASE):
        return False
    letter = OrderLetter.objects.select_related("order").get(pk=letter_id)
    paper = _paper(letter)
    try:
        _mail(letter, paper).send()
    except Exception as fault:
        note_failure(letter, fault, at)
        return False
    with transaction.atomic():
        letter.sent_at, letter.error = at, ""
        letter.sha256 = hashlib.sha256(paper).hexdigest() if paper else ""
        letter.save(update_fields=["sent_at", "error", "sha256"])
        record("authority_order.letter_sent", letter.order, None, at, kind=letter.kind, sha256=letter.sha256)
    return True


@transaction.atomic
def record_sent(*, letter: OrderLetter, how: str, actor: User, at: datetime) -> OrderLetter:
    """Say that a person sent it, and how: by post, through the authority's own system."""
    check_person(actor)
    order = lock(letter.order)
    letter = OrderLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if not how.strip():
        raise Refusal(_("Say how it was sent: by post with its number, or through which system."))
    if letter.sent_at is not None:
        raise MoveRefused(_("This letter has been sent already."))
    if letter.to and letter.given_up_at is None:
        raise MoveRefused(_("This letter goes by mail by itself. It is recorded by hand only where that fails."))
    if letter.given_up_at is None and letter.next_try_at > at:
        raise HeldBack(_("The order asks that the merchant learns nothing yet. Send it after that, not before."))
    letter.sent_at, letter.how, letter.sent_by = at, how.strip()[:200], actor
    letter.save(update_fields=["sent_at", "how", "sent_by"])
    record("authority_order.letter_recorded", order, actor, at, kind=letter.kind, how=letter.how)
    return letter


def pdf(letter: OrderLetter) -> bytes:
    """The letter on paper: the same letter is the same file, byte for byte. Raises papers.FontsMissing."""
    if not papers.available():
        raise papers.FontsMissing(_("No PDF can be made: a font file is missing on the server."))
    words = statements.words_for(letter.language)
    paper = Paper(
        title=f"{letter.subject} ({letter.order.reference})",
        language=letter.language,
        author=words("mail.closing"),
        at=letter.created_at,
        rtl=formats.direction(letter.language) == "rtl",
    )
    paper.begin(letter.subject, foot=letter.order.reference)
    paper.text(words.day(letter.created_at), SMALL)
    paper.text(letter.subject, TITLE)
    if letter.merchant_id is None:
        paper.text(letter.order.authority, STRONG)
    for block in letter.content:
        if block["items"]:
            paper.items(block["items"])
        else:
            paper.text(block["text"])
    return paper.finished()


def name_of(letter: OrderLetter) -> str:
    return f"{letter.order.reference}-{letter.kind}-{letter.pk}.pdf"


def _paper(letter: OrderLetter) -> bytes:
    """What hinders the PDF never holds up the letter, which says all that is in it."""
    try:
        return pdf(letter) if papers.available() else b""
    except Exception:
        log.exception("order_letter_not_made", letter=letter.pk)
        return b""


def _mail(letter: OrderLetter, paper: bytes) -> EmailMessage:
    headers = mails.headers("investigations.order_letter", letter.pk, letter.language)
    mail = EmailMessage(letter.subject, letter.text, to=[letter.to], headers=headers)
    if paper:
        mail.attach(name_of(letter), paper, papers.TYPE)
    return mail
