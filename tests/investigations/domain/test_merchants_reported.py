"""A merchant as a whole is reported, judged under a policy about merchants, told why, and may appeal; who reported hears of it."""

from typing import Any

import pytest

from enforcement.domain import appeals
from enforcement.domain.proposals import AlreadyDecided, NotPermitted, WrongSubject
from enforcement.domain.transparency import payloads
from enforcement.enums import AppealChannel, Origin, Owed
from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import cases, claims, notice_cases, notices, opening
from investigations.domain.issuing import MeasureHidden
from investigations.enums import GROUND_MATTER, NoticeGround, NoticeState, Verdict
from investigations.models import Case, Queue
from investigations.queries import notices as queries
from investigations.queries import things, work
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON, person
from tests.investigations.domain.test_joined_cases import LATER
from tests.investigations.domain.test_notice_cases import DONE, report, states
from tests.investigations.domain.test_notices import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture
def conduct(ground: Ground) -> Policy:
    """A policy about merchants."""
    return ground.another_policy("conduct", about_merchants=True)


def reported(ground: Ground, conduct: Policy, *more: Any) -> Case:
    """In Mona's hands, to be judged under the policy on conduct."""
    report(ground, "rina", ground.merchant, *more, ground=NoticeGround.SCAM)
    case = Case.objects.get()
    claims.claim(case=case, person=ground.mona, at=NOON)
    return notice_cases.choose_policy(case=case, policy=conduct, actor=ground.mona, at=NOON)


def judge(case: Case, ground: Ground, measure: Measure = Measure.WARN, **more: Any) -> Decision:
    keys = list(case.items.filter(settled_at=None).order_by("pk").values_list("pk", flat=True))
    fields: dict[str, Any] = {"actor": ground.mona, "reason": "Sent nothing.", "at": NOON}
    cases.decide(case=case, verdicts={keys[0]: Verdict.VIOLATES}, measure=measure, **(fields | more))
    return Decision.objects.latest("pk")


@pytest.mark.parametrize("measure", [Measure.WARN, Measure.LIMIT_NEW_LISTINGS, Measure.SUSPEND_LISTING_RIGHTS])
def test_a_case_about_a_merchant_is_decided_with_what_acts_on_merchants(
    ground: Ground, conduct: Policy, measure: Measure
) -> None:
    decision = judge(reported(ground, conduct), ground, measure)
    assert (decision.origin_kind, decision.measure, decision.merchant) == (Origin.NOTICE, measure, ground.merchant)
    item = decision.items.get()
    assert (item.listing, item.violation, item.markets) == (None, None, ["DE"])
    assert "report from outside about you as a seller" in decision.statement.text
    assert states() == [NoticeState.ACTED]
    assert f"We have acted on your report {Case.objects.get().items.get().notice_items.get().notice}" in send_all(DONE)


@pytest.mark.parametrize("measure", [Measure.SUSPEND, Measure.TERMINATE])
def test_what_is_harsh_waits_for_a_second_person_and_so_does_the_answer(
    ground: Ground, conduct: Policy, measure: Measure
) -> None:
    decision = judge(reported(ground, conduct), ground, measure)
    assert decision.state == "held"
    assert states() == [NoticeState.RECEIVED]


def test_the_merchant_appeals_as_about_a_listing(ground: Ground, conduct: Policy) -> None:
    decision = judge(reported(ground, conduct), ground, Measure.SUSPEND_LISTING_RIGHTS)
    appeal = appeals.file(decision=decision, text="We did send it.", actor=None, channel=AppealChannel.PAGE, at=LATER)
    assert appeal.items.get().item == decision.items.get()


def test_a_merchant_and_a_listing_in_one_case_are_decided_in_parts(ground: Ground, conduct: Policy) -> None:
    case = reported(ground, conduct, ground.listing("Ball"))
    judge(case, ground, keep=True)
    notice_cases.choose_policy(case=case, policy=ground.policy, actor=ground.mona, at=NOON)
    judge(case, ground, Measure.REMOVE)
    assert sorted(Decision.objects.values_list("measure", flat=True)) == ["remove", "warn"]
    assert states() == [NoticeState.ACTED, NoticeState.ACTED]


def test_a_policy_about_something_else_is_not_chosen_nor_used(ground: Ground, conduct: Policy) -> None:
    case = reported(ground, conduct)
    with pytest.raises(Refusal, match="the merchant"):
        notice_cases.choose_policy(case=case, policy=ground.policy, actor=ground.mona, at=NOON)
    with pytest.raises(WrongSubject, match="about listings"):
        ground.issue([], Measure.WARN, whole=True)
    abroad = ground.another_merchant("Casa", country="NL")
    with pytest.raises(NotPermitted, match="no country"):
        ground.issue([], Measure.WARN, version=conduct.live, merchant=abroad, whole=True)


