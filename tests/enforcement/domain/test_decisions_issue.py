"""Issuing a decision: what is written, what shoppers then see, and what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError

from enforcement.domain import decisions, proposals
from enforcement.enums import Automation, DecisionState, MessageState, Origin, Owed, PointKind
from enforcement.models import Decision, Message, PointEntry, Restriction, Statement
from enforcement.queries import points as ledger
from governance.accounts.enums import Role
from governance.audit.models import Entry
from governance.policies.enums import Measure
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


def test_issue_writes_everything_that_follows(ground: Ground) -> None:
    ball, cube = ground.listing("Ball", markets=("DE", "FR")), ground.listing("Cube", markets=("DE", "NL"))
    found = [ground.violation(ball), ground.violation(cube)]

    decision = ground.issue(found, Measure.REMOVE)

    assert decision.state == DecisionState.IN_FORCE
    assert decision.automation == Automation.NONE
    assert decision.automated_detection is True
    assert [item.markets for item in decision.items.order_by("pk")] == [["DE", "FR"], ["DE"]]
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN, "FR": Exposure.HIDDEN}
    assert ground.seen(cube) == {"DE": Exposure.HIDDEN, "NL": Exposure.SHOWN}
    assert ledger.balance(ground.merchant.pk, NOON) == 4
    assert {row.owed for row in ground.reread(found)} == {Owed.NOTHING}
    assert Statement.objects.get().decision_id == decision.pk
    message = Message.objects.get()
    assert (message.state, message.to) == (MessageState.OWED, "trade@merchant.example")
    assert message.next_try_at == NOON + decisions.UNDO_WINDOW + decisions.UNDO_GRACE
    entry = Entry.objects.get(verb="decision.issued")
    assert (entry.subject_ref, entry.actor_label) == (decision.reference, "Mona")


def test_a_warning_takes_nothing_from_view_and_stands_in_the_file(ground: Ground) -> None:
    ball = ground.listing("Ball")
    ground.issue([ground.violation(ball)], Measure.WARN)
    assert ground.seen(ball) == {"DE": Exposure.SHOWN}
    assert Restriction.objects.get().measure == Measure.WARN


def test_a_request_to_correct_has_an_end_and_gives_no_points(ground: Ground) -> None:
    decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REQUEST_CORRECTION)
    assert str(decision.correct_by) == "2026-11-30"
    assert decision.ends_at is not None
    assert decision.points == 0
    assert PointEntry.objects.count() == 0


def test_an_age_gate_takes_the_age_of_the_version(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE", "NL"))
    decision = ground.issue([ground.violation(ball)], Measure.AGE_GATE)
    assert decision.minimum_age == 16
    assert ground.seen(ball) == {"DE": Exposure.AGE_GATED, "NL": Exposure.SHOWN}


def test_a_restriction_in_markets_leaves_the_others(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE", "FR"))
    ground.issue([ground.violation(ball)], Measure.RESTRICT_MARKETS, markets=["FR"])
    assert ground.seen(ball) == {"DE": Exposure.SHOWN, "FR": Exposure.HIDDEN}


def test_suspended_rights_bind_the_merchant_and_leave_what_is_on_sale(ground: Ground) -> None:
    ball = ground.listing("Ball")
    ground.issue([ground.violation(ball)], Measure.SUSPEND_LISTING_RIGHTS)
    ground.merchant.refresh_from_db()
    assert ground.merchant.listing_rights_suspended_at == NOON
    assert ground.seen(ball) == {"DE": Exposure.SHOWN}


def test_a_rule_that_held_in_one_market_is_acted_upon_there_only(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE", "FR"))
    found = ground.violation(ball)
    found.markets = ["FR"]
    found.save()
    ground.issue([found], Measure.REMOVE)
    assert ground.seen(ball) == {"DE": Exposure.SHOWN, "FR": Exposure.HIDDEN}


def test_a_removal_holds_in_a_market_entered_later_where_the_policy_applies(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE",))
    ground.issue([ground.violation(ball)], Measure.REMOVE)
    assert Restriction.objects.get().markets == ["AT", "DE", "FR"]


def test_a_listing_may_be_decided_on_without_a_violation(ground: Ground) -> None:
    ball = ground.listing("Ball")
    decision = ground.issue([], Measure.REMOVE, listings=[ball])
    assert decision.automated_detection is False
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN}


def test_one_cause_gives_its_points_once(ground: Ground) -> None:
    first, second = (ground.violation(ground.listing(name)) for name in ("Ball", "Cube"))
    ground.issue([first], Measure.REMOVE, origin_ref="case:1")
    other = ground.issue([second], Measure.WARN, origin_ref="case:1")
    assert other.points == 0
    assert ledger.balance(ground.merchant.pk, NOON) == 4


def test_points_lapse_after_180_days(ground: Ground) -> None:
    ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE)
    assert ledger.balance(ground.merchant.pk, NOON + timedelta(days=179)) == 4
    assert ledger.balance(ground.merchant.pk, NOON + timedelta(days=180)) == 0
    assert PointEntry.objects.get().kind == PointKind.GIVEN


def test_automation_decides_without_waiting_for_an_undo(ground: Ground) -> None:
    decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, actor=None)
    assert decision.automation == Automation.FULL
    assert Message.objects.get().next_try_at == NOON


@pytest.mark.parametrize("measure", [Measure.REMOVE, Measure.WARN, Measure.SUSPEND_LISTING_RIGHTS])
def test_nobody_is_punished_twice(ground: Ground, measure: Measure) -> None:
    found = ground.violation(ground.listing("Ball"))
    decision = ground.issue([found], measure)
    with pytest.raises(proposals.AlreadyDecided, match=decision.reference):
        ground.issue([found], Measure.REMOVE)


def test_a_new_version_of_the_listing_may_be_decided_on_again(ground: Ground) -> None:
    ball = ground.listing("Ball")
    found = ground.violation(ball)
    ground.issue([found], Measure.WARN)
    ball.version = found.listing_version = 2
    ball.save()
    found.save()
    ground.issue([found], Measure.REMOVE)
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN}


def test_nothing_named_is_refused(ground: Ground) -> None:
    with pytest.raises(proposals.NothingToDecide):
        ground.issue([], Measure.REMOVE)


def test_a_measure_that_the_version_does_not_permit_is_refused(ground: Ground) -> None:
    policy = ground.another_policy("mild", measures=(Measure.WARN,))
    found = ground.violation(ground.listing("Ball"), policy)
    with pytest.raises(proposals.NotPermitted, match="Warn"):
        ground.issue([found], Measure.REMOVE, version=policy.live)


def test_a_market_in_which_the_policy_does_not_apply_is_refused(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE", "NL"))
    with pytest.raises(proposals.NotPermitted, match="NL"):
        ground.issue([ground.violation(ball)], Measure.REMOVE, markets=["NL"])


def test_a_restriction_needs_its_markets_named(ground: Ground) -> None:
    with pytest.raises(proposals.NotPermitted, match="Name the markets"):
        ground.issue([ground.violation(ground.listing("Ball"))], Measure.RESTRICT_MARKETS)


def test_a_listing_that_is_not_offered_there_is_refused(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE",))
    with pytest.raises(proposals.NotOnSaleThere, match=ball.external_id):
        ground.issue([ground.violation(ball)], Measure.REMOVE, markets=["FR"])


def test_a_merchants_violation_is_not_removed_from_sale(ground: Ground) -> None:
    policy = ground.another_policy("trader-file", about_merchants=True)
    found = ground.merchant_violation(policy)
    with pytest.raises(proposals.WrongSubject):
        ground.issue([found], Measure.REMOVE, version=policy.live)
    assert ground.issue([found], Measure.SUSPEND_LISTING_RIGHTS, version=policy.live).items.count() == 1


def test_another_merchants_listing_is_refused(ground: Ground) -> None:
    foreign = ground.violation(ground.listing("Ball", of=ground.another_merchant("Somebody Else")))
    with pytest.raises(proposals.WrongSubject):
        ground.issue([foreign], Measure.REMOVE)


def test_a_closed_violation_is_refused(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    ground.close(found, "corrected")
    with pytest.raises(proposals.WrongSubject, match="closed meanwhile"):
        ground.issue([found], Measure.REMOVE)


def test_a_draft_founds_no_decision(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    with pytest.raises(proposals.NotPermitted, match="never in force"):
        ground.issue([found], Measure.REMOVE, version=ground.draft())


def test_a_refusal_writes_nothing(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    ground.issue([found], Measure.REMOVE)
    with pytest.raises(proposals.AlreadyDecided):
        ground.issue([found], Measure.REMOVE)
    assert (Decision.objects.count(), Statement.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_a_decision_is_never_edited_nor_deleted(ground: Ground) -> None:
    decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE)
    decision.reason = "something else"
    with pytest.raises((IntegrityError, InternalError)):
        decision.save()


def test_replacing_ends_the_old_measure_and_keeps_the_offence(ground: Ground) -> None:
    ball = ground.listing("Ball")
    found = ground.violation(ball)
    old = ground.issue([found], Measure.REMOVE)
    new = ground.issue([found], Measure.AGE_GATE, supersedes=old)
    old.refresh_from_db()
    assert (old.state, old.superseded_by_id) == (DecisionState.SUPERSEDED, new.pk)
    assert ground.seen(ball) == {"DE": Exposure.AGE_GATED}
    assert ledger.balance(ground.merchant.pk, NOON) == 4
    assert old.reference in new.statement.text


def test_replacing_by_a_request_to_correct_gives_the_points_back(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    old = ground.issue([found], Measure.REMOVE)
    ground.issue([found], Measure.REQUEST_CORRECTION, supersedes=old)
    assert ledger.balance(ground.merchant.pk, NOON) == 0


def test_an_api_key_decides_with_a_person_behind_it(ground: Ground) -> None:
    service = ground.person("service", Role.MODERATOR)
    service.kind = "service"
    decision = ground.issue(
        [ground.violation(ground.listing("Ball"))], Measure.WARN, actor=service, origin_kind=Origin.API
    )
    assert decision.automation == Automation.PARTIAL
