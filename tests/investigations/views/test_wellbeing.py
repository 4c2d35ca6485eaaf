"""The pages about what people are spared: their own, which nobody else sees, and that for everybody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import claims, wellbeing
from investigations.models import Case, Claim, HardPolicy, OwnLimits, WellbeingRules
from tests.factories import cases as make
from tests.investigations.views.desk import address, page

pytestmark = pytest.mark.django_db


def test_a_person_sets_their_own_limits(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    text = client.get(address("wellbeing")).content.decode()
    assert "no colleague, no lead and no log shows it" in text
    response = client.post(address("wellbeing"), {"families": ["toys"], "hard_a_day": "3", "break_after": "45"})
    assert response.status_code == 302
    limits = OwnLimits.objects.get(person=kim)
    assert (limits.families, limits.hard_a_day, limits.break_after) == (["toys"], 3, 45)
    assert "Nothing waits for you here" in client.get(address("queue")).content.decode()


@pytest.mark.parametrize("wrong", [{"families": ["nobody’s"]}, {"hard_a_day": "-1"}, {"break_after": "7"}])
def test_what_is_not_understood_is_kept_and_said(
    wrong: dict[str, object], client: Client, kim: User, case: Case
) -> None:
    client.force_login(kim)
    assert client.post(address("wellbeing"), {"families": ["toys"]} | wrong).status_code == 422
    assert not OwnLimits.objects.exists()


def test_who_does_not_work_at_the_queue_has_no_such_page(client: Client, adam: User) -> None:
    client.force_login(adam)
    assert client.get(address("wellbeing")).status_code == 403
    assert client.post(address("break-take")).status_code == 403


def test_a_break_from_a_case_and_back(client: Client, kim: User, held: Case) -> None:
    assert "Give it back and take a break" in page(client, held)
    text = client.post(address("break-take"), follow=True).content.decode()
    assert "You pause until" in text
    assert "Back to work" in text
    assert not Claim.objects.filter(ended_at__isnull=True).exists()
    assert "Take it and start" in client.post(address("break-end"), follow=True).content.decode()


def test_queue_and_case_say_that_a_break_is_due(client: Client, kim: User, held: Case) -> None:
    assert "without a break" not in page(client, held)
    Claim.objects.update(claimed_at=timezone.now() - timedelta(minutes=75))
    assert "You have been at it for 1 h\u00a015 min without a break" in page(client, held)
    assert "without a break" in client.get(address("queue")).content.decode()


def test_a_team_lead_says_what_is_hard_to_look_at(client: Client, kim: User, tess: User, case: Case) -> None:
    client.force_login(tess)
    given = {"hard_policies": [case.policy_id], "hard_a_day": "1", "break_after": "60", "break_lasts": "15"}
    assert client.post(address("wellbeing-rules"), given).status_code == 302
    assert HardPolicy.objects.get().policy_id == case.policy_id
    claims.claim(case=case, person=kim, at=timezone.now())
    text = client.get(address("wellbeing-rules")).content.decode()
    assert "Kim" in text
    assert "to see who needs relief" in text


def test_the_page_for_everybody_does_not_show_what_people_set(
    client: Client, kim: User, tess: User, case: Case
) -> None:
    wellbeing.set_own(person=kim, families=["animals"], hard_a_day=0, break_after=0)
    client.force_login(tess)
    for name in ("wellbeing-rules", "team"):
        response = client.get(address(name))
        assert response.status_code == 200
        assert "animals" not in response.content.decode()


@pytest.mark.parametrize(("who", "seen"), [("kim", "3 of 3 left"), ("ada", "30 of 30 left"), ("mara", "30 of 30 left")])
def test_the_number_that_a_person_set_is_for_their_own_eyes(
    who: str, seen: str, client: Client, kim: User, mara: User
) -> None:
    wellbeing.set_own(person=kim, families=[], hard_a_day=3, break_after=None)
    client.force_login({"kim": kim, "mara": mara}.get(who) or make.person("ada", Role.AUDITOR))
    assert seen in client.get(address("team-member", kim.pk)).content.decode()


def test_auditors_read_the_rules_and_change_nothing(client: Client, case: Case) -> None:
    client.force_login(make.person("ada", Role.AUDITOR))
    assert client.get(address("wellbeing-rules")).status_code == 200
    assert client.post(address("wellbeing-rules"), {"break_after": "60", "break_lasts": "15"}).status_code == 403
    assert not WellbeingRules.objects.exists()


def test_moderators_do_not_see_who_opened_what(client: Client, kim: User) -> None:
    client.force_login(kim)
    assert client.get(address("wellbeing-rules")).status_code == 403
