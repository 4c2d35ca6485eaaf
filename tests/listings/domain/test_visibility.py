from datetime import UTC, datetime

import pytest

from listings.domain import listings, merchants, rights, visibility
from listings.domain.drafts import ListingDraft
from listings.domain.rights import Rights
from listings.domain.visibility import Change, Desired
from listings.enums import Exposure, Label
from listings.models import Listing, ListingVisibility
from listings.queries.visibility import NOT_OFFERED, Met, Seen, exposure, exposures, on_sale

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
    return Desired(listing.pk, market, Met(Exposure.HIDDEN, None), causes)


def test_rebuild_makes_the_projection_what_is_wanted_and_says_what_changed(pair: list[Listing]) -> None:
    first, second = pair
    gate = Desired(first.pk, "FR", Met(Exposure.AGE_GATED, 18), (8,))
    ids = [first.pk, second.pk]
    assert visibility.rebuild(listing_ids=ids, rows=[hide(first, "DE", 7), gate], at=NOON) == [
        Change(first.pk, "DE", Met(Exposure.SHOWN, None), Met(Exposure.HIDDEN, None)),
        Change(first.pk, "FR", Met(Exposure.SHOWN, None), Met(Exposure.AGE_GATED, 18)),
    ]
    assert visibility.rebuild(listing_ids=ids, rows=[hide(first, "DE", 7), gate], at=LATER) == []
    assert list(ListingVisibility.objects.values_list("changed_at", flat=True)) == [NOON, NOON]
    younger = Desired(first.pk, "FR", Met(Exposure.AGE_GATED, 16), (8,))
    assert visibility.rebuild(listing_ids=ids, rows=[younger, hide(second, "DE", 9)], at=LATER) == [
        Change(first.pk, "DE", Met(Exposure.HIDDEN, None), Met(Exposure.SHOWN, None)),
        Change(first.pk, "FR", Met(Exposure.AGE_GATED, 18), Met(Exposure.AGE_GATED, 16)),
        Change(second.pk, "DE", Met(Exposure.SHOWN, None), Met(Exposure.HIDDEN, None)),
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
    gate = Desired(first.pk, "FR", Met(Exposure.AGE_GATED, 18), (8, 9))
    visibility.rebuild(listing_ids=[first.pk], rows=[hide(first, "DE", 7), gate], at=NOON)
    assert exposure(first, "DE") == Seen(Exposure.HIDDEN, causes=(7,))
    assert exposure(first, "FR") == Seen(Exposure.AGE_GATED, 18, causes=(8, 9))
    assert exposure(first, "IT") == NOT_OFFERED
    assert exposures(second) == {"DE": Seen(Exposure.SHOWN), "FR": Seen(Exposure.SHOWN)}
    marked = Desired(second.pk, "DE", Met(demoted=True, labels=(Label.SAFETY,)), (3,))
    visibility.rebuild(listing_ids=[second.pk], rows=[marked], at=NOON)
    assert exposure(second, "DE") == Seen(Exposure.SHOWN, None, True, (Label.SAFETY,), (3,))
    visibility.rebuild(listing_ids=[second.pk], rows=[], at=NOON)
    assert list(on_sale("DE")) == [second]
    assert set(on_sale("FR")) == {first, second}
    ended = listings.end(listing=second, actor=None, reason="", at=LATER)
    assert list(on_sale("DE")) == []
    assert exposures(ended) == {"DE": NOT_OFFERED, "FR": NOT_OFFERED}


@pytest.mark.parametrize("taken", [Rights(suspended_at=NOON), Rights(terminated_at=NOON)])
def test_nothing_of_a_merchant_who_may_not_sell_is_on_sale(pair: list[Listing], taken: Rights) -> None:
    merchant_id = pair[0].merchant_id
    assert rights.project(merchant_id=merchant_id, rights=taken, at=LATER)
    assert not rights.project(merchant_id=merchant_id, rights=taken, at=LATER)
    first = Listing.objects.get(pk=pair[0].pk)
    assert exposures(first) == {"DE": NOT_OFFERED, "FR": NOT_OFFERED}
    assert list(on_sale("DE")) == []
    rights.project(merchant_id=merchant_id, rights=Rights(), at=LATER)
    assert set(on_sale("DE")) == set(pair)


def test_a_limited_merchant_adds_so_many_a_day(pair: list[Listing]) -> None:
    """The two of the fixture were added at noon of the same day; the day after, three are free."""
    merchant_id = pair[0].merchant_id
    rights.project(merchant_id=merchant_id, rights=Rights(new_listings_a_day=3), at=NOON)

    def add(names: str, at: datetime) -> set[str]:
        drafts = [ListingDraft(merchant_id=merchant_id, external_id=name, markets=("DE",)) for name in names]
        return {name for _merchant, name in listings.write(drafts=drafts, source="t", at=at).created}

    assert add("acd", NOON) == {"c"}
    assert add("d", NOON) == set()
    assert add("degh", LATER) == {"d", "e", "g"}
    rights.project(merchant_id=merchant_id, rights=Rights(), at=LATER)
    assert add("h", LATER) == {"h"}
