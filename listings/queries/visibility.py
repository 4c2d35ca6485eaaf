"""What shoppers would see: a listing is shown in each of its markets unless the projection says otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from listings.enums import Exposure, Label, ListingState
from listings.models import Listing, ListingVisibility, Merchant


@dataclass(frozen=True)
class Met:
    """What a shopper meets: whether at all or behind an age, whether last in the results, and what is written on it."""

    exposure: Exposure = Exposure.SHOWN
    minimum_age: int | None = None
    demoted: bool = False
    labels: tuple[Label, ...] = ()

    @classmethod
    def read(cls, exposure: str, minimum_age: int | None, demoted: bool, labels: Iterable[str]) -> "Met":
        return cls(Exposure(exposure), minimum_age, demoted, tuple(Label(label) for label in labels))


@dataclass(frozen=True)
class Seen:
    """What a shopper of one market meets, and which restrictions make it so."""

    exposure: Exposure
    minimum_age: int | None = None
    demoted: bool = False
    labels: tuple[Label, ...] = ()
    causes: tuple[int, ...] = ()


NOT_OFFERED = Seen(Exposure.HIDDEN)
"""Of a market in which the listing is not offered, of a listing that its merchant has ended, or of one whose merchant may not sell."""


def exposure(listing: Listing, market: str) -> Seen:
    """What a shopper of `market` meets of this listing now."""
    if not _offered(listing) or market not in listing.markets:
        return NOT_OFFERED
    row = ListingVisibility.objects.filter(listing=listing, market=market).first()
    return _seen(row) if row else Seen(Exposure.SHOWN)


def exposures(listing: Listing) -> dict[str, Seen]:
    """The same for every market of the listing, in their order."""
    rows = {row.market: _seen(row) for row in ListingVisibility.objects.filter(listing=listing)}
    offered = _offered(listing)
    return {market: rows.get(market, Seen(Exposure.SHOWN)) if offered else NOT_OFFERED for market in listing.markets}


def on_sale(market: str) -> QuerySet[Listing]:
    """Listings that a shopper of `market` can buy, those behind an age gate among them."""
    hidden = ListingVisibility.objects.filter(listing=OuterRef("pk"), market=market, exposure=Exposure.HIDDEN)
    listings = Listing.objects.filter(state=ListingState.ON_SALE, markets__contains=[market])
    return listings.filter(merchant__suspended_at=None, merchant__terminated_at=None).exclude(Exists(hidden))


def may_sell(merchant: Merchant) -> bool:
    """Whether anything of theirs is on sale."""
    return merchant.suspended_at is None and merchant.terminated_at is None


def _offered(listing: Listing) -> bool:
    return listing.state == ListingState.ON_SALE and may_sell(listing.merchant)


def _seen(row: ListingVisibility) -> Seen:
    met = Met.read(row.exposure, row.minimum_age, row.demoted, row.labels)
    return Seen(met.exposure, met.minimum_age, met.demoted, met.labels, tuple(row.causes))
