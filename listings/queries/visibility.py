"""What shoppers would see: a listing is shown in each of its markets unless the projection says otherwise."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from listings.enums import Exposure, ListingState
from listings.models import Listing, ListingVisibility


@dataclass(frozen=True)
class Seen:
    """What a shopper of one market meets."""

    exposure: Exposure
    minimum_age: int | None = None
    causes: tuple[int, ...] = ()


NOT_OFFERED = Seen(Exposure.HIDDEN)
"""Of a market in which the listing is not offered, or of a listing that its merchant has ended."""


def exposure(listing: Listing, market: str) -> Seen:
    """What a shopper of `market` meets of this listing now."""
    if listing.state != ListingState.ON_SALE or market not in listing.markets:
        return NOT_OFFERED
    row = ListingVisibility.objects.filter(listing=listing, market=market).first()
    return _seen(row) if row else Seen(Exposure.SHOWN)


def exposures(listing: Listing) -> dict[str, Seen]:
    """The same for every market of the listing, in their order."""
    rows = {row.market: _seen(row) for row in ListingVisibility.objects.filter(listing=listing)}
    offered = listing.state == ListingState.ON_SALE
    return {market: rows.get(market, Seen(Exposure.SHOWN)) if offered else NOT_OFFERED for market in listing.markets}


def on_sale(market: str) -> QuerySet[Listing]:
    """Listings that a shopper of `market` can buy, those behind an age gate among them."""
    hidden = ListingVisibility.objects.filter(listing=OuterRef("pk"), market=market, exposure=Exposure.HIDDEN)
    return Listing.objects.filter(state=ListingState.ON_SALE, markets__contains=[market]).exclude(Exists(hidden))


def _seen(row: ListingVisibility) -> Seen:
    return Seen(Exposure(row.exposure), row.minimum_age, tuple(row.causes))
