"""What a sweep has found and what was reported about the same wait in one case, whichever came first."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from enforcement.enums import Origin, Owed, ViolationState
from enforcement.models import Decision, Violation
from governance.audit.models import Entry
from governance.policies.enums import Measure, Severity
from investigations.domain import arranging, cases, claims, notice_cases, notice_intake, notices, opening, resting
from investigations.domain.cases import AnswerMissing, NothingJudged, ReportUnread
from investigations.enums import CaseOrigin, CaseState, NoticeGround, NoticeState, Verdict, WakeOn, WokenBy
from investigations.models import Case, CaseItem, NoticeItem, Snooze
from investigations.queries import lines
from investigations.queries import notices as queries
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.domain.test_notice_cases import decide, report, states
from tests.investigations.domain.test_notice_intake import flagger
from tests.investigations.domain.test_notices import send_all

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def found(ground: Ground, *titles: str, markets: tuple[str, ...] = ("DE",), **more: Any) -> Case:
    """The case of a sweep about listings with these titles."""
    for title in titles:
        ground.violation(ground.listing(title, markets=markets), owed=Owed.CASE, **more)
    opening.open_owed(at=NOON)
    return Case.objects.get()


def listing_of(case: Case, number: int = 0) -> Any:
    return case.items.order_by("pk")[number].listing


# --- a notice about what a sweep has found -----------------------------------------------------------


def test_a_notice_joins_the_case_that_waits_for_what_it_is_about(ground: Ground) -> None:
    case = found(ground, "Ball", "Cube")
    due, before = case.due_at, case.priority
    (item,) = report(ground, "rina", listing_of(case, 1), at=LATER)
    assert Case.objects.get() == case
    assert item.case_item == case.items.order_by("pk")[1]
    assert item.joined_at == LATER
    case.refresh_from_db()
    assert case.due_at == min(due, item.due_at)
    assert case.priority >= before
    assert [reason.text for reason in lines.reasons(case, items=2, repeat=0)][:1] == ["Reported from outside"]
    assert queries.reported(case).notices == 1
    entry = Entry.objects.get(verb="case.reported")
    assert (entry.subject_ref, entry.data["notices"], entry.data["trusted"]) == (str(case), 1, False)
    assert "rina" not in str(entry.data)


def test_a_trusted_flagger_raises_its_priority_and_brings_its_deadline_forward(ground: Ground) -> None:
    case = found(ground, "Ball")
    Case.objects.update(due_at=NOON + timedelta(days=20))
    (item,) = report(ground, "flag", listing_of(case), sender=notice_intake.Sender(flagger=flagger(ground)))
    before, case = case.priority, Case.objects.get()
    assert case.priority > before
    assert case.priority_parts["trusted"] == 1.4
    assert case.due_at == item.due_at
    assert Entry.objects.get(verb="case.reported").data == {
        "notices": 1, "trusted": True, "due_at": item.due_at.isoformat()
    }  # fmt: skip


def test_deciding_tells_whoever_reported_that_listing_and_the_rest_when_it_is_decided(ground: Ground) -> None:
    case = found(ground, "Ball", "Cube")
    (ball,) = report(ground, "rina", listing_of(case), at=LATER)
    (cube,) = report(ground, "omar", listing_of(case, 1), at=LATER)
    claims.claim(case=case, person=ground.mona, at=LATER)
    first, second = case.items.order_by("pk")
    fields: dict[str, Any] = {"measure": None, "actor": ground.mona, "reason": "", "at": LATER}
    cases.decide(
        case=case, verdicts={first.pk: Verdict.FINE}, fine_reason="The magnets are welded.", keep=True, **fields
    )
    assert states(LATER + timedelta(minutes=1)) == [NoticeState.NO_ACTION, NoticeState.RECEIVED]
    assert ball.moves.get(to_state=NoticeState.NO_ACTION).text == "The magnets are welded."
    more = fields | {"measure": "remove", "reason": "Loose.", "at": LATER + timedelta(minutes=2)}
    cases.decide(case=case, verdicts={second.pk: Verdict.VIOLATES}, **more)
    assert states(LATER + timedelta(minutes=4)) == [NoticeState.NO_ACTION, NoticeState.ACTED]
    subjects = send_all(LATER + timedelta(minutes=4))
    assert f"We have acted on your report {cube.notice.reference}" in subjects
    decision = Decision.objects.get()
    assert (decision.origin_kind, decision.origin_ref) == (Origin.CASE, str(case)), "we had found it before"


def test_what_is_fine_needs_words_for_whoever_reported_it(ground: Ground) -> None:
    case = found(ground, "Ball")
    report(ground, "rina", listing_of(case))
    claims.claim(case=case, person=ground.mona, at=LATER)
    with pytest.raises(AnswerMissing):
        decide(case, ground, Verdict.FINE, reason="", fine_reason="", measure=None, at=LATER)


def test_who_judges_sees_a_notice_that_comes_meanwhile_before_they_decide(ground: Ground) -> None:
    case = found(ground, "Ball", "Cube")
    claims.claim(case=case, person=ground.mona, at=NOON)
    (item,) = report(ground, "rina", listing_of(case), at=LATER)
    violates, fine = Verdict.VIOLATES, Verdict.FINE
    with pytest.raises(ReportUnread, match=item.notice.reference):
        decide(case, ground, violates, fine, at=LATER)
    assert not Decision.objects.exists()
    second = case.items.order_by("pk")[1]
    kept = {"measure": None, "actor": ground.mona, "reason": "Fine.", "at": LATER, "keep": True}
    cases.decide(case=case, verdicts={second.pk: fine}, **kept)  # type: ignore[arg-type]
    decide(case, ground, violates, at=LATER, read=[item.pk])
    assert states(LATER + timedelta(minutes=2)) == [NoticeState.ACTED]


def test_what_the_merchant_corrects_still_gets_its_answer_from_a_person(ground: Ground) -> None:
    case = found(ground, "Ball")
    report(ground, "rina", listing_of(case))
    Violation.objects.update(state=ViolationState.CLOSED, closed_at=LATER, closed_because="corrected")
    cases.settle_corrected(at=LATER)
    assert states(LATER) == [NoticeState.RECEIVED]
    new = Case.objects.exclude(state=CaseState.CLOSED).get()
    assert (new.origin, new.cause_key) == (CaseOrigin.NOTICE, "notice:unsafe")
    assert NoticeItem.objects.get().case_item == new.items.get()


@pytest.mark.parametrize(
    ("about", "markets"),
    [(NoticeGround.COUNTERFEIT, ("DE",)), (NoticeGround.OTHER, ("DE",)), (NoticeGround.UNSAFE, ("DE", "NL"))],
)
def test_another_matter_or_a_market_in_which_the_rule_does_not_hold_is_another_case(
    ground: Ground, about: NoticeGround, markets: tuple[str, ...]
) -> None:
    case = found(ground, "Ball", markets=markets)
    (item,) = report(ground, "rina", listing_of(case), ground=about)
    assert Case.objects.count() == 2
    assert item.case_item is not None
    assert item.case_item.case.cause_key == f"notice:{about}"


def test_it_joins_where_a_merge_has_moved_what_waits_and_no_closed_case(ground: Ground) -> None:
    case = found(ground, "Ball")
    listing = listing_of(case)
    ground.violation(ground.listing("Lamp"), ground.another_policy("lamps", family="lighting"), owed=Owed.CASE)
    opening.open_owed(at=NOON)
    other = Case.objects.exclude(pk=case.pk).get()
    arranging.merge(case=case, into=other, actor=ground.mona, reason="One batch.", at=NOON)
    (item,) = report(ground, "rina", listing, at=LATER)
    assert item.case_item is not None
    assert item.case_item.case == other
    CaseItem.objects.filter(case=other).update(settled_at=LATER)
    (second,) = report(ground, "omar", listing, at=LATER)
    assert second.case_item is not None
    assert second.case_item.case not in (case, other)


def test_duplicates_join_the_one_item_also_after_a_split(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    report(ground, "rina", ball, cube)
    case = Case.objects.get()
    last = case.items.order_by("pk").last()
    assert last is not None
    new = arranging.split(case=case, items=[last.pk], actor=ground.mona, reason="Apart.", at=NOON)
    (item,) = report(ground, "omar", cube)
    assert item.case_item == last
    assert last.case_id == case.pk
    assert new.items.get().notice_items.count() == 2


def test_a_case_that_rests_wakes(ground: Ground) -> None:
    case = found(ground, "Ball")
    claims.claim(case=case, person=ground.mona, at=NOON)
    until = NOON + timedelta(days=9)
    resting.snooze(case=case, actor=ground.mona, reason="Asked.", until=until, wake_on=WakeOn.NOTHING, at=NOON)
    report(ground, "rina", listing_of(case), at=LATER)
    snooze = Snooze.objects.get()
    assert (snooze.woken_at, snooze.woken_by) == (LATER, WokenBy.REPORTED)


def test_a_notice_answered_by_itself_leaves_what_the_rule_found_to_be_judged(ground: Ground) -> None:
    case = found(ground, "Ball")
    (item,) = report(ground, "rina", listing_of(case))
    notices.no_action(item=item, reasons="It is welded.", actor=ground.mona, at=LATER)
    case.refresh_from_db()
    assert case.items.filter(settled_at=None).count() == 1
    assert not case.is_reported


# --- a sweep that finds what was reported --------------------------------------------------------------


def test_what_a_sweep_finds_joins_the_case_that_a_notice_opened(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    report(ground, "rina", ball, cube)
    report(ground, "omar", ball)
    case = Case.objects.get()
    Case.objects.update(severity=Severity.MINOR)
    ground.violation(ball, owed=Owed.CASE)
    assert opening.open_owed(at=LATER) == 1
    case.refresh_from_db()
    assert Case.objects.get() == case
    assert (case.policy, case.severity) == (ground.policy, Severity.SERIOUS)
    waiting = case.items.filter(settled_at=None).order_by("pk")
    assert [(item.listing, item.violation is None) for item in waiting] == [(cube, True), (ball, False)]
    assert waiting[1].notice_items.count() == 2
    assert not Violation.objects.exclude(owed=Owed.NOTHING).exists()
    assert opening.open_owed(at=LATER) == 0
    claims.claim(case=case, person=ground.mona, at=LATER)
    decide(case, ground, Verdict.FINE, Verdict.VIOLATES, at=LATER)
    assert states(LATER + timedelta(minutes=2)) == [NoticeState.ACTED, NoticeState.NO_ACTION, NoticeState.ACTED]
    assert Decision.objects.get().origin_kind == Origin.NOTICE, "the notice was first"


def test_who_judges_what_was_reported_looks_at_what_the_rule_has_found_meanwhile(ground: Ground) -> None:
    ball = ground.listing("Ball")
    report(ground, "rina", ball)
    case = Case.objects.get()
    claims.claim(case=case, person=ground.mona, at=NOON)
    seen = case.items.get()
    ground.violation(ball, owed=Owed.CASE)
    opening.open_owed(at=LATER)
    fields: dict[str, Any] = {
        "measure": None,
        "actor": ground.mona,
        "reason": "",
        "fine_reason": "Welded.",
        "at": LATER,
    }
    with pytest.raises(NothingJudged, match="since you took the case"):
        cases.decide(case=case, verdicts={seen.pk: Verdict.FINE}, **fields)
    new = case.items.get(settled_at=None)
    cases.decide(case=case, verdicts={new.pk: Verdict.FINE}, **fields)
    assert states(LATER + timedelta(minutes=2)) == [NoticeState.NO_ACTION]


def test_a_finding_of_another_matter_opens_its_own_case(ground: Ground) -> None:
    ball = ground.listing("Ball")
    report(ground, "rina", ball, ground=NoticeGround.COUNTERFEIT)
    ground.violation(ball, owed=Owed.CASE)
    opening.open_owed(at=LATER)
    assert Case.objects.count() == 2


# --- at once -------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> None:
    """Each on a connection of its own, begun together."""
    start, faults = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            act()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults


@pytest.mark.django_db(transaction=True)
def test_two_notices_and_a_sweep_at_once_make_one_case_each_time() -> None:
    ground = Ground()
    for number in range(6):
        ball = ground.listing(f"Ball {number}", of=ground.another_merchant(f"Merchant {number}"))
        ground.violation(ball, owed=Owed.CASE)
        at_once(
            lambda ball=ball: report(ground, "rina", ball),  # type: ignore[misc]
            lambda ball=ball: report(ground, "omar", ball),  # type: ignore[misc]
            lambda: opening.open_owed(at=NOON),
        )
        opening.open_owed(at=NOON)
        assert Case.objects.filter(merchant=ball.merchant).count() == 1
        item = CaseItem.objects.get(listing=ball, settled_at=None)
        assert item.violation is not None
        assert item.notice_items.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_notice_and_a_decision_at_once_leave_nobody_unread_and_nobody_unanswered() -> None:
    ground = Ground()
    for number in range(6):
        ball = ground.listing(f"Ball {number}", of=ground.another_merchant(f"Merchant {number}"))
        ground.violation(ball, owed=Owed.CASE)
        opening.open_owed(at=NOON)
        case = Case.objects.get(merchant=ball.merchant)
        claims.claim(case=case, person=ground.mona, at=NOON)
        refused: list[ReportUnread] = []

        def judge(case: Case = case, refused: list[ReportUnread] = refused) -> None:
            try:
                decide(case, ground, Verdict.VIOLATES, at=LATER)
            except ReportUnread as refusal:
                refused.append(refusal)
                claims.release(case=case, actor=ground.mona, at=LATER)

        at_once(judge, lambda ball=ball: report(ground, "rina", ball, at=LATER))  # type: ignore[misc]
        notice_cases.open_owed(at=LATER)
        item = NoticeItem.objects.get(listing=ball)
        assert item.case_item is not None
        assert item.case_item.settled_at is None, "it waits: in the case that was not decided, or in a new one"
        assert (item.case_item.case == case) == bool(refused)


# --- the same matter, elsewhere -------------------------------------------------------------------------


def test_what_is_fine_here_and_hidden_by_another_case_of_the_matter_was_acted_upon(ground: Ground) -> None:
    ball, other = ground.listing("Ball"), ground.another_policy("loose-magnets")
    for policy in (ground.policy, other):
        ground.violation(ball, policy, owed=Owed.CASE)
    opening.open_owed(at=NOON)
    (item,) = report(ground, "rina", ball, at=LATER)
    assert item.case_item is not None
    mine, sibling = item.case_item.case, Case.objects.exclude(pk=item.case_item.case_id).get()
    claims.claim(case=mine, person=ground.mona, at=LATER)
    decide(mine, ground, Verdict.FINE, measure=None, at=LATER)
    last = LATER + timedelta(seconds=11)
    claims.claim(case=sibling, person=ground.mona, at=last)
    decide(sibling, ground, Verdict.VIOLATES, at=last)
    assert states(last + timedelta(seconds=2)) == [NoticeState.RECEIVED], "that can still be undone"
    assert states(last + timedelta(minutes=1)) == [NoticeState.ACTED]
    assert NoticeItem.objects.get().decision == Decision.objects.get()


def test_a_decision_of_another_matter_does_not_answer_it(ground: Ground) -> None:
    case = found(ground, "Ball")
    ball = listing_of(case)
    fake = ground.another_policy("counterfeit-wording")
    ground.issue([ground.violation(ball, fake)], Measure.REMOVE, version=fake.live)
    report(ground, "rina", ball, at=LATER)
    claims.claim(case=case, person=ground.mona, at=LATER)
    decide(case, ground, Verdict.FINE, measure=None, at=LATER)
    assert states(LATER + timedelta(minutes=1)) == [NoticeState.NO_ACTION]


# --- how much it asks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("things", [1, 3])
def test_what_joins_and_what_is_taken_in_ask_a_fixed_number_of_queries(
    ground: Ground, things: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    balls = [ground.listing(f"Ball {number}") for number in range(things)]
    report(ground, "rina", *balls)
    for ball in balls:
        ground.violation(ball, owed=Owed.CASE)
    with django_assert_num_queries(33):
        opening.open_owed(at=LATER)
    items = report(ground, "omar", *balls, at=LATER)
    NoticeItem.objects.filter(notice=items[0].notice).update(case_item=None)
    with django_assert_num_queries(25):
        notice_cases.open_owed(at=LATER, items=[item.pk for item in items])
