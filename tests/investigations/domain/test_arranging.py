"""Merging, splitting and reopening cases, and what both leave behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from enforcement.enums import ClosedBecause, Owed, ViolationState
from enforcement.models import Violation
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure, Severity
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import arranging, cases, claims, files, opening, reopening, watching
from investigations.domain.arranging import NothingToSplit, NotTogether
from investigations.domain.reopening import NotTheirs
from investigations.enums import CaseOutcome, CaseState, ClaimEnd, News, Verdict
from investigations.models import Case, CaseItem, Claim, Telling, Watch
from investigations.queries import exhibits, family, trail
from listings.models import Merchant
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=3)
V, F = Verdict.VIOLATES, Verdict.FINE


@pytest.fixture
def nordlicht() -> Merchant:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    return make.merchant("Nordlicht")


@pytest.fixture
def magnets(nordlicht: Merchant) -> Case:
    return make.case(make.policy("magnets"), nordlicht, listings=3)


@pytest.fixture
def cords(nordlicht: Merchant) -> Case:
    return make.case(make.policy("cords", title="Cords", severity=Severity.CRITICAL), nordlicht, listings=2)


def merge(case: Case, into: Case, actor: User) -> Case:
    return arranging.merge(case=case, into=into, actor=actor, reason="One and the same toy", at=LATER)


def waiting(case: Case) -> int:
    return case.items.filter(settled_at__isnull=True).count()


def verbs(case: Case) -> list[str]:
    return list(
        Entry.objects.filter(subject_kind="case", subject_id=case.pk).order_by("id").values_list("verb", flat=True)
    )


# --- merging -------------------------------------------------------------------------------------


def test_a_merged_case_goes_on_in_the_other(kim: User, lee: User, magnets: Case, cords: Case) -> None:
    watching.watch(case=cords, actor=lee, at=NOON)
    files.note(case=cords, actor=kim, text="Seen before", at=NOON)
    files.add_link(case=cords, actor=kim, title="Recall", source="https://recalls.example/1", at=NOON)
    Case.objects.filter(pk=cords.pk).update(due_at=magnets.due_at - timedelta(hours=5))

    into = merge(cords, magnets, kim)

    cords.refresh_from_db()
    assert (cords.state, cords.outcome, cords.closed_at) == (CaseState.CLOSED, CaseOutcome.MERGED, LATER)
    assert cords.merged_into == into == magnets
    assert (waiting(cords), waiting(magnets)) == (0, 5)
    assert into.severity == Severity.CRITICAL
    assert into.due_at == magnets.due_at - timedelta(hours=5)
    assert [note.text for note in trail.notes(magnets)] == ["Seen before"]
    assert [each.title for each in trail.evidence(magnets)] == ["Recall"]
    assert Watch.objects.filter(case=magnets, person=lee).exists()
    assert verbs(cords)[-1] == "case.merged"
    assert verbs(magnets)[-1] == "case.took_in"


def test_what_was_decided_in_a_merged_case_is_read_in_the_other(kim: User, magnets: Case, cords: Case) -> None:
    claims.claim(case=cords, person=kim, at=NOON)
    first = cords.items.order_by("pk")[0]
    cases.decide(
        case=cords, verdicts={first.pk: V}, measure=Measure.REMOVE, actor=kim, reason="Clear", at=NOON, keep=True
    )
    claims.release(case=cords, actor=kim, at=NOON)

    merge(cords, magnets, kim)

    assert [item.pk for item in exhibits.items_of(magnets, settled=True)] == [first.pk]
    assert len(trail.rulings(magnets)) == 1
    assert trail.counts(magnets).settled == 1


def test_a_claim_on_the_merged_case_ends_with_a_word(kim: User, lee: User, magnets: Case, cords: Case) -> None:
    claims.claim(case=cords, person=lee, at=NOON)

    merge(cords, magnets, kim)

    assert Claim.objects.get(person=lee).ended_as == ClaimEnd.MERGED
    told = Telling.objects.get(person=lee)
    assert (told.kind, told.case) == (News.MERGED, magnets)
    assert str(magnets) in told.text


def test_what_waits_in_both_waits_once(kim: User, magnets: Case, cords: Case) -> None:
    shared = magnets.items.order_by("pk")[0]
    CaseItem.objects.create(case=cords, listing=shared.listing, violation=shared.violation, added_at=NOON)
    merge(cords, magnets, kim)
    assert waiting(magnets) == 5


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_merge_needs_a_reason(reason: str, kim: User, magnets: Case, cords: Case) -> None:
    with pytest.raises(Refusal, match="Say why"):
        arranging.merge(case=cords, into=magnets, actor=kim, reason=reason, at=LATER)


def test_only_live_cases_of_one_merchant_are_merged(kim: User, magnets: Case, cords: Case) -> None:
    other = make.case(make.policy("paint"), make.merchant("Kestrel"))
    with pytest.raises(NotTogether, match="one merchant"):
        merge(other, magnets, kim)
    with pytest.raises(NotTogether, match="into itself"):
        merge(magnets, magnets, kim)
    merge(cords, magnets, kim)
    with pytest.raises(MoveRefused, match="is closed"):
        merge(cords, magnets, kim)
    with pytest.raises(MoveRefused, match="is closed"):
        merge(magnets, cords, kim)


def test_what_is_held_does_not_get_past_the_senior(kim: User, sana: User, magnets: Case, cords: Case) -> None:
    claims.claim(case=cords, person=kim, at=NOON)
    claims.hold(case=cords, actor=kim, reason="Is it real?", at=NOON)
    with pytest.raises(MoveRefused, match="waits for a senior reviewer"):
        merge(cords, magnets, kim)
    merge(cords, magnets, sana)


def test_a_sweep_adds_to_the_case_that_took_the_other_in(kim: User, magnets: Case, cords: Case) -> None:
    merge(cords, magnets, kim)
    assert cords.policy is not None
    make.violation(make.listing(magnets.merchant, "Hood"), cords.policy)
    opening.open_owed(at=LATER)
    assert waiting(magnets) == 6
    assert Case.objects.count() == 2


def test_a_merge_of_merges_is_followed_to_its_end(kim: User, nordlicht: Merchant, magnets: Case, cords: Case) -> None:
    paint = make.case(make.policy("paint"), nordlicht)
    merge(paint, cords, kim)
    merge(cords, magnets, kim)
    paint.refresh_from_db()
    assert family.end_of(paint) == magnets
    assert sorted(family.keys(magnets)) == sorted([magnets.pk, cords.pk, paint.pk])
    assert paint.policy is not None
    make.violation(make.listing(nordlicht, "Red car"), paint.policy)
    opening.open_owed(at=LATER)
    assert waiting(magnets) == 7


def test_a_merge_is_undone_as_long_as_nothing_came_of_it(kim: User, magnets: Case, cords: Case) -> None:
    merge(cords, magnets, kim)
    cords.refresh_from_db()

    arranging.undo_merge(case=cords, actor=kim, at=LATER)

    cords.refresh_from_db()
    assert (cords.state, cords.outcome, cords.merged_into) == (CaseState.OPEN, "", None)
    assert (waiting(cords), waiting(magnets)) == (2, 3)
    with pytest.raises(MoveRefused, match="not merged"):
        arranging.undo_merge(case=cords, actor=kim, at=LATER)


def test_an_undone_merge_of_a_held_case_holds_it_again(kim: User, sana: User, magnets: Case, cords: Case) -> None:
    claims.claim(case=cords, person=kim, at=NOON)
    claims.hold(case=cords, actor=kim, reason="Is it real?", at=NOON)
    merge(cords, magnets, sana)
    cords.refresh_from_db()
    assert arranging.undo_merge(case=cords, actor=sana, at=LATER).state == CaseState.HELD


def test_a_merge_is_not_undone_after_a_decision_or_under_a_reader(
    kim: User, lee: User, magnets: Case, cords: Case
) -> None:
    came = cords.items.order_by("pk")[0]
    merge(cords, magnets, kim)
    cords.refresh_from_db()
    claims.claim(case=magnets, person=lee, at=LATER)
    with pytest.raises(MoveRefused, match="is with Lee"):
        arranging.undo_merge(case=cords, actor=kim, at=LATER)
    cases.decide(
        case=magnets, verdicts={came.pk: V}, measure=Measure.REMOVE, actor=lee, reason="Clear", at=LATER, keep=True
    )
    with pytest.raises(MoveRefused, match="decided or corrected since"):
        arranging.undo_merge(case=cords, actor=lee, at=LATER)


def test_the_database_keeps_where_a_merged_case_went(magnets: Case, cords: Case) -> None:
    closed = {"state": CaseState.CLOSED, "closed_at": NOON}
    for wrong in (
        {"outcome": CaseOutcome.MERGED, "merged_into": None},
        {"outcome": CaseOutcome.DECIDED, "merged_into": magnets},
        {"outcome": CaseOutcome.MERGED, "merged_into": cords},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=cords.pk).update(**closed, **wrong)


# --- splitting -----------------------------------------------------------------------------------


def split(case: Case, actor: User, *numbers: int) -> Case:
    keys = list(case.items.order_by("pk").values_list("pk", flat=True))
    return arranging.split(
        case=case, items=[keys[number] for number in numbers], actor=actor, reason="Another maker", at=LATER
    )


def test_chosen_items_go_into_a_case_of_their_own(kim: User, magnets: Case) -> None:
    new = split(magnets, kim, 1, 2)

    assert (new.merchant, new.policy, new.queue, new.due_at) == (
        magnets.merchant,
        magnets.policy,
        magnets.queue,
        magnets.due_at,
    )
    assert new.cause_key == f"{magnets.cause_key}#{magnets.pk}.1"
    assert (waiting(magnets), waiting(new)) == (1, 2)
    assert verbs(magnets)[-1] == "case.split"
    assert verbs(new) == ["case.split_off"]


def test_what_a_sweep_finds_comes_to_the_old_one_and_what_was_split_off_stays(kim: User, magnets: Case) -> None:
    new = split(magnets, kim, 0)
    moved = new.items.get().violation
    assert moved is not None
    Violation.objects.filter(pk=moved.pk).update(owed=Owed.CASE)
    assert magnets.policy is not None
    make.violation(make.listing(magnets.merchant, "Fresh"), magnets.policy)

    opening.open_owed(at=LATER)

    assert (waiting(magnets), waiting(new)) == (3, 1)
    assert not Violation.objects.filter(owed=Owed.CASE).exists()


def test_a_case_is_split_again_and_again(kim: User, magnets: Case) -> None:
    first = split(magnets, kim, 0)
    key = magnets.items.order_by("pk")[0].pk
    second = arranging.split(case=magnets, items=[key], actor=kim, reason="And another", at=LATER)
    assert {first.cause_key, second.cause_key} == {
        f"{magnets.cause_key}#{magnets.pk}.1",
        f"{magnets.cause_key}#{magnets.pk}.2",
    }


@pytest.mark.parametrize("numbers", [(), (0, 1, 2)])
def test_nothing_and_everything_is_not_split(numbers: tuple[int, ...], kim: User, magnets: Case) -> None:
    with pytest.raises(NothingToSplit):
        split(magnets, kim, *numbers)


def test_a_case_that_another_reads_is_not_split(kim: User, lee: User, magnets: Case) -> None:
    claims.claim(case=magnets, person=lee, at=NOON)
    with pytest.raises(MoveRefused, match="is with Lee"):
        split(magnets, kim, 0)
    assert split(magnets, lee, 0).state == CaseState.OPEN


def test_a_split_is_undone(kim: User, magnets: Case) -> None:
    new = split(magnets, kim, 0)
    assert arranging.undo_split(case=new, actor=kim, at=LATER) == magnets
    assert waiting(magnets) == 3
    with pytest.raises(MoveRefused, match="not split off"):
        arranging.undo_split(case=make.case(make.policy("paint"), magnets.merchant), actor=kim, at=LATER)


# --- reopening -----------------------------------------------------------------------------------


@pytest.fixture
def closed(kim: User, magnets: Case) -> Case:
    """Decided by Kim: two fine, one violates."""
    claims.claim(case=magnets, person=kim, at=NOON)
    keys = list(magnets.items.order_by("pk").values_list("pk", flat=True))
    cases.decide(
        case=magnets,
        verdicts=dict(zip(keys, (V, F, F), strict=True)),
        measure=Measure.REMOVE,
        actor=kim,
        reason="Clear",
        at=NOON,
    )
    magnets.refresh_from_db()
    return magnets


def reopen(case: Case, actor: User, reason: str = "The lab was wrong") -> Case:
    return reopening.reopen(case=case, actor=actor, reason=reason, at=LATER)


@pytest.mark.parametrize("who", ["kim", "sana"])
def test_a_reopened_case_brings_back_what_was_found_fine(who: str, closed: Case, kim: User, sana: User) -> None:
    reopen(closed, {"kim": kim, "sana": sana}[who])

    closed.refresh_from_db()
    assert (closed.state, closed.outcome, closed.closed_at) == (CaseState.OPEN, "", None)
    assert closed.due_at > LATER
    assert waiting(closed) == 2
    assert closed.items.filter(verdict=F, settled_at__isnull=False).count() == 2
    assert Violation.objects.filter(state=ViolationState.OPEN).count() == 3
    assert verbs(closed)[-1] == "case.reopened"


def test_the_rest_is_for_another_pair_of_eyes_or_for_whoever_takes_it(closed: Case, kim: User, lee: User) -> None:
    reopen(closed, kim)
    assert claims.claim_next(person=kim, at=LATER) is None
    assert claims.claim_next(person=lee, at=LATER) == closed


def test_others_do_not_reopen(closed: Case, lee: User) -> None:
    with pytest.raises(NotTheirs):
        reopen(closed, lee)


def test_what_is_reopened_says_why_and_is_closed(closed: Case, kim: User) -> None:
    with pytest.raises(Refusal, match="Say why"):
        reopen(closed, kim, " ")
    reopen(closed, kim)
    with pytest.raises(MoveRefused, match="not closed"):
        reopen(closed, kim)


def test_where_nothing_was_found_fine_there_is_nothing_to_reopen(kim: User, magnets: Case) -> None:
    claims.claim(case=magnets, person=kim, at=NOON)
    keys = list(magnets.items.values_list("pk", flat=True))
    cases.decide(
        case=magnets, verdicts=dict.fromkeys(keys, V), measure=Measure.REMOVE, actor=kim, reason="Clear", at=NOON
    )
    with pytest.raises(MoveRefused, match="reversed or appealed"):
        reopen(magnets, kim)
    magnets.refresh_from_db()
    assert magnets.state == CaseState.CLOSED


def test_a_merged_case_and_one_with_a_successor_stay_closed(kim: User, closed: Case, cords: Case, sana: User) -> None:
    assert closed.policy is not None
    make.violation(make.listing(closed.merchant, "Fresh"), closed.policy)
    opening.open_owed(at=LATER)
    with pytest.raises(MoveRefused, match="new case for the same cause"):
        reopen(closed, kim)
    merge(cords, Case.objects.get(policy=closed.policy, closed_at__isnull=True), kim)
    with pytest.raises(MoveRefused, match="goes on in"):
        reopen(cords, sana)


def test_what_was_dismissed_is_open_again_and_says_nothing_else(closed: Case, kim: User) -> None:
    reopen(closed, kim)
    assert not Violation.objects.filter(closed_because=ClosedBecause.DISMISSED).exists()


# --- linking and watching ------------------------------------------------------------------------


def test_cases_are_linked_both_ways_once(kim: User, magnets: Case, cords: Case) -> None:
    first = watching.link(case=cords, other=magnets, why="Same factory", actor=kim, at=LATER)
    assert watching.link(case=magnets, other=cords, why="Again", actor=kim, at=LATER) == first
    assert [link.other for link in family.links(magnets)] == [cords]  # type: ignore[attr-defined]
    assert [link.other for link in family.links(cords)] == [magnets]  # type: ignore[attr-defined]
    watching.unlink(link=first, actor=kim, at=LATER)
    assert family.links(magnets) == []
    with pytest.raises(MoveRefused, match="not linked any more"):
        watching.unlink(link=first, actor=kim, at=LATER)
    assert verbs(magnets)[-2:] == ["case.linked", "case.unlinked"]


def test_a_link_says_why_and_joins_two(kim: User, magnets: Case, cords: Case) -> None:
    with pytest.raises(Refusal, match="Say in a few words"):
        watching.link(case=magnets, other=cords, why="", actor=kim, at=LATER)
    with pytest.raises(Refusal, match="Name another"):
        watching.link(case=magnets, other=magnets, why="x", actor=kim, at=LATER)


def test_who_watches_is_told_once_of_what_others_do(kim: User, lee: User, magnets: Case) -> None:
    watching.watch(case=magnets, actor=lee, at=NOON)
    watching.watch(case=magnets, actor=lee, at=NOON)
    files.note(case=magnets, actor=lee, text="Mine", at=NOON)
    files.note(case=magnets, actor=kim, text="Theirs", at=NOON)
    claims.claim(case=magnets, person=kim, at=NOON)
    assert list(Telling.objects.values_list("person", "kind", "verb")) == [(lee.pk, News.WATCHED, "case.noted")]

    watching.stop(case=magnets, actor=lee, at=NOON)
    files.note(case=magnets, actor=kim, text="Later", at=NOON)
    assert Telling.objects.count() == 1


def test_who_watches_hears_of_what_a_sweep_adds(lee: User, magnets: Case) -> None:
    watching.watch(case=magnets, actor=lee, at=NOON)
    assert magnets.policy is not None
    make.violation(make.listing(magnets.merchant, "Fresh"), magnets.policy)
    opening.open_owed(at=LATER)
    assert Telling.objects.get().verb == "case.items_added"
