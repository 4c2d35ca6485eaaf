"""Letters to merchants about their appeals: it arrived, a question, the answer."""

from collections.abc import Sequence
from datetime import datetime

from enforcement.domain import messages, statements
from enforcement.domain.letters import Block, bullets, paragraph
from enforcement.enums import AppealState, ItemOutcome, MessageKind
from enforcement.language.words import Words
from enforcement.models import Appeal, AppealItem, Clarification, Message
from enforcement.queries import appeals as queries
from enforcement.queries import clarifications


def owe_received(*, appeal: Appeal, decisions: int, at: datetime) -> Message:
    words = statements.words_for(appeal.merchant.language)
    day, due = words.day(appeal.filed_at), words.day(appeal.due_at)
    text = words("received.text", date=day, due=due, decision=appeal.decision.reference)
    also = words("received.event", n=decisions) if decisions > 1 else ""
    subject = words("received.subject", reference=appeal.reference)
    return _say(
        words, appeal, MessageKind.APPEAL_RECEIVED, f"appeal-received:{appeal.pk}", subject, [paragraph(text, also)], at
    )


def owe_question(*, clarification: Clarification, at: datetime) -> Message:
    """What the hearer wants to know, until when it helps, and that nothing is lost without it."""
    appeal = clarification.appeal
    words = statements.words_for(appeal.merchant.language)
    until = words.day(clarification.answer_by)
    blocks = [
        paragraph(words("question.text", reference=appeal.reference, date=until)),
        paragraph(clarification.question),
        paragraph(words("question.clock"), words("question.missing_later")),
    ]
    subject = words("question.subject", reference=appeal.reference)
    key = f"appeal-question:{clarification.pk}"
    return _say(words, appeal, MessageKind.APPEAL_QUESTION, key, subject, blocks, at)


def owe_answered(*, appeal: Appeal, rows: Sequence[AppealItem], points: int, at: datetime) -> Message:
    """The outcome, for each decision where there are several; what is restored, the reasons, what else the merchant may do."""
    words = statements.words_for(appeal.merchant.language)
    blocks = _outcome(words, appeal, rows)
    restored = [row.item for row in rows if row.outcome == ItemOutcome.OVERTURNED]
    if restored:
        blocks.append(bullets(messages.names(words, restored)))
    if points:
        blocks.append(paragraph(words("points.off", n=points)))
    asked = clarifications.last(appeal)
    if asked is not None and not hasattr(asked, "answer"):
        blocks.append(paragraph(words("answered.unanswered", date=words.day(asked.asked_at))))
    blocks += [paragraph(words("answered.reasons")), paragraph(appeal.answer)]
    if appeal.state != AppealState.OVERTURNED:
        blocks += [paragraph(words("redress.body")), paragraph(words("redress.court"))]
    subject = words("answered.subject", reference=appeal.reference)
    return _say(words, appeal, MessageKind.APPEAL_DECIDED, f"appeal-decided:{appeal.pk}", subject, blocks, at)


def _outcome(words: Words, appeal: Appeal, rows: Sequence[AppealItem]) -> list[Block]:
    became = queries.outcome_of(rows)
    if len(became) < 2:
        return [paragraph(words(f"answered.{appeal.state}", decision=appeal.decision.reference))]
    lines = [
        words("form.pair", name=decision.reference, value=words(f"outcome.{state}"))
        for decision, state in became.items()
    ]
    blocks = [paragraph(words("answered.event", n=len(became))), bullets(lines)]
    if appeal.state != AppealState.UPHELD:
        blocks.append(paragraph(words("answered.event_restored")))
    return blocks


def _say(
    words: Words, appeal: Appeal, kind: MessageKind, key: str, subject: str, blocks: Sequence[Block], at: datetime
) -> Message:
    return messages.say(
        words=words,
        decision=appeal.decision,
        kind=kind,
        key=key,
        subject=subject,
        blocks=blocks,
        link="mail.link_appeal",
        at=at,
    )
