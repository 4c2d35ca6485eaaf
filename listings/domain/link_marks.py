"""What a merchant has that another may have, too: read from the record and the listings, or given by the marketplace, kept as hashes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from listings.domain.copying import copy_into_temporary
from listings.enums import LinkKind, LinkStep
from listings.queries import links as queries
from listings.queries import photo_prints
from listings.queries.links import MANY, SKETCH, Contact
from listings.text import contacts, likeness, photo_likeness

SALT = "listings.links"
LENGTH = 32
"""Characters of a digest: 128 bits."""
COLUMNS = (("merchant_id", "bigint"), ("kind", "text"), ("digest", "text"), ("listing_id", "bigint"))
CHANGED = """
    CREATE TEMPORARY TABLE changed_mark ON COMMIT DROP AS
    WITH added AS (
        INSERT INTO listings_linkmark (merchant_id, kind, digest, listing_id)
        SELECT merchant_id, kind, digest, listing_id FROM read_mark
        ON CONFLICT (merchant_id, kind, digest) DO NOTHING
        RETURNING merchant_id, kind, digest
    ), gone AS (
        DELETE FROM listings_linkmark m
        WHERE m.merchant_id = ANY(%(merchants)s) AND m.kind = ANY(%(kinds)s) AND NOT EXISTS (
            SELECT 1 FROM read_mark r WHERE r.merchant_id = m.merchant_id AND r.kind = m.kind AND r.digest = m.digest
        )
        RETURNING merchant_id, kind, digest
    )
    SELECT *, 1 AS more FROM added UNION ALL SELECT *, -1 FROM gone
"""
"""Make the marks of these kinds what was read, and keep what differed."""
RENEW = """
    UPDATE listings_linkmark m SET listing_id = r.listing_id FROM read_mark r
    WHERE r.merchant_id = m.merchant_id AND r.kind = m.kind AND r.digest = m.digest AND m.listing_id IS DISTINCT FROM r.listing_id
"""
"""Another example of what is there already."""
OWE_FINDING = """
    WITH moved AS (
        SELECT kind, digest, sum(more) AS more, array_agg(merchant_id) FILTER (WHERE more < 0) AS lost
        FROM changed_mark GROUP BY kind, digest
    ), counted AS (
        SELECT moved.*, holders.n AS now, holders.n - moved.more AS was FROM moved CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM (
                SELECT 1 FROM listings_linkmark m WHERE m.digest = moved.digest AND m.kind = moved.kind
                LIMIT %(many)s + 1 + greatest(moved.more, 0)
            ) AS few
        ) AS holders
    ), touched AS (
        SELECT * FROM counted WHERE least(now, was) <= %(many)s AND greatest(now, was) >= 2
    ), merchants AS (
        SELECT m.merchant_id FROM touched t JOIN listings_linkmark m ON m.digest = t.digest AND m.kind = t.kind
        UNION SELECT unnest(lost) FROM touched
    )
    INSERT INTO listings_linkowed (merchant_id, step, due_at) SELECT merchant_id, %(step)s, %(at)s FROM merchants
"""
"""Whoever has a mark that others have, too, and that more or fewer have than before. What too many had, and have, ties nobody."""
OWE = """
    INSERT INTO listings_linkowed (merchant_id, step, due_at)
    SELECT id, %(step)s, %(due)s FROM listings_merchant WHERE {column} = ANY(%(keys)s)
"""
Row = tuple[int, str, str, int | None]


def owe_reading(*, merchant_ids: Collection[int] = (), external_ids: Collection[str] = (), due: datetime) -> None:
    """Owe that these merchants' marks are read again, in the caller's transaction."""
    column, keys = ("id", list(merchant_ids)) if merchant_ids else ("external_id", list(external_ids))
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(OWE.format(column=column), {"step": LinkStep.READ.value, "due": due, "keys": keys})


def give(
    *, accounts: Mapping[int, Sequence[str]], devices: Mapping[int, Sequence[str]], at: datetime
) -> frozenset[int]:
    """Make these merchants' bank accounts and devices what the marketplace says, kept as hashes. Returns who differed."""
    changed: set[int] = set()
    for kind, told in ((LinkKind.BANK_ACCOUNT, accounts), (LinkKind.DEVICE, devices)):
        rows = [_row(merchant, kind, contacts.account(value)) for merchant, values in told.items() for value in values]
        changed |= _store([row for row in rows if row], merchants=list(told), kinds=[kind.value], at=at)
    return frozenset(changed)


