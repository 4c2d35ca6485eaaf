"""The outbox of mail to merchants. A message is a row in the transaction of its verb, and is delivered afterwards.

Delivery is claimed before it is tried, and the claim is committed: two workers never send the same message, and a worker
that dies leaves it to the next run. Every try carries the same Message-ID, by which a mail system knows a repetition.
"""

import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import gathering, letters, mails, ordered, statements
from enforcement.domain.letters import Block, Letter, bullets, paragraph
from enforcement.enums import MESSAGE_MOVES, LiftedBecause, MessageKind, MessageState
from enforcement.language.words import Words
from enforcement.measures import MEASURES
from enforcement.models import Deadline, Decision, DecisionItem, Message, Statement
from enforcement.queries import outbox
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused

LEASE = timedelta(minutes=5)
"""How long a claimed message is left alone: longer than any try takes (EMAIL_TIMEOUT)."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1_440))
"""Before the second try, the third, and so on; after the last one the message counts as not delivered."""
Left = tuple[Decision, Sequence[DecisionItem]]
"""A decision and those of its items that are not corrected."""
log = structlog.get_logger(__name__)


# --- what is said --------------------------------------------------------------------------------


def owe_statement(*, statement: Statement, at: datetime, wait: timedelta) -> Message:
    """Owe the merchant the statement of reasons, no sooner than after `wait`: in the letter that its event has already, else in
    one of its own."""
    decision = statement.decision
    if message := gathering.find(statement, not_before=at + wait):
        message.decisions.add(decision)
        _write_anew(message, at=at)
        return message
    letter, wait = gathering.write([statement], at=at), gathering.waits(decision, wait)
    return _owe(decision, MessageKind.STATEMENT, _statement_key(decision), letter, at=at, wait=wait)


def say(
    *,
    words: Words,
    decision: Decision,
    kind: MessageKind,
    key: str,
    subject: str,
    blocks: Sequence[Block],
    link: str,
    at: datetime,
) -> Message:
    """Owe what another module has to say about a decision. `key` is what it is about, `link` names the words before the link."""
    return _owe(decision, kind, key, _letter(words, decision, subject, blocks, link=link, at=at), at=at)


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
        bullets(names(words, items)),
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
    blocks = [text, bullets(names(words, items)), paragraph(words("restored.reasons")), paragraph(reason)]
    letter = _letter(
        words, decision, words("restored.subject", decision=decision.reference), blocks, link="mail.link", at=at
    )
    return _owe(decision, MessageKind.RESTORED, f"withdrawn:{decision.pk}", letter, at=at)


def owe_in_effect(*, left: Sequence[Left], at: datetime) -> Message:
    """Say that what was announced is now in effect, for what was not corrected. All these are of one event."""
    words = statements.words_for(left[0][0].merchant.language)
    said = [
        (
            decision,
            words("effect.notice" if _gives_notice(decision) else "effect.text", decision=decision.reference),
            items,
        )
        for decision, items in left
    ]
    first = left[0][0]
    subject = (
        words("effect.subject", decision=first.reference) if len(left) == 1 else words("effect.several", n=len(left))
    )
    return _owe_together(words, MessageKind.IN_EFFECT, f"effect:{first.pk}", subject, said, at=at)


def owe_reminder(*, left: Sequence[Left], deadlines: Sequence[Deadline], at: datetime) -> Message:
    """Say what is not corrected yet, of decisions of one event with their deadlines; and that an account is soon to be closed."""
    words = statements.words_for(left[0][0].merchant.language)
    said = [_reminder(words, each, own) for each, own in zip(left, deadlines, strict=True)]
    if all(_gives_notice(decision) for decision, _items in left):
        subject = words("reminder.notice_subject", date=words.day(min(own.takes_effect_at for own in deadlines)))
    else:
        subject = words("reminder.subject", date=words.day(min(own.correct_by for own in deadlines)))
    key = f"reminder:{deadlines[0].pk}"
    return _owe_together(words, MessageKind.REMINDER, key, subject, said, at=at)


def _reminder(words: Words, left: Left, deadline: Deadline) -> tuple[Decision, str, Sequence[DecisionItem]]:
    decision, items = left
    effect = words.minute(deadline.takes_effect_at)
    if _gives_notice(decision):
        return decision, words("reminder.notice", decision=decision.reference, date=effect), ()
    return decision, words("reminder.text", decision=decision.reference, date=effect), items


def owe_deadline(*, deadline: Deadline, at: datetime) -> Message:
    """Say that there is more time."""
    decision = deadline.decision
    words = statements.words_for(decision.merchant.language)
    day, effect = words.day(deadline.correct_by), words.minute(deadline.takes_effect_at)
    text = paragraph(words("deadline.text", date=day, decision=decision.reference, effect=effect))
    letter = _letter(words, decision, words("deadline.subject", date=day), [text], link="mail.link", at=at)
    return _owe(decision, MessageKind.DEADLINE, f"deadline:{deadline.pk}", letter, at=at)


def withdraw_statement(*, decision: Decision) -> bool:
    """Take the statement back while nobody has begun to send its letter; what else is in that goes out without it. Returns whether
    it could be."""
    message = outbox.unsent().select_for_update(of=("self",)).filter(decisions=decision).first()
    if message is None:
        return False
    if message.decisions.exclude(pk=decision.pk).exists():
        _leave(message, decision)
    elif message.state == MessageState.OWED:
        _move(message, MessageState.WITHDRAWN)
    return True


def _leave(message: Message, decision: Decision) -> None:
    """The decision is in the letter no more: what would have been said of it is kept as a message that was withdrawn."""
    message.decisions.remove(decision)
    message.decision = message.decisions.order_by("pk")[:1].get()
    message.subject_key = _statement_key(message.decision)
    message.save(update_fields=["decision", "subject_key"])
    _write_anew(message, at=message.created_at)
    statement = Statement.objects.select_related("decision__merchant", "decision__version").get(decision=decision)
    letter = gathering.write([statement], at=message.created_at)
    _keep(decision, MessageKind.STATEMENT, _statement_key(decision), letter, MessageState.WITHDRAWN, message.created_at)


def _write_anew(message: Message, *, at: datetime) -> None:
    letter = gathering.write(outbox.statements_of(message), at=at)
    message.subject, message.text, message.html = letter.subject[:300], letter.text, letter.html
    message.save(update_fields=["subject", "text", "html"])


def _statement_key(decision: Decision) -> str:
    return f"statement:{decision.pk}"


# --- how it gets there ---------------------------------------------------------------------------


def deliver(*, message_id: int, at: datetime, with_paper: bool = True) -> bool:
    """Try to deliver a message that is due; returns whether it went out now. Safe to call at any time, any number of times.

    Without its paper a statement goes out as the letter alone, which says all that is in it.
    """
    claimed = Message.objects.filter(pk=message_id, state=MessageState.OWED, next_try_at__lte=at).update(
        attempts=F("attempts") + 1, next_try_at=at + LEASE
    )
    if not claimed:
        return False
    message = Message.objects.get(pk=message_id)
    try:
        mails.of(message, with_paper=with_paper).send()
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


def try_again_at(attempts: int, at: datetime) -> datetime | None:
    """When a mail that has failed so often is tried next; None where it counts as not delivered."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def is_refused(fault: Exception) -> bool:
    """Whether the server will have none of these addresses, ever. With a code under 500 it asks to be tried again, as greylisting does."""
    return isinstance(fault, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _said in fault.recipients.values()
    )


