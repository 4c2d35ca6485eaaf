"""How decisions end: undone, reversed, settled, run out; and what automation decides, once."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.domain import decision_states, decisions, messages, restrictions, violations
from enforcement.enums import (
    DECISION_MOVES,
    ClosedBecause,
    DecisionState,
    LiftedBecause,
    MessageKind,
    MessageState,
    Owed,
    SweepState,
    ViolationState,
)
from enforcement.measures import exposure
from enforcement.models import Decision, DecisionItem, ItemReversal, Message, Restriction, Sweep, Violation
from enforcement.queries import points as ledger
from enforcement.queries import restrictions as in_force
from governance.audit.models import Entry
from governance.policies.enums import Measure, Mode
from governance.web.refusals import MoveRefused, Refusal
from listings.domain.visibility import Desired
from listings.enums import Exposure
from listings.models import Listing, ListingVisibility
from listings.queries.visibility import Met
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=5)
LATER = NOON + timedelta(days=1)
ON_SALE, GONE = {"DE": Exposure.SHOWN}, {"DE": Exposure.HIDDEN}


def removed(ground: Ground, *titles: str) -> Decision:
    return ground.issue([ground.violation(ground.listing(title)) for title in titles or ("Ball",)], Measure.REMOVE)


def item(decision: Decision, number: int = 0) -> DecisionItem:
    return decision.items.select_related("listing", "violation").order_by("pk")[number]


# --- undo ----------------------------------------------------------------------------------------


def test_undone_in_time_nothing_was_ever_sent(ground: Ground) -> None:
    decision = removed(ground)
    decision = decisions.undo(decision=decision, actor=ground.mona, at=SOON)
    assert decision.state == DecisionState.REVERSED
    assert ground.seen(item(decision).listing) == ON_SALE  # type: ignore[arg-type]
    assert ledger.balance(ground.merchant.pk, SOON) == 0
    assert Message.objects.get().state == MessageState.WITHDRAWN
    assert messages.deliver(message_id=Message.objects.get().pk, at=LATER) is False
    assert item(decision).violation.state == ViolationState.OPEN  # type: ignore[union-attr]


def test_once_the_mail_is_out_it_is_too_late_to_undo(ground: Ground) -> None:
    decision = removed(ground)
    assert messages.deliver(message_id=Message.objects.get().pk, at=LATER) is True
    with pytest.raises(decisions.TooLateToUndo):
        decisions.undo(decision=decision, actor=ground.mona, at=LATER)
    assert ground.seen(item(decision).listing) == GONE  # type: ignore[arg-type]


def test_only_the_decider_undoes(ground: Ground) -> None:
    with pytest.raises(decisions.TooLateToUndo):
        decisions.undo(decision=removed(ground), actor=ground.sela, at=SOON)


def test_a_replacement_is_not_undone(ground: Ground) -> None:
    old = removed(ground)
    new = ground.issue([item(old).violation], Measure.WARN, supersedes=old)  # type: ignore[list-item]
    with pytest.raises(decisions.TooLateToUndo, match="replaced"):
        decisions.undo(decision=new, actor=ground.mona, at=SOON)


# --- reverse -------------------------------------------------------------------------------------


def test_reversed_gives_everything_back_and_no_sweep_opens_it_again(ground: Ground) -> None:
    decision = decisions.reverse(decision=removed(ground), actor=ground.sela, reason="A mistake of ours.", at=LATER)
    assert decision.state == DecisionState.REVERSED
    assert ground.seen(item(decision).listing) == ON_SALE  # type: ignore[arg-type]
    assert ledger.balance(ground.merchant.pk, LATER) == 0
    closed = item(decision).violation
    assert closed is not None
    assert (closed.state, closed.closed_because) == (ViolationState.CLOSED, ClosedBecause.OVERTURNED)
    told = Message.objects.get(kind=MessageKind.RESTORED)
    assert "A mistake of ours." in told.text
    assert Entry.objects.filter(verb="decision.reversed").count() == 1


def test_reversed_in_part_the_points_stay_until_the_last_item(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    decisions.reverse(decision=decision, items=[item(decision)], actor=ground.sela, reason="Wood.", at=LATER)
    assert [ground.seen(item(decision, n).listing) for n in (0, 1)] == [ON_SALE, GONE]  # type: ignore[arg-type]
    assert ledger.balance(ground.merchant.pk, LATER) == 4
    decision = decisions.reverse(decision=decision, actor=ground.sela, reason="Both.", at=LATER)
    assert decision.state == DecisionState.REVERSED
    assert ledger.balance(ground.merchant.pk, LATER) == 0


def test_what_another_decision_holds_stays_held(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE", "FR"))
    other = ground.another_policy("other")
    first = ground.issue([ground.violation(ball)], Measure.REMOVE)
    second = ground.issue([ground.violation(ball, other)], Measure.RESTRICT_MARKETS, markets=["FR"], version=other.live)
    decisions.reverse(decision=first, actor=ground.sela, reason="No.", at=LATER)
    assert ground.seen(ball) == {"DE": Exposure.SHOWN, "FR": Exposure.HIDDEN}
    decisions.reverse(decision=second, actor=ground.sela, reason="No.", at=LATER)
    assert ground.seen(ball) == {"DE": Exposure.SHOWN, "FR": Exposure.SHOWN}


def test_listing_rights_come_back_with_the_last_suspension(ground: Ground) -> None:
    other = ground.another_policy("other")
    ball = ground.listing("Ball")
    first = ground.issue([ground.violation(ball)], Measure.SUSPEND_LISTING_RIGHTS)
    second = ground.issue([ground.violation(ball, other)], Measure.SUSPEND_LISTING_RIGHTS, version=other.live, at=SOON)
    decisions.reverse(decision=first, actor=ground.sela, reason="No.", at=LATER)
    ground.merchant.refresh_from_db()
    assert ground.merchant.listing_rights_suspended_at == SOON
    assert not in_force.may_list(ground.merchant)
    decisions.reverse(decision=second, actor=ground.sela, reason="No.", at=LATER)
    ground.merchant.refresh_from_db()
    assert in_force.may_list(ground.merchant)


def test_one_cause_in_two_decisions_gives_its_points_back_with_the_second(ground: Ground) -> None:
    first = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, origin_ref="case:1")
    second = ground.issue([ground.violation(ground.listing("Cube"))], Measure.WARN, origin_ref="case:1")
    decisions.reverse(decision=first, actor=ground.sela, reason="No.", at=LATER)
    assert ledger.balance(ground.merchant.pk, LATER) == 4
    decisions.reverse(decision=second, actor=ground.sela, reason="No.", at=LATER)
    assert ledger.balance(ground.merchant.pk, LATER) == 0


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reversal_has_a_reason(ground: Ground, reason: str) -> None:
    with pytest.raises(decisions.ReasonMissing):
        decisions.reverse(decision=removed(ground), actor=ground.sela, reason=reason, at=LATER)


def test_nothing_is_reversed_twice(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    decisions.reverse(decision=decision, items=[item(decision)], actor=ground.sela, reason="No.", at=LATER)
    with pytest.raises(decisions.AlreadyReversed):
        decisions.reverse(decision=decision, items=[item(decision)], actor=ground.sela, reason="No.", at=LATER)
    decisions.reverse(decision=decision, actor=ground.sela, reason="No.", at=LATER)
    with pytest.raises(decisions.AlreadyReversed):
        decisions.reverse(decision=decision, actor=ground.sela, reason="No.", at=LATER)
    assert ItemReversal.objects.count() == 2


def test_foreign_items_are_refused(ground: Ground) -> None:
    one, other = removed(ground, "Ball"), removed(ground, "Cube")
    with pytest.raises(Refusal, match="no items of this decision"):
        decisions.reverse(decision=one, items=[item(other)], actor=ground.sela, reason="No.", at=LATER)


def test_a_replaced_decision_is_not_reversed(ground: Ground) -> None:
    old = removed(ground)
    ground.issue([item(old).violation], Measure.WARN, supersedes=old)  # type: ignore[list-item]
    with pytest.raises(MoveRefused):
        decisions.reverse(decision=old, actor=ground.sela, reason="No.", at=LATER)


# --- settle and expire ---------------------------------------------------------------------------


def test_corrected_ends_the_restriction_and_keeps_the_points(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    ground.close(item(decision).violation, "corrected")  # type: ignore[arg-type]
    assert decisions.settle_corrected(at=LATER) == 1
    decision.refresh_from_db()
    assert decision.state == DecisionState.IN_FORCE
    assert [ground.seen(item(decision, n).listing) for n in (0, 1)] == [ON_SALE, GONE]  # type: ignore[arg-type]
    ground.close(item(decision, 1).violation, "corrected")  # type: ignore[arg-type]
    assert decisions.settle_corrected(at=LATER) == 1
    assert decisions.settle_corrected(at=LATER) == 0
    decision.refresh_from_db()
    assert decision.state == DecisionState.SETTLED
    assert ledger.balance(ground.merchant.pk, LATER) == 4
    told = Message.objects.filter(kind=MessageKind.RESTORED)
    assert [("Ball" in each.text, "Cube" in each.text) for each in told.order_by("pk")] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("because", "lifted"), [("waived", LiftedBecause.WAIVED), ("policy_ended", LiftedBecause.POLICY_ENDED)]
)
def test_a_waiver_or_the_policy_s_end_ends_it_too(ground: Ground, because: str, lifted: LiftedBecause) -> None:
    decision = removed(ground)
    ground.close(item(decision).violation, because)  # type: ignore[arg-type]
    decisions.settle_corrected(at=LATER)
    assert Restriction.objects.get().lifted_because == lifted


def test_only_the_named_violations_are_settled(ground: Ground) -> None:
    one, other = removed(ground, "Ball"), removed(ground, "Cube")
    for decision in (one, other):
        ground.close(item(decision).violation, "corrected")  # type: ignore[arg-type]
    assert decisions.settle_corrected(LATER, [item(one).violation_id]) == 1  # type: ignore[list-item]
    assert [decision.state for decision in Decision.objects.order_by("pk")] == ["settled", "in_force"]


def test_a_correction_that_did_not_come_is_owed_a_case(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    decision = ground.issue([found], Measure.REQUEST_CORRECTION)
    assert decision.ends_at is not None
    assert decisions.expire_due(decision.ends_at - timedelta(seconds=1)) == 0
    assert decisions.expire_due(decision.ends_at) == 1
    assert decisions.expire_due(decision.ends_at) == 0
    decision.refresh_from_db()
    found.refresh_from_db()
    assert (decision.state, found.owed) == (DecisionState.EXPIRED, Owed.CASE)
    assert Message.objects.filter(kind=MessageKind.RESTORED).count() == 0


def test_a_term_that_is_over_puts_the_listing_back_and_says_so(ground: Ground) -> None:
    ball = ground.listing("Ball")
    ground.issue([ground.violation(ball)], Measure.REMOVE, ends_at=LATER)
    assert decisions.expire_due(LATER) == 1
    assert ground.seen(ball) == ON_SALE
    assert "is over" in Message.objects.get(kind=MessageKind.RESTORED).text


@pytest.mark.parametrize(("was", "to"), list(product(DecisionState, DecisionState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: DecisionState, to: DecisionState) -> None:
    decision, successor = removed(ground, "Ball"), removed(ground, "Cube")
    heir = successor if was == DecisionState.SUPERSEDED else None
    Decision.objects.filter(pk=decision.pk).update(state=was, superseded_by=heir)
    decision = decision_states.lock(decision)
    next_heir = successor if to == DecisionState.SUPERSEDED else None
    arguments = {"actor": None, "reason": "", "at": LATER, "successor": next_heir}
    if to in DECISION_MOVES[was]:
        decision_states.move(decision, to, **arguments)  # type: ignore[arg-type]
        assert Decision.objects.get(pk=decision.pk).state == to
    else:
        with pytest.raises(MoveRefused):
            decision_states.move(decision, to, **arguments)  # type: ignore[arg-type]


# --- automation ----------------------------------------------------------------------------------


def test_one_decision_for_a_merchant_and_a_policy_with_all_its_listings(ground: Ground) -> None:
    for title in ("Ball", "Cube", "Ring"):
        ground.violation(ground.listing(title))
    other = ground.another_merchant("Somebody Else")
    ground.violation(ground.listing("Dice", of=other))
    assert decisions.decide_owed(clock=lambda: LATER) == 2
    assert decisions.decide_owed(clock=lambda: LATER) == 0
    mine, theirs = Decision.objects.order_by("pk")
    assert (mine.items.count(), theirs.items.count()) == (3, 1)
    assert {decision.decided_by for decision in (mine, theirs)} == {None}
    assert Violation.objects.exclude(owed=Owed.NOTHING).count() == 0


def test_automation_stops_after_a_while_and_the_rest_stays_owed(ground: Ground) -> None:
    for name in ("Acme", "Best", "Cube"):
        ground.violation(ground.listing(name, of=ground.another_merchant(name)))
    ticks = iter(range(100))
    assert decisions.decide_owed(clock=lambda: LATER + timedelta(seconds=6 * next(ticks))) == 1
    assert decisions.decide_owed(clock=lambda: LATER) == 2


@pytest.mark.parametrize("state", [SweepState.QUEUED, SweepState.RUNNING, SweepState.PAUSED])
def test_a_sweep_at_work_is_waited_for(ground: Ground, state: SweepState) -> None:
    found = ground.violation(ground.listing("Ball"))
    found.found_by = Sweep.objects.create(kind="full", state=state, created_at=NOON)
    found.save()
    assert decisions.decide_owed(clock=lambda: LATER) == 0
    Sweep.objects.update(state=SweepState.CANCELLED)
    assert decisions.decide_owed(clock=lambda: LATER) == 1
    assert Decision.objects.get().origin_ref == str(found.found_by_id)


def test_a_listing_that_was_changed_meanwhile_is_left_to_the_next_sweep(ground: Ground) -> None:
    ball = ground.listing("Ball")
    ground.violation(ball)
    ball.version = 2
    ball.save()
    assert decisions.decide_owed(clock=lambda: LATER) == 0
    assert Violation.objects.get().owed == Owed.DECISION


@pytest.mark.parametrize(
    ("mode", "owed"), [(Mode.REVIEW, Owed.CASE), (Mode.SHADOW, Owed.NOTHING), (Mode.OFF, Owed.NOTHING)]
)
def test_a_policy_that_no_longer_enforces_does_not_act(ground: Ground, mode: Mode, owed: Owed) -> None:
    found = ground.violation(ground.listing("Ball"))
    ground.policy.mode = mode
    ground.policy.save()
    assert decisions.decide_owed(clock=lambda: LATER) == 0
    found.refresh_from_db()
    assert found.owed == owed


def test_automation_does_not_repeat_a_measure_that_is_in_force(ground: Ground) -> None:
    policy = ground.another_policy("strict", measures=(Measure.WARN, Measure.REMOVE))
    ball = ground.listing("Ball")
    found = ground.violation(ball, policy)
    assert decisions.decide_owed(clock=lambda: LATER) == 1
    ball.version = found.listing_version = 2
    ball.save()
    Violation.objects.filter(pk=found.pk).update(listing_version=2, owed=Owed.DECISION)
    assert decisions.decide_owed(clock=lambda: LATER) == 0
    assert Decision.objects.count() == 1


def test_what_automation_may_not_decide_becomes_a_case(ground: Ground) -> None:
    policy = ground.another_policy("strict", measures=(Measure.WARN, Measure.REMOVE))
    ball = ground.listing("Ball")
    ground.violation(ball, policy)
    ball.markets = ["NL"]
    ball.save()
    assert decisions.decide_owed(clock=lambda: LATER) == 0
    assert Violation.objects.get().owed == Owed.CASE


# --- people about violations ---------------------------------------------------------------------


def test_dismissed_with_a_reason_and_reopened_at_once(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    with pytest.raises(violations.ReasonMissing):
        violations.dismiss(violations=[found], actor=ground.mona, reason=" ", at=NOON)
    assert violations.dismiss(violations=[found], actor=ground.mona, reason="Wood.", at=NOON) == 1
    found.refresh_from_db()
    assert (found.closed_because, found.owed) == (ClosedBecause.DISMISSED, Owed.NOTHING)
    with pytest.raises(MoveRefused):
        violations.dismiss(violations=[found], actor=ground.mona, reason="Wood.", at=NOON)
    assert violations.reopen(violations=[found], actor=ground.mona, at=SOON) == 1
    found.refresh_from_db()
    assert (found.state, found.closed_because) == (ViolationState.OPEN, "")


def test_found_anew_meanwhile_the_new_one_stands(ground: Ground) -> None:
    ball = ground.listing("Ball")
    found = ground.violation(ball)
    violations.dismiss(violations=[found], actor=ground.mona, reason="Wood.", at=NOON)
    ground.violation(ball)
    assert violations.reopen(violations=[found], actor=ground.mona, at=SOON) == 0


# --- any sequence --------------------------------------------------------------------------------


ACTS = ("remove", "age_gate", "restrict", "reverse", "correct", "expire")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 5)), max_size=10))
def test_whatever_is_done_shoppers_see_what_is_in_force(ground: Ground, acts: list[tuple[str, int, int]]) -> None:
    number = Decision.objects.count()
    things = [ground.listing(f"Thing {number} {n}", markets=("DE", "FR", "NL")) for n in range(3)]
    at = NOON
    for act, which, choice in acts:
        at += timedelta(hours=1)
        _do(ground, act, things[which], choice, at)
        for thing in things:
            rows = exposure.project(thing.pk, thing.markets, in_force.limiting([thing.pk]))
            shown = ListingVisibility.objects.filter(listing=thing).order_by("market")
            assert rows == [
                Desired(
                    thing.pk,
                    row.market,
                    Met.read(row.exposure, row.minimum_age, row.demoted, row.labels),
                    tuple(row.causes),
                )
                for row in shown
            ]


def _do(ground: Ground, act: str, thing: Listing, choice: int, at: datetime) -> None:
    """One act on one thing; what the domain refuses is part of the sequence."""
    standing = Decision.objects.filter(items__listing=thing, items__reversal__isnull=True).order_by("pk")
    decision = standing[choice % len(standing)] if standing else None
    try:
        if act in ("remove", "age_gate", "restrict"):
            measure = {"remove": Measure.REMOVE, "age_gate": Measure.AGE_GATE}.get(act, Measure.RESTRICT_MARKETS)
            policy = ground.another_policy(f"p{Decision.objects.count()}-{Violation.objects.count()}-{choice}")
            markets = ["FR"] if act == "restrict" or choice % 2 else []
            ends = at + timedelta(hours=2) if choice == 4 else None
            found = ground.violation(thing, policy)
            ground.issue([found], measure, markets=markets, version=policy.live, at=at, ends_at=ends)
        elif act == "reverse" and decision:
            decisions.reverse(decision=decision, actor=ground.sela, reason="No.", at=at)
        elif act == "correct" and decision:
            ground.close(item(decision).violation, "corrected", at)  # type: ignore[arg-type]
            decisions.settle_corrected(at=at)
        elif act == "expire":
            decisions.expire_due(at)
    except Refusal:
        return


# --- following listings --------------------------------------------------------------------------


def test_a_removed_listing_is_not_sold_in_a_market_it_enters(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE",))
    ground.issue([ground.violation(ball)], Measure.REMOVE)
    ball.markets = ["DE", "FR", "NL"]
    ball.changed_at = timezone.now()
    ball.save()
    assert restrictions.follow_changes(listing_ids=[ball.pk, 0], at=LATER) == 1
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN, "FR": Exposure.HIDDEN, "NL": Exposure.SHOWN}


def test_what_a_lost_message_missed_is_found(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE",))
    ground.issue([ground.violation(ball)], Measure.REMOVE)
    ball.markets = ["DE", "FR"]
    ball.changed_at = LATER
    ball.save()
    assert restrictions.follow_recent_changes(LATER + timedelta(hours=1)) == 1
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN, "FR": Exposure.HIDDEN}
