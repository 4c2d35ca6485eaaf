"""A corrected listing is read again at once, by what is open about it, and nothing happens twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enforcement.domain import decisions, rechecks, sweep_work, sweeps, taking_effect
from enforcement.domain.rechecks import NothingOpen
from enforcement.domain.timing import AT_ONCE
from enforcement.enums import DecisionState, MessageKind, Owed, PointKind, Rechecked, SweepKind
from enforcement.models import Decision, Message, PointEntry, Recheck, Restriction, Violation
from enforcement.queries import points as ledger
from governance.audit.models import Entry
from governance.policies.enums import Measure, Mode, VersionState
from governance.policies.models import Policy, PolicyVersion
from governance.policies.queries.environment import environment
from listings.domain import listings
from listings.domain.listings import draft_of
from listings.enums import Exposure
from listings.models import Listing
from tests.enforcement.ground import Ground
from tests.enforcement.ladder.rungs import in_force as ladder_in_force
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def cheap(ground: Ground) -> Policy:
    """Holds for what costs less than five; five working days to correct."""
    return ground.another_policy("cheap", cure_days=5, rule="listing.price < 5.0")


def low(ground: Ground, title: str = "Ball", **more: Any) -> Listing:
    return ground.listing(title, price_minor=199, **more)


def change(listing: Listing, *, at: datetime = LATER, **fields: Any) -> Listing:
    """As its merchant does, over the API or by an import."""
    listings.write(drafts=[replace(draft_of(listing), **fields)], source="api", at=at)
    return Listing.objects.get(pk=listing.pk)


def decided(ground: Ground, policy: Policy, measure: Measure, *titles: str, **more: Any) -> Decision:
    found = [ground.violation(low(ground, title), policy) for title in titles or ("Ball",)]
    return ground.issue(found, measure, version=policy.live, **more)


def listing_of(decision: Decision, number: int = 0) -> Listing:
    listing = decision.items.order_by("pk")[number].listing
    assert listing is not None
    return listing


def check(at: datetime = LATER) -> None:
    """What the tasks do, one after the other."""
    while rechecks.run_next(at=at):
        pass
    decisions.settle_corrected(at=at)


def state(decision: Decision) -> DecisionState:
    return DecisionState(Decision.objects.get(pk=decision.pk).state)


def kinds(decision: Decision) -> list[str]:
    return list(Message.objects.filter(decision=decision).order_by("pk").values_list("kind", flat=True))


# --- what a correction ends ----------------------------------------------------------------------


def test_a_pending_decision_ends_as_corrected_and_costs_no_points(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE)
    change(listing_of(decision), price_minor=900)
    assert Recheck.objects.count() == 1
    check()
    assert state(decision) == DecisionState.SETTLED
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.RESTORED]
    told = Message.objects.get(kind=MessageKind.RESTORED).text
    assert "has been corrected" in told
    assert "points" not in told
    assert ledger.balance(ground.merchant.pk, LATER) == 0
    assert not Recheck.objects.exists()


def test_a_warning_is_closed_and_a_request_fulfilled(ground: Ground, cheap: Policy) -> None:
    warned = decided(ground, cheap, Measure.WARN, "Ball")
    asked = decided(ground, cheap, Measure.REQUEST_CORRECTION, "Top")
    for decision in (warned, asked):
        change(listing_of(decision), price_minor=900)
    check()
    assert [state(warned), state(asked)] == [DecisionState.SETTLED] * 2
    assert not Restriction.objects.filter(lifted_at__isnull=True).exists()


def test_a_measure_in_force_ends_and_prompt_correction_takes_points_off(ground: Ground, cheap: Policy) -> None:
    ladder_in_force(ground, discount_percent=50, discount_days=3)
    decision = decided(ground, cheap, Measure.REMOVE, asked=AT_ONCE)
    listing = listing_of(decision)
    assert ground.seen(listing) == {"DE": Exposure.HIDDEN}
    change(listing, price_minor=900)
    check()
    assert ground.seen(listing) == {"DE": Exposure.SHOWN}
    assert PointEntry.objects.filter(decision=decision, kind=PointKind.DISCOUNT).count() == 1
    check()
    assert PointEntry.objects.filter(decision=decision, kind=PointKind.DISCOUNT).count() == 1
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.RESTORED]


def test_what_goes_off_sale_breaks_nothing_any_more(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.WARN)
    listings.end(listing=listing_of(decision), actor=None, reason="", at=LATER)
    check()
    assert Violation.objects.get().closed_because == "corrected"


def test_one_of_two_corrected_leaves_the_other(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE, "Ball", "Top")
    change(listing_of(decision), price_minor=900)
    check()
    assert state(decision) == DecisionState.PENDING
    assert [each.state for each in Violation.objects.order_by("pk")] == ["closed", "open"]


# --- what does not suffice -----------------------------------------------------------------------


def test_what_is_still_found_is_found_in_the_new_version(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE)
    change(listing_of(decision), price_minor=250)
    check()
    violation = Violation.objects.get()
    assert (violation.state, violation.listing_version, violation.seen_at) == ("open", 2, LATER)
    assert violation.owed == Owed.NOTHING
    assert "tree" in violation.explanation
    assert (state(decision), kinds(decision)) == (DecisionState.PENDING, [MessageKind.STATEMENT])


def test_what_cannot_be_decided_stays_open(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE)
    change(listing_of(decision), price_minor=None)
    check()
    violation = Violation.objects.get()
    assert (violation.state, violation.listing_version) == ("open", 1)
    assert not Recheck.objects.exists()


def test_only_the_rules_that_something_is_open_under_are_read(ground: Ground, cheap: Policy) -> None:
    ground.another_policy("balls", rule='listing.brand == "Ball"')
    decided(ground, cheap, Measure.WARN)
    other = ground.violation(ground.listing("Dear", price_minor=9_000))
    change(Listing.objects.get(title="Ball"), price_minor=250, brand="Ball")
    check()
    assert Violation.objects.filter(listing__title="Ball").count() == 1
    other.refresh_from_db()
    assert (other.state, other.seen_at) == ("open", NOON)


def test_a_policy_that_does_not_act_is_not_read(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.WARN)
    Policy.objects.filter(pk=cheap.pk).update(mode=Mode.OFF)
    listing = change(listing_of(decision), price_minor=900)
    check()
    assert (Violation.objects.get().state, Recheck.objects.count()) == ("open", 0)
    answer = rechecks.check_now(listings=[listing], actor=ground.mona, at=LATER)
    assert [each.outcome for each in answer.checked] == [Rechecked.NOT_READ]


def test_the_newest_version_of_the_rule_counts(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.WARN)
    old = cheap.live
    assert old is not None
    new = PolicyVersion.objects.create(
        policy=cheap, number=2, severity=old.severity, ground=old.ground, legal_basis=old.legal_basis,
        jurisdictions=old.jurisdictions, rule="listing.price < 2.0", measures=old.measures,
        default_measure=old.default_measure, author=old.author, created_at=NOON, minimum_age=16, label=old.label,
        listings_a_day=3,
    )  # fmt: skip
    PolicyVersion.objects.filter(pk=old.pk).update(state=VersionState.SUPERSEDED)
    PolicyVersion.objects.filter(pk=new.pk).update(state=VersionState.LIVE)
    change(listing_of(decision), price_minor=250)
    check()
    assert Violation.objects.get().state == "closed"


# --- what costs nothing, and what comes twice ----------------------------------------------------


def test_listings_without_open_matters_cost_one_query(
    ground: Ground, django_assert_num_queries: Callable[[int], Any]
) -> None:
    rows = [ground.listing(f"Ball {number}") for number in range(30)]
    with django_assert_num_queries(1):
        rechecks.owe(listing_ids=[row.pk for row in rows], at=NOON)
    assert not Recheck.objects.exists()


def test_new_listings_are_not_asked_about(ground: Ground, cheap: Policy) -> None:
    listing = low(ground)
    drafts = [replace(draft_of(listing), external_id=f"new-{number}") for number in range(3)]
    with CaptureQueriesContext(connection) as asked:
        listings.write(drafts=drafts, source="import", at=LATER)
    assert not [each for each in asked.captured_queries if "enforcement_" in each["sql"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_owing_many_takes_as_many_queries_as_one(
    ground: Ground, cheap: Policy, rows: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    found = [ground.violation(low(ground, f"Ball {number}"), cheap) for number in range(rows)]
    with django_assert_num_queries(2):
        assert rechecks.owe(listing_ids=[each.listing_id or 0 for each in found], at=NOON) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_many_takes_as_many_queries_as_one(
    ground: Ground, cheap: Policy, rows: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(rows):
        decided(ground, cheap, Measure.WARN, f"Ball {number}")
        change(Listing.objects.get(title=f"Ball {number}"), price_minor=900)
    environment()
    with django_assert_num_queries(18):
        rechecks.run_next(at=LATER)
    assert Violation.objects.filter(state="closed").count() == rows


def test_many_are_read_in_turns(ground: Ground, cheap: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rechecks, "BATCH", 2)
    found = [ground.violation(low(ground, f"Ball {number}"), cheap) for number in range(5)]
    drafts = [replace(draft_of(each.listing), price_minor=900) for each in found if each.listing]
    listings.write(drafts=drafts, source="import", at=LATER)
    assert [rechecks.run_next(at=LATER) for _turn in range(3)] == [True, True, False]
    assert not Violation.objects.filter(state="open").exists()


def test_two_pushes_are_one_correction(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE)
    listing = change(listing_of(decision), price_minor=250)
    change(listing, price_minor=900)
    assert Recheck.objects.count() == 2
    check()
    check()
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.RESTORED]
    assert not Recheck.objects.exists()


def test_a_sweep_after_it_finds_nothing_to_do(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE)
    change(listing_of(decision), price_minor=900)
    check()
    sweep = sweeps.start(kind=SweepKind.FULL, actor=None, reason="", at=LATER)
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=lambda: LATER):
        pass
    decisions.settle_corrected(at=LATER)
    assert kinds(decision) == [MessageKind.STATEMENT, MessageKind.RESTORED]
    assert Violation.objects.count() == 1


def test_what_was_corrected_in_time_does_not_take_effect_while_it_waits_to_be_read(
    ground: Ground, cheap: Policy
) -> None:
    decision = decided(ground, cheap, Measure.REMOVE)
    due = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    change(listing_of(decision), price_minor=900, at=due - timedelta(minutes=10))
    assert taking_effect.start_due(due) == 0
    check(due)
    assert (taking_effect.start_due(due), state(decision)) == (0, DecisionState.SETTLED)


def test_a_request_to_correct_does_not_run_out_while_the_correction_waits_to_be_read(
    ground: Ground, cheap: Policy
) -> None:
    decision = decided(ground, cheap, Measure.REQUEST_CORRECTION)
    over = Restriction.objects.get().ends_at
    assert over is not None
    change(listing_of(decision), price_minor=900, at=over - timedelta(minutes=10))
    assert decisions.expire_due(at=over) == 0
    check(over)
    assert (decisions.expire_due(at=over), state(decision)) == (0, DecisionState.SETTLED)


# --- on a person's word --------------------------------------------------------------------------


def test_a_person_asks_and_is_told(ground: Ground, cheap: Policy) -> None:
    decision = decided(ground, cheap, Measure.REMOVE, "Ball", "Top")
    first, second = listing_of(decision), listing_of(decision, 1)
    Listing.objects.filter(pk=first.pk).update(price_minor=900)
    answer = rechecks.check_now(listings=[first, second], actor=ground.mona, at=LATER)
    assert [each.outcome for each in answer.checked] == [Rechecked.CLOSED, Rechecked.FOUND]
    assert (answer.count(Rechecked.CLOSED), answer.left) == (1, 0)
    told = Entry.objects.filter(verb="listing.checked").order_by("pk")
    assert [each.data["outcomes"] for each in told] == [["closed"], ["found"]]


def test_without_anything_open_there_is_nothing_to_check(ground: Ground) -> None:
    with pytest.raises(NothingOpen):
        rechecks.check_now(listings=[ground.listing("Ball")], actor=ground.mona, at=LATER)
    assert not Entry.objects.filter(verb="listing.checked").exists()


def test_more_than_a_person_waits_for_is_left_to_the_workers(
    ground: Ground, cheap: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecks, "AT_ONCE", 1)
    decision = decided(ground, cheap, Measure.REMOVE, "Ball", "Top", "Cube")
    rows = [item.listing for item in decision.items.select_related("listing") if item.listing]
    answer = rechecks.check_now(listings=rows, actor=ground.mona, at=LATER)
    assert (len(answer.checked), answer.left, Recheck.objects.count()) == (1, 2, 2)