def _note_failure(message: Message, fault: Exception, at: datetime) -> None:
    """Wait longer each time; a refused address or a broken message is not tried again."""
    hopeless = not isinstance(fault, OSError) or is_refused(fault)
    log.warning("message_not_delivered", message=message.pk, attempts=message.attempts, error=repr(fault))
    message.error = f"{type(fault).__name__}: {fault}"[:2_000]
    again = try_again_at(message.attempts, at)
    if hopeless or again is None:
        message.save(update_fields=["error"])
        _move(message, MessageState.FAILED)
        return
    message.next_try_at = again
    message.save(update_fields=["error", "next_try_at"])


def _letter(
    words: Words, decision: Decision, subject: str, blocks: Sequence[Block], *, link: str, at: datetime
) -> Letter:
    """A letter about one decision; `link` names the words before the link to it."""
    said = [*blocks, letters.link(words(link), decision)]
    return letters.compose(words=words, subject=subject, merchant=decision.merchant, blocks=said, at=at)


def _owe_together(
    words: Words,
    kind: MessageKind,
    key: str,
    subject: str,
    said: Sequence[tuple[Decision, str, Sequence[DecisionItem]]],
    *,
    at: datetime,
) -> Message:
    """One letter about decisions of one event: what is said of each, its items if any, its link."""
    blocks: list[Block] = []
    for decision, text, items in said:
        listed = [bullets(names(words, items))] if items else []
        blocks += [paragraph(text), *listed, letters.link(words("mail.link"), decision)]
    first = said[0][0]
    letter = letters.compose(words=words, subject=subject, merchant=first.merchant, blocks=blocks, at=at)
    message = _owe(first, kind, key, letter, at=at)
    message.decisions.add(*(decision for decision, _text, _items in said))
    return message


def _gives_notice(decision: Decision) -> bool:
    """It waits because an account is to be closed, not for a correction."""
    return MEASURES[Measure(decision.measure)].needs_notice


def names(words: Words, items: Sequence[DecisionItem]) -> list[str]:
    """How the merchant knows these: title and number."""
    known = (
        " · ".join(part for part in (item.facts.get("title"), item.facts.get("listing")) if part) for item in items
    )
    return [name or words("restored.account") for name in known]


def _owe(
    decision: Decision, kind: MessageKind, key: str, letter: Letter, *, at: datetime, wait: timedelta = timedelta(0)
) -> Message:
    owed = MessageState.OWED if decision.merchant.email else MessageState.FAILED
    held_back = ordered.held_back_until(decision, at)
    message = _keep(decision, kind, key, letter, owed, at, max(wait, held_back - at) if held_back else wait)
    if owed == MessageState.OWED and not held_back:
        events.message_owed.send(Message, message_id=message.pk, wait=wait.total_seconds())
    return message


def _keep(
    decision: Decision,
    kind: MessageKind,
    key: str,
    letter: Letter,
    state: MessageState,
    at: datetime,
    wait: timedelta = timedelta(0),
) -> Message:
    message = Message.objects.create(
        merchant_id=decision.merchant_id,
        decision=decision,
        kind=kind,
        subject_key=key,
        language=letter.language,
        to=decision.merchant.email,
        subject=letter.subject[:300],
        text=letter.text,
        html=letter.html,
        state=state,
        error="The merchant has no e-mail address." if state == MessageState.FAILED else "",
        next_try_at=at + wait,
        created_at=at,
    )
    message.decisions.add(decision)
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
