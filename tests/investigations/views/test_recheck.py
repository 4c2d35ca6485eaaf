"""Check again now: on a listing's page, on a case's, over the API."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enforcement.models import Violation
from enforcement.views import throttle
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.accounts.models import User
from investigations.domain import opening
from investigations.models import Case
from listings.models import Listing
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def cheap(kim: User) -> Case:
    """Two listings below five euros, under a policy against that."""
    make.market("DE")
    policy = make.policy("cheap", rule="listing.price < 5.0")
    merchant = make.merchant("Acme")
    for number in (1, 2):
        make.violation(make.listing(merchant, f"Ball {number}", price_minor=199), policy)

    opening.open_owed(at=NOON)
    return Case.objects.get()


def press(client: Client, person: User, name: str, pk: int) -> str:
    client.force_login(person)
    response = client.post(reverse(f"investigations:{name}", args=[pk]), follow=True)
    return response.content.decode() if response.status_code == 200 else str(response.status_code)


def first(case: Case) -> Listing:
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    return listing


def correct(listing: Listing) -> None:
    Listing.objects.filter(pk=listing.pk).update(price_minor=900, version=2)


def test_a_corrected_listing_is_found_so(client: Client, kim: User, cheap: Case) -> None:
    correct(first(cheap))
    page = press(client, kim, "listing-check", first(cheap).pk)
    assert "Checked again. No longer found: 1" in page
    assert "the merchant is told" in page
    assert "Check again now" not in page
    assert [each.state for each in Violation.objects.order_by("pk")] == ["closed", "open"]


def test_one_that_is_not_corrected_is_still_found(client: Client, kim: User, cheap: Case) -> None:
    page = press(client, kim, "listing-check", first(cheap).pk)
    assert "Checked again. Still found: 1" in page
    assert "Check again now" in page


def test_a_case_is_checked_whole(client: Client, kim: User, cheap: Case) -> None:
    correct(first(cheap))
    page = press(client, kim, "case-check", cheap.pk)
    assert "No longer found: 1 · Still found: 1" in page


def test_with_nothing_open_it_says_so(client: Client, kim: User, cheap: Case) -> None:
    Violation.objects.update(state="closed", closed_because="corrected", closed_at=NOON, owed="nothing")
    assert "Nothing is open here" in press(client, kim, "listing-check", first(cheap).pk)
    client.force_login(kim)
    assert "Check again now" not in client.get(reverse("investigations:case", args=[cheap.pk])).content.decode()


@pytest.mark.parametrize("name", ["listing-check", "case-check"])
def test_who_does_not_work_on_cases_may_not(client: Client, cheap: Case, name: str) -> None:
    auditor = make.person("audrey", Role.AUDITOR)
    key = cheap.pk if name == "case-check" else first(cheap).pk
    assert press(client, auditor, name, key) == "403"
    page = client.get(reverse("investigations:listing", args=[first(cheap).pk])).content.decode()
    assert "Check again now" not in page


def test_other_markets_are_not_there(client: Client, cheap: Case) -> None:
    pierre = make.person("pierre", Role.MODERATOR, markets=["FR"])
    assert press(client, pierre, "listing-check", first(cheap).pk) == "404"
    assert press(client, pierre, "case-check", cheap.pk) == "404"


def test_too_often_is_told_and_checks_nothing(
    client: Client, kim: User, cheap: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "RECHECKS", throttle.Rate("recheck", 1, 60))
    press(client, kim, "listing-check", first(cheap).pk)
    correct(first(cheap))
    assert "often enough for a minute" in press(client, kim, "listing-check", first(cheap).pk)
    assert Violation.objects.filter(state="open").count() == 2


# --- the API -------------------------------------------------------------------------------------


def ask(client: Client, path: str, *scopes: Scope) -> Any:
    adam = User.objects.filter(username="ada").first() or make.person("ada", Role.ADMINISTRATOR)
    _key, secret = api_keys.create(name=f"{path} {len(scopes)}", scopes=list(scopes), actor=adam, at=NOON)
    headers = {"Authorization": f"Bearer {secret}"}
    return client.post(f"/api/v1/{path}", json.dumps({}), content_type="application/json", headers=headers)


def test_the_api_says_what_came_of_each(client: Client, cheap: Case) -> None:
    correct(first(cheap))
    one = ask(client, f"listings/{first(cheap).pk}/check", Scope.CASES_WRITE).json()
    violation = Violation.objects.order_by("pk")[0]
    expected = {"violation": violation.pk, "listing": first(cheap).pk, "policy": "cheap", "outcome": "closed"}
    assert one == {"results": [expected], "left": 0}
    whole = ask(client, f"cases/{cheap.pk}/check", Scope.CASES_WRITE, Scope.CASES_READ).json()
    assert [each["outcome"] for each in whole["results"]] == ["found"]


def test_the_api_asks_for_the_scope(client: Client, cheap: Case) -> None:
    assert ask(client, f"listings/{first(cheap).pk}/check", Scope.LISTINGS_READ).status_code == 403
    assert ask(client, f"cases/{cheap.pk}/check", Scope.CASES_READ).status_code == 403


def test_the_api_refuses_where_nothing_is_open(client: Client, cheap: Case) -> None:
    other = make.listing(cheap.merchant, "Dear")
    answer = ask(client, f"listings/{other.pk}/check", Scope.CASES_WRITE)
    assert (answer.status_code, "Nothing is open" in answer.json()["detail"]) == (409, True)


def test_the_api_is_counted(client: Client, cheap: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "RECHECKS", throttle.Rate("recheck", 0, 60))
    answer = ask(client, f"listings/{first(cheap).pk}/check", Scope.CASES_WRITE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
