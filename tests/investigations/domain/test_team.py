"""What each person is given: by skills, capacity and absence; and what fits nobody."""

from datetime import date, timedelta
from typing import Any

import pytest

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Severity
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import cases, claims, figures, shift, team
from investigations.domain.claims import Away
from investigations.domain.team import Limits
from investigations.enums import CaseState, ClaimEnd, Skill, Verdict
from investigations.models import Absence, Case, Claim, Queue
from investigations.queries import queues as loads
from investigations.queries import team as people
from investigations.queries import work
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def lena() -> User:
    return make.person("lena", Role.TEAM_LEAD)


@pytest.fixture
def case() -> Case:
    """Toys, serious, in Germany and France, in German."""
    merchant, policy = make.merchant("Nordlicht"), make.policy("magnets")
    make.violation(make.listing(merchant, "Würfel", markets=("DE", "FR"), language="de"), policy)
    cases.open_owed(at=NOON)
    return Case.objects.get()


def given(person: User) -> Case | None:
    return work.next_cases(person, at=NOON).first()


@pytest.mark.parametrize(
    ("limits", "fits", "skill"),
    [
        ({}, True, Skill.LANGUAGE),
        ({"languages": ["de", "fr"]}, True, Skill.LANGUAGE),
        ({"languages": ["fr"]}, False, Skill.LANGUAGE),
        ({"markets": ["FR"]}, True, Skill.MARKET),
        ({"markets": ["AT"]}, False, Skill.MARKET),
        ({"families": ["toys", "baby"]}, True, Skill.FAMILY),
        ({"families": ["alcohol"]}, False, Skill.FAMILY),
        ({"highest": Severity.SERIOUS}, True, Skill.SEVERITY),
        ({"highest": Severity.MODERATE}, False, Skill.SEVERITY),
    ],
)
def test_the_next_case_fits_unless_its_queue_does_not_ask(
    limits: dict[str, Any], fits: bool, skill: Skill, kim: User, lena: User, case: Case
) -> None:
    team.set_skills(person=kim, limits=Limits(**limits), actor=lena, at=NOON)

    assert given(kim) == (case if fits else None)
    assert claims.claim_next(person=kim, at=NOON) == (case if fits else None)
    assert given(lena) is None if fits else given(lena) == case

    others = [each.value for each in Skill if each != skill]
    Queue.objects.filter(pk=case.queue_id).update(asks=others)
    Claim.objects.all().delete()
    Case.objects.filter(pk=case.pk).update(state=CaseState.OPEN)
    assert given(kim) == case


