"""The team's pages: who sees what, at one price, narrowed and exported; handing over in the browser's stead."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations import tasks
from investigations.domain import claims, queues, team, team_figures
from investigations.models import Case, Claim, TeamDay
from tests.factories import cases as make
from tests.investigations.quality.ground import F, V, ruled
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known() -> None:
    queues.ensure_default_queues()


@pytest.fixture
def yesterday(kim: User) -> None:
    _work(kim, "Acme")


def _work(kim: User, *names: str) -> None:
    at = timezone.now() - timedelta(days=1)
    for name in names:
        ruled(make.policy(name.lower(), title=f"Rule of {name}"), kim, V, name=name, at=at)
    team_figures.count_owed(at=timezone.now())
    team_figures.count_today(at=timezone.now())


def text(client: Client, name: str, **query: Any) -> str:
    response = client.get(address(name), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["team-figures", "team-forecast"])
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.TEAM_LEAD, 200), (Role.GOVERNANCE_MANAGER, 200), (Role.AUDITOR, 200), (Role.MODERATOR, 403)],
)
def test_who_may_see_them(name: str, role: Role, status: int, client: Client) -> None:
    client.force_login(make.person("paul", role))
    assert client.get(address(name)).status_code == status


def test_figures_of_persons_are_for_team_leads_alone(client: Client, tess: User, mara: User, yesterday: None) -> None:
    client.force_login(tess)
    found = text(client, "team-figures")
    assert "only team leads see this" in found
    assert "Kim" in found
    client.force_login(mara)
    found = text(client, "team-figures")
    assert "By person" not in found
    assert "Kim" not in found


def test_a_figure_says_what_it_stands_on_and_few_are_no_percentage(client: Client, tess: User, yesterday: None) -> None:
    client.force_login(tess)
    found = text(client, "team-figures", days=7)
    for said in (
        "Rule of Acme",
        "1 of 1",
        "too few for a share",
        "nine in ten",
        "What each figure counts",
    ):
        assert said in found
    assert "100%" not in found
    assert "not counted yet" not in found
    TeamDay.objects.all().delete()
    assert "1 of these 7 days is not counted yet" in text(client, "team-figures", days=7)


@pytest.mark.parametrize("name", ["team-figures", "team-forecast"])
def test_a_page_costs_the_same_for_one_case_and_for_three(
    name: str, client: Client, kim: User, tess: User, yesterday: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    costs = {"team-figures": 13, "team-forecast": 10}[name]
    client.force_login(tess)
    text(client, name)
    with django_assert_num_queries(costs):
        text(client, name)
    _work(kim, "Bolt", "Casa")
    make.case(make.policy("cords"), make.merchant("Kestrel"))
    TeamDay.objects.all().delete()
    _work(kim)
    with django_assert_num_queries(costs):
        text(client, name)


def test_they_are_narrowed_by_the_address_and_what_means_nothing_is_left_out(
    client: Client, kim: User, tess: User, yesterday: None
) -> None:
    _work(kim, "Bolt")
    TeamDay.objects.all().delete()
    _work(kim)
    client.force_login(tess)
    key = Case.objects.get(merchant__name="Bolt").policy_id
    found = text(client, "team-figures", days=7, policy=key, queue="nowhere", language="")
    assert "Remove the filter Policy" in found
    assert "Remove the filter Queue" not in found
    assert "Rule of Acme" not in found
    assert "Rule of Bolt" in text(client, "team-figures", days="x", policy="y" * 30)


def test_the_figures_alone_answer_a_page_that_asks_again(client: Client, tess: User, yesterday: None) -> None:
    client.force_login(tess)
    found = client.get(address("team-figures"), headers={"HX-Request": "true"}).content.decode()
    assert "Came in" in found
    assert "<html" not in found


def test_exported_is_each_day_queue_policy_and_language(client: Client, tess: User, yesterday: None) -> None:
    client.force_login(tess)
    response = client.get(address("team-figures"), {"days": "7", "export": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [(row["Queue"], row["Policy"], row["Language"], row["Closed"]) for row in rows] == [
        ("product_safety", "acme", "en", "1")
    ]
    sheet = client.get(address("team-figures"), {"days": "7", "export": "xlsx"})
    assert sheet["Content-Type"].endswith("sheet")
    assert b"".join(sheet.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_before_anything_was_counted_the_pages_say_so(client: Client, tess: User) -> None:
    client.force_login(tess)
    assert "Nothing happened in this time" in text(client, "team-figures", days=0)
    assert "Nothing is counted yet" in text(client, "team-forecast")


def test_what_if_more_people_worked_somewhere(client: Client, kim: User, tess: User, yesterday: None) -> None:
    make.case(make.policy("cords"), make.merchant("Kestrel"))
    team_figures.count_today(at=timezone.now())
    client.force_login(tess)
    assert "As people are now" not in text(client, "team-forecast", queue="product_safety")
    found = text(client, "team-forecast", queue="product_safety", people_product_safety="2", hours_product_safety="1.5")
    assert "As people are now" in found
    assert 'value="2.0"' in found or 'value="2"' in found
    response = client.get(address("team-forecast"), {"queue": "product_safety", "people_product_safety": "9000"})
    assert response.status_code == 422
    assert "less than or equal to 50" in response.content.decode()


def test_the_tasks_count_what_is_owed(kim: User) -> None:
    ruled(make.policy("magnets"), kim, F, at=timezone.now() - timedelta(days=1))
    tasks.count_team_days()
    tasks.count_team_today()
    assert TeamDay.objects.count() >= 1


# --- handing over ------------------------------------------------------------------------------------


def test_a_lead_chooses_cases_in_the_queue_and_a_person_for_them(
    client: Client, kim: User, tess: User, case: Case
) -> None:
    client.force_login(tess)
    assert "Hand to a person" in text(client, "queue")
    asked = client.post(address("team-hand"), {"ids": [case.pk], "query": ""}).content.decode()
    assert "Fits them" in asked
    assert not Case.objects.filter(kept_for__isnull=False).exists()

    done = client.post(
        address("team-hand"), {"ids": [case.pk], "person": kim.pk, "note": "You know them."}, follow=True
    )

    assert "Handed 1 case to Kim" in done.content.decode()
    undo = address("team-to-queue", str(case.pk))
    assert undo in done.content.decode()
    assert Case.objects.get(kept_for=kim) == case
    client.post(undo)
    assert not Case.objects.filter(kept_for__isnull=False).exists()


def test_what_speaks_against_it_is_said_and_what_was_entered_is_kept(
    client: Client, kim: User, tess: User, case: Case
) -> None:
    today = timezone.localdate()
    team.enter_absence(person=kim, starts_on=today, ends_on=today, actor=kim, at=timezone.now())
    client.force_login(tess)
    posted = {"ids": [case.pk], "person": kim.pk, "note": "You know them."}
    response = client.post(address("team-hand"), posted)
    assert response.status_code == 409
    for said in ("Kim is away until", "You know them.", "Why them nevertheless"):
        assert said in response.content.decode()
    assert client.post(address("team-hand"), posted | {"despite": "She asked."}).status_code == 302
    assert client.post(address("team-hand"), {"ids": [case.pk], "note": "x"}).status_code == 422


def test_a_lead_takes_back_and_the_holder_s_page_says_why(client: Client, kim: User, tess: User, held: Case) -> None:
    client.force_login(tess)
    assert address("team-take-back") in text(client, "team")
    assert "Take it back" in client.get(address("team-take-back"), {"ids": held.pk}).content.decode()
    done = client.post(address("team-take-back"), {"ids": [held.pk], "note": "You are in a meeting."}, follow=True)
    assert "Took 1 case back" in done.content.decode()
    assert not Claim.objects.filter(ended_at=None).exists()
    client.force_login(kim)
    beat = client.post(address("case-here", held.pk), {"mine": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "Not yours any more" in beat
    assert "You are in a meeting." in beat


@pytest.mark.parametrize("name", ["team-hand", "team-take-back"])
def test_only_leads_and_only_what_they_may_read(name: str, client: Client, kim: User, mara: User, case: Case) -> None:
    for person, status in ((kim, 403), (mara, 403), (make.person("otto", Role.TEAM_LEAD, markets=["AT"]), 302)):
        client.force_login(person)
        assert client.post(address(name), {"ids": [case.pk], "person": kim.pk, "note": "x"}).status_code == status
    claims.claim(case=case, person=kim, at=timezone.now())
    assert client.post(address("team-to-queue", str(case.pk))).status_code == 302
    assert Claim.objects.get().ended_at is None


def test_the_menu_of_a_case_leads_there(client: Client, kim: User, tess: User, case: Case) -> None:
    client.force_login(tess)
    page = client.get(address("case", case.pk)).content.decode()
    assert f"{address('team-hand')}?ids={case.pk}" in page
    claims.claim(case=case, person=kim, at=timezone.now())
    assert f"{address('team-take-back')}?ids={case.pk}" in client.get(address("case", case.pk)).content.decode()
    client.force_login(kim)
    assert address("team-take-back") not in client.get(address("case", case.pk)).content.decode()


def test_handing_over_costs_the_same_for_one_case_and_for_three(
    client: Client, kim: User, tess: User, case: Case, django_assert_num_queries: Callable[..., Any]
) -> None:
    client.force_login(tess)
    client.get(address("team-hand"), {"ids": case.pk})
    with django_assert_num_queries(17):
        client.get(address("team-hand"), {"ids": case.pk})
    for name in ("Bolt", "Casa"):
        make.case(make.policy(name.lower()), make.merchant(name))
        make.person(f"new-{name.lower()}", Role.MODERATOR)
    keys = list(Case.objects.values_list("pk", flat=True))
    with django_assert_num_queries(17):
        found = client.get(address("team-hand"), {"ids": keys}).content.decode()
    assert "3 cases" in found
