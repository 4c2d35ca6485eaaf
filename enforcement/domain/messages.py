"""The outbox of mail to merchants. A message is a row in the transaction of its verb, and is delivered afterwards.

Delivery is claimed before it is tried, and the claim is committed: two workers never send the same message, and a worker
that dies leaves it to the next run. Every try carries the same Message-ID, by which a mail system knows a repetition.
"""

import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import letters, statements
from enforcement.domain.letters import Block, Letter, bullets, paragraph
from enforcement.enums import MESSAGE_MOVES, AppealState, LiftedBecause, MessageKind, MessageState
from enforcement.language.words import Words
from enforcement.measures import MEASURES
from enforcement.models import Appeal, Deadline, Decision, DecisionItem, Message, Statement
from enforcement.queries import waiting
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused

LEASE = timedelta(minutes=5)
"""How long a claimed message is left alone: longer than any try takes (EMAIL_TIMEOUT)."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1_440))
"""Before the second try, the third, and so on; after the last one the message counts as not delivered."""
log = structlog.get_logger(__name__)


# --- what is said --------------------------------------------------------------------------------


def owe_statement(*, statement: Statement, at: datetime, wait: timedelta) -> Message:
    """Owe the merchant the statement of reasons, no sooner than after `wait`."""
    decision, subject = statement.decision, statement.content["title"]
    words = statements.words_for(statement.language)
    letter = _letter(words, decision, subject, statements.stored(statement), link="mail.link", at=at)
    return _owe(decision, MessageKind.STATEMENT, f"statement:{decision.pk}", letter, at=at, wait=wait)


def owe_appeal_received(*, appeal: Appeal, at: datetime) -> Message:
    words = statements.words_for(appeal.decision.merchant.language)
    text = words(
        "received.text",
        date=words.day(appeal.filed_at),
        due=words.day(appeal.due_at),
        decision=appeal.decision.reference,
    )
    subject = words("received.subject", reference=appeal.reference)
    letter = _letter(words, appeal.decision, subject, [paragraph(text)], link="mail.link_appeal", at=at)
    return _owe(appeal.decision, MessageKind.APPEAL_RECEIVED, f"appeal-received:{appeal.pk}", letter, at=at)


def owe_appeal_answered(*, appeal: Appeal, restored: Sequence[DecisionItem], points: int, at: datetime) -> Message:
    """The outcome, what is restored, the reasons, and what else the merchant may do."""
    words = statements.words_for(appeal.decision.merchant.language)
    blocks = [paragraph(words(f"answered.{appeal.state}", decision=appeal.decision.reference))]
    if restored:
        blocks.append(bullets(_names(words, restored)))
    if points:
        blocks.append(paragraph(words("points.off", n=points)))
    blocks += [paragraph(words("answered.reasons")), paragraph(appeal.answer)]
    if appeal.state != AppealState.OVERTURNED:
        blocks += [paragraph(words("redress.body")), paragraph(words("redress.court"))]
    subject = words("answered.subject", reference=appeal.reference)
    letter = _letter(words, appeal.decision, subject, blocks, link="mail.link_appeal", at=at)
    return _owe(appeal.decision, MessageKind.APPEAL_DECIDED, f"appeal-decided:{appeal.pk}", letter, at=at)


def owe_restored(
    *,
    decision: Decision,
    items: Sequence[DecisionItem],
    because: LiftedBecause,
    points: int,
    reason: str = "",
    at: datetime,
) -> Message:
    """Say that the decision ends for these items, and why."""
    words = statements.words_for(decision.merchant.language)
    blocks = [
        paragraph(words(f"restored.{because}", decision=decision.reference)),
        bullets(_names(words, items)),
    ]
    if reason:
        blocks += [paragraph(words("restored.reasons")), paragraph(reason)]
    if points:
        blocks.append(paragraph(words("points.off", n=points)))
    elif because == LiftedBecause.CORRECTED and decision.point_entries.exists():
        blocks.append(paragraph(words("restored.points_stay")))
    subject = words("restored.subject", decision=decision.reference)
    letter = _letter(words, decision, subject, blocks, link="mail.link", at=at)
    key = f"restored:{decision.pk}:{because}:{min(item.pk for item in items)}"
    return _owe(decision, MessageKind.RESTORED, key, letter, at=at)


def owe_withdrawn(*, decision: Decision, items: Sequence[DecisionItem], reason: str, at: datetime) -> Message:
    """Say that the decision never takes effect, and why."""
    words = statements.words_for(decision.merchant.language)
    text = paragraph(words("restored.withdrawn", decision=decision.reference))
    blocks = [text, bullets(_names(words, items)), paragraph(words("restored.reasons")), paragraph(reason)]
    letter = _letter(
        words, decision, words("restored.subject", decision=decision.reference), blocks, link="mail.link", at=at
    )
    return _owe(decision, MessageKind.RESTORED, f"withdrawn:{decision.pk}", letter, at=at)


def owe_in_effect(*, decision: Decision, items: Sequence[DecisionItem], at: datetime) -> Message:
    """Say that what was announced is now in effect, for what was not corrected."""
    words = statements.words_for(decision.merchant.language)
    text = paragraph(words("effect.notice" if _gives_notice(decision) else "effect.text", decision=decision.reference))
    subject = words("effect.subject", decision=decision.reference)
    letter = _letter(words, decision, subject, [text, bullets(_names(words, items))], link="mail.link", at=at)
    return _owe(decision, MessageKind.IN_EFFECT, f"effect:{decision.pk}", letter, at=at)


def owe_reminder(*, deadline: Deadline, items: Sequence[DecisionItem], at: datetime) -> bool:
    """Say what is not corrected yet. Returns whether it had not been said of this deadline."""
    decision, key = deadline.decision, waiting.reminder_key(deadline.pk)
    if Message.objects.filter(subject_key=key).exists():
        return False
    words = statements.words_for(decision.merchant.language)
    effect = words.minute(deadline.takes_effect_at)
    if _gives_notice(decision):
        subject = words("reminder.notice_subject", date=words.day(deadline.takes_effect_at))
        blocks = [paragraph(words("reminder.notice", decision=decision.reference, date=effect))]
    else:
        subject = words("reminder.subject", date=words.day(deadline.correct_by))
        text = paragraph(words("reminder.text", decision=decision.reference, date=effect))
        blocks = [text, bullets(_names(words, items))]
    letter = _letter(words, decision, subject, blocks, link="mail.link", at=at)
    _owe(decision, MessageKind.REMINDER, key, letter, at=at)
    return True


def owe_deadline(*, deadline: Deadline, at: datetime) -> Message:
    """Say that there is more time."""
    decision = deadline.decision
    words = statements.words_for(decision.merchant.language)
    day, effect = words.day(deadline.correct_by), words.minute(deadline.takes_effect_at)
    text = paragraph(words("deadline.text", date=day, decision=decision.reference, effect=effect))
    letter = _letter(words, decision, words("deadline.subject", date=day), [text], link="mail.link", at=at)
    return _owe(decision, MessageKind.DEADLINE, f"deadline:{deadline.pk}", letter, at=at)


def withdraw_statement(*, decision: Decision) -> bool:
    """Take the statement's message back while nobody has begun to send it. Returns whether it could be."""
    message = Message.objects.select_for_update().filter(subject_key=f"statement:{decision.pk}").first()
    if message is None or message.attempts or message.state not in (MessageState.OWED, MessageState.FAILED):
        return False
    if message.state == MessageState.OWED:
        _move(message, MessageState.WITHDRAWN)
    return True


