"""Merchants and listings over the API, by the marketplace's own identifiers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from governance.audit.models import Entry
from listings.models import Listing, Merchant
from tests.factories import reference

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
JSON = "application/json"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    reference.load_small()
    Merchant.objects.create(external_id="m", name="M", country="DE", created_at=NOON, changed_at=NOON)


def put(client: Client, path: str, values: dict[str, Any]) -> Any:
    return client.put(path, data=values, content_type=JSON)


def test_a_merchant_is_created_then_replaced_then_left_alone(seller_centre: Client) -> None:
    values = {"name": "Casa Serena", "country": "Polska", "vat_id": "PL1", "email": "nonsense"}
    created = put(seller_centre, "/api/v1/merchants/cs-1", values)
    assert created.status_code == 201
    body = created.json()
    assert (body["merchant_id"], body["country"], body["identity"]["vat_id"]) == ("cs-1", "PL", "PL1")
    assert [(note["column"], note["reason"]) for note in body["notes"]] == [("email", "not_allowed")]
    assert put(seller_centre, "/api/v1/merchants/cs-1", values).status_code == 200
    assert put(seller_centre, "/api/v1/merchants/cs-1", {**values, "name": "CS"}).json()["name"] == "CS"
    verbs = Entry.objects.filter(verb__startswith="merchant.").order_by("id").values_list("verb", "actor_label")
    assert list(verbs) == [("merchant.create", "Key seller centre"), ("merchant.change", "Key seller centre")]


def test_a_merchant_without_a_country_is_refused_with_the_field(seller_centre: Client) -> None:
    answer = put(seller_centre, "/api/v1/merchants/x", {"name": "X", "country": "Atlantis"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"country": ["The country is not a two-letter code."]}


def test_a_listing_is_created_versioned_and_read_back(seller_centre: Client) -> None:
    path = "/api/v1/merchants/m/listings/A 1"
    values = {
        "title": "Teddy",
        "category": "Soft toys",
        "price": "12,50 €",
        "markets": ["DE", "FR"],
        "attributes": {"voltage": "1 kV", "odd": 1},
    }
    created = put(seller_centre, path, values)
    assert created.status_code == 201, created.content
    body = created.json()
    assert (body["category"], body["price_minor"], body["currency"]) == ("toys/plush", 1250, "EUR")
    assert body["attributes"] == {"voltage": 1000.0}
    assert [note["column"] for note in body["notes"]] == ["attributes.odd"]
    assert put(seller_centre, path, values).status_code == 200
    assert put(seller_centre, path, {**values, "title": "Bear"}).json()["version"] == 2
    assert seller_centre.get(path).json()["title"] == "Bear"
    versions = seller_centre.get(body["versions"]).json()["results"]
    assert [(version["number"], version["content"]["title"]) for version in versions] == [(2, "Bear"), (1, "Teddy")]


def test_an_unknown_category_is_refused_with_suggestions(seller_centre: Client) -> None:
    answer = put(seller_centre, "/api/v1/merchants/m/listings/a", {"category": "Soft toyz"})
    assert answer.status_code == 422
    assert "toys/plush" in answer.json()["errors"]["category"][0]
    assert Listing.objects.count() == 0


def test_a_suspended_merchant_may_change_but_not_add(seller_centre: Client) -> None:
    assert put(seller_centre, "/api/v1/merchants/m/listings/a", {"title": "x"}).status_code == 201
    Merchant.objects.update(listing_rights_suspended_at=NOON)
    assert put(seller_centre, "/api/v1/merchants/m/listings/a", {"title": "y"}).status_code == 200
    assert put(seller_centre, "/api/v1/merchants/m/listings/b", {"title": "z"}).status_code == 422


def test_a_listing_of_nobody_is_not_found(seller_centre: Client) -> None:
    assert put(seller_centre, "/api/v1/merchants/nobody/listings/a", {"title": "x"}).status_code == 404
    assert seller_centre.get("/api/v1/merchants/m/listings/zz").status_code == 404


def test_end_and_end_again(seller_centre: Client) -> None:
    number = put(seller_centre, "/api/v1/merchants/m/listings/a", {"title": "x"}).json()["id"]
    assert seller_centre.post(f"/api/v1/listings/{number}/end", data={}, content_type=JSON).json()["state"] == "ended"
    assert seller_centre.post(f"/api/v1/listings/{number}/end", data={}, content_type=JSON).status_code == 409


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"a", "b"}),
        ("?q=tedd", {"a"}),
        ("?merchant=m", {"a", "b"}),
        ("?merchant=x", set()),
        ("?market=fr", {"b"}),
        ("?category=toys", {"a"}),
        ("?after_change=0", {"a", "b"}),
        ("?changed_after=2030-01-01T00:00:00Z", set()),
    ],
)
def test_filters(seller_centre: Client, query: str, found: set[str]) -> None:
    put(
        seller_centre, "/api/v1/merchants/m/listings/a", {"title": "Teddy", "category": "toys/plush", "markets": ["DE"]}
    )
    put(seller_centre, "/api/v1/merchants/m/listings/b", {"title": "Ball", "markets": ["FR"]})
    rows = seller_centre.get(f"/api/v1/listings{query}").json()["results"]
    assert {row["listing_id"] for row in rows} == found


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", ["/api/v1/listings", "/api/v1/merchants"])
def test_lists_cost_the_same_whatever_their_length(
    seller_centre: Client, path: str, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        put(seller_centre, f"/api/v1/merchants/m{number}", {"name": "M", "country": "DE"})
        put(seller_centre, f"/api/v1/merchants/m{number}/listings/a", {"title": "x", "category": "toys"})
    Merchant.objects.filter(external_id="m").delete()
    with django_assert_num_queries(2):
        assert len(seller_centre.get(path).json()["results"]) == rows
