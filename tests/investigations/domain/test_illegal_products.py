"""Buyers of what was taken off sale as illegal: told upon a decision that stands, once, where it holds."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from enforcement.domain import decisions
from enforcement.models import Decision
from governance.accounts.enums import Kind
from governance.audit.models import Entry
from governance.policies.enums import Ground as Founded
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused
from investigations.domain import consumers, illegal_products
from investigations.domain.acting import NotAPerson
from investigations.domain.consumers import Words, WordsMissing
from investigations.domain.illegal_products import NotIllegal, OwedAlready
from investigations.enums import ConsumerCause, ConsumerState
from investigations.models import ConsumerNotice
from investigations.queries import consumers as queries
from listings.models import Listing, Market, OrderLine
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.orders import act, checked

pytestmark = pytest.mark.django_db
WORDS = Words("Ball", "It is against EN 71-1: magnets come loose.", "Take it away.", "A refund: help@shop.example")
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def told(ground: Ground, decision: Decision, words: Words = WORDS) -> ConsumerNotice:
    return illegal_products.tell_buyers(decision=decision, words=words, actor=ground.mona, at=NOON)


def bought(listing: Listing, buyer: str, *, market: str = "DE", days: int = 10) -> None:
    number = OrderLine.objects.count() + 1
    OrderLine.objects.create(
        order_id=f"O-{number}", listing=listing, market=Market.objects.get(pk=market),
        ordered_at=NOON - timedelta(days=days), amount_minor=100, currency="EUR", buyer=buyer,
    )  # fmt: skip


def removed(ground: Ground) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE)


def test_they_are_owed_it_and_handed_over(ground: Ground) -> None:
    decision = removed(ground)
    ball = Listing.objects.get()
    for buyer, days in (("B1", 10), ("B1", 20), ("B2", 10), ("", 10), ("B9", 200)):
        bought(ball, buyer, days=days)
    found = queries.concerned(decision, NOON)
    assert (found.buyers, found.lines, found.unknown) == (2, 3, 1)
    notice = told(ground, decision)
    assert (notice.cause, notice.cause_ref) == (ConsumerCause.ILLEGAL, "EN 71-1, 4.23")
    assert Entry.objects.filter(verb="consumers.owed", actor=ground.mona, subject_ref=notice.reference).count() == 1
    consumers.hand_over_due(LATER)
    notice.refresh_from_db()
    assert (notice.state, notice.buyers, notice.lines, notice.unknown) == (ConsumerState.HANDED, 2, 3, 1)


def test_they_are_told_once(ground: Ground) -> None:
    decision = removed(ground)
    notice = told(ground, decision)
    with pytest.raises(OwedAlready, match=notice.reference):
        told(ground, decision, Words("Another", "thing", "is", "said"))
    assert ConsumerNotice.objects.get().what == WORDS.what


def test_where_it_may_still_be_sold_nobody_is_told(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=["DE", "FR"])
    decision = ground.issue([ground.violation(ball)], Measure.RESTRICT_MARKETS, markets=["FR"])
    bought(ball, "B1", market="DE")
    bought(ball, "B2", market="FR")
    assert queries.concerned(decision, NOON).buyers == 1
    notice = told(ground, decision)
    consumers.hand_over_due(LATER)
    assert [line.buyer for line in queries.lines(notice)] == ["B2"]


def test_where_it_was_offered_before_they_are_told(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=["DE"])
    decision = ground.issue([ground.violation(ball)], Measure.REMOVE)
    bought(ball, "B1", market="FR")  # not offered there any more
    bought(ball, "B2", market="NL")  # the policy does not apply
    assert queries.concerned(decision, NOON).buyers == 1


def test_a_program_never_says_it(ground: Ground) -> None:
    decision = removed(ground)
    ground.mona.kind = Kind.SERVICE
    with pytest.raises(NotAPerson):
        told(ground, decision)
    assert not ConsumerNotice.objects.exists()


def test_not_without_all_four_things(ground: Ground) -> None:
    with pytest.raises(WordsMissing):
        told(ground, removed(ground), Words("Ball", "Loose magnets.", "Take it away.", " "))
    assert not ConsumerNotice.objects.exists()


def warned(ground: Ground) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball"))], Measure.WARN)


def against_the_terms(ground: Ground) -> Decision:
    policy = ground.another_policy("terms", founded=Founded.TERMS)
    found = ground.violation(ground.listing("Ball"), policy)
    return ground.issue([found], Measure.REMOVE, version=policy.live)


def suspended(ground: Ground) -> Decision:
    policy = ground.another_policy("trader", about_merchants=True)
    return ground.issue([ground.merchant_violation(policy)], Measure.SUSPEND, version=policy.live)


@pytest.mark.parametrize("made", [warned, against_the_terms, suspended])
def test_only_upon_what_takes_a_listing_off_sale_as_illegal(ground: Ground, made: Callable[[Ground], Decision]) -> None:
    decision = made(ground)
    with pytest.raises(NotIllegal):
        told(ground, decision)
    assert not ConsumerNotice.objects.exists()


def reversed_later(ground: Ground) -> Decision:
    return decisions.reverse(decision=removed(ground), actor=ground.sela, reason="It is welded.", at=LATER)


def undone(ground: Ground) -> Decision:
    return decisions.undo(decision=removed(ground), actor=ground.mona, at=NOON)


def replaced(ground: Ground) -> Decision:
    decision = removed(ground)
    found = list(Listing.objects.all())
    ground.issue([], Measure.AGE_GATE, listings=found, supersedes=decision, at=LATER)
    return decision


@pytest.mark.parametrize("made", [reversed_later, undone, replaced])
def test_not_upon_what_does_not_stand(ground: Ground, made: Callable[[Ground], Decision]) -> None:
    decision = made(ground)
    with pytest.raises(MoveRefused):
        told(ground, decision)
    assert not ConsumerNotice.objects.exists()


def test_an_order_is_against_what_is_illegal_and_its_secret_is_kept(ground: Ground) -> None:
    policy = ground.another_policy("terms", founded=Founded.TERMS)
    until = NOON + timedelta(days=10)
    order = checked(ground.sela, ground.listing("Ball"), tell_after=until)
    (decision,) = act(ground, order, version=policy.live).decisions
    notice = told(ground, decision)
    assert (notice.cause_ref, notice.due_at) == (order.reference, until)
    assert consumers.hand_over_due(LATER) == 0
    assert consumers.hand_over_due(until) == 1
