"""GET /api/v1/events: the stream by cursor, its scope, its problems, one query for any number of rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import fan_out
from enforcement.models import Decision
from governance.accounts.domain import api_keys
from governance.accounts.enums import Scope
from governance.accounts.models import User
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
Headers = dict[str, str]
Decide = Callable[..., Decision]


@pytest.fixture
def key(admin: User) -> Callable[..., Headers]:
    def key(*scopes: Scope) -> Headers:
        _key, secret = api_keys.create(name=f"key {scopes}", scopes=scopes, actor=admin, at=NOON)
        return {"Authorization": f"Bearer {secret}"}

    return key


def ask(client: Client, headers: Headers, query: str = "") -> Any:
    return client.get(f"/api/v1/events{query}", headers=headers)


def test_read_on_by_cursor_and_an_empty_answer_keeps_it(
    client: Client, key: Callable[..., Headers], decide: Decide
) -> None:
    for title in ("Ball", "Cube"):
        decide(title)
    may = key(Scope.EVENTS_READ)
    assert ask(client, may).json() == {"events": [], "next": "0", "more": False}  # committed, not numbered yet
    fan_out.spread(at=NOON)
    first = ask(client, may, "?limit=3").json()
    rest = ask(client, may, f"?after={first['next']}").json()
    assert [each["cursor"] for each in first["events"] + rest["events"]] == ["1", "2", "3", "4"]
    assert (first["more"], rest["more"], rest["next"]) == (True, False, "4")
    assert ask(client, may, "?after=4").json() == {"events": [], "next": "4", "more": False}
    some = ask(client, may, "?types=decision.issued,appeal.filed").json()["events"]
    assert [each["type"] for each in some] == ["decision.issued"] * 2
    assert some[0]["subject"] == {"merchant": "nordlicht-spielwaren", "listing": "sku-1"}


def test_another_scope_is_not_enough(client: Client, key: Callable[..., Headers]) -> None:
    answer = ask(client, key(Scope.DECISIONS_READ))
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert ask(client, {}).status_code == 401


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?after=x", "after"),
        ("?after=-1", "after"),
        ("?limit=0", "limit"),
        ("?limit=1001", "limit"),
        ("?types=a,b", "types"),
    ],
)
def test_what_is_not_understood_is_a_problem(
    client: Client, key: Callable[..., Headers], query: str, field: str
) -> None:
    answer = ask(client, key(Scope.EVENTS_READ), query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_a_fixed_number_of_queries(
    client: Client,
    key: Callable[..., Headers],
    decide: Decide,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        decide(f"Ball {number}")
    fan_out.spread(at=NOON)
    may = key(Scope.EVENTS_READ)
    ask(client, may)
    with django_assert_num_queries(2):
        assert len(ask(client, may).json()["events"]) == rows * 2
