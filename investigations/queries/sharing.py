"""What two merchants share, read from their own records. Whoever shows it has noted the look first."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F

from listings.enums import LinkKind
from listings.models import LinkMark, Listing, Merchant, MerchantLink, TraderIdentity
from listings.queries import photo_prints
from listings.queries.links import SKETCH
from listings.text.photo_likeness import nearly_alike

MOST = 6
"""Pictures and texts of which examples are shown."""


@dataclass(frozen=True)
class Shared:
    """One thing as each of the two has it written. `listings` are examples of a picture or a text."""

    values: tuple[str, str] = ("", "")
    listings: tuple[Listing, Listing] | None = None


def shared(link: MerchantLink) -> list[Shared]:
    """Nothing of accounts and devices: only their hashes are kept."""
    if LinkKind(link.kind) in (LinkKind.IMAGE, LinkKind.LIKE_IMAGE, LinkKind.TEXT):
        return list(_examples(link))
    mine, theirs = ([*_values(link.kind, each)] for each in (link.first, link.second))
    return [Shared((one, other)) for one, other in zip(mine, theirs, strict=True) if one or other]


def _values(kind: str, merchant: Merchant) -> Iterator[str]:
    who = TraderIdentity.objects.filter(merchant=merchant).first() or TraderIdentity()
    match LinkKind(kind):
        case LinkKind.ADDRESS:
            yield who.address
        case LinkKind.PHONE:
            yield who.phone
        case LinkKind.EMAIL_DOMAIN:
            yield merchant.email
            yield who.email if who.email != merchant.email else ""
        case LinkKind.NAME:
            yield merchant.name
            yield who.legal_name


def _examples(link: MerchantLink) -> Iterator[Shared]:
    """Listings of both that have the same mark; of photos nearly alike those alone that are."""
    mine = LinkMark.objects.filter(merchant=link.first_id, kind=link.kind, listing__isnull=False)
    theirs = LinkMark.objects.filter(merchant=link.second_id, kind=link.kind, digest__in=mine.values("digest"))
    digests = list(theirs.order_by("digest").values_list("digest", F("listing_id"))[:SKETCH])
    own = dict(mine.filter(digest__in=[digest for digest, _listing in digests]).values_list("digest", "listing_id"))
    found = [(own[digest], other) for digest, other in digests if own.get(digest) and other]
    pairs = list(dict.fromkeys(found))
    if link.kind == LinkKind.LIKE_IMAGE:
        prints = photo_prints.of_listings({key for pair in pairs for key in pair})
        pairs = [(one, other) for one, other in pairs if nearly_alike(prints.get(one, {}), prints.get(other, {}))]
    rows = Listing.objects.in_bulk([key for pair in pairs[:MOST] for key in pair])
    yield from (Shared(listings=(rows[one], rows[other])) for one, other in sorted(pairs[:MOST]))
