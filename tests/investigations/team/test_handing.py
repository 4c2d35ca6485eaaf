"""A team lead hands cases to a person and takes them back."""

from datetime import timedelta

import pytest

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import asking, claims, handing, resting, team
from investigations.domain.handing import Doubtful, NotTheirs
from investigations.domain.team import Limits
from investigations.enums import AskedOf, CaseState, ClaimEnd, News, WakeOn
from investigations.models import Case, Claim, Note, Telling
from investigations.queries import work
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def case() -> Case:
    make.market("DE")
    return make.case(make.policy("magnets"), make.merchant("Nordlicht"))


@pytest.fixture
def other() -> Case:
    return make.case(make.policy("cords"), make.merchant("Kestrel"))


def given(person: User) -> Case | None:
    return work.next_cases(person, at=NOON).first()


def test_what_is_handed_to_a_person_is_first_for_them_and_for_nobody_else(
    kim: User, lee: User, tess: User, case: Case, other: Case
) -> None:
    Case.objects.filter(pk=other.pk).update(priority=99)
    make.case(make.policy("balls"), make.merchant("Lund"))

    done = handing.hand(cases=[case], person=kim, note="You know the merchant.", actor=tess, at=NOON)

    assert (done.cases, done.left) == ([case], [])
    assert given(kim) == case
    assert given(lee) == other
    assert claims.claim_next(person=kim, at=NOON) == case
    told = Telling.objects.get(person=kim)
    assert (told.kind, told.text, told.actor) == (News.HANDED, "You know the merchant.", tess)
    assert Note.objects.get().text == "You know the merchant."
    entry = Entry.objects.get(verb="case.handed")
    assert (entry.actor, entry.data) == (tess, {"to": "Kim", "reason": "You know the merchant."})


def test_several_at_once_and_what_cannot_be_is_left_with_its_reason(
    kim: User, lee: User, tess: User, case: Case, other: Case
) -> None:
    claims.claim(case=other, person=lee, at=NOON)

    done = handing.hand(cases=[other, case], person=kim, note="Please", actor=tess, at=NOON)

    assert done.cases == [case]
    assert [(left.pk, reason) for left, reason in done.left] == [(other.pk, f"{other} is with Lee.")]
    with pytest.raises(MoveRefused, match="is with Lee"):
        handing.hand(cases=[other], person=kim, note="Please", actor=tess, at=NOON)


def test_only_a_team_lead_hands_over_and_takes_back(kim: User, lee: User, mara: User, case: Case) -> None:
    for person in (kim, mara):
        with pytest.raises(NotTheirs):
            handing.hand(cases=[case], person=lee, note="Please", actor=person, at=NOON)
        with pytest.raises(NotTheirs):
            handing.to_queue(cases=[case], actor=person, at=NOON)
        with pytest.raises(NotTheirs):
            handing.take_back(cases=[case], note="Please", actor=person, at=NOON)
    assert not Entry.objects.filter(verb__in=["case.handed", "case.taken_back"]).exists()


def test_what_rests_or_waits_for_an_answer_or_is_closed_is_not_handed_over(
    kim: User, lee: User, tess: User, case: Case, other: Case
) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    asking.ask(case=case, asked_of=AskedOf.SENIOR, text="Is it?", actor=kim, at=NOON)
    claims.claim(case=other, person=kim, at=NOON)
    resting.snooze(case=other, actor=kim, reason="Later", until=NOON + DAY, wake_on=WakeOn.NOTHING, at=NOON)
    for waiting, said in ((case, "answer to a question"), (other, "put aside until")):
        with pytest.raises(MoveRefused, match=said):
            handing.hand(cases=[waiting], person=lee, note="Please", actor=tess, at=NOON)


