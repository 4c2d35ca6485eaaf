"""What the ladder gives, when it lapses, what prompt correction takes off, and what is returned."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from enforcement.domain import decisions, points
from enforcement.enums import ClosedBecause, PointKind
from enforcement.models import Decision, PointEntry, Violation
from enforcement.queries import points as ledger
from governance.policies.enums import Measure, Severity
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)


def balance(ground: Ground, after: timedelta = timedelta()) -> int:
    return ledger.balance(ground.merchant.pk, NOON + after)


def test_without_a_ladder_a_policy_gives_its_own(ground: Ground) -> None:
    decision = rungs.offend(ground, ground.policy, cause="case:1")
    assert decision.points == 4
    assert PointEntry.objects.get().lapses_at == NOON + 180 * DAY


def test_a_policy_without_points_gives_none_without_a_ladder(ground: Ground) -> None:
    assert rungs.offend(ground, rungs.policy(ground), cause="case:1").points == 0


def test_a_policy_s_own_points_win_over_the_grid(ground: Ground) -> None:
    rungs.in_force(ground)
    own = rungs.policy(ground, points=5)
    assert [rungs.offend(ground, own, cause=cause).points for cause in rungs.causes([1, 2])] == [5, 5]


def test_a_repeated_offence_costs_more_and_the_last_column_holds(ground: Ground) -> None:
    rungs.in_force(ground)
    against = rungs.policy(ground)
    given = [rungs.offend(ground, against, cause=cause, after=n * DAY).points for n, cause in enumerate("abcd")]
    assert given == [6, 9, 12, 12]


def test_another_policy_is_no_repetition(ground: Ground) -> None:
    rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground), cause="a")
    assert rungs.offend(ground, rungs.policy(ground, "lead"), cause="b", after=DAY).points == 6


@pytest.mark.parametrize(("after", "given"), [(30 * DAY - MOMENT, 9), (30 * DAY, 6)])
def test_repetition_ends_with_the_window_to_the_second(ground: Ground, after: timedelta, given: int) -> None:
    rungs.in_force(ground, window_days=30)
    against = rungs.policy(ground)
    rungs.offend(ground, against, cause="a")
    assert rungs.offend(ground, against, cause="b", after=after).points == given


def test_a_first_offence_without_points_counts_as_one(ground: Ground) -> None:
    rungs.in_force(ground)
    minor = rungs.policy(ground, severity=Severity.MINOR)
    assert [rungs.offend(ground, minor, cause=cause, after=DAY).points for cause in "ab"] == [0, 1]


def test_a_reversed_offence_is_no_repetition(ground: Ground) -> None:
    rungs.in_force(ground)
    against = rungs.policy(ground)
    rungs.reversed_whole(ground, rungs.offend(ground, against, cause="a"), DAY)
    assert rungs.offend(ground, against, cause="b", after=2 * DAY).points == 6


@pytest.mark.parametrize(("after", "stands"), [(90 * DAY - MOMENT, 6), (90 * DAY, 0)])
def test_points_lapse_when_the_ladder_says(ground: Ground, after: timedelta, stands: int) -> None:
    rungs.in_force(ground, expiry_days=90)
    rungs.offend(ground, rungs.policy(ground), cause="a")
    assert balance(ground, after) == stands


def test_one_cause_is_one_offence_however_many_listings_and_decisions(ground: Ground) -> None:
    rungs.in_force(ground)
    against = rungs.policy(ground)
    assert [rungs.offend(ground, against, cause="a", listings=n).points for n in (3, 1)] == [6, 0]


def test_the_cap_holds_for_one_cause_over_all_its_policies(ground: Ground) -> None:
    rungs.in_force(ground, cap=8)
    policies = [rungs.policy(ground, slug) for slug in ("batteries", "lead", "cords")]
    assert [rungs.offend(ground, each, cause="a").points for each in policies] == [6, 2, 0]
    assert rungs.offend(ground, policies[2], cause="b", after=DAY).points == 8


def close(ground: Ground, after: timedelta) -> None:
    for violation in Violation.objects.filter(state="open"):
        ground.close(violation, ClosedBecause.CORRECTED, NOON + after)


# NOON is a Monday; three working days later is Thursday.
@pytest.mark.parametrize(("corrected", "stands"), [(3 * DAY, 3), (3 * DAY + timedelta(hours=12), 6)])
def test_correction_within_the_working_days_takes_half_off(ground: Ground, corrected: timedelta, stands: int) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=3)
    rungs.offend(ground, rungs.policy(ground), cause="a", listings=2)
    close(ground, corrected)
    decisions.settle_corrected(at=NOON + 9 * DAY)
    assert balance(ground, 9 * DAY) == stands


def test_a_discount_is_given_once_and_lapses_with_what_was_given(ground: Ground) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=3)
    decision = rungs.offend(ground, rungs.policy(ground), cause="a")
    close(ground, DAY)
    assert [points.discount(decision=decision, at=NOON + DAY) for _again in range(2)] == [3, 0]
    assert balance(ground, 180 * DAY - MOMENT) == 3
    assert balance(ground, 180 * DAY) == 0


def test_no_discount_while_something_of_the_cause_is_open(ground: Ground) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=3)
    against = rungs.policy(ground)
    first = rungs.offend(ground, against, cause="a")
    close(ground, DAY)
    rungs.offend(ground, against, cause="a")
    assert points.discount(decision=first, at=NOON + DAY) == 0


def test_an_appeal_returns_what_a_discount_has_left_once(ground: Ground) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=3)
    decision = rungs.offend(ground, rungs.policy(ground), cause="a")
    close(ground, DAY)
    decisions.settle_corrected(at=NOON + DAY)
    rungs.reversed_whole(ground, decision, 2 * DAY)
    assert points.give_back(decision=decision, at=NOON + 3 * DAY, even_if_standing=True) == 0
    kinds = dict(PointEntry.objects.order_by("pk").values_list("kind", "points"))
    assert kinds == {PointKind.GIVEN: 6, PointKind.DISCOUNT: 3, PointKind.RETURNED: 3}
    assert balance(ground, 2 * DAY) == 0


def test_the_letter_says_what_prompt_correction_takes_off(ground: Ground) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=3)
    text = rungs.offend(ground, rungs.policy(ground), cause="a").statement.text
    assert "If all of it is corrected by 26 November 2026, points taken off: 3." in text


class TestAnyOrder(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        acts=st.lists(
            st.tuples(st.sampled_from(["offend", "correct", "reverse"]), st.integers(0, 3), st.integers(0, 60)),
            min_size=1,
            max_size=9,
        ),
        percent=st.integers(0, 100),
    )
    def test_the_balance_is_never_below_nothing_and_what_stands_is_returned(
        self, acts: list[tuple[str, int, int]], percent: int
    ) -> None:
        """Offences, corrections and reversals in any order, with days between them, some long enough to lapse."""
        ground = Ground()
        rungs.in_force(ground, discount_percent=percent, discount_days=5, expiry_days=40)
        made: list[Decision] = []
        now = timedelta()
        for act, which, days in acts:
            now += days * DAY
            made += self.do(ground, act, which, made, now)
            assert all(balance(ground, now + later) >= 0 for later in (timedelta(), 20 * DAY, 40 * DAY))
        for decision in made:
            self.take_back(ground, decision, now + DAY)
        assert [balance(ground, now + later) for later in (DAY, 20 * DAY, 100 * DAY)] == [0, 0, 0]
        for decision in made:
            sums = dict.fromkeys(PointKind, 0) | dict(decision.point_entries.values_list("kind", "points"))
            assert sums[PointKind.GIVEN] == sums[PointKind.DISCOUNT] + sums[PointKind.RETURNED]

    def do(self, ground: Ground, act: str, which: int, made: list[Decision], now: timedelta) -> list[Decision]:
        if act == "offend":
            return [rungs.offend(ground, rungs.policy(ground), cause=f"case:{which}", after=now)]
        if act == "correct":
            close(ground, now)
            decisions.settle_corrected(at=NOON + now)
        elif made:
            self.take_back(ground, made[which % len(made)], now)
        return []

    def take_back(self, ground: Ground, decision: Decision, now: timedelta) -> None:
        if decision.items.filter(reversal__isnull=True).exists():
            rungs.reversed_whole(ground, decision, now)


def test_a_request_to_correct_gives_no_points(ground: Ground) -> None:
    rungs.in_force(ground)
    assert rungs.offend(ground, rungs.policy(ground), cause="a", measure=Measure.REQUEST_CORRECTION).points == 0
