"""A merchant's links over the API: steps, filters, pages, who may, and that rows cost no queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.accounts.models import User
from listings.enums import LinkKind
from listings.models import Merchant, MerchantLink
from tests.factories import cases as make
from tests.investigations.ring import link, ring, star

pytestmark = pytest.mark.django_db
Headers = dict[str, str]


@pytest.fixture
def reader(adam: User) -> Headers:
    return key_with(adam, Scope.MERCHANTS_READ)


def key_with(actor: User, *scopes: Scope) -> Headers:
    _key, secret = api_keys.create(name="reader", scopes=list(scopes), actor=actor, at=timezone.now())
    return {"Authorization": f"Bearer {secret}"}


def rows(client: Client, of: str, headers: Headers, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/merchants/{of}/links{query}", headers=headers)
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def test_a_merchants_links_with_their_risk(client: Client, reader: Headers) -> None:
    ring()
    found = rows(client, "m-1", reader)
    assert [(row["kind"], row["strength"], row["step"]) for row in found] == [
        ("bank_account", 0.95, 1), ("address", 0.6, 1), ("text", 0.5, 1), ("name", 0.2, 1),
    ]  # fmt: skip
    first, second = found[0]["merchants"]
    assert (first["merchant_id"], second["merchant_id"]) == ("m-0", "m-1")
    assert (first["risk"], second["risk"]) == (1.0, 0.7946)  # 0.95 × 0.8 of one, 0.6 × 0.75 × 0.5 × 0.8² of another
    assert first["terminated_at"]
    assert "Hauptstra" not in client.get("/api/v1/merchants/m-1/links", headers=reader).content.decode()


def test_two_steps_add_the_links_of_the_linked(client: Client, reader: Headers) -> None:
    ring()
    found = rows(client, "m-1", reader, "?depth=2")
    beyond = {(row["kind"], row["merchants"][1]["merchant_id"]) for row in found if row["step"] == 2}
    assert beyond == {("name", "m-6"), ("phone", "m-3"), ("device", "m-4")}


def test_filters_and_what_has_ended(client: Client, reader: Headers) -> None:
    ring()
    assert [row["kind"] for row in rows(client, "m-1", reader, "?kind=address")] == ["address"]
    assert [row["kind"] for row in rows(client, "m-1", reader, "?strength=0.6")] == ["bank_account", "address"]
    MerchantLink.objects.filter(kind=LinkKind.BANK_ACCOUNT).update(ended_at=timezone.now())
    assert [row["kind"] for row in rows(client, "m-1", reader, "?strength=0.6")] == ["address"]


@pytest.mark.parametrize("query", ["?depth=3", "?depth=x", "?kind=blood", "?strength=2"])
def test_what_cannot_be_understood_is_said(query: str, client: Client, reader: Headers) -> None:
    make.merchant("Anna")
    response = client.get(f"/api/v1/merchants/anna/links{query}", headers=reader)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [query[1:].partition("=")[0]]


def test_pages_by_key(client: Client, reader: Headers) -> None:
    hub = make.merchant("hub")
    star(5, center=hub)
    first = client.get("/api/v1/merchants/hub/links?page_size=3", headers=reader).json()
    second = client.get(first["next"], headers=reader).json()
    found = [row["strength"] for page in (first, second) for row in page["results"]]
    assert len(found) == 5
    assert found == sorted(found, reverse=True)
    assert second["next"] is None


def test_who_may(client: Client, adam: User) -> None:
    make.merchant("Anna")
    assert client.get("/api/v1/merchants/anna/links").status_code == 401
    assert client.get("/api/v1/merchants/anna/links", headers=key_with(adam, Scope.CASES_READ)).status_code == 403
    client.force_login(make.person("nils", Role.MODERATOR, markets=["FR"]))
    assert client.get("/api/v1/merchants/anna/links").status_code == 404


def test_merchants_of_other_markets_are_left_out_and_not_stepped_over(client: Client) -> None:
    anna, berta, carla = make.merchant("Anna"), make.merchant("Berta", country="FR"), make.merchant("Carla")
    link(anna, berta, LinkKind.PHONE, 0.7)
    link(berta, carla, LinkKind.PHONE, 0.7)
    client.force_login(make.person("nils", Role.MODERATOR, markets=["DE"]))
    assert rows(client, "anna", {}, "?depth=2") == []


@pytest.mark.parametrize("count", [1, 3])
def test_rows_cost_no_queries(
    count: int, client: Client, reader: Headers, django_assert_num_queries: Callable[[int], Any]
) -> None:
    star(count, center=make.merchant("hub"))
    assert Merchant.objects.count() == count + 1
    rows(client, "hub", reader, "?depth=2")
    with django_assert_num_queries(3):
        assert len(rows(client, "hub", reader, "?depth=2")) == count
