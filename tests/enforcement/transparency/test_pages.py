"""Pages and endpoints of transparency: who may, how many queries, what they say, and the export."""

import csv
import io
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import decisions
from enforcement.domain.transparency import reconciling, sending, submissions
from enforcement.language.transparency import DUMP_COLUMNS
from enforcement.models import TransparencySubmission
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.enforcement.transparency.database import Database
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
LIST = "/transparency/"


@pytest.fixture
def site(client: Client, ground: Ground) -> Client:
    client.force_login(person("manager", Role.GOVERNANCE_MANAGER))
    return client


def owed(ground: Ground, count: int = 1) -> TransparencySubmission:
    for number in range(count):
        ground.issue([ground.violation(ground.listing(f"Ball {number}"))], Measure.REMOVE)
    return TransparencySubmission.objects.order_by("pk")[0]


def refused(ground: Ground) -> TransparencySubmission:
    row = owed(ground)
    submissions.refused(row, errors={"category": ["The selected category is invalid."]}, error="")
    return row


def page_of(row: TransparencySubmission) -> str:
    return reverse("enforcement:transparency-submission", args=[row.pk])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    site: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owed(ground, rows)
    site.get(LIST)
    with django_assert_num_queries(7):
        assert site.get(LIST).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_one_statement_asks_a_fixed_number_of_queries(
    site: Client, ground: Ground, database: Database, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = owed(ground)
    database.fails = [500] * (rows - 1)
    for number in range(rows):
        sending.send_due(at=LATER + timedelta(hours=number))
    assert row.tries.count() == rows
    site.get(page_of(row))
    with django_assert_num_queries(5):
        assert site.get(page_of(row)).status_code == 200


def test_an_empty_list_says_what_will_stand_there_and_that_nothing_leaves(site: Client) -> None:
    said = site.get(LIST).content.decode()
    assert "Nothing is owed yet" in said
    assert "Sending is switched off" in said


def test_the_states_are_filters_with_their_counts(site: Client, ground: Ground) -> None:
    row = refused(ground)
    owed(ground, 2)
    said = site.get(LIST, {"state": "refused"}).content.decode()
    assert row.decision.reference in said
    assert said.count("data-row=") == 1
    assert "state=refused&amp;environment=production" in said


@pytest.mark.parametrize(
    ("query", "rows"),
    [({"late": "true"}, 1), ({"late": "false"}, 0), ({"reversed": "true"}, 0), ({"environment": "sandbox"}, 0)],
)
def test_the_other_filters(site: Client, ground: Ground, query: dict[str, str], rows: int) -> None:
    owed(ground)
    assert site.get(LIST, query).content.decode().count("data-row=") == rows


def test_it_is_found_by_its_numbers(site: Client, ground: Ground) -> None:
    row = owed(ground)
    for text in (row.puid, row.decision.reference):
        assert site.get(LIST, {"q": text}).content.decode().count("data-row=") == 1
    assert site.get(LIST, {"q": "else"}).content.decode().count("data-row=") == 0


def test_a_refused_token_and_a_busy_database_are_said(site: Client, ground: Ground, database: Database) -> None:
    owed(ground)
    database.token = "another"
    sending.send_due(at=LATER)
    assert "does not accept our token (HTTP 401)" in site.get(LIST).content.decode()


def test_the_day_and_its_differences_are_said(site: Client, ground: Ground, database: Database) -> None:
    row = owed(ground)
    sending.send_due(at=LATER)
    database.stored.clear()
    reconciling.reconcile(at=LATER)
    said = site.get(LIST).content.decode()
    assert "1 accepted statement is not known to the database" in said
    assert row.puid in said


def test_one_that_was_refused_shows_why_and_goes_out_again(site: Client, ground: Ground) -> None:
    row = refused(ground)
    assert "The selected category is invalid." in site.get(page_of(row)).content.decode()
    site.post(reverse("enforcement:transparency-again", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "owed"
    site.post(reverse("enforcement:transparency-again", args=[row.pk]))
    assert "Only what was refused is sent again." in site.get(page_of(row)).content.decode()


def test_a_reversal_after_it_was_accepted_is_noted(site: Client, ground: Ground, database: Database) -> None:
    row = owed(ground)
    sending.send_due(at=LATER)
    assert "takes nothing back" not in site.get(page_of(row)).content.decode()
    decisions.reverse(decision=row.decision, actor=ground.sela, reason="Wrong.", at=LATER)
    said = site.get(page_of(row)).content.decode()
    assert "takes nothing back" in said
    assert database.stored[row.puid]["uuid"] in said
    assert site.get(LIST, {"reversed": "true"}).content.decode().count("data-row=") == 1


def test_who_may_look_and_who_may_send(client: Client, ground: Ground) -> None:
    row = refused(ground)
    again = reverse("enforcement:transparency-again", args=[row.pk])
    for role, looks, sends in (
        (Role.MODERATOR, 403, 403),
        (Role.AUDITOR, 200, 403),
        (Role.ADMINISTRATOR, 200, 302),
    ):
        client.force_login(person(role.value, role))
        assert [client.get(url).status_code for url in (LIST, page_of(row))] == [looks] * 2
        assert client.post(again).status_code == sends


def test_other_markets_statements_are_not_there(client: Client, ground: Ground) -> None:
    row = owed(ground)
    client.force_login(person("french", Role.TEAM_LEAD, markets=("FR",)))
    assert client.get(page_of(row)).status_code == 404
    assert client.get(LIST).content.decode().count("data-row=") == 0


def test_the_export_has_the_columns_of_the_daily_dump(site: Client, ground: Ground, database: Database) -> None:
    row = owed(ground)
    sending.send_due(at=LATER)
    answer = site.get(LIST, {"export": "csv"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    head, line = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    found = dict(zip(head, line, strict=True))
    assert tuple(head) == DUMP_COLUMNS
    assert found["uuid"] == database.stored[row.puid]["uuid"]
    assert (found["platform_name"], found["platform_uid"]) == ("Marketplace", row.puid)
    assert found["content_type"] == '["CONTENT_TYPE_PRODUCT"]'
    assert found["created_at"] == "2026-11-23 12:01:00"
    assert found["decision_account"] == ""


# --- API -------------------------------------------------------------------------------------------

API = "/api/v1/transparency/submissions"


def key(*scopes: Scope) -> dict[str, str]:
    admin = person("admin", Role.ADMINISTRATOR)
    _key, secret = api_keys.create(name="reports", scopes=list(scopes), actor=admin, at=NOON)
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_endpoints_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row, may = owed(ground, rows), key(Scope.DECISIONS_READ)
    client.get(API, headers=may)
    with django_assert_num_queries(2):
        assert len(client.get(API, headers=may).json()["results"]) == rows
    with django_assert_num_queries(3):
        assert client.get(f"{API}/{row.pk}", headers=may).status_code == 200


def test_one_over_the_api_has_its_payload_and_tries(client: Client, ground: Ground, database: Database) -> None:
    row, may = owed(ground), key(Scope.DECISIONS_READ)
    sending.send_due(at=LATER)
    found = client.get(f"{API}/{row.pk}", headers=may).json()
    assert (found["state"], found["decision"]) == ("sent", row.decision.reference)
    assert found["payload"]["puid"] == row.puid
    assert [one["status"] for one in found["tries"]] == [201]
    assert client.get(API, {"state": "owed"}, headers=may).json()["results"] == []


def test_reading_over_the_api_needs_its_scope_and_nothing_writes(client: Client, ground: Ground) -> None:
    row = owed(ground)
    assert client.get(API).status_code == 401
    assert client.get(API, headers=key(Scope.POLICIES_READ)).status_code == 403
    may = {**key_of_reader()}
    assert client.post(API, {}, headers=may).status_code in (403, 405)
    assert client.delete(f"{API}/{row.pk}", headers=may).status_code in (403, 405)


def key_of_reader() -> dict[str, str]:
    reader = person("reader", Role.ADMINISTRATOR)
    _key, secret = api_keys.create(name="reader", scopes=[Scope.DECISIONS_READ], actor=reader, at=NOON)
    return {"Authorization": f"Bearer {secret}"}


def test_while_it_is_off_the_page_of_one_says_so(site: Client, ground: Ground, settings: LazySettings) -> None:
    row = owed(ground)
    assert "sending is switched off" in site.get(page_of(row)).content.decode()
    settings.DSA_TDB = "sandbox"
    assert "a rehearsal" in site.get(LIST).content.decode()
