"""Milestones: noticed once, carried out by automation or a person, void and taken back when the points go."""

from datetime import timedelta

import pytest

from enforcement.domain import appeals, decisions, ladder_steps
from enforcement.domain.ladder_steps import ReasonMissing
from enforcement.enums import AppealChannel, Automation, DecisionState, ItemOutcome, Origin, StepBecause, StepState
from enforcement.models import Decision, LadderStep, Message
from enforcement.queries import points as ledger
from governance.policies.enums import Measure, Severity
from governance.web.refusals import MoveRefused
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_two_decisions_of_one_event_reach_a_milestone_once(ground: Ground) -> None:
    rungs.in_force(ground)
    against = rungs.policy(ground)
    first = rungs.offend(ground, against, cause="a")
    rungs.offend(ground, against, cause="a")
    step = LadderStep.objects.get()
    assert (step.reached_by, step.milestone, step.points, step.state) == (first, 5, 6, StepState.OWED)


def test_below_a_milestone_nothing_is_due(ground: Ground) -> None:
    rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground, severity=Severity.MODERATE), cause="a")
    assert not LadderStep.objects.exists()


def test_passing_several_milestones_at_once_is_one_step_the_highest(ground: Ground) -> None:
    rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground, severity=Severity.CRITICAL), cause="a")
    assert LadderStep.objects.get().milestone == 24


def test_automation_carries_a_warning_out_once_with_a_statement(ground: Ground) -> None:
    rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground), cause="a")
    assert [ladder_steps.take_owed(at=NOON + DAY) for _again in range(2)] == [1, 0]
    step = LadderStep.objects.get()
    warning = step.decision
    assert step.state == StepState.TAKEN
    assert warning is not None
    assert (warning.measure, warning.origin_kind, warning.automation) == (Measure.WARN, Origin.LADDER, Automation.FULL)
    assert warning.points == 0
    assert ledger.balance(ground.merchant.pk, NOON + DAY) == 6
    text = warning.statement.text
    assert "Points on your account: 6. From 5 points on, our terms provide for this measure." in text
    assert "The ladder of points in our terms, version 1, from 5 points on" in text
    assert Message.objects.filter(decision=warning).count() == 1


def test_a_measure_on_listings_acts_on_the_offence_that_reached_it(ground: Ground) -> None:
    rungs.in_force(ground)
    against = rungs.policy(ground)
    rungs.offend(ground, against, cause="a")
    second = rungs.offend(ground, against, cause="b", measure=Measure.WARN, listings=2)
    ladder_steps.take_owed(at=NOON + DAY)
    removal = Decision.objects.get(origin_kind=Origin.LADDER, measure=Measure.REMOVE)
    assert set(removal.items.values_list("listing", flat=True)) == set(second.items.values_list("listing", flat=True))
    assert removal.ends_at == NOON + 31 * DAY


def proposed(ground: Ground) -> LadderStep:
    rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground, severity=Severity.CRITICAL), cause="a")
    return LadderStep.objects.get()


def test_what_binds_the_account_waits_for_a_person(ground: Ground) -> None:
    step = proposed(ground)
    assert step.state == StepState.PROPOSED
    assert step.because == StepBecause.ACCOUNT
    assert ladder_steps.take_owed(at=NOON + DAY) == 0
    ground.merchant.refresh_from_db()
    assert ground.merchant.listing_rights_suspended_at is None


def test_a_person_carries_it_out_for_its_days(ground: Ground) -> None:
    step = proposed(ground)
    decision = ladder_steps.take(step=step, actor=ground.sela, reason="The third time.", at=NOON + DAY)
    ground.merchant.refresh_from_db()
    assert ground.merchant.listing_rights_suspended_at == NOON + DAY
    assert (decision.ends_at, decision.decided_by, decision.automation) == (
        NOON + 8 * DAY, ground.sela, Automation.NONE,
    )  # fmt: skip
    step.refresh_from_db()
    assert (step.state, step.decision) == (StepState.TAKEN, decision)
    with pytest.raises(MoveRefused):
        ladder_steps.decline(step=step, actor=ground.tilda, reason="No.", at=NOON + DAY)