# --- how it gets there ---------------------------------------------------------------------------


def deliver(*, message_id: int, at: datetime) -> bool:
    """Try to deliver a message that is due; returns whether it went out now. Safe to call at any time, any number of times."""
    claimed = Message.objects.filter(pk=message_id, state=MessageState.OWED, next_try_at__lte=at).update(
        attempts=F("attempts") + 1, next_try_at=at + LEASE
    )
    if not claimed:
        return False
    message = Message.objects.get(pk=message_id)
    try:
        _mail(message).send()
    except Exception as fault:
        _note_failure(message, fault, at)
        return False
    _move(message, MessageState.SENT, at=at)
    return True


@transaction.atomic
def retry(*, message: Message, actor: User, at: datetime) -> Message:
    """Try again what could not be delivered, to the merchant's address as it is now."""
    message = Message.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=message.pk)
    if not message.merchant.email:
        raise MoveRefused(_("The merchant has no e-mail address. Enter one first."))
    message.to, message.attempts, message.next_try_at = message.merchant.email, 0, at
    message.save(update_fields=["to", "attempts", "next_try_at"])
    _move(message, MessageState.OWED)
    entries.record(verb="message.retried", actor=actor, subject_kind="message", subject_id=message.pk, at=at)
    events.message_owed.send(Message, message_id=message.pk, wait=0)
    return message


