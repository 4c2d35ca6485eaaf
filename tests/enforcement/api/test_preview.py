"""A preview over the API: the page's answer as JSON, for keys that may write policies."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from enforcement.domain import snapshots
from governance.accounts.enums import Scope
from tests.enforcement.api.test_sweeps import key, post
from tests.factories.cases import NOON, listing, market, merchant, policy, violation

pytestmark = pytest.mark.django_db
PATH = "/api/v1/policies/preview"


@pytest.fixture(autouse=True)
def catalogue(settings: Any, tmp_path: Path) -> None:
    settings.SNAPSHOT_DIR = tmp_path
    for code in ("DE", "FR"):
        market(code)
    acme = merchant("Acme")
    for price, markets in ((199, ["DE"]), (450, ["DE", "FR"]), (2490, ["FR"]), (None, ["FR"])):
        listing(acme, f"Cube {price}", price_minor=price, markets=markets)


def test_it_answers_as_the_page_does(client: Client) -> None:
    while snapshots.make_next(at=NOON):
        pass
    may = key(Scope.POLICIES_WRITE)
    found = post(client, PATH, may, {"rule": "listing.price < 5.0"})
    assert found.status_code == 200
    body = found.json()
    assert (body["exact"], body["looked_at"], body["matched"], body["undecidable"]) == (True, 4, 2, 1)
    assert (body["low"], body["high"], body["merchants"], body["share"]) == (2, 2, 1, 0.5)
    assert (body["markets"], body["missing"]) == ({"DE": 2, "FR": 1}, {"listing.price": 1})
    assert {hit["title"] for hit in body["hits"]} == {"Cube 199", "Cube 450"}
    assert body["hits"][0]["explanation"]["held"] is True
    assert body["as_of"].startswith("2026-11-23T12:00")
    narrowed = post(client, PATH, may, {"rule": "listing.price < 5.0", "jurisdictions": ["FR"]})
    assert narrowed.json()["looked_at"] == 3


def test_what_others_catch_is_named(client: Client) -> None:
    other = policy("other")
    hit = listing(merchant("Beta"), "Cube", price_minor=1)
    violation(hit, other)
    may, body = key(Scope.POLICIES_WRITE), {"rule": "listing.price < 0.5"}
    assert post(client, PATH, may, body).json()["caught_by"] == [{"policy": other.pk, "listings": 1}]
    assert post(client, PATH, may, body | {"policy": other.pk}).json()["caught_by"] == []


def test_a_rule_that_is_wrong_is_a_problem_with_its_place(client: Client) -> None:
    refused = post(client, PATH, key(Scope.POLICIES_WRITE), {"rule": "listing.prise < 5"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert refused.json()["errors"]["rule"][0].startswith("1:9 ")


def test_reading_policies_is_not_enough(client: Client) -> None:
    assert post(client, PATH, key(Scope.POLICIES_READ), {"rule": "true"}).status_code == 403
    assert post(client, PATH, {}, {"rule": "true"}).status_code == 401
