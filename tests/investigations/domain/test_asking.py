"""Putting a case aside, asking somebody with more right, handing back; and who is given it when it comes back."""

from datetime import datetime, timedelta

import pytest

from enforcement.domain import appeals
from enforcement.enums import AppealChannel
from enforcement.models import Decision
from governance.accounts.enums import Function, Role
from governance.accounts.models import RoleGrant, User
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import asking, cases, claims, files, resting
from investigations.domain.asking import NotForThem
from investigations.domain.claims import ClaimLost
from investigations.domain.priorities import AHEAD
from investigations.enums import AskedOf, CaseState, ClaimEnd, News, Verdict, WakeOn, WokenBy
from investigations.models import Case, Claim, Note, Question, Snooze, Telling
from investigations.queries import colleagues, work
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=3)
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def case(kim: User) -> Case:
    """Two listings, taken by Kim."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    made = make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=2)
    claims.claim(case=made, person=kim, at=NOON)
    return made


@pytest.fixture
def lena() -> User:
    """Of Legal."""
    person = make.person("lena")
    RoleGrant.objects.create(user=person, role=Role.APPROVER, function=Function.LEGAL, granted_at=NOON)
    return person


def snooze(case: Case, actor: User, *, wake_on: WakeOn = WakeOn.NOTHING, until: datetime = TOMORROW) -> Snooze:
    return resting.snooze(
        case=case,
        actor=actor,
        reason="The lab answers on Tuesday",
        until=until,
        wake_on=wake_on,
        at=LATER,
    )


# --- snoozing ------------------------------------------------------------------------------------


def test_what_rests_is_given_to_nobody_and_its_deadline_runs_on(case: Case, kim: User, lee: User) -> None:
    due = case.due_at
    snooze(case, kim)
    case.refresh_from_db()
    assert (case.state, case.due_at) == (CaseState.OPEN, due)
    assert Claim.objects.get().ended_as == ClaimEnd.SNOOZED
    assert claims.claim_next(person=lee, at=LATER) is None


def test_it_wakes_when_its_day_has_come_and_once(case: Case, kim: User, lee: User) -> None:
    snooze(case, kim)
    assert resting.wake_due(at=TOMORROW - timedelta(seconds=1)) == 0
    assert resting.wake_due(at=TOMORROW) == 1
    assert resting.wake_due(at=TOMORROW) == 0
    assert Snooze.objects.get().woken_by == WokenBy.DAY
    assert list(Telling.objects.values_list("person", "kind")) == [(kim.pk, News.WOKEN)]
    assert claims.claim_next(person=lee, at=TOMORROW) == case


def test_it_wakes_when_a_listing_changes(case: Case, kim: User) -> None:
    snooze(case, kim, wake_on=WakeOn.CHANGE)
    assert resting.wake_due(at=LATER) == 0
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    listing.changed_at = LATER + timedelta(seconds=1)
    listing.save(update_fields=["changed_at"])
    assert resting.wake_due(at=LATER) == 1
    assert Snooze.objects.get().woken_by == WokenBy.CHANGE


def test_it_wakes_when_the_merchant_appeals(case: Case, kim: User) -> None:
    first = case.items.order_by("pk")[0]
    cases.decide(
        case=case, verdicts={first.pk: Verdict.VIOLATES}, measure=Measure.REMOVE, actor=kim, reason="Clear", at=NOON,
        keep=True,
    )  # fmt: skip
    snooze(case, kim, wake_on=WakeOn.ANSWER)
    assert resting.wake_due(at=LATER) == 0
    appeals.file(
        decision=Decision.objects.get(), text="We took them out", channel=AppealChannel.PAGE, actor=None,
        at=LATER + timedelta(seconds=1),
    )  # fmt: skip
    assert resting.wake_due(at=LATER + timedelta(seconds=2)) == 1
    assert Snooze.objects.get().woken_by == WokenBy.ANSWER


def test_whoever_takes_it_wakes_it(case: Case, kim: User, lee: User) -> None:
    snooze(case, kim)
    claims.claim(case=case, person=lee, at=LATER)
    assert Snooze.objects.get().woken_by == WokenBy.TAKEN


def test_a_person_wakes_it(case: Case, kim: User, lee: User) -> None:
    snooze(case, kim)
    resting.wake(case=case, actor=lee, at=LATER)
    assert Snooze.objects.get().woken_by == WokenBy.PERSON
    with pytest.raises(MoveRefused, match="is awake"):
        resting.wake(case=case, actor=lee, at=LATER)


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_rest_ends_within_ninety_days(days: int, case: Case, kim: User) -> None:
    with pytest.raises(Refusal, match="within the next 90 days"):
        snooze(case, kim, until=LATER + timedelta(days=days))


def test_only_whoever_holds_it_puts_it_aside(case: Case, lee: User) -> None:
    with pytest.raises(ClaimLost):
        snooze(case, lee)


# --- asking --------------------------------------------------------------------------------------


def ask(case: Case, actor: User, of: AskedOf = AskedOf.SENIOR) -> Question:
    return asking.ask(case=case, asked_of=of, text="Is a magnet clasp a toy?", actor=actor, at=LATER)


def test_a_question_goes_to_those_who_may_answer_and_back_to_the_asker_first(
    case: Case, kim: User, lee: User, sana: User
) -> None:
    question = ask(case, kim)
    assert list(Telling.objects.values_list("person", "kind")) == [(sana.pk, News.QUESTION)]
    assert claims.claim_next(person=lee, at=LATER) is None

    asking.answer(question=question, text="Only for children under 14", actor=sana, at=TOMORROW)

    case.refresh_from_db()
    assert (case.kept_for, case.priority) == (kim, AHEAD)
    assert Telling.objects.get(kind=News.ANSWER).person == kim
    assert claims.claim_next(person=lee, at=TOMORROW) is None
    assert claims.claim_next(person=kim, at=TOMORROW) == case
    case.refresh_from_db()
    assert case.kept_for is None


def test_it_comes_back_even_to_somebody_who_has_decided_on_part_of_it(case: Case, kim: User, sana: User) -> None:
    first = case.items.order_by("pk")[0]
    cases.decide(
        case=case, verdicts={first.pk: Verdict.VIOLATES}, measure=Measure.REMOVE, actor=kim, reason="Clear", at=NOON,
        keep=True,
    )  # fmt: skip
    question = ask(case, kim)
    asking.answer(question=question, text="Yes", actor=sana, at=TOMORROW)
    assert list(work.next_cases(kim, at=TOMORROW)) == [case]


def test_what_nobody_comes_back_for_is_for_all(case: Case, kim: User, lee: User, sana: User) -> None:
    asking.answer(question=ask(case, kim), text="Yes", actor=sana, at=LATER)
    assert resting.free_kept(at=LATER + asking.KEPT - timedelta(seconds=1)) == 0
    assert resting.free_kept(at=LATER + asking.KEPT) == 1
    assert resting.free_kept(at=LATER + asking.KEPT) == 0
    case.refresh_from_db()
    assert case.priority < AHEAD
    assert claims.claim_next(person=lee, at=TOMORROW) == case


def test_legal_reads_and_answers_what_it_was_asked_and_nothing_else(
    case: Case, kim: User, sana: User, lena: User
) -> None:
    other = make.case(make.policy("cords"), make.merchant("Kestrel"))
    assert list(work.visible_cases(lena)) == []
    question = ask(case, kim, AskedOf.LEGAL)
    assert list(work.visible_cases(lena)) == [case]
    assert other not in work.visible_cases(lena)
    with pytest.raises(NotForThem, match="Legal"):
        asking.answer(question=question, text="Yes", actor=sana, at=LATER)
    asking.answer(question=question, text="Yes", actor=lena, at=LATER)


def test_nobody_answers_themselves_nor_twice(case: Case, sana: User, tess: User, kim: User) -> None:
    claims.release(case=case, actor=kim, at=NOON)
    claims.claim(case=case, person=sana, at=NOON)
    question = ask(case, sana)
    with pytest.raises(NotForThem):
        asking.answer(question=question, text="Yes", actor=sana, at=LATER)
    with pytest.raises(NotForThem):
        asking.answer(question=question, text="Yes", actor=kim, at=LATER)
    asking.answer(question=question, text="Yes", actor=tess, at=LATER)
    with pytest.raises(MoveRefused, match="answered or taken back"):
        asking.answer(question=question, text="No", actor=tess, at=LATER)


def test_one_question_at_a_time_and_in_words(case: Case, kim: User, lee: User) -> None:
    with pytest.raises(Refusal, match="Write the question"):
        asking.ask(case=case, asked_of=AskedOf.SENIOR, text=" ", actor=kim, at=LATER)
    ask(case, kim)
    claims.claim(case=case, person=lee, at=LATER)
    with pytest.raises(MoveRefused, match="open already"):
        ask(case, lee)


def test_the_asker_takes_the_question_back(case: Case, kim: User, lee: User) -> None:
    question = ask(case, kim)
    with pytest.raises(NotForThem):
        asking.withdraw(question=question, actor=lee, at=LATER)
    asking.withdraw(question=question, actor=kim, at=LATER)
    assert claims.claim_next(person=lee, at=LATER) == case


def test_an_answer_from_whoever_reads_the_case_gives_it_back(case: Case, kim: User, sana: User) -> None:
    question = ask(case, kim)
    claims.claim(case=case, person=sana, at=LATER)
    asking.answer(question=question, text="Yes", actor=sana, at=LATER)
    case.refresh_from_db()
    assert (case.state, case.kept_for) == (CaseState.OPEN, kim)


# --- handing back --------------------------------------------------------------------------------


@pytest.fixture
def with_sana(case: Case, kim: User, sana: User) -> Case:
    claims.hold(case=case, actor=kim, reason="Is it real?", at=NOON)
    claims.claim(case=case, person=sana, at=NOON)
    return case


def hand_back(case: Case, actor: User, *, to_person: bool) -> Case:
    return asking.hand_back(case=case, to_person=to_person, note="Look at the second photo", actor=actor, at=LATER)


def test_a_senior_hands_a_held_case_back_to_whoever_held_it(with_sana: Case, kim: User, sana: User) -> None:
    hand_back(with_sana, sana, to_person=True)
    with_sana.refresh_from_db()
    assert (with_sana.state, with_sana.kept_for) == (CaseState.OPEN, kim)
    assert Note.objects.get().text == "Look at the second photo"
    assert Telling.objects.get(kind=News.HANDED_BACK).person == kim
    assert Claim.objects.order_by("-pk")[0].ended_as == ClaimEnd.HANDED_BACK
    assert claims.claim_next(person=kim, at=LATER) == with_sana


def test_a_senior_hands_a_held_case_back_to_the_queue(with_sana: Case, kim: User, lee: User, sana: User) -> None:
    hand_back(with_sana, sana, to_person=False)
    assert claims.claim_next(person=kim, at=LATER) is None
    assert claims.claim_next(person=lee, at=LATER) == with_sana


def test_what_was_not_held_is_released_instead(case: Case, kim: User, sana: User) -> None:
    claims.release(case=case, actor=kim, at=NOON)
    claims.claim(case=case, person=sana, at=NOON)
    with pytest.raises(MoveRefused, match="Release it instead"):
        hand_back(case, sana, to_person=False)


def test_somebody_who_is_gone_is_handed_nothing(with_sana: Case, kim: User, sana: User) -> None:
    User.objects.filter(pk=kim.pk).update(is_active=False)
    with pytest.raises(MoveRefused, match="back to the queue"):
        hand_back(with_sana, sana, to_person=True)


def test_only_the_holder_hands_back(with_sana: Case, tess: User) -> None:
    with pytest.raises(ClaimLost):
        hand_back(with_sana, tess, to_person=False)


# --- naming colleagues ---------------------------------------------------------------------------


def test_whom_a_note_names_is_told_if_they_may_read_it(case: Case, kim: User, lee: User) -> None:
    make.person("nils", Role.MODERATOR, markets=["AT"])
    make.person("eve")
    gone = make.person("gone", Role.MODERATOR)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    files.note(case=case, actor=kim, text="@lee, @Nils, @Eve, @Gone and @Kim: look", at=NOON)
    assert list(Telling.objects.values_list("person", "kind")) == [(lee.pk, News.MENTION)]


def test_of_two_names_the_longer_is_meant(case: Case, kim: User) -> None:
    User.objects.create_user("k7", "k7@console.example", pseudonym="Moderator K7")
    long = make.person("k71", Role.MODERATOR)
    short = make.person("k70", Role.MODERATOR)
    User.objects.filter(pk=long.pk).update(pseudonym="Moderator K77")
    User.objects.filter(pk=short.pk).update(pseudonym="Moderator K")
    people = list(colleagues.who_may_read(case))
    assert [each.pk for each in colleagues.named("ask @Moderator K77 please", people)] == [long.pk]
    assert colleagues.named("mail me@moderator k777", people) == []
