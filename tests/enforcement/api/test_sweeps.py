"""Sweeps over the API: scopes, verbs, wrong states."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from enforcement.enums import SweepKind
from enforcement.models import Sweep
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from tests.factories.cases import NOON, listing, merchant, person, policy

pytestmark = pytest.mark.django_db


def key(*scopes: Scope) -> dict[str, str]:
    _key, secret = api_keys.create(
        name="seller centre", scopes=list(scopes), actor=person("admin", Role.ADMINISTRATOR), at=NOON
    )
    return {"Authorization": f"Bearer {secret}"}


def post(client: Client, path: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> Any:
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_a_sweep_is_started_paused_and_cancelled(client: Client) -> None:
    policy("magnets")
    listing(merchant("Acme"), "Cube")
    may = key(Scope.SWEEPS_READ, Scope.SWEEPS_WRITE)
    started = post(client, "/api/v1/sweeps", may, {"kind": "full", "reason": "nightly"})
    assert (started.status_code, started.json()["state"]) == (201, "running")
    path = f"/api/v1/sweeps/{started.json()['id']}"
    assert post(client, f"{path}/pause", may).json()["state"] == "paused"
    refused = post(client, f"{path}/pause", may)
    assert (refused.status_code, refused.headers["Content-Type"]) == (409, "application/problem+json")
    assert post(client, f"{path}/cancel", may, {"reason": "enough"}).json()["state"] == "cancelled"
    assert client.get(path, headers=may).json()["policies"][0]["mode"] == "review"


def test_reading_is_not_writing(client: Client) -> None:
    may = key(Scope.SWEEPS_READ)
    assert client.get("/api/v1/sweeps", headers=may).status_code == 200
    assert post(client, "/api/v1/sweeps", may, {"kind": "full"}).status_code == 403
    assert client.get("/api/v1/policies", headers=may).status_code == 403
    assert client.get("/api/v1/sweeps").status_code == 401


def test_a_start_that_finds_nothing_to_do_is_refused_with_the_reason(client: Client) -> None:
    refused = post(client, "/api/v1/sweeps", key(Scope.SWEEPS_WRITE), {"kind": "full"})
    assert refused.status_code == 422
    assert "nothing to look for" in refused.json()["detail"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        Sweep.objects.create(kind=SweepKind.FULL, created_at=NOON)
    may = key(Scope.SWEEPS_READ)
    client.get("/api/v1/sweeps", headers=may)
    with django_assert_num_queries(2):
        assert len(client.get("/api/v1/sweeps", headers=may).json()["results"]) == rows
