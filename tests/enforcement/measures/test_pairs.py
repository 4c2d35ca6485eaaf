"""Any two measures, applied and reverted in any order, leave what one of them alone, and then none, would show."""

from dataclasses import asdict
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from enforcement.domain import decisions, taking_effect
from enforcement.domain.timing import Timing
from enforcement.enums import DecisionState, WithoutNotice
from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from listings.domain import rights
from listings.models import Listing, ListingVisibility, Merchant
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
Shown = tuple[list[Any], dict[str, Any]]


@pytest.fixture
def second(ground: Ground) -> User:
    return ground.person("sena", Role.SENIOR_REVIEWER)


def shown(ground: Ground, ball: Listing) -> Shown:
    """What shoppers meet and what the merchant may do, but for which decision made it so, and since when."""
    rows = ListingVisibility.objects.filter(listing=ball).order_by("market")
    taken = asdict(rights.of(Merchant.objects.get(pk=ground.merchant.pk)))
    binding = {name: value if isinstance(value, int) else value is not None for name, value in taken.items()}
    return list(rows.values_list("market", "exposure", "minimum_age", "demoted", "labels")), binding


def act(
    ground: Ground, second: User, ball: Listing, measure: Measure, policy_slug: str, markets: list[str]
) -> Decision:
    policy = ground.another_policy(policy_slug)
    notice = WithoutNotice.LAW if measure == Measure.TERMINATE else None
    named = markets if measure == Measure.RESTRICT_MARKETS else []
    asked = Timing(cure_days=0, without_notice=notice)
    found = ground.violation(ball, policy)
    decision = ground.issue([found], measure, version=policy.live, markets=named, asked=asked)
    if decision.state == DecisionState.HELD:
        decision = taking_effect.approve(decision=decision, actor=second, at=NOON)
    assert decision.state == DecisionState.IN_FORCE
    return decision


def take_back(decision: Decision, second: User) -> None:
    decisions.reverse(decision=decision, actor=second, reason="We were wrong.", at=LATER)


@pytest.mark.parametrize(("one", "other"), list(product(Measure, Measure)))
def test_two_measures_in_any_order(ground: Ground, second: User, one: Measure, other: Measure) -> None:
    ball = ground.listing("Ball", markets=("DE", "FR"))
    nothing = shown(ground, ball)
    first = act(ground, second, ball, one, "one", ["DE"])
    alone = shown(ground, ball)
    then = act(ground, second, ball, other, "other", ["FR"])
    both = shown(ground, ball)
    take_back(then, second)
    assert shown(ground, ball) == alone
    again = act(ground, second, ball, other, "other-again", ["FR"])
    assert shown(ground, ball) == both
    take_back(first, second)
    others = shown(ground, ball)
    take_back(again, second)
    assert shown(ground, ball) == nothing
    act(ground, second, ball, other, "other-alone", ["FR"])
    assert shown(ground, ball) == others


@pytest.mark.parametrize("measure", sorted(set(Measure) - {Measure.WARN, Measure.REQUEST_CORRECTION}))
def test_each_shows_something(ground: Ground, second: User, measure: Measure) -> None:
    ball = ground.listing("Ball", markets=("DE", "FR"))
    nothing = shown(ground, ball)
    act(ground, second, ball, measure, "one", ["DE"])
    assert shown(ground, ball) != nothing
