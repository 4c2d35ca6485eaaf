"""The photos of a listing as they can be shown, and whether it is hard to look at."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.accounts.permissions import Anyone
from investigations.models import CaseItem
from investigations.queries import listings, wellbeing, work
from listings.domain.photos import SHOWN
from listings.models import Listing, ListingImage


def visible(user: Anyone) -> QuerySet[Listing]:
    """Listings whose photos a person may see: those they may see at all, and those of cases that they may open."""
    of_cases = CaseItem.objects.filter(listing=OuterRef("pk"), case__in=work.visible_cases(user))
    seen = listings.visible_listings(user).filter(pk=OuterRef("pk"))
    return Listing.objects.filter(Q(Exists(seen)) | Q(Exists(of_cases)))


def of(listing: Listing) -> list[ListingImage]:
    """In their order, as many as are fetched."""
    return list(listing.images.order_by("position")[:SHOWN])


def is_hard(listing: Listing) -> bool:
    """Whether a case about it is one of those that are hard to look at."""
    return CaseItem.objects.filter(wellbeing.is_hard("case__policy"), listing=listing).exists()
