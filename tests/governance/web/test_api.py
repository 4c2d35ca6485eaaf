"""Pages, problems and scopes as a client meets them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.domain import api_keys
from governance.accounts.domain.people import WantedRole, create_person
from governance.accounts.enums import Role, Scope
from governance.audit.models import Entry

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.governance.web.api_urls")]


@pytest.fixture
def client_with() -> Callable[..., Client]:
    def make(*scopes: Scope) -> Client:
        _key, secret = api_keys.create(name="listing service", scopes=scopes, actor=None, at=timezone.now())
        return Client(headers={"authorization": f"Bearer {secret}"})

    return make


def write(count: int) -> None:
    Entry.objects.all()
    for number in range(count):
        at = NOON + timedelta(minutes=number)
        Entry.objects.create(at=at, actor_label="x", verb="case.closed", subject_kind="case", subject_id=number)


def test_pages_follow_their_links_to_the_end_and_back(client_with: Callable[..., Client]) -> None:
    client = client_with(Scope.AUDIT_READ)
    write(5)
    plain = list(Entry.objects.order_by("-at", "-id").values_list("id", flat=True))
    first = client.get("/api/v1/entries/?page_size=3").json()
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    back = client.get(second["previous"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == plain
    assert (second["next"], back) == (None, first)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_two_questions_however_many_rows(client_with: Callable[..., Client], rows: int) -> None:
    client = client_with(Scope.AUDIT_READ)
    write(rows)
    client.get("/api/v1/entries/")  # the first use of a day notes the day
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/api/v1/entries/").status_code == 200
    assert len(asked) == 2  # the key with its user, the page


@pytest.mark.parametrize("size", ["0", "501", "-1", "ten", "1.5", "²"])
def test_a_wrong_page_size_is_named(client_with: Callable[..., Client], size: str) -> None:
    answer = client_with(Scope.AUDIT_READ).get("/api/v1/entries/", {"page_size": size})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"page_size": ["Give a number from 1 to 500."]})


def test_a_broken_cursor_is_a_problem(client_with: Callable[..., Client]) -> None:
    answer = client_with(Scope.AUDIT_READ).get("/api/v1/entries/?cursor=broken")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"] == "This page's address is incomplete or belongs to another sorting."


@pytest.mark.parametrize(
    ("how", "status", "detail", "errors"),
    [
        ("refused", 422, "A waiver needs a reason.", {"reason": ["Missing."]}),
        ("moved", 409, "The case is closed.", None),
        (
            "invalid",
            400,
            "The request was not understood; see errors.",
            {"price": ["Not a number."], "lines": [{}, {"market": ["Not known."]}]},
        ),
        (
            "invalid-whole",
            400,
            "The request was not understood; see errors.",
            {"non_field_errors": ["The file is empty."]},
        ),
        ("django-invalid", 400, "The request was not understood; see errors.", {"name": ["Too long."]}),
        (
            "django-invalid-whole",
            400,
            "The request was not understood; see errors.",
            {"non_field_errors": ["Too many."]},
        ),
        ("gone", 404, "There is nothing at this address, or not for you.", None),
        ("denied", 403, "Only its author may.", None),
        ("throttled", 429, "Request was throttled. Expected available in 7 seconds.", None),
        ("media", 415, 'Unsupported media type "text/plain" in request.', None),
    ],
)
def test_every_failure_is_a_problem(
    client_with: Callable[..., Client], how: str, status: int, detail: str, errors: dict[str, Any] | None
) -> None:
    answer = client_with(Scope.CASES_WRITE).post(f"/api/v1/entries/fail/{how}/")
    body = answer.json()
    assert (answer.status_code, body["status"], body["detail"], body.get("errors")) == (status, status, detail, errors)
    assert (body["instance"], answer.headers["Content-Type"]) == (
        f"/api/v1/entries/fail/{how}/",
        "application/problem+json",
    )
    assert answer.headers.get("Retry-After") == ("7" if how == "throttled" else None)


def test_our_own_failure_is_a_problem_without_its_details(client_with: Callable[..., Client]) -> None:
    client = client_with(Scope.CASES_WRITE)
    client.raise_request_exception = False
    answer = client.post("/api/v1/entries/fail/broken/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "ZeroDivision" not in answer.content.decode()


def test_a_body_that_is_no_json_is_a_problem(client_with: Callable[..., Client]) -> None:
    answer = client_with(Scope.CASES_WRITE).post("/api/v1/entries/parse/", "{broken", content_type="application/json")
    assert (answer.status_code, answer.json()["type"], answer.json()["detail"][:16]) == (
        400,
        "about:blank",
        "JSON parse error",
    )


def test_without_a_key_the_answer_names_the_scheme() -> None:
    answer = Client().get("/api/v1/entries/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["title"] == "Unauthorized"


@pytest.mark.parametrize("path", ["/api/v1/entries/", "/api/v1/plain/"])
def test_a_key_without_the_scope_is_told_which_it_needs(client_with: Callable[..., Client], path: str) -> None:
    answer = client_with(Scope.CASES_READ, Scope.CASES_WRITE).get(path)
    assert (answer.status_code, answer.json()["detail"]) == (403, "This needs the scope audit:read.")


def test_what_declares_no_scope_is_open_to_nobody(client_with: Callable[..., Client]) -> None:
    client = client_with(*Scope)
    assert client.post("/api/v1/entries/undeclared/").status_code == 403
    assert client.post("/api/v1/plain/").status_code == 403
    assert client.get("/api/v1/plain/").json() == {"who": "Key listing service"}


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_a_method_that_is_not_there_is_a_problem_too(client_with: Callable[..., Client], method: str) -> None:
    answer = getattr(client_with(Scope.AUDIT_READ), method)("/api/v1/entries/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.MODERATOR, 403)])
def test_a_signed_in_person_has_the_scopes_of_their_roles(role: Role, status: int) -> None:
    person = create_person(username="amira", email="amira@example.org", roles=[WantedRole(role)], actor=None, at=NOON)
    client = Client()
    client.force_login(person)
    assert client.get("/api/v1/entries/").status_code == status


def test_a_session_needs_the_csrf_token_to_write() -> None:
    person = create_person(
        username="jonas", email="jonas@example.org", roles=[WantedRole(Role.MODERATOR)], actor=None, at=NOON
    )
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    answer = client.post("/api/v1/entries/fail/moved/")
    assert (answer.status_code, answer.json()["detail"]) == (403, "CSRF Failed: CSRF cookie not set.")
