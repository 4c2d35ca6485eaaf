"""Who would stand where: replayed decisions are held against the ledger that the same decisions really wrote."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import decisions, ladder_simulation
from enforcement.domain.ladder_simulation import simulate
from enforcement.enums import ClosedBecause
from enforcement.models import Violation
from enforcement.models.ladder import Milestone
from enforcement.queries import points as ledger
from governance.policies.enums import Measure, Severity
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = NOON + 30 * DAY
CHANGES: dict[str, Any] = {"cap": 20, "discount_percent": 50, "discount_days": 5, "window_days": 20, "expiry_days": 25}


def a_quarter(ground: Ground) -> list[int]:
    """Three merchants, three policies; repeated, capped, corrected in time and late, reversed, replaced, lapsed."""
    serious, own = rungs.policy(ground), rungs.policy(ground, "own", points=5)
    critical = rungs.policy(ground, "critical", severity=Severity.CRITICAL)
    others = [ground.another_merchant("Zwei", country="FR"), ground.another_merchant("Drei")]
    rungs.offend(ground, serious, cause="old")
    for n, merchant in enumerate([ground.merchant, *others]):
        rungs.offend(ground, serious, cause=f"a{n}", after=(6 + n) * DAY, of=merchant, listings=2)
        rungs.offend(ground, own, cause=f"a{n}", after=(6 + n) * DAY, of=merchant)
    rungs.offend(ground, critical, cause="a1", after=8 * DAY, of=others[0])
    for violation in Violation.objects.filter(state="open", merchant=others[0]):
        ground.close(violation, ClosedBecause.CORRECTED, NOON + 9 * DAY)
    decisions.settle_corrected(at=NOON + 10 * DAY)
    rungs.offend(ground, serious, cause="b", after=12 * DAY, of=others[0])
    rungs.reversed_whole(ground, rungs.offend(ground, own, cause="c", after=13 * DAY, of=others[1]), 14 * DAY)
    warned = rungs.offend(ground, serious, cause="d", after=20 * DAY, of=others[1], measure=Measure.WARN)
    found = [item.violation for item in warned.items.select_related("violation__listing") if item.violation]
    assert serious.live is not None
    ground.issue(
        found,
        Measure.REMOVE,
        version=serious.live,
        merchant=others[1],
        origin_ref="d",
        at=NOON + 21 * DAY,
        supersedes=warned,
    )
    return [ground.merchant.pk, others[0].pk, others[1].pk]


def test_the_live_ladder_replayed_is_the_ledger_as_it_stands(ground: Ground) -> None:
    live = rungs.in_force(ground, **CHANGES)
    merchants = a_quarter(ground)
    grouped = ladder_simulation._offences(NOW)
    prompt = ladder_simulation._prompt(merchants)
    replayed = {
        merchant: ladder_simulation.balance(grouped[merchant], live.terms, at=NOW, prompt=prompt)
        for merchant in merchants
    }
    assert replayed == {merchant: ledger.balance(merchant, NOW) for merchant in merchants}
    assert len(set(replayed.values())) > 1


def test_without_a_ladder_replayed_is_the_ledger_too(ground: Ground) -> None:
    merchants = a_quarter(ground)
    grouped = ladder_simulation._offences(NOW)
    prompt = ladder_simulation._prompt(merchants)
    assert {
        merchant: ladder_simulation.balance(grouped[merchant], None, at=NOW, prompt=prompt) for merchant in merchants
    } == {merchant: ledger.balance(merchant, NOW) for merchant in merchants}


def test_the_same_ladder_moves_nobody(ground: Ground) -> None:
    live = rungs.in_force(ground, **CHANGES)
    a_quarter(ground)
    found = simulate(live.terms, live.terms, at=NOW)
    assert (found.merchants, sum(row.same for row in found.rows), found.harsher) == (3, 3, [])


def test_a_harsher_draft_names_who_moves_up(ground: Ground) -> None:
    live = rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground), cause="a")
    draft = rungs.terms(milestones=(Milestone(3, Measure.WARN), Milestone(6, Measure.SUSPEND_LISTING_RIGHTS)))
    found = simulate(draft, live.terms, at=NOW)
    assert [(row.milestone and row.milestone.at, row.merchants, row.up) for row in found.rows] == [
        (None, 0, 0), (3, 0, 0), (6, 1, 1),
    ]  # fmt: skip
    moved = found.harsher[0]
    assert (moved.merchant, moved.now and moved.now.at, moved.then and moved.then.at) == (ground.merchant, 5, 6)


def test_a_milder_draft_moves_down(ground: Ground) -> None:
    live = rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground), cause="a")
    found = simulate(rungs.terms(milestones=(Milestone(7, Measure.WARN),)), live.terms, at=NOW)
    assert [(row.merchants, row.down) for row in found.rows] == [(1, 1), (0, 0)]


@pytest.mark.parametrize(("after", "merchants"), [(90 * DAY - timedelta(seconds=1), 1), (90 * DAY, 0)])
def test_it_sees_the_last_90_days(ground: Ground, after: timedelta, merchants: int) -> None:
    rungs.offend(ground, ground.policy, cause="a")
    assert simulate(rungs.terms(), None, at=NOON + after).merchants == merchants


@pytest.mark.parametrize("many", [1, 3])
def test_it_asks_the_same_however_many_merchants(
    ground: Ground, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    against = rungs.policy(ground)
    for n in range(many):
        rungs.offend(ground, against, cause=f"{n}", of=ground.another_merchant(f"M{n}"))
    with django_assert_num_queries(6):
        simulate(rungs.terms(discount_percent=50, discount_days=5), None, at=NOW)
