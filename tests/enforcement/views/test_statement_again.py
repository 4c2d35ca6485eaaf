"""What a merchant reads after they have changed a listing: being checked, still found and where, corrected."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from enforcement.domain import links, rechecks
from enforcement.models import Decision, Recheck
from governance.policies.enums import Measure
from governance.policies.models import Policy
from tests.enforcement.domain.test_rechecks import change, listing_of
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)
RULE = 'listing.title.contains("Magnet") && (listing.price < 5.0 || listing.brand == "Loose")'


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def named(ground: Ground) -> Policy:
    return ground.another_policy("named", cure_days=5, rule=RULE)


def told(ground: Ground, policy: Policy, *titles: str) -> Decision:
    rows = [ground.listing(title, price_minor=199) for title in titles]
    return ground.issue([ground.violation(each, policy) for each in rows], Measure.REMOVE, version=policy.live)


def read(client: Client, decision: Decision, language: str = "en") -> str:
    return client.get(f"/s/{links.token_of(decision)}/?lang={language}").content.decode()


def test_before_any_change_nothing_is_said_of_it(client: Client, ground: Ground, named: Policy) -> None:
    page = read(client, told(ground, named, "Magnet ball"))
    assert "hecked again" not in page
    assert "You have changed this listing" not in page


def test_a_change_is_being_checked(client: Client, ground: Ground, named: Policy) -> None:
    decision = told(ground, named, "Magnet ball")
    change(listing_of(decision), title="Magnet top")
    assert "You have changed this listing. We are checking it again" in read(client, decision)


def test_what_is_still_found_is_shown_with_its_passage(client: Client, ground: Ground, named: Policy) -> None:
    decision = told(ground, named, "Magnet ball")
    change(listing_of(decision), title="Magnet spinner")
    rechecks.run_next(at=LATER)
    page = read(client, decision)
    assert "Checked again after your change, on 23 November 2026, 14:00 UTC. Still found:" in page
    assert "Magnet spinner" in page
    assert "Nach Ihrer Änderung erneut geprüft" in read(client, decision, "de")


def test_what_is_corrected_is_marked_beside_what_is_not(client: Client, ground: Ground, named: Policy) -> None:
    decision = told(ground, named, "Magnet ball", "Magnet top")
    change(listing_of(decision), title="Wooden ball")
    rechecks.run_next(at=LATER)
    page = read(client, decision)
    assert page.count("Corrected") == 1
    assert "This decision takes effect on" in page


def test_what_cannot_be_told_is_said(client: Client, ground: Ground, named: Policy) -> None:
    decision = told(ground, named, "Magnet ball")
    change(listing_of(decision), price_minor=None)
    rechecks.run_next(at=LATER)
    assert not Recheck.objects.exists()
    assert "we cannot tell whether this is corrected" in read(client, decision)


@pytest.mark.parametrize("rows", [1, 3])
def test_many_take_as_many_queries_as_one(
    client: Client, ground: Ground, named: Policy, rows: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    decision = told(ground, named, *(f"Magnet {number}" for number in range(rows)))
    for number in range(rows):
        change(listing_of(decision, number), title="Magnet again")
    rechecks.run_next(at=LATER)
    address = f"/s/{links.token_of(decision)}/"
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)
