"""Photos that were on another merchant's listing, which a decision removed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from enforcement.models import Restriction
from enforcement.queries.restrictions import in_force
from governance.accounts.permissions import Anyone
from governance.policies.enums import Measure
from investigations import permissions
from investigations.queries import alike, bounded
from investigations.queries.listings import visible_listings
from listings.models import Listing
from listings.queries import photo_prints
from listings.queries.links import MANY

MOST = 3
"""Removed listings that are named, those with the nearest photos."""
READ = 200
"""Restrictions of which these are chosen."""
SAME = -1
"""In place of the bits that differ: the very same file."""
REMOVING = (Measure.REMOVE, Measure.BLOCK_RELISTING)
SHOWN_BY_MANY = """
    SELECT asked.own FROM (SELECT DISTINCT unnest(%(owns)s::text[]) AS own) AS asked
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
            SELECT DISTINCT l.merchant_id FROM unnest(%(contents)s::text[], %(owns)s::text[]) AS near(sha256, own)
            JOIN listings_listingimage i ON i.sha256 = near.sha256 AND i.sha256 <> ''
            JOIN listings_listing l ON l.id = i.listing_id
            WHERE near.own = asked.own LIMIT %(many)s + 1
        ) AS few
    ) AS merchants
    WHERE merchants.n > %(many)s
"""


@dataclass(frozen=True)
class Again:
    """A removed listing, since when, in words how alike the two photos are, and where it is removed: empty for everywhere.

    `common` says that many merchants show the photo, so that it says little of this one."""

    listing: Listing
    since: datetime
    words: str
    markets: list[str]
    common: bool


@dataclass(frozen=True)
class Told:
    """The nearest first, after them those with common photos; and whether the photos were compared to the end."""

    rows: list[Again] = field(default_factory=list)
    whole: bool = True


@dataclass
class _Removed:
    """A listing with the content that is nearest, since when it is removed, and in which of its markets."""

    since: datetime
    sha256: str
    apart: int
    everywhere: bool = False
    markets: set[str] = field(default_factory=set)


def of(listing: Listing, user: Anyone) -> Told:
    """As far as the person may see the listings, and where they are removed in a market of theirs. A fixed number of queries."""
    shown = set(listing.images.exclude(sha256="").values_list("sha256", flat=True))
    if not shown:
        return Told()
    near = alike.photos_near(photo_prints.of_photos(shown))
    bits = {sha256: each.apart for sha256, each in near.photos.items()} | dict.fromkeys(shown, SAME)
    owns = {sha256: each.like for sha256, each in near.photos.items()} | {sha256: sha256 for sha256 in shown}
    try:
        with bounded.at_most(alike.PATIENCE):
            return Told(_told(listing, user, bits, owns), near.whole)
    except bounded.TooSlow:
        return Told(whole=False)


def _told(listing: Listing, user: Anyone, bits: Mapping[str, int], owns: Mapping[str, str]) -> list[Again]:
    removed = _removed(_elsewhere(listing, user), bits, permissions.markets(user))
    common = _shown_by_many(owns) if removed else set()
    nearest = sorted(removed, key=lambda key: (removed[key].apart, removed[key].since, key))
    keys = sorted(nearest, key=lambda key: owns[removed[key].sha256] in common)[:MOST]
    known = Listing.objects.select_related("merchant").in_bulk(keys)
    return [
        Again(
            listing=known[key],
            since=removed[key].since,
            words=_words(removed[key].apart),
            markets=[] if removed[key].everywhere else sorted(removed[key].markets),
            common=owns[removed[key].sha256] in common,
        )
        for key in keys
    ]


def _elsewhere(listing: Listing, user: Anyone) -> QuerySet[Restriction]:
    """What removes other merchants' listings of other products somewhere. The same product has its maker's photos."""
    somewhere = Q(markets=[]) | Q(markets__overlap=F("listing__markets"))
    rows = in_force().filter(
        somewhere, measure__in=REMOVING, listing__in=visible_listings(user).order_by().values("pk")
    )
    rows = rows.exclude(merchant=listing.merchant_id)
    return rows.exclude(listing__ean=listing.ean) if listing.ean else rows


def _removed(
    rows: QuerySet[Restriction], bits: Mapping[str, int], own_markets: frozenset[str] | None
) -> dict[int, _Removed]:
    """By listing what is removed in a market of the person's, those with the nearest photos."""
    if own_markets is not None:
        rows = rows.filter(Q(markets=[]) | Q(markets__overlap=sorted(own_markets)))
    rows = rows.filter(listing__images__sha256__in=list(bits))
    rows = rows.annotate(apart=alike.by_nearness(bits, "listing__images__sha256")).order_by("apart", "starts_at", "pk")
    read = rows.values_list(
        "listing__pk", "starts_at", "listing__images__sha256", "apart", "markets", "listing__markets"
    )
    found: dict[int, _Removed] = {}
    for key, since, sha256, apart, markets, offered in read[:READ]:
        here = set(markets) & set(offered) & (own_markets or set(offered))
        if markets and not here:
            continue
        row = found.setdefault(key, _Removed(since, sha256, apart))
        row.since = min(row.since, since)
        row.everywhere |= set(markets or offered) >= set(offered)
        row.markets |= here
    return found


def _shown_by_many(owns: Mapping[str, str]) -> set[str]:
    """Those of its own photos that, with those nearly like them, more than MANY merchants show. `owns`: of each photo which it is like."""
    with connection.cursor() as cursor:
        cursor.execute(SHOWN_BY_MANY, {"contents": list(owns), "owns": list(owns.values()), "many": MANY})
        return {own for (own,) in cursor.fetchall()}


def _words(bits: int) -> str:
    return _("the same photo") if bits == SAME else alike.photo_words(bits)
