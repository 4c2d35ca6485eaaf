"""A corrected listing with real workers: settled without a sweep, once, whoever is killed or at work at the same time."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from enforcement.domain import rechecks
from enforcement.enums import DecisionState, MessageKind, Rechecked
from enforcement.models import Decision, Message, Recheck, Violation
from enforcement.tasks import check_corrected
from governance.policies.enums import Measure
from governance.policies.models import Policy
from listings.domain import listings
from listings.domain.listings import draft_of
from listings.models import Listing
from tests.enforcement.domain.test_races import at_once
from tests.enforcement.ground import Ground
from tests.fixtures.workers import Worker, forget
from tests.fixtures.workers import pending as waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture
def cheap(ground: Ground) -> Policy:
    return ground.another_policy("cheap", cure_days=5, rule="listing.price < 5.0")


def pending(ground: Ground, cheap: Policy, count: int = 1) -> Decision:
    rows = [ground.listing(f"Ball {number}", price_minor=199) for number in range(count)]
    found = [ground.violation(each, cheap) for each in rows]
    return ground.issue(found, Measure.REMOVE, version=cheap.live, at=timezone.now())


def correct_all() -> None:
    drafts = [replace(draft_of(each), price_minor=900) for each in Listing.objects.order_by("pk")]
    listings.write(drafts=drafts, source="import", at=timezone.now())


def outcome(decision: Decision) -> tuple[str, int, int, int]:
    """Its state; what is still open and still owed; how often the merchant was told."""
    told = Message.objects.filter(decision=decision, kind=MessageKind.RESTORED).count()
    still_open = Violation.objects.filter(state="open").count()
    return Decision.objects.get(pk=decision.pk).state, still_open, Recheck.objects.count(), told


@pytest.mark.workers
def test_a_push_settles_the_matter(worker: Worker, ground: Ground, cheap: Policy) -> None:
    decision = pending(ground, cheap, 3)
    correct_all()
    worker.settle()
    assert outcome(decision) == (DecisionState.SETTLED, 0, 0, 1)


@pytest.mark.workers
def test_a_batch_asks_for_one_turn(worker: Worker, ground: Ground, cheap: Policy) -> None:
    pending(ground, cheap, 5)
    worker.kill()
    forget()
    correct_all()
    assert waiting() == 3  # the others let restrictions follow, and hold the listings against recalls


@pytest.mark.workers
def test_a_push_whose_message_is_lost_is_found_by_beat(worker: Worker, ground: Ground, cheap: Policy) -> None:
    decision = pending(ground, cheap)
    worker.kill()
    correct_all()
    forget()
    assert outcome(decision) == (DecisionState.PENDING, 1, 1, 0)
    worker.start()
    check_corrected.delay()
    worker.settle()
    assert outcome(decision) == (DecisionState.SETTLED, 0, 0, 1)


def test_a_turn_that_breaks_off_leaves_its_rows(ground: Ground, cheap: Policy) -> None:
    decision = pending(ground, cheap)
    correct_all()
    with transaction.atomic():
        rechecks.run_next(at=timezone.now())
        assert Violation.objects.get().state == "closed"
        transaction.set_rollback(True)
    assert outcome(decision) == (DecisionState.PENDING, 1, 1, 0)


def test_two_turns_at_once_do_the_work_once(ground: Ground, cheap: Policy) -> None:
    decision = pending(ground, cheap, 3)
    correct_all()
    correct_all()
    results = at_once(*[lambda: rechecks.run_next(at=timezone.now())] * 2)
    while Recheck.objects.exists():
        rechecks.run_next(at=timezone.now())
    assert not [each for each in results if isinstance(each, Exception)]
    assert outcome(decision)[1:3] == (0, 0)


def test_what_a_sweep_has_in_its_hands_is_left_to_the_next_turn(ground: Ground, cheap: Policy) -> None:
    pending(ground, cheap, 2)
    correct_all()
    first = Violation.objects.order_by("pk")[0]

    def turn() -> bool:
        return rechecks.run_next(at=timezone.now())

    def ask() -> list[Rechecked]:
        rows = list(Listing.objects.order_by("pk")[:1])
        return [
            each.outcome for each in rechecks.check_now(listings=rows, actor=ground.mona, at=timezone.now()).checked
        ]

    with transaction.atomic():
        list(Violation.objects.select_for_update().filter(pk=first.pk))
        assert at_once(turn) == [False]
        assert at_once(ask) == [[Rechecked.BUSY]]
    assert list(Recheck.objects.values_list("listing_id", flat=True)) == [first.listing_id]
    turn()
    assert not Violation.objects.filter(state="open").exists()
