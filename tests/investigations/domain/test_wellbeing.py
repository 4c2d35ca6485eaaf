"""What people are spared: cases hard to look at, families they do not want, work without a break."""

from datetime import datetime, timedelta

import pytest

from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.models import Policy
from governance.web.refusals import Refusal
from investigations.domain import cases, claims, team, wellbeing
from investigations.domain.claims import Enough
from investigations.domain.team import Limits
from investigations.enums import CaseState, ClaimEnd
from investigations.models import Case, Claim, HardPolicy, OwnLimits, WellbeingRules
from investigations.queries import team as people
from investigations.queries import wellbeing as known
from investigations.queries import work
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def hard() -> Policy:
    return make.policy("cruelty", family="animals")


@pytest.fixture
def both(hard: Policy) -> list[Case]:
    """A case that is hard to look at, more urgent than one that is not."""
    merchant = make.merchant("Nordlicht")
    make.violation(make.listing(merchant, "Trap"), hard)
    make.violation(make.listing(merchant, "Cube"), make.policy("magnets"))
    cases.open_owed(at=NOON)
    found = list(Case.objects.order_by("policy"))
    Case.objects.filter(policy=hard).update(priority=99)
    return found


def rules(actor: User, *marked: Policy, hard_a_day: int | None = 30, break_after: int = 60) -> WellbeingRules:
    return wellbeing.set_rules(
        hard_a_day=hard_a_day,
        break_after=break_after,
        break_lasts=10,
        hard_policies=[each.pk for each in marked],
        actor=actor,
        at=NOON,
    )


def own(person: User, *families: str, hard_a_day: int | None = None, break_after: int | None = None) -> OwnLimits:
    return wellbeing.set_own(person=person, families=families, hard_a_day=hard_a_day, break_after=break_after)


def given(person: User, at: datetime = NOON) -> list[str]:
    return [case.policy.slug for case in work.next_cases(person, at=at).select_related("policy") if case.policy]


def worked(person: User, case: Case, begun: datetime, minutes: int) -> None:
    ended = begun + timedelta(minutes=minutes)
    Claim.objects.create(
        case=case, person=person, taken_from=CaseState.OPEN, claimed_at=begun, expires_at=ended, ended_at=ended,
        ended_as=ClaimEnd.RELEASED,
    )  # fmt: skip


# --- what is given -----------------------------------------------------------------------------------


def test_a_family_that_a_person_does_not_want_is_not_given(kim: User, lee: User, both: list[Case]) -> None:
    own(kim, "animals")
    assert given(kim) == ["magnets"]
    assert given(lee) == ["cruelty", "magnets"]


def test_what_a_person_set_stands_in_no_log_and_in_no_history(kim: User) -> None:
    own(kim, "animals", hard_a_day=0)
    assert not Entry.objects.exists()
    assert not hasattr(OwnLimits, "pgh_event_models")


def test_what_fits_nobody_does_not_give_away_what_people_set(kim: User, both: list[Case]) -> None:
    own(kim, "animals", hard_a_day=0)
    assert list(people.fit_nobody()) == []


@pytest.mark.parametrize(
    ("for_all", "for_them", "second_is_given"),
    [(1, None, False), (None, 1, False), (5, 1, False), (2, None, True), (None, None, True)],
)
def test_so_much_of_what_is_hard_in_a_day(
    for_all: int | None,
    for_them: int | None,
    second_is_given: bool,
    kim: User,
    tess: User,
    hard: Policy,
    both: list[Case],
) -> None:
    rules(tess, hard, hard_a_day=for_all)
    own(kim, hard_a_day=for_them)
    assert given(kim)[0] == "cruelty"
    claims.release(case=claims.claim(case=both[0], person=kim, at=NOON).case, actor=kim, at=NOON)
    assert ("cruelty" in given(kim)) is second_is_given
    assert "cruelty" in given(kim, NOON + timedelta(days=1))


def test_the_same_case_opened_twice_counts_once(kim: User, tess: User, hard: Policy, both: list[Case]) -> None:
    rules(tess, hard, hard_a_day=2)
    for _twice in range(2):
        claims.release(case=claims.claim(case=both[0], person=kim, at=NOON).case, actor=kim, at=NOON)
    assert work.standing(kim, at=NOON).hard_today == 1


def test_the_limit_for_all_holds_for_what_is_taken_by_choice_too(
    kim: User, tess: User, hard: Policy, both: list[Case]
) -> None:
    rules(tess, hard, hard_a_day=0)
    with pytest.raises(Enough):
        claims.claim(case=both[0], person=kim, at=NOON)
    assert claims.claim(case=both[1], person=kim, at=NOON).case == both[1]


def test_their_own_limit_does_not(kim: User, tess: User, hard: Policy, both: list[Case]) -> None:
    rules(tess, hard, hard_a_day=None)
    own(kim, hard_a_day=0)
    assert given(kim) == ["magnets"]
    assert claims.claim(case=both[0], person=kim, at=NOON).case == both[0]


