"""A page of listings: drawn for one person alone, carried out once, what changed under it left out, undone as a whole."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import connection, transaction

from enforcement.domain import decisions, violations
from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims, grid, opening, shift
from investigations.domain.claims import ClaimLost, HoldsAnother
from investigations.domain.grid import Answer, NotSeen
from investigations.domain.undoing import TooLateToUndo
from investigations.enums import CaseOutcome, CaseState, ClaimEnd, TileAnswer, TileFate
from investigations.models import Case, CaseDecision, Claim, GridPage, Queue, Skills
from investigations.queries import grid as queries
from listings.models import Listing
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.investigations.at_once import waiting

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = NOON + 4 * MINUTE
AFTER_IT_RAN_OUT = NOON + claims.CLAIM_LASTS + timedelta(seconds=1)


def ticking(at: datetime = LATER) -> Callable[[], datetime]:
    ticks = count()
    return lambda: at + timedelta(milliseconds=1) * next(ticks)


def drawn(person: User, at: datetime = NOON) -> GridPage:
    page = grid.draw(person=person, queue=None, at=at)
    assert page is not None
    return page


def on(page: GridPage) -> list[Case]:
    return list(Case.objects.filter(claims__page=page, claims__ended_at__isnull=True).order_by("pk"))


def submitted(page: GridPage, person: User, at: datetime = LATER, **more: object) -> GridPage:
    given: dict[str, object] = {"answers": {}, "seen": [case.pk for case in on(page)]} | more
    return grid.submit(page=page, actor=person, clock=ticking(at), **given)  # type: ignore[arg-type]


def fates(page: GridPage) -> list[TileFate]:
    return [each.fate for each in queries.outcomes(page, language="en")]


# --- drawing -------------------------------------------------------------------------------------


def test_the_most_urgent_twenty_are_one_persons_alone(kim: User, lee: User) -> None:
    found = waiting.cases(grid.SIZE + 2, at=NOON)

    page, other = drawn(kim), drawn(lee)

    assert (page.size, other.size) == (grid.SIZE, 2)
    assert not set(on(page)) & set(on(other))
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.IN_REVIEW}
    assert Entry.objects.filter(verb="case.claimed").count() == len(found)
    assert drawn(kim) == page


@pytest.mark.django_db(transaction=True)
def test_who_asks_meanwhile_gets_other_cases_without_waiting() -> None:
    """Two connections: while one page is being drawn, the second draws the rest."""
    kim, lee = make.person("kim", Role.MODERATOR), make.person("lee", Role.MODERATOR)
    waiting.cases(grid.SIZE + 2, at=NOON)
    sizes: list[int] = []

    def second() -> None:
        page = grid.draw(person=lee, queue=None, at=NOON)
        sizes.append(page.size if page else 0)
        connection.close()

    with transaction.atomic():
        sizes.append(drawn(kim).size)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(20)

    assert sizes == [grid.SIZE, 2]


def test_only_what_fits_and_no_more_than_a_day_holds(kim: User) -> None:
    waiting.cases(3, at=NOON)
    Skills.objects.create(person=kim, cases_a_day=2)

    assert len(on(drawn(kim))) == 2


def test_of_one_queue(kim: User) -> None:
    waiting.cases(1, at=NOON)
    wine = make.case(make.policy("wine", family="alcohol"), make.merchant("Nordlicht"))

    page = grid.draw(person=kim, queue=Queue.objects.get(key="restricted"), at=NOON)

    assert page is not None
    assert on(page) == [wine]


def test_a_page_and_a_case_are_not_held_together(kim: User) -> None:
    first, _second = waiting.cases(2, at=NOON)
    claims.claim(case=first, person=kim, at=NOON)
    with pytest.raises(HoldsAnother, match=str(first)):
        grid.draw(person=kim, queue=None, at=NOON)
    claims.release(case=first, actor=kim, at=NOON)

    page = drawn(kim)

    other = make.case(make.policy("cords"), make.merchant("Sud"))
    for take in (lambda: claims.claim(case=other, person=kim, at=NOON), lambda: claims.claim_next(person=kim, at=NOON)):
        with pytest.raises(HoldsAnother, match="page of listings"):
            take()
    assert claims.claim(case=on(page)[0], person=kim, at=NOON).page == page


def test_nothing_waits(kim: User) -> None:
    assert grid.draw(person=kim, queue=None, at=NOON) is None


# --- keeping it ----------------------------------------------------------------------------------


def test_its_claims_stay_and_lapse_together(kim: User, lee: User) -> None:
    waiting.cases(3, at=NOON)
    page = drawn(kim)
    grid.beat(page=page, person=kim, at=LATER)
    assert claims.lapse_due(at=LATER + MINUTE) == 0

    grid.extend(page=page, actor=kim, at=LATER)
    assert set(page.claims.values_list("expires_at", flat=True)) == {LATER + claims.CLAIM_LASTS}
    with pytest.raises(ClaimLost):
        grid.extend(page=page, actor=lee, at=LATER)

    assert claims.lapse_due(at=LATER + claims.UNSEEN_LASTS) == 3
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.OPEN}
    with pytest.raises(ClaimLost, match="run out"):
        grid.extend(page=page, actor=kim, at=LATER)
    assert drawn(kim, LATER) != page


def test_a_case_read_in_full_keeps_the_whole_page(kim: User) -> None:
    waiting.cases(2, at=NOON)
    page = drawn(kim)
    first = on(page)[0]

    claims.beat(case=first, person=kim, at=LATER)
    claims.extend(case=first, actor=kim, at=LATER)

    assert set(page.claims.values_list("seen_at", "expires_at")) == {(LATER, LATER + claims.CLAIM_LASTS)}


def test_given_back(kim: User, lee: User) -> None:
    waiting.cases(2, at=NOON)
    page = drawn(kim)
    with pytest.raises(ClaimLost, match="somebody else"):
        grid.give_back(page=page, actor=lee, at=LATER)

    assert grid.give_back(page=page, actor=kim, at=LATER) == 2
    assert grid.give_back(page=page, actor=kim, at=LATER) == 0
    assert len(on(drawn(kim, LATER))) == 2


# --- submitting ----------------------------------------------------------------------------------


def test_approved_but_for_the_exceptions(kim: User) -> None:
    waiting.cases(4, at=NOON)
    page = drawn(kim)
    _fine, bad, odd, left = on(page)

    page = submitted(
        page,
        kim,
        answers={
            bad.pk: Answer(Measure.REMOVE, "Loose balls"),
            odd.pk: Answer(TileAnswer.SENIOR, "Are these welded in?"),
            left.pk: Answer(TileAnswer.LEAVE, "I cannot read it"),
        },
    )

    assert fates(page) == [TileFate.APPROVED, TileFate.DECIDED, TileFate.SENIOR, TileFate.LEFT]
    cases = {case.pk: case for case in Case.objects.all()}
    assert cases[_fine.pk].outcome == CaseOutcome.NO_VIOLATION
    assert cases[bad.pk].outcome == CaseOutcome.DECIDED
    assert (cases[odd.pk].state, cases[left.pk].state) == (CaseState.HELD, CaseState.OPEN)
    assert (Decision.objects.get().measure, Decision.objects.get().reason) == (Measure.REMOVE, "Loose balls")
    entry = Entry.objects.get(verb="grid.submitted")
    assert (entry.data["approve"], entry.data["remove"]) == (1, 1)


def test_no_second_is_counted_twice(kim: User) -> None:
    waiting.cases(4, at=NOON)
    submitted(drawn(kim), kim)

    assert [each.handling_seconds for each in CaseDecision.objects.all()] == [60] * 4


def test_what_was_left_does_not_come_onto_their_pages_again_but_to_others(kim: User, lee: User) -> None:
    (case,) = waiting.cases(1, at=NOON)
    submitted(drawn(kim), kim, answers={case.pk: Answer(TileAnswer.LEAVE, "Too long")})

    assert Claim.objects.get().ended_as == ClaimEnd.LEFT
    assert grid.draw(person=kim, queue=None, at=LATER) is None
    assert on(drawn(lee, LATER)) == [case]


def test_nothing_is_approved_that_was_not_seen(kim: User) -> None:
    waiting.cases(3, at=NOON)
    page = drawn(kim)
    seen, unseen, other = on(page)

    with pytest.raises(NotSeen) as refused:
        submitted(page, kim, seen=[seen.pk])
    assert refused.value.cases == [unseen.pk, other.pk]
    assert len(on(page)) == 3
    with pytest.raises(NotSeen):
        submitted(page, kim, seen=[seen.pk], unseen="whatever")

    page = submitted(page, kim, seen=[seen.pk], answers={other.pk: Answer(Measure.WARN, "Loose")}, unseen="leave")
    assert fates(page) == [TileFate.APPROVED, TileFate.LEFT, TileFate.DECIDED]


def test_approved_unseen_stands_in_the_log(kim: User) -> None:
    waiting.cases(2, at=NOON)

    assert fates(submitted(drawn(kim), kim, seen=[], unseen="approve")) == [TileFate.APPROVED] * 2
    assert Entry.objects.get(verb="grid.submitted").data["approved_unseen"] == 2


def test_a_mark_needs_a_reason_and_has_to_be_known(kim: User) -> None:
    (case,) = waiting.cases(1, at=NOON)
    page = drawn(kim)
    for answer in (Answer(Measure.REMOVE, " "), Answer("burn", "because"), Answer(Measure.TERMINATE, "because")):
        with pytest.raises(Refusal):
            submitted(page, kim, answers={case.pk: answer})
    assert on(page) == [case]


def test_only_whose_page_it_is(kim: User, lee: User) -> None:
    waiting.cases(1, at=NOON)
    with pytest.raises(ClaimLost, match="somebody else"):
        submitted(drawn(kim), lee)


def test_a_page_that_has_run_out_decides_nothing(kim: User) -> None:
    waiting.cases(2, at=NOON)
    with pytest.raises(ClaimLost, match="run out"):
        submitted(drawn(kim), kim, AFTER_IT_RAN_OUT)
    assert not CaseDecision.objects.exists()


def test_sent_twice_happens_once(kim: User) -> None:
    waiting.cases(2, at=NOON)
    page = drawn(kim)
    first = on(page)[0]
    submitted(page, kim, answers={first.pk: Answer(Measure.REMOVE, "Loose balls")})

    submitted(page, kim, seen=[])

    assert (CaseDecision.objects.count(), Decision.objects.count()) == (2, 1)
    assert Entry.objects.filter(verb="grid.submitted").count() == 1


def test_broken_off_it_goes_on_by_what_was_entered_first(kim: User) -> None:
    waiting.cases(3, at=NOON)
    page = drawn(kim)
    last = on(page)[-1]
    ticks = iter([LATER, LATER])  # the server dies when it asks for the time a third time
    with pytest.raises(StopIteration):
        grid.submit(
            page=page,
            answers={last.pk: Answer(Measure.REMOVE, "Loose balls")},
            seen=[case.pk for case in on(page)],
            actor=kim,
            clock=lambda: next(ticks),
        )
    assert CaseDecision.objects.count() == 1

    page = submitted(page, kim, seen=[])

    assert fates(page) == [TileFate.APPROVED, TileFate.APPROVED, TileFate.DECIDED]
    assert CaseDecision.objects.count() == 3


def test_what_had_run_out_by_itself_is_given_back_the_rest_decided(kim: User) -> None:
    waiting.cases(2, at=NOON)
    page = drawn(kim)
    kept, over = on(page)
    Claim.objects.filter(case=over).update(expires_at=NOON + MINUTE)

    assert fates(submitted(page, kim)) == [TileFate.APPROVED, TileFate.GONE]
    over.refresh_from_db()
    assert (over.state, kept.pk < over.pk) == (CaseState.OPEN, True)


# --- what has changed under it -------------------------------------------------------------------


def test_what_changed_under_it_is_left_out_and_said_the_rest_kept(kim: User) -> None:
    waiting.cases(4, at=NOON)
    page = drawn(kim)
    fine, edited, grown, corrected = on(page)
    Listing.objects.filter(case_items__case=edited).update(changed_at=NOON + MINUTE)
    more = make.listing(grown.merchant, "Another cube")
    item = grown.items.get()
    assert grown.policy
    assert item.violation
    make.violation(more, grown.policy)
    opening.open_owed(at=NOON + MINUTE)
    gone = corrected.items.get().violation
    assert gone
    violations.dismiss(violations=[gone], actor=kim, reason="elsewhere", at=NOON + MINUTE)

    page = submitted(page, kim)

    said = {each.case: (each.fate, each.text) for each in queries.outcomes(page, language="en")}
    assert said[fine][0] == TileFate.APPROVED
    assert said[edited] == (
        TileFate.LEFT,
        "The merchant has changed the listing since you opened the page. Look at it again.",
    )
    assert said[grown][0] == TileFate.LEFT
    assert said[corrected][0] in (TileFate.LEFT, TileFate.GONE)
    assert CaseDecision.objects.count() == 1


def test_a_case_that_was_taken_away_is_skipped_and_said(kim: User, tess: User) -> None:
    waiting.cases(2, at=NOON)
    page = drawn(kim)
    kept, lost = on(page)
    Claim.objects.filter(case=lost).update(expires_at=NOON + MINUTE)
    claims.lapse_due(at=NOON + 2 * MINUTE)

    page = submitted(page, kim)

    assert fates(page) == [TileFate.APPROVED, TileFate.GONE]
    lost.refresh_from_db()
    assert (lost.state, kept.pk) == (CaseState.OPEN, kept.pk)


def test_a_hidden_measure_and_one_that_the_policy_does_not_permit_are_not_decided(kim: User) -> None:
    hidden, forbidden = waiting.cases(2, at=NOON)
    Queue.objects.update(hidden_measures=[Measure.REMOVE])
    page = drawn(kim)

    page = submitted(
        page, kim, answers={hidden.pk: Answer(Measure.REMOVE, "x"), forbidden.pk: Answer(Measure.DEMOTE, "x")}
    )

    assert fates(page) == [TileFate.LEFT, TileFate.LEFT]
    assert not Decision.objects.exists()


# --- read in full --------------------------------------------------------------------------------


def test_a_case_of_several_listings_is_one_tile_and_decided_in_full(kim: User) -> None:
    waiting.cases(1, at=NOON)
    large = make.case(make.policy("cords"), make.merchant("Sud"), listings=3)
    page = drawn(kim)

    tiles = {tile.case: tile for tile in queries.tiles(page, language="en")}
    assert tiles[large].whole == "3 listings: read them all"
    assert (tiles[large].measures, len(tiles)) == ([], 2)

    page = submitted(page, kim, answers={large.pk: Answer(Measure.REMOVE, "x")}, seen=[case.pk for case in on(page)])
    assert fates(page) == [TileFate.APPROVED, TileFate.LEFT]


def test_decided_in_full_one_comes_back_to_the_page(kim: User) -> None:
    waiting.cases(3, at=NOON)
    page = drawn(kim)
    first = on(page)[0]

    step = shift.decide(
        case=first,
        verdicts={item.pk: "fine" for item in first.items.all()},  # type: ignore[misc]
        measure=None,
        markets=(),
        minimum_age=None,
        actor=kim,
        reason="",
        fine_reason="Welded in",
        at=LATER,
    )

    assert step.next is None
    assert len(on(page)) == 2


# --- undoing -------------------------------------------------------------------------------------


def test_undone_it_is_before_the_person_again_as_it_was_entered(kim: User) -> None:
    waiting.cases(3, at=NOON)
    page = drawn(kim)
    marked = on(page)[0]
    answers = {marked.pk: Answer(Measure.REMOVE, "Loose balls")}
    submitted(page, kim, answers=answers)
    drawn_next = waiting.cases(2, at=NOON)
    next_page = drawn(kim, LATER)

    back, told = grid.undo(page=page, actor=kim, at=LATER + timedelta(seconds=5))

    assert (back, told) == (3, [])
    assert len(on(page)) == 3
    assert on(next_page) == []
    assert {case.state for case in Case.objects.filter(pk__in=[each.pk for each in drawn_next])} == {CaseState.OPEN}
    page.refresh_from_db()
    tiles = {tile.case: tile for tile in queries.tiles(page, language="en")}
    assert (tiles[marked].answer, tiles[marked].reason) == (Measure.REMOVE, "Loose balls")
    assert fates(submitted(GridPage.objects.get(pk=page.pk), kim, LATER + MINUTE)) == [TileFate.APPROVED] * 3


def test_undone_only_within_the_seconds_by_whose_it_was_and_once(kim: User, lee: User) -> None:
    waiting.cases(1, at=NOON)
    page = drawn(kim)
    with pytest.raises(MoveRefused, match="not been submitted"):
        grid.undo(page=page, actor=kim, at=LATER)
    submitted(page, kim)
    with pytest.raises(ClaimLost):
        grid.undo(page=page, actor=lee, at=LATER)
    with pytest.raises(TooLateToUndo):
        grid.undo(page=page, actor=kim, at=LATER + decisions.UNDO_WINDOW + MINUTE)

    grid.undo(page=page, actor=kim, at=LATER + timedelta(seconds=1))
    with pytest.raises(MoveRefused):
        grid.undo(page=page, actor=kim, at=LATER + timedelta(seconds=2))
