"""Two connections at once: what may happen once happens once, and both sides end in the same world."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from enforcement.domain import appeals, decisions
from enforcement.enums import AppealChannel, AppealState, DecisionState
from enforcement.models import Appeal, Decision, Message, PointEntry, Statement
from enforcement.queries import points as ledger
from governance.policies.enums import Measure
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts on connections of their own, begun together; returns what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_a_double_click_decides_once(ground: Ground) -> None:
    ball = ground.listing("Ball")
    found = ground.violation(ball)
    results = at_once(*[lambda: ground.issue([found], Measure.REMOVE)] * 2)
    assert kinds(results) == ["AlreadyDecided", "Decision"]
    assert (Decision.objects.count(), Statement.objects.count(), Message.objects.count()) == (1, 1, 1)
    assert ledger.balance(ground.merchant.pk, NOON) == 4


def test_two_decisions_about_one_cause_give_its_points_once(ground: Ground) -> None:
    one, other = (ground.violation(ground.listing(title)) for title in ("Ball", "Cube"))
    results = at_once(
        lambda: ground.issue([one], Measure.REMOVE, origin_ref="case:1"),
        lambda: ground.issue([other], Measure.REMOVE, origin_ref="case:1"),
    )
    assert kinds(results) == ["Decision", "Decision"]
    assert PointEntry.objects.count() == 1


def test_reversed_twice_at_once_it_is_reversed_once(ground: Ground) -> None:
    ball = ground.listing("Ball")
    decision = ground.issue([ground.violation(ball)], Measure.REMOVE)

    def reverse() -> object:
        return decisions.reverse(decision=decision, actor=ground.sela, reason="No.", at=LATER)

    assert kinds(at_once(reverse, reverse)) == ["AlreadyReversed", "Decision"]
    assert ledger.balance(ground.merchant.pk, LATER) == 0
    assert PointEntry.objects.count() == 2


def test_reversed_while_its_time_runs_out(ground: Ground) -> None:
    ball = ground.listing("Ball")
    decision = ground.issue([ground.violation(ball)], Measure.REMOVE, ends_at=LATER)
    results = at_once(
        lambda: decisions.reverse(decision=decision, actor=ground.sela, reason="No.", at=LATER),
        lambda: decisions.expire_due(LATER),
    )
    assert all(not isinstance(result, Exception) for result in results)
    decision.refresh_from_db()
    assert decision.state == DecisionState.REVERSED
    assert ground.seen(ball) == {"DE": Exposure.SHOWN}
    assert ledger.balance(ground.merchant.pk, LATER) == 0


def test_two_workers_decide_what_is_owed_once(ground: Ground) -> None:
    for title in ("Ball", "Cube"):
        ground.violation(ground.listing(title))
    results = at_once(*[lambda: decisions.decide_owed(clock=lambda: LATER)] * 2)
    assert sorted(results) == [0, 1]  # type: ignore[type-var]
    assert Decision.objects.get().items.count() == 2


def test_an_appeal_sent_twice_is_one(ground: Ground) -> None:
    decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE)

    def file() -> object:
        return appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=LATER)

    assert kinds(at_once(file, file)) == ["Appeal", "AppealOpen"]
    assert Appeal.objects.count() == 1


def test_two_reviewers_take_one_appeal(ground: Ground) -> None:
    decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE)
    appeal = appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=LATER)
    results = at_once(
        lambda: appeals.take(appeal=appeal, actor=ground.sela, at=LATER),
        lambda: appeals.take(appeal=appeal, actor=ground.tilda, at=LATER),
    )
    assert kinds(results) == ["Appeal", "MoveRefused"]
    winner = next(result for result in results if isinstance(result, Appeal))
    appeal.refresh_from_db()
    assert (appeal.state, appeal.assigned_to) == (AppealState.IN_REVIEW, winner.assigned_to)


def test_a_replacement_and_an_appeal_do_not_pass_each_other(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    decision = ground.issue([found], Measure.REMOVE)
    results = at_once(
        lambda: appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=LATER),
        lambda: ground.issue([found], Measure.WARN, supersedes=decision, at=LATER),
    )
    assert kinds(results) in (["Appeal", "MoveRefused"], ["Decision", "NothingToContest"])
