"""Where merchants are: in the country in which they are established, and in the markets in which they sell."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from listings.enums import ListingState
from listings.models import Listing, Merchant


def markets_of(merchants: Collection[int]) -> dict[int, set[str]]:
    """By the key of each. Two queries; none for nobody."""
    if not merchants:
        return {}
    found = {key: {country} for key, country in Merchant.objects.filter(pk__in=merchants).values_list("pk", "country")}
    offered = Listing.objects.filter(merchant__in=merchants, state=ListingState.ON_SALE).order_by()
    for key, markets in offered.values_list("merchant", "markets").distinct():
        found[key].update(markets)
    return found


def in_any(markets: Collection[str], *, of: str = "merchant") -> Q:
    """Rows whose merchant (the relation `of`) is in one of these markets."""
    sold = Listing.objects.filter(merchant=OuterRef(of), state=ListingState.ON_SALE, markets__overlap=sorted(markets))
    return Q(**{f"{of}__country__in": sorted(markets)}) | Q(Exists(sold))