def read(merchants: Sequence[int], *, at: datetime) -> int:
    """Read these merchants' records, pictures and texts. Returns how many marks differed."""
    rows = [row for contact in queries.contacts(merchants) for row in _of_contact(contact)]
    rows += [
        (each.merchant_id, LinkKind.IMAGE.value, each.digest, each.listing_id) for each in queries.pictures(merchants)
    ]
    rows += _of_texts(merchants)
    rows += _of_photos(merchants)
    kinds = sorted(set(LinkKind.values) - {*queries.given(), LinkKind.DECLARED.value})
    return len(_store(rows, merchants=merchants, kinds=kinds, at=at))


def digest_of(kind: LinkKind, value: str) -> str:
    """The keyed hash of a value: whoever has the database alone cannot try values out."""
    return salted_hmac(f"{SALT}.{kind.value}", value, secret=settings.LINK_KEY, algorithm="sha256").hexdigest()[:LENGTH]


def _row(merchant: int, kind: LinkKind, value: str, listing: int | None = None) -> Row | None:
    return (merchant, kind.value, digest_of(kind, value), listing) if value else None


def _of_contact(contact: Contact) -> Iterator[Row]:
    key = contact.merchant_id
    values = (
        (LinkKind.ADDRESS, contacts.address(contact.address)),
        (LinkKind.PHONE, contacts.phone(contact.phone, contact.country)),
        (LinkKind.EMAIL_DOMAIN, contacts.mail(contact.email)),
        (LinkKind.EMAIL_DOMAIN, contacts.mail(contact.identity_email)),
        (LinkKind.NAME, contacts.name(contact.name)),
        (LinkKind.NAME, contacts.name(contact.legal_name)),
    )
    yield from {row for kind, value in values if (row := _row(key, kind, value))}


def _of_texts(merchants: Sequence[int]) -> Iterator[Row]:
    found = (
        (merchant, listing, band)
        for listing, merchant, skeleton in queries.texts(merchants)
        for band in likeness.bands(skeleton)
    )
    return _sketched(LinkKind.TEXT, found)


def _of_photos(merchants: Sequence[int]) -> Iterator[Row]:
    shown = list(queries.photos(merchants))
    prints = photo_prints.of_photos({sha256 for _merchant, _listing, sha256 in shown})
    found = (
        (merchant, listing, mark)
        for merchant, listing, sha256 in shown
        if sha256 in prints
        for mark in photo_likeness.marks(prints[sha256])
    )
    return _sketched(LinkKind.LIKE_IMAGE, found)


def _sketched(kind: LinkKind, found: Iterable[tuple[int, int, str]]) -> Iterator[Row]:
    """Of marks by merchant and listing those SKETCH of each merchant with the smallest digests, with the first listing that has it."""
    kept: dict[int, dict[str, int]] = defaultdict(dict)
    for merchant, listing, mark in found:
        mine = kept[merchant]
        mine.setdefault(digest_of(kind, mark), listing)
        if len(mine) > 4 * SKETCH:
            kept[merchant] = _smallest(mine)
    for merchant, marks in kept.items():
        for digest, listing in _smallest(marks).items():
            yield merchant, kind.value, digest, listing


def _smallest(found: dict[str, int]) -> dict[str, int]:
    return dict(nsmallest(SKETCH, found.items()))


def _store(rows: Iterable[Row], *, merchants: Sequence[int], kinds: Sequence[str], at: datetime) -> set[int]:
    """Make the marks equal to the rows, and owe the finding of what that may change. Returns whose marks differed."""
    with connection.cursor() as cursor:
        copy_into_temporary(cursor, table="read_mark", columns=COLUMNS, rows=sorted(set(rows), key=str))
        cursor.execute("DROP TABLE IF EXISTS pg_temp.changed_mark")
        told: dict[str, Any] = {"merchants": list(merchants), "kinds": list(kinds), "many": MANY, "at": at}
        cursor.execute(RENEW)
        cursor.execute(CHANGED, told)
        cursor.execute(OWE_FINDING, told | {"step": LinkStep.FIND.value})
        cursor.execute("SELECT DISTINCT merchant_id FROM changed_mark")
        return {merchant for (merchant,) in cursor.fetchall()}
