"""Questions about an appeal: the clock stands for the answer, a late or missing one loses nothing, and few are asked."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from enforcement.domain import appeals, clarifications
from enforcement.domain.files import FileRefused, Sent
from enforcement.enums import AppealChannel, AppealState, ItemOutcome, MessageKind
from enforcement.models import Appeal, Clarification, ClarificationAnswer, DeliveryEvent, Message
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)  # a Wednesday; the answer is due on Friday of next week
PDF = b"%PDF-1.7 a test report"


@pytest.fixture
def appeal(ground: Ground) -> Appeal:
    decision = ground.issue([ground.violation(ground.listing(title)) for title in ("Ball", "Cube")], Measure.REMOVE)
    filed = appeals.file(decision=decision, text="Wood.", channel=AppealChannel.PAGE, actor=None, at=LATER)
    return appeals.take(appeal=filed, actor=ground.sela, at=LATER)


def asked(ground: Ground, appeal: Appeal, **more: object) -> Clarification:
    arguments: dict = {"question": "Which magnet is it?", "actor": ground.sela, "at": LATER}
    return clarifications.ask(appeal=appeal, **(arguments | more))


def answered(appeal: Appeal, **more: object) -> ClarificationAnswer:
    arguments: dict = {"text": "None.", "channel": AppealChannel.PAGE, "actor": None, "at": LATER}
    return clarifications.answer(appeal=appeal, **(arguments | more))


def due(appeal: Appeal) -> str:
    return Appeal.objects.get(pk=appeal.pk).due_at.date().isoformat()


def outcomes(appeal: Appeal, outcome: ItemOutcome) -> dict[int, ItemOutcome]:
    return dict.fromkeys(appeal.items.values_list("item_id", flat=True), outcome)


def test_the_merchant_is_asked_by_letter_and_the_clock_stands(ground: Ground, appeal: Appeal) -> None:
    assert due(appeal) == "2026-12-04"  # seven working days after Wednesday
    question = asked(ground, appeal)
    assert question.answer_by.date().isoformat() == "2026-12-02"  # five working days
    assert due(appeal) == "2026-12-11"  # the seven that were left, from then on
    message = Message.objects.get(kind=MessageKind.APPEAL_QUESTION)
    assert "Which magnet is it?" in message.text
    assert "2 December 2026" in message.text
    assert Entry.objects.get(verb="appeal.asked").data["number"] == 1
    assert DeliveryEvent.objects.filter(type="appeal.question_asked").count() == 1


def test_an_answer_sets_the_clock_going(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    answer = answered(appeal, at=LATER + timedelta(days=1), sent=[Sent("report.pdf", [PDF])])
    assert due(appeal) == "2026-12-07"  # seven working days from Thursday
    assert answer.files.get().name == "report.pdf"
    assert Entry.objects.get(verb="appeal.clarified").actor_label == "merchant"


def test_a_late_answer_counts_and_moves_nothing(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    answered(appeal, at=LATER + timedelta(days=9))
    assert due(appeal) == "2026-12-11"
    assert Entry.objects.get(verb="appeal.clarified").data["late"] is True


def test_asking_does_not_save_what_is_late_already(ground: Ground, appeal: Appeal) -> None:
    late = LATER + timedelta(days=15)
    question = asked(ground, appeal, at=late)
    assert question.days_left is None
    assert due(appeal) == "2026-12-04"
    answered(appeal, at=late + timedelta(days=1))
    assert due(appeal) == "2026-12-04"


def test_while_it_waits_only_all_can_be_granted(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    arguments: dict = {"appeal": appeal, "answer": "So.", "actor": ground.sela, "at": LATER}
    with pytest.raises(clarifications.QuestionOpen):
        appeals.decide(outcomes=outcomes(appeal, ItemOutcome.UPHELD), **arguments)
    with pytest.raises(clarifications.QuestionOpen):
        appeals.inadmissible(appeal=appeal, reason="Elsewhere.", actor=ground.sela, at=LATER)
    done = appeals.decide(outcomes=outcomes(appeal, ItemOutcome.OVERTURNED), **arguments)
    assert done.state == AppealState.OVERTURNED


def test_without_an_answer_it_is_decided_on_what_is_there_and_says_so(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    after = LATER + timedelta(days=8)
    appeals.decide(
        appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.UPHELD), answer="So.", actor=ground.sela, at=after
    )
    assert "had no answer" in Message.objects.get(kind=MessageKind.APPEAL_DECIDED).text


def test_with_an_answer_the_letter_says_nothing_of_it(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    answered(appeal)
    appeals.decide(
        appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.UPHELD), answer="So.", actor=ground.sela, at=LATER
    )
    assert "had no answer" not in Message.objects.get(kind=MessageKind.APPEAL_DECIDED).text


def test_one_question_at_a_time_and_as_many_as_the_setting_says(
    ground: Ground, appeal: Appeal, settings: LazySettings
) -> None:
    settings.APPEAL_QUESTIONS = 2
    asked(ground, appeal)
    with pytest.raises(clarifications.QuestionOpen):
        asked(ground, appeal)
    answered(appeal)
    asked(ground, appeal)
    answered(appeal)
    with pytest.raises(clarifications.EnoughAsked):
        asked(ground, appeal)
    assert list(Clarification.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_both_sides_say_something(ground: Ground, appeal: Appeal, text: str) -> None:
    with pytest.raises(Refusal):
        asked(ground, appeal, question=text)
    asked(ground, appeal)
    with pytest.raises(Refusal):
        answered(appeal, text=text)


def test_only_who_hears_it_asks(ground: Ground, appeal: Appeal) -> None:
    with pytest.raises(appeals.NotWithYou):
        asked(ground, appeal, actor=ground.tilda)
    program = User.objects.create_user("shop", kind=Kind.SERVICE)
    with pytest.raises((appeals.SamePerson, appeals.NotWithYou)):
        asked(ground, appeal, actor=program)
    given_back = appeals.release(appeal=appeal, actor=ground.sela, reason="", at=LATER)
    with pytest.raises(MoveRefused):
        asked(ground, given_back)
    assert Clarification.objects.count() == 0


def test_nothing_is_answered_twice_or_unasked_or_after_the_end(ground: Ground, appeal: Appeal) -> None:
    with pytest.raises(clarifications.NothingAsked):
        answered(appeal)
    asked(ground, appeal)
    answered(appeal)
    with pytest.raises(clarifications.NothingAsked):
        answered(appeal)
    asked(ground, appeal)
    appeals.withdraw(appeal=appeal, actor=None, at=LATER)
    with pytest.raises(clarifications.NothingAsked):
        answered(appeal)


def test_a_question_outlives_who_asked_it(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    appeals.release(appeal=appeal, actor=ground.sela, reason="", at=LATER)
    assert answered(appeal).text == "None."


def test_a_refused_file_leaves_nothing(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    with pytest.raises(FileRefused):
        answered(appeal, sent=[Sent("a.pdf", [b"MZ"])])
    assert ClarificationAnswer.objects.count() == 0


def test_what_was_said_stays(ground: Ground, appeal: Appeal) -> None:
    asked(ground, appeal)
    answered(appeal)
    for rows in (Clarification.objects.filter(question="None."), ClarificationAnswer.objects.filter(text="None.")):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete(rows.db)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clarification.objects.update(question="Another?")
    with pytest.raises(IntegrityError), transaction.atomic():
        ClarificationAnswer.objects.update(text="Another.")