def test_a_case_in_two_languages_needs_both(kim: User, lena: User, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(languages=["de", "fr"])
    team.set_skills(person=kim, limits=Limits(languages=["de"]), actor=lena, at=NOON)
    assert given(kim) is None
    team.set_skills(person=kim, limits=Limits(languages=["fr", "de"]), actor=lena, at=NOON)
    assert given(kim) == case


def test_what_is_changed_is_logged_once(kim: User, lena: User) -> None:
    for _again in range(2):
        team.set_skills(person=kim, limits=Limits(languages=["de"], cases_a_day=5), actor=lena, at=NOON)

    entry = Entry.objects.get(verb="person.skills_changed")
    assert entry.data == {"languages": [[], ["de"]], "cases_a_day": [None, 5]}


def test_what_fits_nobody_is_counted_for_the_team_lead(kim: User, case: Case) -> None:
    assert not people.fit_nobody().exists()

    team.set_skills(person=kim, limits=Limits(languages=["fr"]), actor=kim, at=NOON)
    assert list(people.fit_nobody()) == [case]
    figures.count(at=NOON)
    assert loads.unfit() == 1

    make.person("nils", Role.MODERATOR, markets=["AT"])
    assert list(people.fit_nobody()) == [case]
    make.person("odile", Role.MODERATOR, markets=["FR"])
    assert not people.fit_nobody().exists()


# --- capacity --------------------------------------------------------------------------------------


def test_as_many_a_day_as_one_is_given(kim: User, lena: User) -> None:
    for name in ("Nordlicht", "Kestrel", "Casa"):
        make.case(make.policy(name.lower()), make.merchant(name))
    team.set_skills(person=kim, limits=Limits(cases_a_day=2), actor=lena, at=NOON)

    first = claims.claim_next(person=kim, at=NOON)
    assert first is not None
    step = _decide(first, kim)
    assert step.next is not None
    last = _decide(step.next, kim)

    assert last.next is None
    standing = work.standing(kim, at=NOON)
    assert (standing.decided_today, standing.left_today, standing.gets_none) == (2, 0, True)
    assert given(kim) is None
    rest = Case.objects.get(state=CaseState.OPEN)
    assert claims.claim(case=rest, person=kim, at=NOON).case == rest  # by choice it may be one more
    assert work.standing(kim, at=NOON + timedelta(days=1)).left_today == 2


def _decide(case: Case, person: User) -> shift.Step:
    verdicts = {case.items.get().pk: Verdict.FINE}
    return shift.decide(
        case=case, verdicts=verdicts, measure=None, markets=[], minimum_age=None, actor=person, reason="Fine",
        fine_reason="", at=NOON,
    )  # fmt: skip


# --- absence ---------------------------------------------------------------------------------------


def test_who_is_away_gets_nothing_and_gives_back_what_they_hold(kim: User, lena: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)

    absence = team.enter_absence(person=kim, starts_on=TODAY, ends_on=TODAY, actor=kim, at=NOON)

    case.refresh_from_db()
    assert (case.state, Claim.objects.get().ended_as) == (CaseState.OPEN, ClaimEnd.ABSENT)
    assert given(kim) is None
    with pytest.raises(Away):
        claims.claim(case=case, person=kim, at=NOON)
    assert given(lena) == case
    team.withdraw_absence(absence=absence, actor=kim, at=NOON)
    assert given(kim) == case
    with pytest.raises(MoveRefused, match="already"):
        team.withdraw_absence(absence=absence, actor=kim, at=NOON)


def test_an_absence_begins_with_the_persons_own_day(kim: User, lena: User, case: Case) -> None:
    """In Auckland it is the 24th already, at noon of the 23rd in London."""
    tomorrow = TODAY + timedelta(days=1)
    for person, zone in ((kim, "Pacific/Auckland"), (lena, "Europe/London")):
        User.objects.filter(pk=person.pk).update(time_zone=zone)
        person.refresh_from_db()
        Absence.objects.create(person=person, starts_on=tomorrow, ends_on=tomorrow, entered_by=lena, entered_at=NOON)
    other = make.case(make.policy("cords"), make.merchant("Kestrel"))
    Claim.objects.create(
        case=case, person=kim, taken_from="open", claimed_at=NOON, expires_at=NOON + claims.CLAIM_LASTS
    )
    Case.objects.filter(pk=case.pk).update(state=CaseState.IN_REVIEW)
    claims.claim(case=other, person=lena, at=NOON)

    assert team.give_back_absent(at=NOON) == 1
    assert team.give_back_absent(at=NOON) == 0

    assert Claim.objects.get(ended_at__isnull=True).person == lena


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (date(2026, 11, 25), date(2026, 11, 24), "end before"),
        (date(2026, 11, 20), date(2026, 11, 22), "passed"),
        (date(2026, 12, 5), date(2026, 12, 8), "already"),
    ],
)
def test_days_that_cannot_be(starts: date, ends: date, said: str, kim: User) -> None:
    team.enter_absence(person=kim, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 5), actor=kim, at=NOON)
    with pytest.raises(Refusal, match=said):
        team.enter_absence(person=kim, starts_on=starts, ends_on=ends, actor=kim, at=NOON)
    assert Absence.objects.count() == 1
