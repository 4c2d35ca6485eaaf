"""What is reported waits in one case for each merchant and ground, and what is decided there answers everybody who reported."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from enforcement.domain import taking_effect
from enforcement.domain.transparency import payloads
from enforcement.enums import Origin
from enforcement.models import Decision
from governance.accounts.models import User
from governance.policies.enums import Measure, Subject
from governance.web.refusals import MoveRefused, Refusal
from investigations import tasks
from investigations.domain import (
    arranging,
    cases,
    claims,
    notice_answers,
    notice_cases,
    notice_intake,
    notices,
    priorities,
)
from investigations.domain.cases import AnswerMissing
from investigations.domain.issuing import PolicyMissing
from investigations.domain.notice_intake import Sender
from investigations.enums import CaseOrigin, CaseOutcome, CaseState, NoticeGround, NoticeState, ReporterKind, Verdict
from investigations.models import Case, CaseDecision, CaseItem, NoticeItem
from investigations.queries import lines
from investigations.queries import notices as queries
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.domain.test_notice_intake import flagger
from tests.investigations.domain.test_notices import send_all

pytestmark = pytest.mark.django_db
SOON, DONE = NOON + timedelta(seconds=5), NOON + timedelta(seconds=60)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def report(ground: Ground, who: str, /, *things: Any, **more: Any) -> list[NoticeItem]:
    fields: dict[str, Any] = {
        "ground": NoticeGround.UNSAFE,
        "at": NOON,
        "sender": Sender(name=who, email=f"{who}@x.example"),
    }
    fields |= more
    notice = notice_intake.receive(
        things=list(things), reason="Loose.", language="en", actor=ground.mona, good_faith=True, **fields
    )
    return list(notice.items.order_by("pk"))


def taken(ground: Ground, by: User | None = None) -> Case:
    """The live case, held by Mona, to be judged under the policy on magnets."""
    case = Case.objects.exclude(state=CaseState.CLOSED).get()
    claims.claim(case=case, person=by or ground.mona, at=NOON)
    return notice_cases.choose_policy(case=case, policy=ground.policy, actor=by or ground.mona, at=NOON)


def decide(case: Case, ground: Ground, *verdicts: Verdict, **more: Any) -> CaseDecision | None:
    keys = CaseItem.objects.filter(case=case, settled_at=None).order_by("pk").values_list("pk", flat=True)
    fields: dict[str, Any] = {"measure": Measure.REMOVE, "reason": "Loose.", "fine_reason": "It is welded.", "at": NOON}
    given = dict(zip(keys, verdicts, strict=True))
    return cases.decide(case=case, verdicts=given, actor=ground.mona, **(fields | more))


def states(at: datetime = DONE) -> list[str]:
    notice_answers.follow_decided(at=at)
    notice_answers.answer_judged(at=at)
    return list(NoticeItem.objects.order_by("pk").values_list("state", flat=True))


def test_the_same_listing_and_ground_is_one_case_whoever_reports_it(ground: Ground) -> None:
    ball, cube = ground.listing("Ball", markets=("DE", "FR")), ground.listing("Cube")
    report(ground, "rina", ball, cube)
    report(ground, "omar", ball, sender=Sender(ReporterKind.BUYER, "Omar", "omar@x.example"))
    report(ground, "rina", ball, ground=NoticeGround.COUNTERFEIT)
    first, second = Case.objects.order_by("pk")
    assert (first.cause_key, second.cause_key) == ("notice:unsafe", "notice:counterfeit")
    assert (first.origin, first.severity, first.queue.key, first.markets) == (
        CaseOrigin.NOTICE, "critical", "critical", ["DE", "FR"],
    )  # fmt: skip
    assert [item.listing for item in first.items.order_by("pk")] == [ball, cube]
    assert queries.reported(first) == queries.Reported(2, [(ReporterKind.BUYER, 1), (ReporterKind.PERSON, 1)])
    assert notice_cases.open_owed(at=NOON) == 0


def test_a_case_is_due_with_the_first_of_its_notices(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"), ground=NoticeGround.SCAM)
    case = Case.objects.get()
    usual = case.due_at
    assert usual < NoticeItem.objects.get().due_at
    NoticeItem.objects.update(case_item=None, due_at=NOON + timedelta(hours=2))
    notice_cases.open_owed(at=NOON)
    case.refresh_from_db()
    assert case.due_at == NOON + timedelta(hours=2)


def test_what_a_lost_transaction_left_is_found_by_beat(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"))
    NoticeItem.objects.update(case_item=None)
    tasks.open_owed()
    assert NoticeItem.objects.get().case_item == CaseItem.objects.get()


def test_deciding_answers_all_of_them_when_it_cannot_be_undone_any_more(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    (first, other), (second,) = report(ground, "rina", ball, cube), report(ground, "omar", ball)
    case = taken(ground)
    ruling = decide(case, ground, Verdict.VIOLATES, Verdict.FINE)
    assert ruling is not None
    assert states(SOON) == [NoticeState.RECEIVED] * 3
    assert states() == [NoticeState.ACTED, NoticeState.NO_ACTION, NoticeState.ACTED]
    assert notice_answers.answer_judged(at=DONE) == 0
    first.refresh_from_db()
    assert first.decision == ruling.decision
    assert other.moves.get(to_state=NoticeState.NO_ACTION).text == "It is welded."
    told = send_all(DONE)
    assert [subject.split(" NT-")[0] for subject in told].count("We have acted on your report") == 2
    assert f"We take no action on your report {other.notice.reference}" in told
    assert Case.objects.get().outcome == CaseOutcome.DECIDED
    assert second.notice.reference != first.notice.reference


def test_its_statement_and_the_transparency_database_say_that_a_notice_led_to_it(ground: Ground) -> None:
    item = report(ground, "rina", ground.listing("Ball"))[0]
    decide(taken(ground), ground, Verdict.VIOLATES)
    decision = Decision.objects.get()
    assert (decision.origin_kind, decision.origin_ref) == (Origin.NOTICE, item.notice.reference)
    assert "Upon a report from outside" in decision.statement.text
    payload = payloads.build(decision, puid="P")
    assert payload is not None
    assert payload["source_type"] == "SOURCE_ARTICLE_16"


def test_a_trusted_flagger_s_notice_comes_first_and_is_told_as_one(ground: Ground) -> None:
    ball = ground.listing("Ball")
    report(ground, "rina", ball)
    before = Case.objects.get().priority
    item = report(ground, "", ball, sender=Sender(flagger=flagger(ground)))[0]
    case = Case.objects.get()
    assert case.priority_parts["trusted"] == priorities.TRUSTED
    assert case.priority == pytest.approx(before * priorities.TRUSTED, abs=0.2)
    decide(taken(ground), ground, Verdict.VIOLATES)
    decision = Decision.objects.get()
    assert decision.origin_ref == item.notice.reference
    payload = payloads.build(decision, puid="P")
    assert payload is not None
    assert payload["source_type"] == "SOURCE_TRUSTED_FLAGGER"


def test_an_undone_decision_tells_nobody(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"))
    ruling = decide(taken(ground), ground, Verdict.VIOLATES)
    assert ruling is not None
    cases.undo_decision(ruling=ruling, actor=ground.mona, at=SOON)
    assert states() == [NoticeState.RECEIVED]
    assert NoticeItem.objects.get().case_item == CaseItem.objects.get(settled_at=None)


def test_what_waits_for_a_second_person_is_told_then_and_refused_it_waits_again(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"))
    decide(taken(ground), ground, Verdict.VIOLATES, measure=Measure.SUSPEND)
    assert states() == [NoticeState.RECEIVED]
    taking_effect.refuse(decision=Decision.objects.get(), actor=ground.sela, reason="Out of proportion.", at=DONE)
    assert states() == [NoticeState.RECEIVED]
    again = Case.objects.exclude(state=CaseState.CLOSED).get()
    assert NoticeItem.objects.get().case_item == again.items.get()
    claims.claim(case=again, person=ground.tilda, at=DONE)
    notice_cases.choose_policy(case=again, policy=ground.policy, actor=ground.tilda, at=DONE)
    cases.decide(
        case=again, verdicts={again.items.get().pk: Verdict.VIOLATES}, measure=Measure.SUSPEND, actor=ground.tilda,
        reason="Yes.", at=DONE,
    )  # fmt: skip
    taking_effect.approve(decision=Decision.objects.latest("pk"), actor=ground.sela, at=DONE)
    assert states(DONE + timedelta(minutes=1)) == [NoticeState.ACTED]


def test_answered_by_itself_it_leaves_its_case_but_not_the_others(ground: Ground) -> None:
    ball = ground.listing("Ball")
    (first,), (second,) = report(ground, "rina", ball), report(ground, "omar", ball)
    notices.no_action(item=first, reasons="Welded.", actor=ground.mona, at=NOON)
    assert Case.objects.get().state == CaseState.OPEN
    notices.no_action(item=second, reasons="Welded.", actor=ground.mona, at=NOON)
    case = Case.objects.get()
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.NO_VIOLATION)


def test_an_appeal_that_succeeds_waits_in_a_case_again(ground: Ground) -> None:
    item = report(ground, "rina", ground.listing("Ball"))[0]
    decide(taken(ground), ground, Verdict.FINE)
    assert states() == [NoticeState.NO_ACTION]
    item.refresh_from_db()
    appealed = notices.appeal(item=item, text="It is loose.", at=DONE)
    with pytest.raises(notices.SamePerson):
        notices.answer(item=appealed, right=True, reasons="Yes.", actor=ground.mona, at=DONE)
    notices.answer(item=appealed, right=True, reasons="Yes.", actor=ground.sela, at=DONE)
    assert Case.objects.exclude(state=CaseState.CLOSED).count() == 1


def test_without_a_policy_or_reasons_nothing_is_decided(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"))
    case = Case.objects.get()
    claims.claim(case=case, person=ground.mona, at=NOON)
    with pytest.raises(PolicyMissing):
        decide(case, ground, Verdict.VIOLATES)
    with pytest.raises(AnswerMissing):
        decide(case, ground, Verdict.FINE, reason="", fine_reason=" ")
    assert Decision.objects.count() == 0


def test_who_may_choose_the_policy_and_which(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"))
    case = Case.objects.get()
    with pytest.raises(MoveRefused):
        notice_cases.choose_policy(case=case, policy=ground.policy, actor=ground.mona, at=NOON)
    claims.claim(case=case, person=ground.mona, at=NOON)
    about_merchants = ground.another_policy("traders", about_merchants=True)
    assert about_merchants.subject == Subject.MERCHANTS
    with pytest.raises(Refusal, match="about what was reported"):
        notice_cases.choose_policy(case=case, policy=about_merchants, actor=ground.mona, at=NOON)
    found = ground.violation(ground.listing("Cube"))
    CaseItem.objects.create(case=case, listing=found.listing, violation=found, added_at=NOON)
    with pytest.raises(Refusal, match="A rule found something"):
        notice_cases.choose_policy(case=case, policy=ground.policy, actor=ground.mona, at=NOON)


def test_cases_of_two_grounds_are_merged_and_answered_together(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    report(ground, "rina", ball, cube)
    report(ground, "omar", ball, ground=NoticeGround.COUNTERFEIT)
    first, second = Case.objects.order_by("pk")
    arranging.merge(case=second, into=first, actor=ground.mona, reason="The same seller", at=NOON)
    assert CaseItem.objects.filter(case=first, settled_at=None).count() == 2
    case = taken(ground)
    assert decide(case, ground, Verdict.VIOLATES, Verdict.FINE)
    assert states() == [NoticeState.ACTED, NoticeState.NO_ACTION, NoticeState.ACTED]


def test_what_is_split_off_is_answered_by_itself(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    report(ground, "rina", ball, cube)
    case = Case.objects.get()
    last = case.items.order_by("-pk")[0]
    new = arranging.split(case=case, items=[last.pk], actor=ground.mona, reason="Another matter", at=NOON)
    assert (new.origin, lines.cause_title(new.cause_key)) == (CaseOrigin.NOTICE, lines.cause_title(case.cause_key))
    claims.claim(case=new, person=ground.mona, at=NOON)
    assert decide(new, ground, Verdict.FINE, measure=None)
    assert states() == [NoticeState.RECEIVED, NoticeState.NO_ACTION]


def test_a_second_measure_upon_a_notice(ground: Ground) -> None:
    report(ground, "rina", ground.listing("Ball"))
    ruling = decide(taken(ground), ground, Verdict.VIOLATES, also=Measure.WARN)
    assert ruling
    assert ruling.also.get().origin_kind == Origin.NOTICE
    assert states() == [NoticeState.ACTED]
