"""The pages of queues, their rules and their people: who may, what they say, what they cost."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import queues
from investigations.enums import Skill
from investigations.models import Case, Queue, Rerouting
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


def given(**more: Any) -> dict[str, Any]:
    """A queue as its page would post it."""
    return {
        "name_en": "Toys for all",
        "name_de": "Spielzeug",
        "rule": 'case.family == "toys"',
        "decide_within_hours": "12",
        "asks": [Skill.LANGUAGE.value],
        "hidden_measures": ["remove"],
    } | more


# --- who may ---------------------------------------------------------------------------------------

READING = {"queue-rules": (), "queue-new": (), "queue-edit": ("critical",)}
WRITING = {"queue-order": (), "queue-remove": ("critical",), "queue-new": ()}


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.MODERATOR, 200), (Role.TEAM_LEAD, 200), (Role.GOVERNANCE_MANAGER, 200), (Role.AUDITOR, 200),
     (Role.ADMINISTRATOR, 403), (Role.APPROVER, 403)],
)  # fmt: skip
def test_who_may_read_the_rules(name: str, role: Role, status: int, client: Client) -> None:
    person = make.person("paul", *([role] if role != Role.APPROVER else []))
    client.force_login(person)
    assert client.get(address(name, *READING[name])).status_code == status


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR_REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_write_them(name: str, role: Role, client: Client) -> None:
    client.force_login(make.person("paul", role))
    before = list(Queue.objects.order_by("pk").values())

    response = client.post(address(name, *WRITING[name]), given(order="critical", save="1"))

    assert response.status_code in (302, 403)
    assert list(Queue.objects.order_by("pk").values()) == before


# --- one queue ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER])
def test_a_queue_is_tried_saved_and_its_cases_moved(role: Role, client: Client, case: Case) -> None:
    client.force_login(make.person("paul", role))

    tried = client.post(address("queue-edit", "critical"), given(**{"try": "1"})).content.decode()
    assert "1 of 1 live cases would move" in tried
    assert "Save and move 1 case" in tried
    assert str(case) in tried
    assert Queue.objects.get(key="critical").rule == 'case.severity in ["critical"]'

    client.post(address("queue-edit", "critical"), given(save="1"))
    saved = Queue.objects.get(key="critical")
    assert (saved.rule, saved.decide_within_hours) == ('case.family == "toys"', 12)
    assert (saved.names["de"], saved.hidden_measures, saved.asks) == ("Spielzeug", ["remove"], ["language"])
    assert not Rerouting.objects.exists()

    client.post(address("queue-edit", "critical"), given(move="1"))
    assert Rerouting.objects.get().finished_at is None


def test_names_in_other_languages_are_kept(client: Client, lena: User) -> None:
    Queue.objects.filter(key="critical").update(names={"en": "Danger", "pl": "Groźne"})
    client.force_login(lena)

    client.post(address("queue-edit", "critical"), given(save="1"))

    assert Queue.objects.get(key="critical").names["pl"] == "Groźne"


def test_a_new_queue_stands_before_the_default_one(client: Client, lena: User) -> None:
    client.force_login(lena)
    assert client.post(address("queue-new"), given(save="1")).status_code == 302
    made = Queue.objects.get(key="toys_for_all")
    assert made.position > Queue.objects.get(key="consumer_information").position


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"rule": "case.severty == 'minor'"}, "Did you mean `severity`?"),
        ({"rule": ""}, "The rule is empty"),
        ({"name_en": ""}, "This field is required"),
        ({"decide_within_hours": "0"}, "greater than or equal to 1"),
    ],
)
@pytest.mark.parametrize("button", ["save", "move", "try"])
def test_what_is_refused_stands_beside_its_field(
    more: dict[str, str], said: str, button: str, client: Client, lena: User
) -> None:
    client.force_login(lena)
    response = client.post(address("queue-new"), given(**{button: "1"}, **more))

    assert response.status_code == 422
    assert said in response.content.decode().replace("&#x27;", "'")
    assert Queue.objects.count() == 5


def test_a_rule_is_checked_while_it_is_typed(client: Client, lena: User) -> None:
    client.force_login(lena)
    good = client.post(address("queue-rule-check"), {"rule": 'case.severity == "minor" || case.listings > 5'})
    assert "Any of these" in good.content.decode()
    assert "number of listings is more than 5" in good.content.decode()
    wrong = client.post(address("queue-rule-check"), {"rule": "listing.price > 5"})
    assert "it cannot name `listing`" in wrong.content.decode()


def test_the_default_queue_has_no_rule_to_write(client: Client, lena: User) -> None:
    client.force_login(lena)
    text = client.get(address("queue-edit", "general")).content.decode()
    assert 'name="rule"' not in text
    client.post(address("queue-edit", "general"), given(save="1"))
    assert (Queue.objects.get(key="general").rule, Queue.objects.get(key="general").names["en"]) == ("", "Toys for all")
    client.post(address("queue-remove", "general"))
    assert Queue.objects.get(key="general").removed_at is None


def test_the_list_of_queues_costs_the_same_at_five_and_at_eight(client: Client, lena: User) -> None:
    client.force_login(lena)
    client.get(address("queue-rules"))
    with CaptureQueriesContext(connection) as five:
        client.get(address("queue-rules"))
    for number in range(3):
        queues.add(
            terms=queues.Terms({"en": f"Q {number}"}, f"case.listings > {number}", 24), actor=lena, at=timezone.now()
        )
    with CaptureQueriesContext(connection) as eight:
        client.get(address("queue-rules"))

    assert len(eight) == len(five) == 8


# --- their order -------------------------------------------------------------------------------------


def test_an_order_is_proposed_tried_and_saved(client: Client, lena: User, case: Case) -> None:
    client.force_login(lena)
    wanted = "product_safety,critical,restricted,consumer_information"

    page = client.get(address("queue-rules"), {"order": wanted}).content.decode()
    assert "This order is not saved yet" in page
    assert page.index("Product safety") < page.index("Dangerous products")
    tried = client.get(address("queue-order-try"), {"order": wanted}).content.decode()
    assert "None of 1 live case would move" in tried

    client.post(address("queue-order"), {"order": wanted})
    assert [queue.key for queue in Queue.objects.order_by("position")][:4] == wanted.split(",")
    assert not Rerouting.objects.exists()
    client.post(address("queue-order"), {"order": wanted, "move": "1"})
    assert Rerouting.objects.count() == 1


def test_an_order_that_names_other_queues_is_left_alone(client: Client, lena: User) -> None:
    client.force_login(lena)
    page = client.get(address("queue-rules"), {"order": "critical,critical"}).content.decode()
    assert "This order is not saved yet" not in page
    client.post(address("queue-order"), {"order": "critical"})
    assert Queue.objects.get(key="critical").position == 10


def test_a_removed_queue_is_gone_and_its_cases_move(client: Client, lena: User, case: Case) -> None:
    client.force_login(lena)
    client.post(address("queue-remove", "product_safety"))
    assert (
        "Product safety"
        not in client.get(address("queue-rules")).content.decode().split("<table")[1].split("</table>")[0]
    )
    assert client.get(address("queue-edit", "product_safety")).status_code == 404
    assert Rerouting.objects.exists()
