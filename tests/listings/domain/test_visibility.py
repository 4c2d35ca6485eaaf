from datetime import UTC, datetime

import pytest

from listings.domain import listings, merchants, visibility
from listings.domain.drafts import ListingDraft
from listings.domain.visibility import Change, Desired
from listings.enums import Exposure
from listings.models import Listing, ListingVisibility
from listings.queries.visibility import NOT_OFFERED, Seen, exposure, exposures, on_sale

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def pair() -> list[Listing]:
    """Two listings on sale in Germany and France."""
    merchant = merchants.create_missing(
        drafts=[merchants.MerchantDraft(external_id="m", name="M", country="DE")], at=NOON
    )["m"]
    drafts = [ListingDraft(merchant_id=merchant, external_id=name, markets=("DE", "FR")) for name in "ab"]
    listings.write(drafts=drafts, source="t", at=NOON)
    return list(Listing.objects.order_by("external_id"))


def hide(listing: Listing, market: str, *causes: int) -> Desired:
    return Desired(listing.pk, market, Exposure.HIDDEN, None, causes)


def test_rebuild_makes_the_projection_what_is_wanted_and_says_what_changed(pair: list[Listing]) -> None:
    first, second = pair
    gate = Desired(first.pk, "FR", Exposure.AGE_GATED, 18, (8,))
    ids = [first.pk, second.pk]
    assert visibility.rebuild(listing_ids=ids, rows=[hide(first, "DE", 7), gate], at=NOON) == [
        Change(first.pk, "DE", Exposure.SHOWN, None, Exposure.HIDDEN, None),
        Change(first.pk, "FR", Exposure.SHOWN, None, Exposure.AGE_GATED, 18),
    ]
    assert visibility.rebuild(listing_ids=ids, rows=[hide(first, "DE", 7), gate], at=LATER) == []
    assert list(ListingVisibility.objects.values_list("changed_at", flat=True)) == [NOON, NOON]
    younger = Desired(first.pk, "FR", Exposure.AGE_GATED, 16, (8,))
    assert visibility.rebuild(listing_ids=ids, rows=[younger, hide(second, "DE", 9)], at=LATER) == [
        Change(first.pk, "DE", Exposure.HIDDEN, None, Exposure.SHOWN, None),
        Change(first.pk, "FR", Exposure.AGE_GATED, 18, Exposure.AGE_GATED, 16),
        Change(second.pk, "DE", Exposure.SHOWN, None, Exposure.HIDDEN, None),
    ]


def test_rebuild_leaves_other_listings_alone_and_refuses_strays(pair: list[Listing]) -> None:
    first, second = pair
    visibility.rebuild(listing_ids=[second.pk], rows=[hide(second, "DE", 1)], at=NOON)
    visibility.rebuild(listing_ids=[first.pk], rows=[], at=NOON)
    assert ListingVisibility.objects.values_list("listing", "causes").get() == (second.pk, [1])
    with pytest.raises(visibility.OutsideOfTheSet):
        visibility.rebuild(listing_ids=[first.pk], rows=[hide(second, "FR", 1)], at=NOON)


def test_what_shoppers_see(pair: list[Listing]) -> None:
    first, second = pair
    gate = Desired(first.pk, "FR", Exposure.AGE_GATED, 18, (8, 9))
    visibility.rebuild(listing_ids=[first.pk], rows=[hide(first, "DE", 7), gate], at=NOON)
    assert exposure(first, "DE") == Seen(Exposure.HIDDEN, None, (7,))
    assert exposure(first, "FR") == Seen(Exposure.AGE_GATED, 18, (8, 9))
    assert exposure(first, "IT") == NOT_OFFERED
    assert exposures(second) == {"DE": Seen(Exposure.SHOWN), "FR": Seen(Exposure.SHOWN)}
    assert list(on_sale("DE")) == [second]
    assert set(on_sale("FR")) == {first, second}
    ended = listings.end(listing=second, actor=None, reason="", at=LATER)
    assert list(on_sale("DE")) == []
    assert exposures(ended) == {"DE": NOT_OFFERED, "FR": NOT_OFFERED}