def test_a_notice_about_a_merchant_is_decided_by_itself_and_once(ground: Ground, conduct: Policy) -> None:
    (item,) = report(ground, "rina", ground.merchant, ground=NoticeGround.SCAM)
    assert conduct.live is not None
    fields: dict[str, Any] = {"version": conduct.live, "markets": [], "reason": "x", "actor": ground.mona, "at": NOON}
    notices.decide(item=item, measure=Measure.WARN, **fields)
    item.refresh_from_db()
    assert item.state == NoticeState.ACTED
    (second,) = report(ground, "omar", ground.merchant, ground=NoticeGround.SCAM)
    with pytest.raises(AlreadyDecided):
        notices.decide(item=second, measure=Measure.SUSPEND_LISTING_RIGHTS, **fields)


def test_an_address_names_a_listing_else_a_merchant(ground: Ground, settings: Any) -> None:
    ball = ground.listing("Ball")
    settings.LISTING_ADDRESS = r"/sellers/(?P<merchant>[^/]+)/(?P<listing>[^/?]+)"
    settings.MERCHANT_ADDRESS = r"/sellers/(?P<merchant>[^/?]+)"
    page = f"https://shop.example/sellers/{ground.merchant.external_id}"
    lines = [page, ground.merchant.public_id.lower(), f"{page}/{ball.external_id}", f"{page}/gone", "nobody"]
    assert things.find_all(lines) == ([ground.merchant, ball], [f"{page}/gone", "nobody"])


# --- where a merchant is ------------------------------------------------------------------------------


def test_a_merchant_from_abroad_is_seen_where_they_sell(ground: Ground) -> None:
    shop = ground.another_merchant("Shenzhen Toys", country="CN")
    ground.listing("Ball", of=shop, markets=("DE", "FR"))
    report(ground, "rina", shop, ground=NoticeGround.SCAM)
    assert Case.objects.get().markets == ["CN", "DE", "FR"]
    assert things.markets_of(shop) == ["CN", "DE", "FR"]
    for market, seen in (("DE", 1), ("AT", 0)):
        moderator = person(f"dora-{market}", Role.MODERATOR, markets=[market])
        assert (work.visible_cases(moderator).count(), queries.items(moderator).count()) == (seen, seen)


@pytest.mark.parametrize(("sold", "joins"), [("DE", True), ("FR", False)])
def test_a_report_joins_what_a_rule_found_where_that_holds_wherever_the_merchant_is(
    ground: Ground, conduct: Policy, sold: str, joins: bool
) -> None:
    ground.listing("Ball", markets=(sold,))
    ground.merchant_violation(conduct, owed=Owed.CASE)  # in Germany
    opening.open_owed(at=NOON)
    matter = payloads.matter_under(conduct.live).category  # type: ignore[arg-type]
    about = next(each for each in NoticeGround if GROUND_MATTER[each] == matter)
    report(ground, "rina", ground.merchant, ground=about, at=LATER)
    assert (Case.objects.count() == 1) == joins


def test_a_merchant_as_a_whole_is_decided_by_who_decides_wherever_that_holds(ground: Ground, conduct: Policy) -> None:
    ground.listing("Ball", markets=("FR", "AT"))
    (item,) = report(ground, "rina", ground.merchant, ground=NoticeGround.SCAM)
    fields: dict[str, Any] = {"item": item, "version": conduct.live, "markets": [], "reason": "x", "at": NOON}
    dora = person("dora", Role.MODERATOR, markets=["DE"])
    with pytest.raises(NotPermitted, match="AT"):
        notices.decide(measure=Measure.SUSPEND_LISTING_RIGHTS, actor=dora, **fields)
    all_of_them = person("else", Role.MODERATOR, markets=["AT", "DE", "FR"])
    notices.decide(measure=Measure.SUSPEND_LISTING_RIGHTS, actor=all_of_them, **fields)


def test_from_the_page_of_a_notice_nothing_is_done_that_its_case_does_not_let_one_do(
    ground: Ground, conduct: Policy
) -> None:
    (item,) = report(ground, "rina", ground.merchant, ground=NoticeGround.SCAM)
    case = Case.objects.get()
    Queue.objects.filter(pk=case.queue_id).update(hidden_measures=[Measure.SUSPEND_LISTING_RIGHTS])
    fields: dict[str, Any] = {"item": item, "version": conduct.live, "markets": [], "reason": "x", "at": NOON}
    with pytest.raises(MeasureHidden):
        notices.decide(measure=Measure.SUSPEND_LISTING_RIGHTS, actor=ground.mona, **fields)
    claims.claim(case=case, person=ground.sela, at=NOON)
    with pytest.raises(MoveRefused, match="is with Sela"):
        notices.decide(measure=Measure.WARN, actor=ground.mona, **fields)
    notices.decide(measure=Measure.WARN, actor=ground.sela, **fields)
