"""A measure taken upon a notice: its statement says so, to the Transparency Database it is a notice, and nobody learns who reported."""

import json

import pytest

from enforcement.domain import decisions, taking_effect
from enforcement.domain.transparency import payloads
from enforcement.enums import DecisionState, Origin, Owed
from enforcement.models import Decision
from governance.policies.enums import Ground as Founded
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import notice_answers, notices
from investigations.enums import NoticeGround, NoticeState
from investigations.models import NoticeItem
from investigations.queries import notices as queries
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.domain.test_notice_cases import report
from tests.investigations.domain.test_notices import (
    ADDRESS,
    LATER,
    SECRET,
    appealed,
    ended,
    listing_of,
    received,
    send_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return Ground()


def decide(ground: Ground, notice: NoticeItem, measure: Measure = Measure.REMOVE) -> Decision:
    return notices.decide(
        item=notice, version=ground.version, measure=measure, markets=(), reason="", actor=ground.mona, at=LATER
    )


def state(notice: NoticeItem) -> str:
    return NoticeItem.objects.get(pk=notice.pk).state


def test_the_statement_says_that_a_report_led_to_it_and_not_whose(ground: Ground) -> None:
    notice = received(ground)
    decision = decide(ground, notice)
    assert (decision.origin_kind, decision.origin_ref, state(notice)) == (
        Origin.NOTICE,
        notice.notice.reference,
        NoticeState.ACTED,
    )
    text = decision.statement.text + json.dumps(decision.statement.content)
    assert "Upon a report from outside" in text
    for secret in ("own initiative", "No report", SECRET, ADDRESS, notice.notice.reason, notice.notice.reference):
        assert secret not in text, secret
    assert f"We have acted on your report {notice.notice.reference}" in send_all()


@pytest.mark.parametrize(
    ("ground_of", "source"),
    [(Founded.LEGAL, "SOURCE_ARTICLE_16"), (Founded.TERMS, "SOURCE_TYPE_OTHER_NOTIFICATION")],
)
def test_the_transparency_database_is_told_of_the_kind_of_report(
    ground: Ground, ground_of: Founded, source: str
) -> None:
    ground.policy = ground.another_policy(f"founded-{ground_of}", founded=ground_of)
    decision = decide(ground, received(ground))
    payload = payloads.build(decision, puid="P")
    assert payload is not None
    assert payload["source_type"] == source
    own = ground.issue([ground.violation(ground.listing("Other"))], Measure.REMOVE)
    payload = payloads.build(own, puid="Q")
    assert payload is not None
    assert payload["source_type"] == "SOURCE_VOLUNTARY"


def test_what_a_rule_found_too_is_decided_with_it(ground: Ground) -> None:
    notice = received(ground)
    found = ground.violation(listing_of(notice))
    decide(ground, notice)
    assert ground.reread([found])[0].owed == Owed.NOTHING
    assert Decision.objects.get().items.get().violation_id == found.pk


def test_a_held_decision_closes_the_notice_when_it_is_told(ground: Ground) -> None:
    notice = received(ground)
    decision = decide(ground, notice, Measure.SUSPEND)
    assert (decision.state, state(notice)) == (DecisionState.HELD, NoticeState.RECEIVED)
    assert notice_answers.follow_decided(at=LATER) == 0
    with pytest.raises(MoveRefused, match="waits for a second person"):
        decide(ground, notice)
    with pytest.raises(Refusal, match="not been told"):
        notices.act(item=notice, decision=decision, actor=ground.mona, at=LATER)
    taking_effect.approve(decision=decision, actor=ground.sela, at=LATER)
    assert (notice_answers.follow_decided(at=LATER), notice_answers.follow_decided(at=LATER)) == (1, 0)
    assert state(notice) == NoticeState.ACTED


def test_a_decision_that_was_refused_leaves_the_notice_to_be_decided(ground: Ground) -> None:
    notice = received(ground)
    decision = decide(ground, notice, Measure.SUSPEND)
    taking_effect.refuse(decision=decision, actor=ground.sela, reason="Out of proportion.", at=LATER)
    assert notice_answers.follow_decided(at=LATER) == 0
    assert decide(ground, notice).state == DecisionState.IN_FORCE


def test_of_two_merchants_in_one_notice_each_is_decided(ground: Ground) -> None:
    policy = ground.another_policy("conduct", about_merchants=True)
    assert policy.live is not None
    both = report(ground, "rina", ground.merchant, ground.another_merchant("Other"), ground=NoticeGround.SCAM)
    for item in both:
        notices.decide(
            item=item, version=policy.live, measure=Measure.WARN, markets=[], reason="", actor=ground.mona, at=LATER
        )
    assert list(queries.followed(both[1]).values_list("merchant", flat=True)) == [both[1].merchant_id]


def test_it_is_decided_once_and_after_no_action_too(ground: Ground) -> None:
    notice = received(ground)
    decide(ground, notice)
    with pytest.raises(MoveRefused):
        decide(ground, notice)
    assert decide(ground, ended(ground)).origin_kind == Origin.NOTICE
    with pytest.raises(MoveRefused):
        decide(ground, appealed(ground))


def test_what_the_policy_does_not_permit_is_refused_and_nothing_is_written(ground: Ground) -> None:
    narrow = ground.another_policy("narrow", measures=[Measure.WARN])
    notice = received(ground)
    assert narrow.live is not None
    with pytest.raises(Refusal, match="does not permit"):
        notices.decide(
            item=notice,
            version=narrow.live,
            measure=Measure.REMOVE,
            markets=(),
            reason="",
            actor=ground.mona,
            at=NOON,
        )
    assert (state(notice), Decision.objects.count()) == (NoticeState.RECEIVED, 0)


def test_a_reversal_gives_back_what_was_taken_upon_a_notice(ground: Ground) -> None:
    decision = decide(ground, received(ground))
    decisions.reverse(decision=decision, actor=ground.sela, reason="Wrong.", at=LATER)
    assert Decision.objects.get().state == DecisionState.REVERSED
