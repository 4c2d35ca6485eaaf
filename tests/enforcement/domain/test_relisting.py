"""What may not be offered again, and is."""

from datetime import timedelta
from typing import Any

import pytest

from enforcement.domain import decisions, relisting
from enforcement.enums import DecisionState, Origin
from enforcement.models import Decision
from governance.policies.enums import Measure
from listings.enums import Exposure, LinkKind
from listings.models import Listing, ListingImage, MerchantLink
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
GONE, ON_SALE = {"DE": Exposure.HIDDEN}, {"DE": Exposure.SHOWN}
EAN = "4006381333931"
TEXT = "a very strong magnet ball set of two hundred pieces in silver"


@pytest.fixture
def blocked(ground: Ground) -> Decision:
    ball = ground.listing("Magnet balls")
    Listing.objects.filter(pk=ball.pk).update(
        ean=EAN, brand="Kroll", attributes={"model": "M-200"}, text_skeleton=TEXT, changed_at=NOON
    )
    ListingImage.objects.create(listing=ball, position=0, url="https://x.example/a", sha256="a" * 64)
    return ground.issue([ground.violation(ball)], Measure.BLOCK_RELISTING)


def offered(ground: Ground, *, changed: bool = True, **fields: Any) -> Listing:
    listing = ground.listing("Something new")
    Listing.objects.filter(pk=listing.pk).update(
        **(
            {"ean": "", "brand": "", "text_skeleton": "", "changed_at": LATER if changed else NOON - timedelta(days=9)}
            | fields
        )
    )
    return Listing.objects.get(pk=listing.pk)


def follow(*listings: Listing) -> int:
    return relisting.follow_changes(listing_ids=[each.pk for each in listings], at=LATER)


@pytest.mark.parametrize(
    "fields",
    [
        {"ean": EAN},
        {"brand": "KROLL", "attributes": {"model": "m-200"}},
        {"text_skeleton": TEXT.replace("two", "three")},
    ],
)
def test_the_same_product_is_taken_from_view_and_explained(
    ground: Ground, blocked: Decision, fields: dict[str, Any]
) -> None:
    again = offered(ground, **fields)
    assert (follow(again), follow(again)) == (1, 0)
    assert ground.seen(again) == GONE
    decision = Decision.objects.get(origin_kind=Origin.RELISTING)
    assert decision.automated_detection
    assert "The same product was removed before" in decision.statement.text


def test_a_picture_in_common_is_enough(ground: Ground, blocked: Decision) -> None:
    again = offered(ground)
    ListingImage.objects.create(listing=again, position=0, url="https://x.example/b", sha256="a" * 64)
    assert follow(again) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"ean": "4006381333924"},
        {"brand": "Kroll", "attributes": {"model": "M-20"}},
        {"brand": "Kroll"},
        {"text_skeleton": "a wooden ball for children in three colours, no magnets inside"},
        {"ean": EAN, "changed": False},
    ],
)
def test_another_product_or_one_offered_before_is_left_alone(
    ground: Ground, blocked: Decision, fields: dict[str, Any]
) -> None:
    changed = bool(fields.pop("changed", True))
    other = offered(ground, changed=changed, **fields)
    assert follow(other) == 0
    assert ground.seen(other) == ON_SALE


def test_only_strongly_linked_merchants_count_as_the_same(ground: Ground, blocked: Decision) -> None:
    linked, stranger = ground.another_merchant("Linked"), ground.another_merchant("Stranger")
    first, second = sorted([ground.merchant.pk, linked.pk])
    link = MerchantLink.objects.create(
        first_id=first, second_id=second, kind=LinkKind.values[0], strength=0.9, found_at=NOON
    )
    theirs, others = (ground.listing("Again", of=merchant) for merchant in (linked, stranger))
    Listing.objects.filter(pk__in=[theirs.pk, others.pk]).update(ean=EAN, changed_at=LATER)
    MerchantLink.objects.update(strength=0.5)
    assert follow(theirs, others) == 0
    MerchantLink.objects.filter(pk=link.pk).update(strength=0.9)
    assert follow(theirs, others) == 1
    assert (ground.seen(theirs), ground.seen(others)) == (GONE, ON_SALE)


def test_taken_back_with_what_it_followed_from(ground: Ground, blocked: Decision) -> None:
    again = offered(ground, ean=EAN)
    follow(again)
    decisions.reverse(decision=blocked, actor=ground.mona, reason="It was no magnet.", at=LATER)
    assert (relisting.follow_reversals(LATER), relisting.follow_reversals(LATER)) == (1, 0)
    assert ground.seen(again) == ON_SALE
    assert Decision.objects.get(origin_kind=Origin.RELISTING).state == DecisionState.REVERSED
    assert follow(again) == 0


def test_found_by_beat_where_a_message_was_lost(ground: Ground, blocked: Decision) -> None:
    again = offered(ground, ean=EAN)
    assert relisting.follow_recent_changes(LATER) == 1
    assert ground.seen(again) == GONE
