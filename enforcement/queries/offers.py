"""What is stored of merchants and listings that somebody names by the marketplace's own identifiers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

IDENTITY = "identity__"
CERTIFICATES = "certificates"
MORE = ("listing_rights_suspended_at", "new_listings_a_day")
UNDER_BLOCK = "under_block"
LISTING = ("id", "external_id", "version", "content_hash", "created_at", "changed_at")
_CERTIFICATES = """
    (SELECT json_agg(json_build_array(c.type, c.number, c.issuer, c.standard, c.valid_from, c.valid_until) ORDER BY c.type, c.id)
     FROM listings_certificate c WHERE c.merchant_id = m.id AND c.listing_id IS NULL)
"""
_UNDER_BLOCK = """
    EXISTS (
        SELECT 1 FROM enforcement_restriction r
        WHERE r.lifted_at IS NULL AND r.measure = 'block_relisting' AND r.listing_id IS NOT NULL AND r.merchant_id IN (
            SELECT m.id UNION ALL SELECT second_id FROM listings_merchantlink WHERE first_id = m.id AND ended_at IS NULL
            UNION ALL SELECT first_id FROM listings_merchantlink WHERE second_id = m.id AND ended_at IS NULL
        )
    )
"""
_NEW_TODAY = """
    SELECT l.merchant_id, count(*) FROM listings_listing l
    JOIN listings_listingversion v ON v.listing_id = l.id AND v.number = 1
    WHERE l.merchant_id = ANY(%s) AND v.created_at >= date_trunc('day', %s::timestamptz, 'UTC')
    GROUP BY l.merchant_id
"""
_KNOWN = """
    SELECT {columns}
    FROM unnest(%s::text[], %s::text[]) AS k(merchant, listing)
    JOIN listings_merchant m ON m.external_id = k.merchant
    LEFT JOIN listings_traderidentity i ON i.merchant_id = m.id
    LEFT JOIN listings_listing l ON l.merchant_id = m.id AND l.external_id = k.listing
"""


@dataclass(frozen=True)
class Known:
    """Rows by key, a listing by its merchant's key and its own identifier. `sellers` are keys by the marketplace's own."""

    merchants: Mapping[int, Mapping[str, Any]]
    sellers: Mapping[str, int]
    listings: Mapping[tuple[int, str], Mapping[str, Any]]


def known(keys: Collection[tuple[str, str]], *, merchant: Sequence[str], certificates: bool) -> Known:
    """Read pairs of a merchant's and a listing's identifier. What there is not is left out.

    A merchant comes with these fields (`identity__…`: of the identity), with whether its rights are suspended, how many new listings
    it may offer a day, whether it or a linked one is under a block (UNDER_BLOCK), and (if wanted) with the `certificates` that
    belong to none of its listings.
    """
    fields = (*merchant, *MORE, UNDER_BLOCK, CERTIFICATES)
    columns = [
        *map(_of_merchant, fields[:-2]),
        _UNDER_BLOCK,
        _CERTIFICATES if certificates else "NULL",
        *(f"l.{name}" for name in LISTING),
    ]
    with connection.cursor() as cursor:
        pairs = [list(each) for each in zip(*keys, strict=True)] or [[], []]
        cursor.execute(_KNOWN.format(columns=", ".join(columns)), pairs)
        rows = cursor.fetchall()
    merchants: dict[int, Mapping[str, Any]] = {}
    listings: dict[tuple[int, str], Mapping[str, Any]] = {}
    for row in rows:
        seller = dict(zip(fields, row, strict=False))
        listing = dict(zip(LISTING, row[len(fields) :], strict=True))
        merchants[seller["id"]] = seller
        if listing["id"] is not None:
            listings[seller["id"], listing["external_id"]] = listing
    return Known(merchants, {row["external_id"]: key for key, row in merchants.items()}, listings)


def new_today(merchant_ids: Collection[int], at: datetime) -> dict[int, int]:
    """How many listings these merchants have offered for the first time on that day (UTC), as storing counts them."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW_TODAY, [list(merchant_ids), at])
        return dict(cursor.fetchall())


def _of_merchant(name: str) -> str:
    return f"i.{name.removeprefix(IDENTITY)}" if name.startswith(IDENTITY) else f"m.{name}"