def _mail(message: Message) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    identity = salted_hmac("enforcement.message", str(message.pk), algorithm="sha256").hexdigest()
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers={
            "Message-ID": f"<{identity}@{domain}>",
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _note_failure(message: Message, fault: Exception, at: datetime) -> None:
    """Wait longer each time; a refused address or a broken message is not tried again."""
    hopeless = not isinstance(fault, OSError) or isinstance(fault, smtplib.SMTPRecipientsRefused)
    log.warning("message_not_delivered", message=message.pk, attempts=message.attempts, error=repr(fault))
    message.error = f"{type(fault).__name__}: {fault}"[:2_000]
    if hopeless or message.attempts > len(WAITS):
        message.save(update_fields=["error"])
        _move(message, MessageState.FAILED)
        return
    message.next_try_at = at + WAITS[message.attempts - 1]
    message.save(update_fields=["error", "next_try_at"])


def _letter(
    words: Words, decision: Decision, subject: str, blocks: Sequence[Block], *, link: str, at: datetime
) -> Letter:
    name = decision.merchant.name
    return letters.compose(words=words, subject=subject, name=name, decision=decision, blocks=blocks, link=link, at=at)


def _gives_notice(decision: Decision) -> bool:
    """It waits because an account is to be closed, not for a correction."""
    return MEASURES[Measure(decision.measure)].needs_notice


def _names(words: Words, items: Sequence[DecisionItem]) -> list[str]:
    """How the merchant knows these: title and number."""
    known = (
        " · ".join(part for part in (item.facts.get("title"), item.facts.get("listing")) if part) for item in items
    )
    return [name or words("restored.account") for name in known]


def _owe(
    decision: Decision, kind: MessageKind, key: str, letter: Letter, *, at: datetime, wait: timedelta = timedelta(0)
) -> Message:
    address = decision.merchant.email
    message = Message.objects.create(
        merchant_id=decision.merchant_id,
        decision=decision,
        kind=kind,
        subject_key=key,
        language=letter.language,
        to=address,
        subject=letter.subject[:300],
        text=letter.text,
        html=letter.html,
        state=MessageState.OWED if address else MessageState.FAILED,
        error="" if address else "The merchant has no e-mail address.",
        next_try_at=at + wait,
        created_at=at,
    )
    if address:
        events.message_owed.send(Message, message_id=message.pk, wait=wait.total_seconds())
    return message


@transaction.atomic
def _move(message: Message, to: MessageState, *, at: datetime | None = None) -> None:
    """Lock, check, write. The only function that writes a message's state; `at` is when it was sent."""
    locked = Message.objects.select_for_update().get(pk=message.pk)
    was = MessageState(locked.state)
    if to not in MESSAGE_MOVES[was]:
        raise MoveRefused(f"Message {locked.pk} cannot go from {was} to {to}.")
    locked.state, locked.sent_at = to, at
    if to in (MessageState.SENT, MessageState.OWED):
        locked.error = ""
    locked.save(update_fields=["state", "sent_at", "error"])
    message.state, message.sent_at, message.error = locked.state, locked.sent_at, locked.error
