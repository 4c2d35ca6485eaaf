"""Questions to the merchant while their appeal is heard. The clock stands for the answer, and nothing is lost without one.

What was left of the appeal's working days is counted again from the day of the answer, or from the last day for it. That is
written when the question is asked, so that nobody has to notice that no answer came.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.domain import appeal_letters, appeal_states, delivery_events, files, hearers
from enforcement.domain.appeal_states import LONGEST
from enforcement.domain.files import Sent
from enforcement.enums import OPEN_APPEALS, AppealChannel, AppealState, EventType
from enforcement.models import Appeal, Clarification, ClarificationAnswer
from enforcement.queries import clarifications as queries
from enforcement.queries import deadlines
from governance.accounts.models import User
from governance.web import formats
from governance.web.refusals import MoveRefused, Refusal


class QuestionOpen(MoveRefused):
    """The merchant may still answer what they were asked."""


class EnoughAsked(MoveRefused):
    """As many questions as one appeal may have."""


class NothingAsked(MoveRefused):
    """There is no question that waits for an answer."""


@transaction.atomic
def ask(*, appeal: Appeal, question: str, actor: User, at: datetime) -> Clarification:
    """Ask the merchant, who has APPEAL_QUESTION_DAYS working days. Raises QuestionOpen, EnoughAsked."""
    appeal = hearers.held(appeal, actor)
    if appeal.state != AppealState.IN_REVIEW:
        raise MoveRefused(_("Take the appeal first. Who hears it asks."))
    if not question.strip() or len(question) > LONGEST:
        raise Refusal(_("Write the question, in at most 10,000 characters. The merchant reads it word for word."))
    check_nothing_waits(appeal, at)
    number = appeal.clarifications.count() + 1
    if number > settings.APPEAL_QUESTIONS:
        text = ngettext(
            "The merchant is asked at most %(n)s time about one appeal. Decide on what is there.",
            "The merchant is asked at most %(n)s times about one appeal. Decide on what is there.",
            settings.APPEAL_QUESTIONS,
        )
        raise EnoughAsked(text % {"n": settings.APPEAL_QUESTIONS})
    country = appeal.merchant.country
    last = deadlines.working_days_after(country, at.date(), settings.APPEAL_QUESTION_DAYS)
    left = None if at > appeal.due_at else deadlines.working_days_left(country, at.date(), appeal.due_at.date())
    clarification = Clarification.objects.create(
        appeal=appeal,
        number=number,
        question=question.strip(),
        asked_by=actor,
        asked_at=at,
        answer_by=deadlines.end_of_day(last),
        days_left=left,
    )
    _set_clock(clarification, last)
    appeal_letters.owe_question(clarification=clarification, at=at)
    delivery_events.appeal_told(appeal=appeal, kind=EventType.APPEAL_ASKED, at=at)
    appeal_states.record("appeal.asked", appeal, actor, at, {"number": number, "question": clarification.question})
    return clarification


@transaction.atomic
def answer(
    *,
    appeal: Appeal,
    text: str,
    channel: AppealChannel,
    actor: User | None,
    at: datetime,
    sent: Sequence[Sent] = (),
) -> ClarificationAnswer:
    """Answer the last question, as long as the appeal is not decided; late is better than not at all.

    `actor` is empty when the merchant's own link speaks. Raises NothingAsked, FileRefused.
    """
    appeal = appeal_states.lock(appeal)
    asked = queries.last(appeal)
    if appeal.state not in OPEN_APPEALS or asked is None or hasattr(asked, "answer"):
        raise NothingAsked(_("No question about this appeal waits for an answer."))
    if not text.strip() or len(text) > LONGEST:
        raise Refusal(_("Write the answer, in at most 10,000 characters."))
    kept = files.keep_all(sent)
    given = ClarificationAnswer.objects.create(
        clarification=asked, text=text.strip(), channel=channel, answered_by=actor, answered_at=at
    )
    files.attach(appeal=appeal, kept=kept, at=at, answer=given)
    if at <= asked.answer_by:
        asked.appeal = appeal
        _set_clock(asked, at.date())
    delivery_events.appeal_told(appeal=appeal, kind=EventType.APPEAL_CLARIFIED, at=at)
    data = {"number": asked.number, "files": len(kept), "late": at > asked.answer_by}
    label = appeal_states.MERCHANT if channel == AppealChannel.PAGE else ""
    appeal_states.record("appeal.clarified", appeal, actor, at, data, label=label)
    return given


def check_nothing_waits(appeal: Appeal, at: datetime) -> None:
    """Raises QuestionOpen while the merchant may answer."""
    asked = queries.last(appeal)
    if asked is not None and queries.waits(asked, at):
        raise QuestionOpen(
            _("The merchant was asked and may answer until %(day)s. Until then the appeal can only be granted in full.")
            % {"day": formats.day(asked.answer_by)}
        )


def _set_clock(clarification: Clarification, start: date) -> None:
    """The days that were left run from `start`. An appeal that was late already stays late."""
    if clarification.days_left is None:
        return
    appeal = clarification.appeal
    due = deadlines.working_days_after(appeal.merchant.country, start, clarification.days_left)
    appeal.due_at = deadlines.end_of_day(due)
    appeal.save(update_fields=["due_at"])
