"""Only what was read about is done: what came between the preview, the beginning and the turn of a case."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from enforcement.models import Decision
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import bulk, opening
from investigations.enums import BulkLeft, BulkPartState, BulkState, BulkVerb, CaseState
from investigations.models import BulkPart, Case, CaseItem
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import LATER, begun, prepared, run_all

pytestmark = pytest.mark.django_db
TWO_DAYS_ON = LATER + timedelta(days=2)
JUDGED = [(BulkVerb.CLOSE, {}), (BulkVerb.DECIDE, {"measure": Measure.REMOVE.value})]


def grow(case: Case, count: int, at: datetime = LATER) -> None:
    """A sweep finds so many more listings of the case's merchant."""
    assert case.policy
    for number in range(count):
        make.violation(make.listing(case.merchant, f"Further cube {number}"), case.policy)
    opening.open_owed(at=at)


@pytest.mark.parametrize(("verb", "params"), JUDGED)
def test_listings_that_came_since_the_preview_are_read_about_and_counted_for_two(
    tess: User, settings: Any, verb: BulkVerb, params: dict[str, Any]
) -> None:
    settings.SECOND_PERSON_LISTINGS = 3
    case, _other = waiting.cases(2, at=NOON)
    run = prepared(verb, tess, **params)
    assert run.preview["second"] is False
    grow(case, 2)

    with pytest.raises(bulk.Changed):
        begun(run, tess)

    run.refresh_from_db()
    assert (run.state, run.preview["listings"], run.preview["second"]) == (BulkState.PREPARED, 4, True)
    assert not run.parts.exists()
    assert begun(run, tess).state == BulkState.HELD


def test_as_many_other_listings_are_not_the_same(tess: User) -> None:
    first, second = waiting.cases(2, at=NOON)
    run = prepared(BulkVerb.CLOSE, tess)
    grow(first, 1)
    CaseItem.objects.filter(case=first, listing__title__startswith="Magnet").update(settled_at=LATER)

    with pytest.raises(bulk.Changed):
        begun(run, tess)
    assert begun(run, tess).state == BulkState.RUNNING
    assert second.items.count() == 1


def test_more_listings_do_not_matter_where_nothing_is_judged(tess: User) -> None:
    (case,) = waiting.cases(1, at=NOON)
    run = prepared(BulkVerb.WATCH, tess)
    grow(case, 1)

    assert begun(run, tess).state == BulkState.RUNNING


def test_as_many_other_cases_are_not_the_same(tess: User) -> None:
    first, second, third = waiting.cases(3, at=NOON)
    run = prepared(BulkVerb.WATCH, tess, Case.objects.filter(pk__in=[first.pk, second.pk]))
    now = Case.objects.filter(pk__in=[first.pk, third.pk])

    with pytest.raises(bulk.Changed):
        begun(run, tess, now)

    run.refresh_from_db()
    assert (run.state, run.parts.count()) == (BulkState.PREPARED, 0)
    assert begun(run, tess, now).state == BulkState.RUNNING


def test_a_second_person_is_asked_by_what_holds_when_it_begins(tess: User, settings: Any) -> None:
    waiting.cases(2, at=NOON)
    run = prepared(BulkVerb.CLOSE, tess)
    settings.SECOND_PERSON_LISTINGS = 2

    with pytest.raises(bulk.Changed):
        begun(run, tess)
    assert begun(run, tess).state == BulkState.HELD


@pytest.mark.parametrize(("verb", "params"), JUDGED)
def test_a_case_that_grew_while_it_waited_is_left_whole_and_named(
    tess: User, sana: User, settings: Any, verb: BulkVerb, params: dict[str, Any]
) -> None:
    settings.SECOND_PERSON_LISTINGS = 2
    grown, same = waiting.cases(2, at=NOON)
    run = begun(prepared(verb, tess, **params), tess)
    assert run.state == BulkState.HELD
    grow(grown, 1, TWO_DAYS_ON)

    run = run_all(bulk.approve(run=run, actor=sana, at=TWO_DAYS_ON))

    part = BulkPart.objects.get(case=grown)
    assert (part.state, part.left_because) == (BulkPartState.LEFT, BulkLeft.REFUSED)
    assert part.error.startswith("More has come to the case since this was begun.")
    assert dict(Case.objects.values_list("pk", "state")) == {grown.pk: CaseState.OPEN, same.pk: CaseState.CLOSED}
    assert grown.items.filter(settled_at=None).count() == 2
    assert Decision.objects.count() == (1 if verb == BulkVerb.DECIDE else 0)


def test_what_moved_in_from_another_case_is_not_judged_either(tess: User) -> None:
    """Its item is older than the preview, and was read about by nobody."""
    into, out_of = waiting.cases(2, at=NOON)
    chosen = Case.objects.filter(pk=into.pk)
    run = begun(prepared(BulkVerb.CLOSE, tess, chosen), tess, chosen)
    CaseItem.objects.filter(case=out_of).update(case=into, came_from=out_of)

    run_all(run)

    assert BulkPart.objects.get().left_because == BulkLeft.REFUSED


def test_what_was_corrected_meanwhile_keeps_no_case_from_its_turn(tess: User) -> None:
    (case,) = waiting.cases(1, at=NOON)
    grow(case, 1, NOON)
    run = begun(prepared(BulkVerb.CLOSE, tess), tess)
    CaseItem.objects.filter(case=case, listing__title__startswith="Magnet").update(settled_at=LATER)

    run_all(run)

    assert BulkPart.objects.get().state == BulkPartState.DONE
