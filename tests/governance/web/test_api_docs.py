"""The schema is OpenAPI 3.1 and says scopes and problems; the page draws it under our own policy, for everybody."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from governance.accounts.enums import Scope
from governance.web.api_docs import Reader, groups

if TYPE_CHECKING:
    from playwright.sync_api import Page

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():
        found: dict[str, Any] = Client().get(reverse("api-schema"), {"format": "json"}).json()
        return found


@pytest.fixture
def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": raw
        for path, methods in schema["paths"].items()
        for method, raw in methods.items()
        if method in METHODS
    }


def test_the_schema_is_open_api_3_1_and_describes_the_key(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.1"
    key = schema["components"]["securitySchemes"]["apiKey"]
    assert (key["type"], key["scheme"]) == ("http", "bearer")


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--file", str(tmp_path / "schema.yml"))
    assert "Warning" not in capsys.readouterr().err


def test_every_operation_names_a_known_scope_and_its_problems(operations: dict[str, dict[str, Any]]) -> None:
    assert "GET /api/v1/audit/entries" in operations
    without = [name for name, raw in operations.items() if raw.get("x-scope") not in Scope.values]
    assert without == []
    for raw in operations.values():
        assert raw["security"] == [{"apiKey": [raw["x-scope"]]}, {"cookieAuth": []}]
        assert {"401", "403"} <= set(raw["responses"])
        assert raw["responses"]["403"]["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        }


def test_every_operation_stands_on_the_page(operations: dict[str, dict[str, Any]]) -> None:
    drawn = {f"{each.method} {each.path}" for group in groups("en") for each in group.operations}
    assert drawn == set(operations)


@pytest.mark.django_db
def test_the_page_is_open_to_everybody_under_the_strict_policy() -> None:
    answer = Client().get(reverse("api-docs"))
    policy = answer.headers["Content-Security-Policy"]
    assert (answer.status_code, "unsafe" in policy, "default-src 'none'" in policy) == (200, False, True)
    page = answer.content.decode()
    assert ("/api/v1/audit/entries" in page, "audit:read" in page, 'id="problem-refused"' in page) == (True, True, True)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/merchants", "/api/"])
def test_an_unknown_address_of_the_api_is_a_problem(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "/api/docs/#problem-not-found"


def test_fields_follow_references_lists_and_nulls() -> None:
    money = {
        "type": "object",
        "required": ["amount"],
        "properties": {"amount": {"type": "string", "format": "decimal"}},
    }
    tone = {"enum": ["ok", "bad"], "type": "string", "description": "How it went."}
    reader = Reader({"Money": money, "Tone": tone, "Blank": {"enum": [""]}})
    schema = {
        "type": "object",
        "required": ["lines"],
        "properties": {
            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Money"}},
            "tone": {
                "oneOf": [
                    {"$ref": "#/components/schemas/Tone"},
                    {"$ref": "#/components/schemas/Blank"},
                    {"type": "null"},
                ]
            },
            "at": {"type": ["string", "null"], "format": "date-time"},
        },
    }
    found = [(field.name, field.kind, field.required, field.choices) for field in reader.fields(schema, "", 0)]
    assert found == [
        ("lines", "list of object", True, ()),
        ("lines[].amount", "decimal", True, ()),
        ("tone", "string", False, ("ok", "bad")),
        ("at", "date-time or null", False, ()),
    ]
    assert reader.sample(schema, 0) == {"lines": [{"amount": "12.90"}]}


def test_a_body_of_several_forms_shows_the_fields_of_all_and_the_first_example() -> None:
    one = {
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"type": "string"}, "at": {"type": "integer"}},
    }
    many = {
        "type": "object",
        "required": ["rows"],
        "properties": {"rows": {"type": "array"}, "at": {"type": "integer"}},
    }
    reader = Reader({"One": one, "Many": many})
    schema = {"oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Many"}]}
    body = reader.body("application/json", {"schema": schema})
    assert [(field.name, field.required) for field in body.fields] == [("title", False), ("at", False), ("rows", False)]
    assert json.loads(body.sample) == {"title": "…"}
    told = reader.body("application/json", {"schema": schema, "examples": {"a": {"value": {"title": "Bear"}}}})
    assert json.loads(told.sample) == {"title": "Bear"}


def test_a_schema_that_contains_itself_ends() -> None:
    node = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}},
    }
    reader = Reader({"Node": node})
    assert len(list(reader.fields(node, "", 0))) == 4
    assert reader.sample(node, 0) == {"children": [{"children": [{}]}]}


def test_somebody_who_integrates_finds_an_operation(
    page_of: Callable[..., "Page"], check_accessibility: Callable[["Page"], None]
) -> None:
    page = page_of(reduced_motion="reduce")
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.goto(reverse("api-docs"))
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Audit").click()
    operation = page.locator("details", has_text="/api/v1/audit/entries").first
    operation.locator("summary").click()
    assert operation.locator("pre").first.is_visible()
    assert "Authorization: Bearer $KEY" in operation.locator("pre").first.inner_text()
    assert operation.get_by_role("cell", name="subject_kind", exact=True).first.is_visible()
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        check_accessibility(page)
    assert complaints == []