def test_a_person_says_not_now_and_why(ground: Ground) -> None:
    step = proposed(ground)
    with pytest.raises(ReasonMissing):
        ladder_steps.decline(step=step, actor=ground.sela, reason=" ", at=NOON)
    with pytest.raises(ReasonMissing):
        ladder_steps.take(step=step, actor=ground.sela, reason="", at=NOON)
    ladder_steps.decline(step=step, actor=ground.sela, reason="They are closing down.", at=NOON)
    assert step.moves.get().reason == "They are closing down."
    with pytest.raises(MoveRefused):
        ladder_steps.take(step=step, actor=ground.sela, reason="Yes.", at=NOON)


def win_an_appeal(ground: Ground, decision: Decision) -> None:
    items = list(decision.items.all())
    appeal = appeals.file(
        decision=decision, items=items, text="It is a lamp.", language="en", sent=[], channel=AppealChannel.PAGE,
        actor=None, at=NOON,
    )  # fmt: skip
    appeal = appeals.take(appeal=appeal, actor=ground.sela, at=NOON)
    outcomes = {row.item_id: ItemOutcome.OVERTURNED for row in appeal.items.all()}
    appeals.decide(appeal=appeal, outcomes=outcomes, answer="You are right.", actor=ground.sela, at=NOON)


@pytest.mark.parametrize(
    ("after", "state"), [(90 * DAY - timedelta(seconds=1), StepState.PROPOSED), (90 * DAY, StepState.OWED)]
)
def test_after_a_won_appeal_nothing_harsh_is_automatic(ground: Ground, after: timedelta, state: StepState) -> None:
    rungs.in_force(ground, protection_days=90)
    against = rungs.policy(ground)
    win_an_appeal(ground, rungs.offend(ground, against, cause="a"))
    rungs.offend(ground, against, cause="b", after=after)
    rungs.offend(ground, against, cause="c", after=after)
    warning, removal = LadderStep.objects.order_by("pk").exclude(state=StepState.VOID)
    assert (warning.measure, warning.state) == (Measure.WARN, StepState.OWED)
    assert (removal.measure, removal.state) == (Measure.REMOVE, state)


def test_a_step_that_waits_is_void_when_its_points_are_returned(ground: Ground) -> None:
    step = proposed(ground)
    rungs.reversed_whole(ground, step.reached_by, DAY)
    step.refresh_from_db()
    assert step.state == StepState.VOID


def test_a_step_in_force_is_taken_back_when_its_points_are_returned(ground: Ground) -> None:
    step = proposed(ground)
    decision = ladder_steps.take(step=step, actor=ground.sela, reason="Yes.", at=NOON + DAY)
    rungs.reversed_whole(ground, step.reached_by, 2 * DAY)
    assert [ladder_steps.take_owed(at=NOON + 3 * DAY) for _again in range(2)] == [1, 0]
    decision.refresh_from_db()
    step.refresh_from_db()
    ground.merchant.refresh_from_db()
    assert (decision.state, step.state) == (DecisionState.REVERSED, StepState.REVOKED)
    assert ground.merchant.listing_rights_suspended_at is None


def test_points_that_lapsed_before_automation_came_leave_nothing_to_do(ground: Ground) -> None:
    rungs.in_force(ground, expiry_days=2)
    rungs.offend(ground, rungs.policy(ground), cause="a")
    assert ladder_steps.take_owed(at=NOON + 2 * DAY) == 0
    assert LadderStep.objects.get().state == StepState.VOID


def test_what_automation_cannot_do_becomes_a_person_s(ground: Ground) -> None:
    """The listings of the offence are reversed one by one meanwhile, so there is nothing left to remove."""
    rungs.in_force(ground)
    against = rungs.policy(ground)
    rungs.offend(ground, against, cause="a")
    about = ground.another_policy("identity", about_merchants=True, points=9)
    violation = ground.merchant_violation(about)
    version = type(violation.version).objects.select_related("policy").get(pk=violation.version_id)
    ground.issue([violation], Measure.WARN, version=version, origin_ref="b")
    ladder_steps.take_owed(at=NOON + DAY)
    step = LadderStep.objects.get(measure=Measure.REMOVE)
    assert step.state == StepState.PROPOSED
    assert step.because == StepBecause.REFUSED
    assert step.moves.get().reason.startswith("The offence that reached this step was about no listing")


def test_undoing_the_decision_undoes_its_step(ground: Ground) -> None:
    rungs.in_force(ground)
    decision = rungs.offend(ground, rungs.policy(ground), cause="a")
    decisions.undo(decision=decision, actor=ground.mona, at=NOON + timedelta(seconds=3))
    assert LadderStep.objects.get().state == StepState.VOID