def test_to_who_may_not_read_it_never(tess: User, sana: User, lee: User, mara: User, case: Case) -> None:
    anna = make.person("anna", Role.MODERATOR, markets=["AT"])
    with pytest.raises(MoveRefused, match="may not read"):
        handing.hand(cases=[case], person=anna, note="Please", despite="I insist", actor=tess, at=NOON)
    with pytest.raises(Refusal, match="does not work at the queue"):
        handing.hand(cases=[case], person=mara, note="Please", actor=tess, at=NOON)
    claims.claim(case=case, person=sana, at=NOON)
    claims.hold(case=case, actor=sana, reason="Two opinions", at=NOON)
    for person in (sana, lee):
        with pytest.raises(MoveRefused, match="senior reviewer"):
            handing.hand(cases=[case], person=person, note="Please", actor=tess, at=NOON)


def test_to_who_is_away_or_lacks_a_skill_only_with_a_reason(kim: User, lee: User, tess: User, case: Case) -> None:
    team.enter_absence(person=kim, starts_on=NOON.date(), ends_on=NOON.date() + DAY, actor=kim, at=NOON)
    team.set_skills(person=kim, limits=Limits(languages=["fr"], cases_a_day=0), actor=tess, at=NOON)

    with pytest.raises(Doubtful) as doubtful:
        handing.hand(cases=[case], person=kim, note="Please", actor=tess, at=NOON)

    away, full, unfit = doubtful.value.concerns
    assert "is away until" in away
    assert "what they are given in a day" in full
    assert "asks for a skill that Kim lacks" in unfit
    assert not Telling.objects.exists()
    handing.hand(cases=[case], person=kim, note="Please", despite="She asked for it.", actor=tess, at=NOON)
    case.refresh_from_db()
    assert case.kept_until is not None
    assert case.kept_until > NOON + 2 * DAY  # until a day after she is back
    assert Entry.objects.get(verb="case.handed").data["despite"] == "She asked for it."


def test_undone_it_is_for_everybody_again(kim: User, lee: User, tess: User, case: Case) -> None:
    handing.hand(cases=[case], person=kim, note="Please", actor=tess, at=NOON)

    handing.to_queue(cases=[case], actor=tess, at=NOON)

    case.refresh_from_db()
    assert (case.kept_for, case.kept_until, case.priority < 100) == (None, None, True)
    assert given(lee) == case
    assert Telling.objects.get().read_at == NOON
    assert Entry.objects.filter(verb="case.handing_undone").count() == 1
    with pytest.raises(MoveRefused, match="kept for nobody"):
        handing.to_queue(cases=[case], actor=tess, at=NOON)


def test_what_somebody_holds_is_taken_back_and_they_are_told(kim: User, lee: User, tess: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    done = handing.take_back(cases=[case], note="It is urgent, and you are in a meeting.", actor=tess, at=NOON)

    assert done.cases == [case]
    case.refresh_from_db()
    held = Claim.objects.get()
    assert (case.state, held.ended_as) == (CaseState.OPEN, ClaimEnd.TAKEN_BACK)
    assert Telling.objects.get(person=kim).kind == News.TAKEN_BACK
    assert Entry.objects.get(verb="case.taken_back").actor == tess
    assert given(kim) == case  # it may come to them again
    with pytest.raises(MoveRefused, match="Nobody holds"):
        handing.take_back(cases=[case], note="Again", actor=tess, at=NOON)
    claims.claim(case=case, person=tess, at=NOON)
    with pytest.raises(MoveRefused, match="yourself"):
        handing.take_back(cases=[case], note="Mine", actor=tess, at=NOON)


@pytest.mark.parametrize("note", ["", "  "])
def test_without_a_word_nothing_is_done(note: str, kim: User, tess: User, case: Case) -> None:
    with pytest.raises(Refusal, match="few words"):
        handing.hand(cases=[case], person=kim, note=note, actor=tess, at=NOON)
    claims.claim(case=case, person=kim, at=NOON)
    with pytest.raises(Refusal, match="few words"):
        handing.take_back(cases=[case], note=note, actor=tess, at=NOON)
    assert Claim.objects.get().ended_at is None
