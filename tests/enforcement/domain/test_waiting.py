"""Decisions that wait: for the merchant to correct, for a second person, for their day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from enforcement.domain import appeals, decisions, taking_effect, timing
from enforcement.domain.decision_states import ReasonMissing
from enforcement.domain.taking_effect import SamePerson, TooEarly
from enforcement.domain.timing import AT_ONCE, Timing
from enforcement.enums import (
    AppealChannel,
    ClosedBecause,
    DeadlineBecause,
    DecisionState,
    HeldFor,
    ItemOutcome,
    MessageKind,
    MessageState,
    Origin,
    Owed,
    WithoutNotice,
)
from enforcement.models import Deadline, Decision, Message, Restriction, Violation
from enforcement.queries import points as ledger
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure, Severity
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from listings.enums import Exposure
from listings.models import Listing, Merchant, MerchantWindow
from tests.enforcement.ground import Ground
from tests.factories import cases
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 12, 1, tzinfo=UTC)
"""When the fifth working day after Monday noon is over."""
AFTER = DUE + timedelta(minutes=1)
TOLD = NOON + timedelta(minutes=1)
ON_SALE, GONE = {"DE": Exposure.SHOWN}, {"DE": Exposure.HIDDEN}


@pytest.fixture
def lenient(ground: Ground) -> Policy:
    """Five working days to correct, under a policy whose matter is serious but not critical."""
    return ground.another_policy("labels-of-toys", cure_days=5)


@pytest.fixture
def second(ground: Ground) -> User:
    return ground.person("sena", Role.SENIOR_REVIEWER)


def pending(
    ground: Ground, policy: Policy, *titles: str, measure: Measure = Measure.REMOVE, **more: object
) -> Decision:
    found = [ground.violation(ground.listing(title), policy) for title in titles or ("Ball",)]
    return ground.issue(found, measure, version=policy.live, **more)  # type: ignore[arg-type]


def held(ground: Ground, measure: Measure = Measure.SUSPEND, **more: object) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball"))], measure, **more)  # type: ignore[arg-type]


def sent(decision: Decision) -> Decision:
    Message.objects.filter(decision=decision, state=MessageState.OWED).update(
        state=MessageState.SENT, sent_at=TOLD, attempts=1
    )
    return decision


def kinds(decision: Decision) -> list[str]:
    return list(Message.objects.filter(decision=decision).order_by("pk").values_list("kind", flat=True))


def state(decision: Decision) -> DecisionState:
    return DecisionState(Decision.objects.get(pk=decision.pk).state)


def listing_of(decision: Decision, number: int = 0) -> Listing:
    listing = decision.items.order_by("pk")[number].listing
    assert listing is not None
    return listing


def violation_of(decision: Decision, number: int = 0) -> Violation:
    found = decision.items.order_by("pk")[number].violation
    assert found is not None
    return found


# --- time to correct -----------------------------------------------------------------------------


def test_pending_takes_nothing_and_says_until_when(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient)
    assert (decision.state, decision.starts_at, decision.cure_days) == (DecisionState.PENDING, DUE, 5)
    assert ground.seen(listing_of(decision)) == ON_SALE
    assert ledger.balance(ground.merchant.pk, NOON) == 0
    assert not Restriction.objects.exists()
    content = decision.statement.content
    assert "30 November" in content["title"]
    assert content["intro"][0].startswith("Nothing has changed yet.")
    assert "30 November" in content["correction"]["by"]
    assert violation_of(decision).owed == Owed.NOTHING


def test_what_is_not_corrected_takes_effect_once(ground: Ground, lenient: Policy) -> None:
    decision = sent(pending(ground, lenient))
    assert taking_effect.start_due(DUE - timedelta(seconds=1)) == 0
    assert taking_effect.start_due(AFTER) == 1
    assert taking_effect.start_due(AFTER) == 0
    assert state(decision) == DecisionState.IN_FORCE
    assert ground.seen(listing_of(decision)) == GONE
    assert ledger.balance(ground.merchant.pk, AFTER) == 4
    assert Restriction.objects.get().starts_at == AFTER
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.IN_EFFECT]


def test_corrected_in_time_it_ends_without_points(ground: Ground, lenient: Policy) -> None:
    decision = sent(pending(ground, lenient))
    ground.close(violation_of(decision), ClosedBecause.CORRECTED, at=TOLD)
    assert decisions.settle_corrected(at=TOLD) == 1
    assert decisions.settle_corrected(at=TOLD) == 0
    assert taking_effect.start_due(AFTER) == 0
    assert state(decision) == DecisionState.SETTLED
    assert ledger.balance(ground.merchant.pk, AFTER) == 0
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.RESTORED]


def test_only_what_was_not_corrected_is_taken(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient, "Ball", "Cube")
    ground.close(violation_of(decision), ClosedBecause.CORRECTED, at=TOLD)
    assert decisions.settle_corrected(at=TOLD) == 0
    taking_effect.start_due(AFTER)
    assert ground.seen(listing_of(decision, 0)) == ON_SALE
    assert ground.seen(listing_of(decision, 1)) == GONE
    assert "Cube" in Message.objects.get(kind=MessageKind.IN_EFFECT).text
    assert "Ball" not in Message.objects.get(kind=MessageKind.IN_EFFECT).text


def test_a_listing_named_by_hand_and_changed_since_counts_as_corrected(ground: Ground, lenient: Policy) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    decision = ground.issue([], Measure.REMOVE, version=lenient.live, listings=[ball, cube])
    Listing.objects.filter(pk=ball.pk).update(version=2)
    taking_effect.start_due(AFTER)
    assert (ground.seen(ball), ground.seen(cube)) == (ON_SALE, GONE)
    assert state(decision) == DecisionState.IN_FORCE


def test_who_decides_may_give_other_days_than_the_policy(ground: Ground) -> None:
    assert pending(ground, ground.another_policy("blades", cure_days=5), asked=AT_ONCE).state == DecisionState.IN_FORCE
    asked = pending(ground, ground.another_policy("strict"), "Cube", asked=Timing(cure_days=2))
    assert (asked.state, Deadline.objects.get(decision=asked).correct_by) == (DecisionState.PENDING, date(2026, 11, 25))


def test_who_asks_to_correct_or_warns_has_nothing_to_wait_for(ground: Ground, lenient: Policy) -> None:
    assert pending(ground, lenient, measure=Measure.WARN).state == DecisionState.IN_FORCE
    with pytest.raises(Refusal, match="no time to correct"):
        pending(ground, lenient, "Cube", measure=Measure.WARN, asked=Timing(cure_days=3))


def test_nobody_is_decided_about_twice_while_it_waits(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient)
    with pytest.raises(Refusal, match=decision.reference):
        ground.issue([violation_of(decision)], Measure.RESTRICT_MARKETS, version=lenient.live, markets=["DE"])


def test_two_pending_decisions_of_one_cause_give_its_points_once(ground: Ground, lenient: Policy) -> None:
    for title in ("Ball", "Cube"):
        pending(ground, lenient, title, origin_ref="C-1")
    assert taking_effect.start_due(AFTER) == 2
    assert ledger.balance(ground.merchant.pk, AFTER) == 4


def test_undone_in_the_first_seconds_nothing_remains(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient)
    decisions.undo(decision=decision, actor=ground.mona, at=NOON + timedelta(seconds=5))
    assert taking_effect.start_due(AFTER) == 0
    assert ground.seen(listing_of(decision)) == ON_SALE
    assert Message.objects.get().state == MessageState.WITHDRAWN


def test_a_reminder_goes_out_once_for_each_deadline(ground: Ground, lenient: Policy) -> None:
    decision = sent(pending(ground, lenient))
    assert taking_effect.remind_due(DUE - timedelta(days=4)) == 0
    assert taking_effect.remind_due(DUE - timedelta(days=2)) == 1
    assert taking_effect.remind_due(DUE - timedelta(days=1)) == 0
    extended = taking_effect.extend(
        decision=decision,
        correct_by=date(2026, 12, 10),
        actor=ground.mona,
        reason="Ill",
        at=DUE - timedelta(hours=20),
    )
    assert taking_effect.remind_due(extended.takes_effect_at - timedelta(days=1)) == 1
    assert kinds(decision).count(MessageKind.REMINDER) == 2


def test_extended_it_takes_effect_later_and_ends_later(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient, ends_at=DUE + timedelta(days=10))
    taking_effect.extend(decision=decision, correct_by=date(2026, 12, 4), actor=ground.mona, reason="Ill", at=TOLD)
    assert taking_effect.start_due(AFTER) == 0
    later = datetime(2026, 12, 5, tzinfo=UTC)
    assert taking_effect.start_due(later) == 1
    assert Restriction.objects.get().ends_at == DUE + timedelta(days=14)
    assert "4 December 2026" in Message.objects.get(kind=MessageKind.DEADLINE).subject


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 11, 1)])
def test_a_deadline_only_moves_later(ground: Ground, lenient: Policy, day: date) -> None:
    decision = pending(ground, lenient)
    with pytest.raises(TooEarly):
        taking_effect.extend(decision=decision, correct_by=day, actor=ground.mona, reason="x", at=TOLD)
    with pytest.raises(ReasonMissing):
        taking_effect.extend(decision=decision, correct_by=date(2027, 1, 5), actor=ground.mona, reason=" ", at=TOLD)
    assert Deadline.objects.count() == 1


def test_withdrawn_nothing_happens_and_a_case_is_owed(ground: Ground, lenient: Policy) -> None:
    decision = sent(pending(ground, lenient))
    taking_effect.withdraw(decision=decision, actor=ground.mona, reason="We were wrong.", at=TOLD)
    assert state(decision) == DecisionState.WITHDRAWN
    assert taking_effect.start_due(AFTER) == 0
    assert violation_of(decision).owed == Owed.CASE
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.RESTORED]
    with pytest.raises(MoveRefused):
        taking_effect.withdraw(decision=decision, actor=ground.mona, reason="Again", at=TOLD)


def test_withdrawn_before_the_mail_left_nobody_is_told(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient)
    taking_effect.withdraw(decision=decision, actor=ground.mona, reason="We were wrong.", at=TOLD)
    assert [each.state for each in Message.objects.all()] == [MessageState.WITHDRAWN]


def test_the_clock_stands_while_an_appeal_is_heard(ground: Ground, lenient: Policy, second: User) -> None:
    decision = sent(pending(ground, lenient))
    appeal = appeals.file(decision=decision, text="It is no toy.", channel=AppealChannel.PAGE, actor=None, at=TOLD)
    assert taking_effect.start_due(AFTER) == 0
    answered = DUE + timedelta(days=3)
    appeals.take(appeal=appeal, actor=second, at=answered)
    outcomes = {row.item_id: ItemOutcome.UPHELD for row in appeal.items.all()}
    appeals.decide(appeal=appeal, outcomes=outcomes, actor=second, answer="It is one.", at=answered)
    assert taking_effect.start_due(answered) == 0
    shifted = Deadline.objects.order_by("-pk")[0]
    assert shifted.because == DeadlineBecause.OUR_DELAY
    assert taking_effect.start_due(shifted.takes_effect_at + timedelta(seconds=1)) == 1


def test_overturned_in_part_the_rest_still_takes_effect(ground: Ground, lenient: Policy, second: User) -> None:
    decision = sent(pending(ground, lenient, "Ball", "Cube"))
    first = decision.items.order_by("pk")[0]
    decisions.reverse(decision=decision, items=[first], actor=second, reason="It is no toy.", at=TOLD)
    assert state(decision) == DecisionState.PENDING
    taking_effect.start_due(AFTER)
    assert ground.seen(listing_of(decision, 0)) == ON_SALE
    assert ground.seen(listing_of(decision, 1)) == GONE


# --- a second person -----------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [Measure.SUSPEND, Measure.TERMINATE, Measure.WITHHOLD_PAYOUT])
def test_harsh_measures_wait_for_a_second_person(ground: Ground, measure: Measure) -> None:
    decision = held(ground, measure)
    assert (decision.state, decision.held_for) == (DecisionState.HELD, [HeldFor.MEASURE])
    assert not Message.objects.exists()
    assert not Restriction.objects.exists()
    assert ledger.balance(ground.merchant.pk, NOON) == 0


def test_approved_it_acts_and_the_merchant_is_told(ground: Ground, second: User) -> None:
    decision = held(ground)
    taking_effect.approve(decision=decision, actor=second, at=TOLD)
    assert state(decision) == DecisionState.IN_FORCE
    merchant = Merchant.objects.get(pk=ground.merchant.pk)
    assert (merchant.suspended_at, merchant.listing_rights_suspended_at) == (TOLD, TOLD)
    assert ground.seen(listing_of(decision)) == GONE
    assert kinds(decision) == [MessageKind.STATEMENT]
    with pytest.raises(MoveRefused):
        taking_effect.approve(decision=decision, actor=second, at=TOLD)


def test_who_decided_does_not_approve(ground: Ground) -> None:
    decision = held(ground)
    with pytest.raises(SamePerson):
        taking_effect.approve(decision=decision, actor=ground.mona, at=TOLD)
    with pytest.raises(SamePerson):
        taking_effect.refuse(decision=decision, actor=ground.mona, reason="No", at=TOLD)


def test_refused_nothing_happens_and_a_case_is_owed(ground: Ground, second: User) -> None:
    decision = held(ground)
    with pytest.raises(ReasonMissing):
        taking_effect.refuse(decision=decision, actor=second, reason="", at=TOLD)
    taking_effect.refuse(decision=decision, actor=second, reason="Out of proportion.", at=TOLD)
    assert state(decision) == DecisionState.WITHDRAWN
    assert violation_of(decision).owed == Owed.CASE
    assert not Message.objects.exists()


def test_what_is_corrected_meanwhile_is_not_acted_upon(ground: Ground, second: User) -> None:
    decision = held(ground)
    ground.close(violation_of(decision), ClosedBecause.CORRECTED, at=TOLD)
    taking_effect.approve(decision=decision, actor=second, at=TOLD)
    assert state(decision) == DecisionState.WITHDRAWN
    assert not Message.objects.exists()


def test_many_listings_and_large_merchants_are_for_two_people(ground: Ground, settings: Any) -> None:
    settings.SECOND_PERSON_LISTINGS = 2
    many = ground.issue([ground.violation(ground.listing(name)) for name in ("A", "B")], Measure.REMOVE)
    assert many.held_for == [HeldFor.MASS]
    warned = ground.issue([ground.violation(ground.listing(name)) for name in ("C", "D")], Measure.WARN)
    assert warned.state == DecisionState.IN_FORCE
    MerchantWindow.objects.create(
        merchant=ground.merchant, days=30, as_of=NOON.date(), revenue_eur=settings.SECOND_PERSON_REVENUE_EUR
    )
    assert held(ground, Measure.REMOVE).held_for == [HeldFor.SIZE]


def test_automation_s_large_decisions_wait_too(ground: Ground, settings: Any, second: User) -> None:
    settings.SECOND_PERSON_LISTINGS = 2
    found = [ground.violation(ground.listing(name)) for name in ("A", "B")]
    decision = ground.issue(found, Measure.REMOVE, actor=None, origin_kind=Origin.SWEEP)
    assert decision.state == DecisionState.HELD
    taking_effect.approve(decision=decision, actor=second, at=TOLD)
    assert ground.seen(found[0].listing) == GONE  # type: ignore[arg-type]


def test_undo_of_what_is_held_is_a_withdrawal(ground: Ground) -> None:
    decision = held(ground)
    decisions.undo(decision=decision, actor=ground.mona, at=NOON + timedelta(seconds=5))
    assert state(decision) == DecisionState.WITHDRAWN


# --- schedules and notice ------------------------------------------------------------------------


def test_scheduled_nobody_is_told_before_its_day(ground: Ground) -> None:
    day = NOON + timedelta(days=2)
    decision = held(ground, Measure.REMOVE, asked=Timing(starts_at=day))
    assert (decision.state, decision.held_for) == (DecisionState.HELD, [HeldFor.SCHEDULE])
    assert taking_effect.start_due(day - timedelta(seconds=1)) == 0
    assert not Message.objects.exists()
    assert taking_effect.start_due(day) == 1
    assert state(decision) == DecisionState.IN_FORCE
    assert kinds(decision) == [MessageKind.STATEMENT]


def test_a_schedule_and_a_second_person_are_both_waited_for(ground: Ground, second: User) -> None:
    day = NOON + timedelta(days=2)
    decision = held(ground, asked=Timing(starts_at=day))
    assert taking_effect.start_due(day) == 0
    taking_effect.approve(decision=decision, actor=second, at=NOON + timedelta(days=1))
    assert state(decision) == DecisionState.HELD
    assert taking_effect.start_due(day) == 1


def test_a_start_in_the_past_is_refused(ground: Ground) -> None:
    with pytest.raises(Refusal, match="future"):
        held(ground, Measure.REMOVE, asked=Timing(starts_at=NOON - timedelta(seconds=1)))


def test_automation_begins_at_a_random_moment(ground: Ground, settings: Any) -> None:
    settings.AUTOMATION_SPREAD_MINUTES = 60
    starts = set()
    for number in range(8):
        found = ground.violation(ground.listing(f"Ball {number}"))
        decision = ground.issue([found], Measure.REMOVE, actor=None, origin_kind=Origin.SWEEP)
        assert NOON <= decision.starts_at < NOON + timedelta(hours=1)
        starts.add(decision.starts_at)
    assert len(starts) > 1
    by_person = ground.issue([ground.violation(ground.listing("Cube"))], Measure.REMOVE)
    assert by_person.starts_at == NOON


def test_an_account_is_closed_after_thirty_days(ground: Ground, second: User) -> None:
    decision = held(ground, Measure.TERMINATE)
    taking_effect.approve(decision=decision, actor=second, at=TOLD)
    assert state(decision) == DecisionState.PENDING
    assert Merchant.objects.get(pk=ground.merchant.pk).terminated_at is None
    closes = TOLD + timing.NOTICE
    assert "23 December" in Decision.objects.get(pk=decision.pk).statement.content["title"]
    assert taking_effect.start_due(closes - timedelta(seconds=1)) == 0
    assert taking_effect.start_due(closes) == 1
    assert Merchant.objects.get(pk=ground.merchant.pk).terminated_at == closes


@pytest.mark.parametrize("why", WithoutNotice)
def test_without_notice_the_reason_is_recorded_and_told(ground: Ground, second: User, why: WithoutNotice) -> None:
    decision = held(ground, Measure.TERMINATE, asked=Timing(without_notice=why))
    taking_effect.approve(decision=decision, actor=second, at=TOLD)
    assert Merchant.objects.get(pk=ground.merchant.pk).terminated_at == TOLD
    assert "Article 4(4)" in Decision.objects.get(pk=decision.pk).statement.text
    with pytest.raises(Refusal, match="notice"):
        ground.issue([ground.violation(ground.listing("Cube"))], Measure.REMOVE, asked=Timing(without_notice=why))


def test_severity_decides_whether_the_policy_s_days_are_given(ground: Ground) -> None:
    made = {severity: cases.policy(f"of-{severity.value}", severity=severity, cure_days=3) for severity in Severity}
    states = {severity: pending(ground, policy, f"Toy {severity}").state for severity, policy in made.items()}
    assert states.pop(Severity.CRITICAL) == DecisionState.IN_FORCE
    assert set(states.values()) == {DecisionState.PENDING}
