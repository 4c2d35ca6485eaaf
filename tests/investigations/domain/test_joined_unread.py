"""What joins a case that somebody has in their hands has been read before they decide, whatever the clocks say."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from enforcement.domain import taking_effect
from enforcement.enums import DecisionState, Origin, Owed
from enforcement.models import Decision
from governance.accounts.enums import Role
from investigations.domain import arranging, cases, claims, notice_cases, notices, opening, undoing
from investigations.domain.cases import ReportUnread
from investigations.enums import NoticeGround, NoticeState, Verdict
from investigations.models import Case, CaseDecision, CaseItem, NoticeItem
from tests.enforcement.ground import Ground
from tests.investigations.domain.test_joined_cases import LATER, at_once, found, listing_of
from tests.investigations.domain.test_notice_cases import decide, report, states

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.mark.parametrize("same", [True, False])
def test_what_a_merge_brings_to_who_holds_the_case_is_read_first(ground: Ground, same: bool) -> None:
    ball = ground.listing("Ball")
    report(ground, "rina", ball)
    (fake,) = report(ground, "omar", ball if same else ground.listing("Cube"), ground=NoticeGround.COUNTERFEIT)
    unsafe, counterfeit = Case.objects.order_by("pk")
    claims.claim(case=unsafe, person=ground.mona, at=LATER)
    arranging.merge(case=counterfeit, into=unsafe, actor=ground.tilda, reason="One.", at=LATER + SECOND)
    verdicts = [Verdict.FINE] * CaseItem.objects.filter(case=unsafe, settled_at=None).count()
    with pytest.raises(ReportUnread, match=fake.notice.reference):
        decide(unsafe, ground, *verdicts, measure=None, at=LATER + 2 * SECOND)
    decide(unsafe, ground, *verdicts, measure=None, at=LATER + 2 * SECOND, read=[fake.pk])
    assert states(LATER + timedelta(minutes=3)) == [NoticeState.NO_ACTION] * 2


def test_what_was_sent_before_the_claim_and_came_after_it_is_read_first(ground: Ground) -> None:
    case = found(ground, "Ball")
    claims.claim(case=case, person=ground.mona, at=LATER)
    (item,) = report(ground, "rina", listing_of(case), at=LATER - SECOND)
    with pytest.raises(ReportUnread, match=item.notice.reference):
        decide(case, ground, Verdict.FINE, measure=None, at=LATER + SECOND)


def test_an_undo_leaves_unread_what_was_unread_and_counts_no_second_twice(ground: Ground) -> None:
    case = found(ground, "Ball", "Cube", "Dice")
    claims.claim(case=case, person=ground.mona, at=LATER)
    first, second, third = case.items.order_by("pk")
    fields: dict[str, Any] = {"case": case, "measure": None, "actor": ground.mona, "reason": "Welded."}
    cases.decide(verdicts={first.pk: Verdict.FINE}, keep=True, at=LATER + 10 * SECOND, **fields)
    (item,) = report(ground, "rina", third.listing, at=LATER + 11 * SECOND)
    unsure = {second.pk: Verdict.FINE, third.pk: Verdict.UNSURE}
    ruling = cases.decide(verdicts=unsure, at=LATER + 15 * SECOND, **fields)
    assert ruling is not None
    undoing.undo_decision(ruling=ruling, actor=ground.mona, at=LATER + 18 * SECOND)
    both = {second.pk: Verdict.FINE, third.pk: Verdict.FINE}
    with pytest.raises(ReportUnread, match=item.notice.reference):
        cases.decide(verdicts=both, at=LATER + 20 * SECOND, **fields)
    cases.decide(verdicts=both, at=LATER + 30 * SECOND, read=[item.pk], **fields)
    kept = CaseDecision.objects.filter(undone_at=None).order_by("pk")
    assert list(kept.values_list("handling_seconds", flat=True)) == [10, 20]


def test_a_decision_made_again_after_a_refusal_still_goes_back_to_the_notice(ground: Ground, settings: Any) -> None:
    settings.SECOND_PERSON_LISTINGS = 1
    ball = ground.listing("Ball")
    report(ground, "rina", ball)
    ground.violation(ball, owed=Owed.CASE)
    opening.open_owed(at=LATER)
    case = Case.objects.get()
    claims.claim(case=case, person=ground.mona, at=LATER)
    decide(case, ground, Verdict.VIOLATES, at=LATER)
    held = Decision.objects.get()
    assert (held.state, held.origin_kind) == (DecisionState.HELD, Origin.NOTICE)
    refused = LATER + timedelta(minutes=3)
    taking_effect.refuse(decision=held, actor=ground.sela, reason="No.", at=refused)
    opening.open_owed(at=refused + SECOND)
    states(refused + 2 * SECOND)
    again = NoticeItem.objects.get().case_item
    assert again is not None
    assert again.case != case
    settings.SECOND_PERSON_LISTINGS = 100
    claims.claim(case=again.case, person=ground.mona, at=refused + 3 * SECOND)
    decide(again.case, ground, Verdict.VIOLATES, at=refused + 4 * SECOND)
    made = Decision.objects.latest("pk")
    assert made.origin_kind == Origin.NOTICE
    assert "No report from outside" not in made.statement.text


@pytest.mark.django_db(transaction=True)
def test_an_answer_to_an_appeal_and_a_sweep_or_a_merge_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground = Ground()
    lena = ground.person("lena", Role.TEAM_LEAD)
    ball = ground.listing("Ball")
    (first,) = report(ground, "rina", ball)
    (second,) = report(ground, "omar", ball)
    report(ground, "kim", ball, ground=NoticeGround.COUNTERFEIT)
    notices.no_action(item=first, reasons="Welded.", actor=ground.mona, at=LATER)
    notices.appeal(item=NoticeItem.objects.get(pk=first.pk), text="No.", at=LATER)
    ground.violation(ball, owed=Owed.CASE)
    unsafe, fake = Case.objects.order_by("pk")
    _held_while(
        monkeypatch,
        notice_cases,
        "open_owed",
        lambda: notices.answer(item=first, right=True, reasons="Yes.", actor=lena, at=LATER),
        lambda: opening.open_owed(at=LATER),
    )
    _held_while(
        monkeypatch,
        notice_cases,
        "leave",
        lambda: notices.no_action(item=second, reasons="Welded.", actor=ground.mona, at=LATER),
        lambda: arranging.merge(case=unsafe, into=fake, actor=lena, reason="One.", at=LATER),
    )
    assert CaseItem.objects.filter(case=fake, settled_at=None).exists()


def _held_while(patch: pytest.MonkeyPatch, module: Any, step: str, holds: Any, acts: Any) -> None:
    """`holds` stops before its step, with what was reported in its hands, until `acts` has had the time to wait for it."""
    there, real = threading.Event(), getattr(module, step)

    def slowly(*given: Any, **named: Any) -> Any:
        there.set()
        threading.Event().wait(0.7)
        return real(*given, **named)

    def when_held() -> None:
        assert there.wait(10)
        acts()

    patch.setattr(module, step, slowly)
    at_once(holds, when_held)
    patch.setattr(module, step, real)
