"""What is read to find links: merchants' records, their pictures and texts, and who shares a mark with whom."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from listings.enums import GIVEN_MARKS, LinkKind, LinkStep, ListingState
from listings.models import LinkOwed, Listing, ListingImage, Merchant
from listings.text.likeness import LEAST_TEXT

MANY = 20
"""What more merchants than this have in common is nobody's: a fulfilment house, a picture of a size chart."""
SKETCH = 500
"""Pictures of a merchant, and marks of texts, that are compared: those with the smallest digests, so that two merchants who share
many share some of these, however large their catalogues are."""
COMPARED = 20
"""Pairs of texts of two merchants that are read letter by letter, and of pictures that are compared bit by bit."""

_PICTURES = """
    WITH pictures AS (
        SELECT l.merchant_id, md5(known.value) AS digest, min(l.id) AS listing_id
        FROM listings_listing l
        JOIN listings_listingimage i ON i.listing_id = l.id
        CROSS JOIN LATERAL (VALUES (i.url), (i.sha256)) AS known(value)
        WHERE l.merchant_id = ANY(%s) AND l.state = 'on_sale' AND known.value <> ''
        GROUP BY l.merchant_id, md5(known.value)
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY merchant_id ORDER BY digest) AS place FROM pictures
    )
    SELECT merchant_id, digest, listing_id FROM placed WHERE place <= %s
"""
_TEXTS = """
    SELECT id, merchant_id, text_skeleton FROM listings_listing
    WHERE merchant_id = ANY(%s) AND state = 'on_sale' AND length(text_skeleton) >= %s AND id > %s
    ORDER BY id LIMIT %s
"""
_SHARED = """
    WITH mine AS (
        SELECT DISTINCT digest, kind FROM listings_linkmark
        WHERE merchant_id = ANY(%(merchants)s) AND kind = ANY(%(kinds)s)
    ), held AS MATERIALIZED (
        SELECT mine.*, holders.n FROM mine CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM (
                SELECT 1 FROM listings_linkmark m WHERE m.digest = mine.digest AND m.kind = mine.kind LIMIT %(many)s + 1
            ) AS few
        ) AS holders
        WHERE holders.n BETWEEN 2 AND %(many)s
    )
    SELECT a.merchant_id AS first_id, b.merchant_id AS second_id, held.kind, held.digest, held.n, a.listing_id AS one, b.listing_id AS other
    FROM held
    CROSS JOIN LATERAL (
        SELECT merchant_id, listing_id FROM listings_linkmark m WHERE m.digest = held.digest AND m.kind = held.kind OFFSET 0
    ) AS a
    JOIN listings_linkmark b ON b.digest = held.digest AND b.kind = held.kind AND b.merchant_id > a.merchant_id
    LEFT JOIN listings_listing la ON la.id = a.listing_id
    LEFT JOIN listings_listing lb ON lb.id = b.listing_id
    WHERE (a.merchant_id = ANY(%(merchants)s) OR b.merchant_id = ANY(%(merchants)s))
      AND NOT coalesce(la.ean <> '' AND la.ean = lb.ean, false)
"""
"""Pairs of merchants, one of them among those asked for, by what they share. The same product has its maker's pictures and words.

Holders are counted before anything is joined, and looked up one mark after the other: hardly any of the marks is held by two, which
the planner cannot know."""
PLAIN = f"""
    SELECT first_id, second_id, kind, min(array[lpad(n::text, 3, '0'), digest]), count(*), sum(ln(1 - w.weight * sqrt(2.0 / n)))
    FROM ({_SHARED}) AS shared
    JOIN unnest(%(kinds)s::text[], %(weights)s::float[]) AS w(name, weight) ON w.name = kind
    GROUP BY first_id, second_id, kind
"""  # noqa: S608 -- put together from the statement above
_NEAR = f"""
    WITH pairs AS (
        SELECT first_id, second_id, one, other, min(n) AS n, min(digest) AS digest FROM ({_SHARED}) AS shared
        GROUP BY first_id, second_id, one, other
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY first_id, second_id ORDER BY digest, one, other) AS place FROM pairs
    )
    SELECT p.first_id, p.second_id, p.n, p.digest, p.one, p.other FROM placed p
    WHERE p.place <= %(compared)s ORDER BY p.first_id, p.second_id, p.place
"""  # noqa: S608 -- the same

_HELD_BY_MANY = """
    SELECT asked.digest FROM unnest(%(digests)s::text[]) AS asked(digest)
    CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (
            SELECT 1 FROM listings_linkmark m WHERE m.digest = asked.digest AND m.kind = %(kind)s LIMIT %(many)s + 1
        ) AS few
    ) AS holders
    WHERE holders.n > %(many)s
"""