def test_what_comes_back_to_a_person_comes_whatever_they_set(kim: User, both: list[Case]) -> None:
    own(kim, "animals", "toys")
    Case.objects.filter(pk=both[0].pk).update(kept_for=kim, kept_until=NOON + timedelta(days=1))
    assert given(kim) == ["cruelty"]


# --- rules for everybody -----------------------------------------------------------------------------


def test_rules_mark_and_unmark_policies_and_are_on_the_log(tess: User, hard: Policy) -> None:
    other = make.policy("gore")
    rules(tess, hard)
    rules(tess, other, hard_a_day=None)
    assert set(HardPolicy.objects.values_list("policy", flat=True)) == {other.pk}
    entry = Entry.objects.filter(verb="wellbeing.rules_set").latest("id")
    assert (entry.data["marked"], entry.data["unmarked"], entry.data["hard_a_day"]) == ([other.pk], [hard.pk], None)


@pytest.mark.parametrize("wrong", [{"hard_a_day": 501}, {"hard_a_day": -1}, {"break_after": 5}, {"break_after": 500}])
def test_rules_out_of_bounds_are_refused(wrong: dict[str, int], tess: User) -> None:
    with pytest.raises(Refusal):
        rules(tess, **wrong)
    assert not WellbeingRules.objects.exists()


# --- breaks ------------------------------------------------------------------------------------------


def test_a_break_gives_back_what_is_held_and_nothing_is_given_until_it_ends(kim: User, both: list[Case]) -> None:
    claims.claim(case=both[1], person=kim, at=NOON)
    taken = wellbeing.take_break(person=kim, at=NOON)
    both[1].refresh_from_db()
    assert both[1].state == CaseState.OPEN
    assert taken.ends_at == NOON + timedelta(minutes=10)
    assert wellbeing.take_break(person=kim, at=NOON + timedelta(minutes=1)) == taken
    assert given(kim) == []
    assert given(kim, taken.ends_at) == ["cruelty", "magnets"]


def test_a_break_is_over_when_its_person_says_so(kim: User, lee: User, both: list[Case]) -> None:
    wellbeing.take_break(person=kim, at=NOON)
    wellbeing.take_break(person=lee, at=NOON)
    later = NOON + timedelta(minutes=2)
    wellbeing.end_break(person=kim, at=later)
    assert given(kim, later)
    assert not given(lee, later)


@pytest.mark.parametrize(
    ("spans", "since"),
    [
        ([], None),
        ([(-30, 20)], None),  # ended ten minutes ago
        ([(-30, 25)], -30),
        ([(-70, 30), (-35, 30)], -70),
        ([(-70, 20), (-35, 30)], -35),  # a pause of a quarter of an hour between them
    ],
)
def test_since_when_a_person_has_had_no_break(
    spans: list[tuple[int, int]], since: int | None, kim: User, both: list[Case]
) -> None:
    for begun, minutes in spans:
        worked(kim, both[1], NOON + timedelta(minutes=begun), minutes)
    found = known.at_work_since(kim, at=NOON, pause=timedelta(minutes=10))
    assert found == (None if since is None else NOON + timedelta(minutes=since))


@pytest.mark.parametrize(("mine", "said"), [(None, True), (30, True), (90, False), (0, False)])
def test_a_reminder_comes_when_a_person_wants_it(
    mine: int | None, said: bool, kim: User, tess: User, both: list[Case]
) -> None:
    rules(tess, break_after=60)
    own(kim, break_after=mine)
    worked(kim, both[1], NOON - timedelta(minutes=70), 68)
    standing = work.standing(kim, at=NOON)
    assert standing.rules is not None
    assert bool(known.tired_since(kim, standing.rules, standing.own, at=NOON)) is said


def test_what_each_has_opened_of_it(kim: User, lee: User, tess: User, hard: Policy, both: list[Case]) -> None:
    rules(tess, hard)
    worked(kim, both[0], NOON - timedelta(days=3), 5)
    worked(kim, both[0], NOON - timedelta(minutes=20), 5)
    worked(kim, both[1], NOON - timedelta(minutes=10), 5)
    seen = known.seen([kim, lee], today=NOON - timedelta(hours=12), week=NOON - timedelta(days=7))
    assert [(each.person, each.today, each.week) for each in seen] == [(kim, 1, 1), (lee, 0, 0)]


def test_skills_and_own_limits_hold_together(kim: User, tess: User, both: list[Case]) -> None:
    team.set_skills(person=kim, limits=Limits(families=["animals"]), actor=tess, at=NOON)
    own(kim, "animals")
    Case.objects.update(queue=both[0].queue)
    both[0].queue.asks = ["family"]
    both[0].queue.save()
    assert given(kim) == []
