"""The queue and its people: what a page shows of what was counted, why one gets what one gets, who is there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import claims, figures, queues, team
from investigations.domain.team import Limits
from investigations.models import Absence, Case, Claim, Queue, Skills
from tests.factories import cases as make
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena() -> User:
    return make.person("lena", Role.TEAM_LEAD)


@pytest.fixture(autouse=True)
def known() -> list[Queue]:
    cache.clear()
    return queues.ensure_default_queues()


# --- the queue ---------------------------------------------------------------------------------------


def test_the_queue_shows_what_was_counted_and_counts_nothing(client: Client, lena: User, case: Case) -> None:
    client.force_login(lena)
    assert "Counted" not in client.get(address("queue")).content.decode()
    now = timezone.now()
    Case.objects.update(due_at=now - timedelta(hours=1))
    figures.count(at=now)
    Case.objects.update(queue=Queue.objects.get(key="general"))

    with CaptureQueriesContext(connection) as queries:
        text = client.get(address("queue")).content.decode()

    assert "1 case waits in 5 queues" in text
    assert "1 late" in text
    counted = [each["sql"] for each in queries if "COUNT(" in each["sql"] and "investigations_case" in each["sql"]]
    assert [sql[:200] for sql in counted if "caseitem" not in sql and "casedecision" not in sql] == []


def test_people_see_the_figures_of_their_markets(client: Client, case: Case) -> None:
    figures.count(at=timezone.now())
    for name, markets, waiting in (("fred", ["FR"], "1 case waits"), ("anna", ["AT"], "0 cases wait")):
        client.force_login(make.person(name, Role.MODERATOR, markets=markets))
        assert waiting in client.get(address("queue")).content.decode()


def test_why_one_gets_what_one_gets_next(client: Client, kim: User, lena: User, case: Case) -> None:
    team.set_skills(
        person=kim, limits=Limits(languages=["en"], markets=["DE"], cases_a_day=40), actor=lena, at=timezone.now()
    )
    client.force_login(kim)
    text = client.get(address("queue")).content.decode()
    for said in ("It has the highest priority of what fits you", "English", "Germany", "40 of 40 left"):
        assert said in text


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"cases_a_day": 0}, "which is what you are given in a day"),
        ({"languages": ["fr"]}, "Nothing waits for you here"),
    ],
)
def test_why_one_gets_nothing(
    limits: dict[str, Any], said: str, client: Client, kim: User, lena: User, case: Case
) -> None:
    team.set_skills(person=kim, limits=Limits(**limits), actor=lena, at=timezone.now())
    client.force_login(kim)
    assert said in client.get(address("queue")).content.decode()
    assert said in client.post(address("queue-next"), follow=True).content.decode()
    assert not Claim.objects.exists()


def test_who_is_away_is_told_so(client: Client, kim: User, case: Case) -> None:
    today = timezone.localdate()
    team.enter_absence(person=kim, starts_on=today, ends_on=today, actor=kim, at=timezone.now())
    client.force_login(kim)
    assert "You are entered as away until" in client.get(address("queue")).content.decode()


def test_a_team_lead_sees_what_fits_nobody_and_who_holds_what(client: Client, kim: User, case: Case) -> None:
    anna = make.person("anna", Role.TEAM_LEAD, markets=["AT"])
    nora = make.person("nora", Role.GOVERNANCE_MANAGER)
    team.set_skills(person=kim, limits=Limits(languages=["fr"]), actor=anna, at=timezone.now())
    figures.count(at=timezone.now())
    client.force_login(nora)
    assert "Fits nobody" in client.get(address("queue")).content.decode()
    assert str(case) in client.get(address("queue"), {"unfit": "true"}).content.decode()
    client.force_login(kim)
    assert (
        "Fits nobody"
        not in client.get(address("queue") + "?clear=1", follow=True)
        .content.decode()
        .split("<main")[1]
        .split("filterbar")[0]
    )


# --- the team ----------------------------------------------------------------------------------------


def test_the_team_says_who_holds_what_and_costs_the_same_for_one_and_for_three(
    client: Client, kim: User, lena: User, case: Case, django_assert_num_queries: Callable[..., Any]
) -> None:
    claims.claim(case=case, person=kim, at=timezone.now())
    team.set_skills(person=kim, limits=Limits(languages=["de"], cases_a_day=9), actor=lena, at=timezone.now())
    client.force_login(lena)
    client.get(address("team"))
    text = client.get(address("team")).content.decode()
    for said in (str(case), "0 of 9", "German", "nothing"):
        assert said in text
    with CaptureQueriesContext(connection) as two:
        client.get(address("team"))
    for name in ("nils", "odile", "per"):
        person = make.person(name, Role.MODERATOR)
        team.set_skills(person=person, limits=Limits(markets=["DE"]), actor=lena, at=timezone.now())
        today = timezone.localdate()
        team.enter_absence(person=person, starts_on=today, ends_on=today, actor=lena, at=timezone.now())
    with CaptureQueriesContext(connection) as five:
        client.get(address("team"))
    assert len(five) == len(two)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.TEAM_LEAD, 200), (Role.GOVERNANCE_MANAGER, 200), (Role.AUDITOR, 200), (Role.MODERATOR, 403)],
)
def test_who_may_see_the_team(role: Role, status: int, client: Client, kim: User) -> None:
    client.force_login(make.person("paul", role))
    assert client.get(address("team")).status_code == status
    assert client.get(address("team-member", kim.pk)).status_code == (404 if status == 403 else 200)


def test_only_a_team_lead_says_what_people_are_given(client: Client, kim: User, lena: User, case: Case) -> None:
    wanted = {"languages": ["de"], "markets": ["FR"], "families": ["toys"], "highest": "serious", "cases_a_day": "30"}
    for person in (kim, make.person("mia", Role.GOVERNANCE_MANAGER)):
        client.force_login(person)
        assert client.post(address("team-member", kim.pk), wanted).status_code == 403
    assert not Skills.objects.exists()
    client.force_login(lena)

    assert client.post(address("team-member", kim.pk), wanted).status_code == 302

    kept = Skills.objects.get(person=kim)
    assert (kept.languages, kept.markets, kept.families) == (["de"], ["FR"], ["toys"])
    assert (kept.highest, kept.cases_a_day) == ("serious", 30)
    assert client.post(address("team-member", kim.pk), wanted | {"cases_a_day": "-1"}).status_code == 422


def test_people_enter_their_own_absence_and_a_lead_anybodys(client: Client, kim: User, lena: User, lee: User) -> None:
    days = {"starts_on": "2030-01-01", "ends_on": "2030-01-05"}
    client.force_login(kim)
    assert client.post(address("team-absent", kim.pk), days).status_code == 302
    assert client.post(address("team-absent", lee.pk), days).status_code == 404
    entered = Absence.objects.get()
    client.force_login(make.person("mia", Role.GOVERNANCE_MANAGER))
    assert client.post(address("team-back", kim.pk, entered.pk)).status_code == 403
    client.force_login(lena)
    assert client.post(address("team-absent", kim.pk), days).status_code == 422
    assert client.post(address("team-back", kim.pk, entered.pk)).status_code == 302
    entered.refresh_from_db()
    assert entered.withdrawn_at


# --- the page of a case ------------------------------------------------------------------------------


def test_a_hidden_measure_is_not_offered(client: Client, held: Case) -> None:
    assert 'name="measure" value="remove"' in client.get(address("case", held.pk)).content.decode()
    Queue.objects.filter(pk=held.queue_id).update(hidden_measures=["remove"])
    assert 'name="measure" value="remove"' not in client.get(address("case", held.pk)).content.decode()


def test_the_page_says_who_else_looks_and_that_a_claim_is_gone(
    client: Client, held: Case, kim: User, lee: User
) -> None:
    assert client.post(address("case-here", held.pk), {"active": "1", "mine": "1"}).content.decode().strip() == ""
    assert Claim.objects.get().seen_at
    client.force_login(lee)
    assert "Kim is looking, too" in client.post(address("case-here", held.pk)).content.decode()
    assert Claim.objects.get().seen_at
    claims.release(case=held, actor=kim, at=timezone.now())
    client.force_login(kim)
    text = client.post(address("case-here", held.pk), {"mine": "1"}).content.decode()
    assert "Lee is looking, too" in text
    assert "Not yours any more" in text


def test_a_page_that_its_reader_has_left_does_not_keep_the_claim(client: Client, held: Case) -> None:
    client.post(address("case-here", held.pk), {"mine": "1"})
    assert Claim.objects.get().seen_at is None


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.ADMINISTRATOR, 403)])
def test_who_may_be_there(role: Role, status: int, client: Client, case: Case) -> None:
    client.force_login(make.person("paul", role))
    assert client.post(address("case-here", case.pk)).status_code == status


def test_a_case_that_could_not_be_routed_says_why(client: Client, kim: User, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(routing={"queue": "critical", "fault": "1:6 unknown_fact"})
    client.force_login(kim)
    text = client.get(address("case", case.pk)).content.decode()
    assert "The rule of the queue “critical” could not be read for this case" in text