class Contact(NamedTuple):
    """What a merchant's record says that another's may say, too."""

    merchant_id: int
    country: str
    name: str
    email: str
    legal_name: str
    address: str
    phone: str
    identity_email: str


class Picture(NamedTuple):
    merchant_id: int
    digest: str
    listing_id: int


class Written(NamedTuple):
    """A listing's text as it is compared."""

    listing_id: int
    merchant_id: int
    skeleton: str


class Common(NamedTuple):
    """What two merchants have in common of one kind: the rarest of it, how much, and the logarithm of what it leaves open."""

    first_id: int
    second_id: int
    kind: str
    rarest: list[str]
    things: int
    open: float


class Near(NamedTuple):
    """Listings of two merchants that may be nearly alike in something, and how many merchants have something of the kind."""

    first_id: int
    second_id: int
    holders: int
    digest: str
    one: int
    other: int


def owed(step: LinkStep, *, at: datetime, limit: int) -> list[int]:
    """Merchants of whom this is due, the lowest keys first."""
    rows = LinkOwed.objects.filter(step=step, due_at__lte=at).order_by("merchant_id")
    return list(rows.values_list("merchant_id", flat=True).distinct()[:limit])


def contacts(merchants: Collection[int]) -> list[Contact]:
    rows = Merchant.objects.filter(pk__in=merchants).order_by("pk")
    fields = ("pk", "country", "name", "email", "identity__legal_name", "identity__address", "identity__phone")
    found = rows.values_list(*fields, "identity__email")
    return [Contact(pk, *(value or "" for value in rest)) for pk, *rest in found]


def pictures(merchants: Collection[int]) -> list[Picture]:
    """Of each merchant the SKETCH smallest digests of pictures of listings on sale: by what was fetched, and by their addresses."""
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, [list(merchants), SKETCH])
        return [Picture(*row) for row in cursor.fetchall()]


def photos(merchants: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Merchant, listing and content of the photos that were fetched of listings on sale, the lowest listings first."""
    rows = ListingImage.objects.filter(listing__merchant__in=merchants, listing__state=ListingState.ON_SALE)
    fetched = rows.exclude(sha256="").order_by("listing_id", "position")
    yield from fetched.values_list("listing__merchant_id", "listing_id", "sha256").iterator(chunk_size=5_000)


def texts(merchants: Collection[int], *, batch: int = 5_000) -> Iterator[Written]:
    """The texts of their listings on sale, so many of them in memory at a time."""
    after, rows = 0, [Written(0, 0, "")]
    while rows:
        with connection.cursor() as cursor:
            cursor.execute(_TEXTS, [list(merchants), LEAST_TEXT, after, batch])
            rows = [Written(*row) for row in cursor.fetchall()]
        yield from rows
        after = rows[-1].listing_id if rows else after


def common(merchants: Collection[int], weights: Mapping[LinkKind, float]) -> list[Common]:
    """What these merchants have in common with others by kinds that need no second look."""
    told = {"kinds": [kind.value for kind in weights], "weights": list(weights.values())}
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, _asked(merchants) | told)
        return [Common(*row) for row in cursor.fetchall()]


def near(merchants: Collection[int], kind: LinkKind) -> list[Near]:
    """Listings with a mark of the kind in common, at most COMPARED pairs of any two merchants."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, _asked(merchants) | {"kinds": [kind.value], "compared": COMPARED})
        return [Near(*row) for row in cursor.fetchall()]


def held_by_many(kind: LinkKind, digests: Collection[str]) -> set[str]:
    """Those of these marks that more than MANY merchants have."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_BY_MANY, {"kind": kind.value, "digests": list(digests), "many": MANY})
        return {digest for (digest,) in cursor.fetchall()}


def holders(contents: Collection[str]) -> dict[str, set[int]]:
    """Of each of these photos the merchants who have it on a listing on sale."""
    rows = ListingImage.objects.filter(sha256__in=contents, listing__state=ListingState.ON_SALE).order_by()
    found: dict[str, set[int]] = {sha256: set() for sha256 in contents}
    for sha256, merchant in rows.values_list("sha256", "listing__merchant_id").distinct():
        found[sha256].add(merchant)
    return found


def skeletons(listings: Collection[int]) -> dict[int, str]:
    return dict(Listing.objects.filter(pk__in=listings).values_list("pk", "text_skeleton"))


def given() -> list[str]:
    """The kinds of marks that only the marketplace knows."""
    return sorted(kind.value for kind in GIVEN_MARKS)


def _asked(merchants: Collection[int]) -> dict[str, Any]:
    return {"merchants": list(merchants), "many": MANY}
