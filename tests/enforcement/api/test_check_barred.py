"""What decisions have barred is said before a listing goes live: a limit on new listings, and a product that may not come back."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enforcement.domain import decisions
from enforcement.enums import Origin
from enforcement.models import Decision
from governance.policies.enums import Measure
from listings.enums import LinkKind
from listings.models import Listing, Merchant, MerchantLink
from tests.enforcement.api.asking import BEAR, CUBE, Asking
from tests.factories import cases

Json = dict[str, Any]
EAN = "4006381333931"
GONE = CUBE | {
    "title": "Neodymium balls, two hundred pieces in silver, very strong",
    "description": "Stack them, roll them, build towers.",
    "ean": EAN,
    "brand": "Kroll",
    "images": ["https://img.example/balls.jpg"],
}


@pytest.fixture
def asking(db: None) -> Asking:
    return Asking()


def block(asking: Asking, *, markets: tuple[str, ...] = ()) -> Decision:
    version = asking.policy("blocks", "listing.price > 9000.0", measure=Measure.BLOCK_RELISTING)
    listing = asking.push(GONE)
    return decisions.issue(
        merchant=listing.merchant,
        version=version,
        violations=[],
        listings_without_violation=[listing],
        measure=Measure.BLOCK_RELISTING,
        markets=markets,
        minimum_age=None,
        actor=asking.author,
        reason="Swallowed by a child.",
        at=timezone.now(),
        origin_kind=Origin.CASE,
    )


def verdicts(answer: Json) -> dict[str, str]:
    return {each["market"]: each["verdict"] for each in answer["markets"]}


@pytest.mark.parametrize(
    "again",
    [
        BEAR | {"ean": EAN},
        BEAR | {"images": ["https://img.example/other.jpg", "https://img.example/balls.jpg"]},
        BEAR | {"title": GONE["title"].replace("two", "six"), "description": GONE["description"]},
    ],
    ids=["number", "picture", "text"],
)
def test_what_may_not_be_offered_again_is_blocked_and_the_decision_named(asking: Asking, again: Json) -> None:
    decision = block(asking)
    answer = asking.ask(again)
    assert (answer["verdict"], verdicts(answer), answer["reasons"]) == ("block", {"DE": "block", "FR": "block"}, [])
    said = answer["offered_again"]
    assert (said["policy"], said["decision"], said["markets"]) == ("blocks", decision.reference, ["DE", "FR"])
    assert "may not be offered again" in said["reason"]
    assert asking.ask(again | {"store": True})["stored"] is None
    assert not Listing.objects.filter(external_id="b-1").exists()


def test_another_product_and_a_block_that_was_reversed_bar_nothing(asking: Asking) -> None:
    decision = block(asking)
    assert (asking.ask(BEAR)["verdict"], asking.ask(BEAR)["offered_again"]) == ("allow", None)
    decisions.reverse(decision=decision, actor=asking.author, reason="Wrong.", at=timezone.now())
    assert asking.ask(BEAR | {"ean": EAN})["verdict"] == "allow"


def test_the_blocked_listing_itself_is_not_offered_again(asking: Asking) -> None:
    block(asking)
    assert asking.ask(GONE)["offered_again"] is None


@pytest.mark.parametrize(("strength", "barred"), [(0.9, True), (0.5, False)])
def test_a_linked_merchant_s_decision_is_not_named(asking: Asking, strength: float, barred: bool) -> None:
    block(asking)
    other = cases.merchant("Other")
    first, second = sorted([asking.merchant, other], key=lambda each: each.pk)
    MerchantLink.objects.create(
        first=first, second=second, kind=LinkKind.values[0], strength=strength, found_at=timezone.now()
    )
    answer = asking.ask(BEAR | {"merchant_id": "other", "ean": EAN})
    assert (answer["verdict"] == "block", answer["offered_again"] is not None) == (barred, barred)
    if barred:
        assert answer["offered_again"]["decision"] is None


def test_the_day_s_new_listings_are_counted_with_those_of_the_request(asking: Asking) -> None:
    asking.policy("magnets")
    Merchant.objects.update(new_listings_a_day=3)
    asking.push(BEAR | {"listing_id": "today"})
    fresh = [BEAR | {"listing_id": f"n{number}"} for number in range(3)]
    asked = [fresh[0], CUBE | {"listing_id": "held"}, *fresh[1:], BEAR | {"listing_id": "today", "title": "Old bear"}]
    answers = asking.post({"listings": asked}).json()["results"]
    assert [each["verdict"] for each in answers] == ["allow", "block", "allow", "block", "allow"]
    assert [each["limited"] and each["limited"]["a_day"] for each in answers] == [None, None, None, 3, None]
    assert "limited number" in answers[3]["limited"]["reason"]
    stored = asking.post({"listings": asked, "store": True}).json()["results"]
    assert [each["stored"] is not None for each in stored] == [True, False, True, False, True]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_queries_whatever_the_number_of_listings(asking: Asking, rows: int) -> None:
    block(asking)
    again = [BEAR | {"ean": EAN, "listing_id": f"b{number}"} for number in range(rows)]
    asking.post({"listings": again})
    with CaptureQueriesContext(connection) as blocked:
        asking.post({"listings": again})
    Merchant.objects.update(new_listings_a_day=1)
    with CaptureQueriesContext(connection) as limited:
        asking.post({"listings": again})
    assert (len(blocked), len(limited)) == (8, 9)
