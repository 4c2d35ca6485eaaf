"""Texts of an older normaliser, made anew in the background."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction

from listings.domain import listing_sql
from listings.domain.copying import copy_into_temporary
from listings.queries import texts
from listings.queries.texts import Written
from listings.text import NORMALISER_VERSION, ListingText

log = structlog.get_logger(__name__)

CHUNK = 1_000
"""Listings in one transaction: about half a second, of which writers wait for the moment of the update."""

ALONE = "SELECT pg_try_advisory_xact_lock(7236007)"  # one chunk at a time, however many turns were handed out
COLUMNS = (("id", "bigint"), ("text_base", "text"), ("text_skeleton", "text"), ("content_hash", "text"))
HOLD = """
    SELECT l.id, l.change FROM listings_listing l JOIN renormalised r ON r.id = l.id
    WHERE l.content_hash = r.content_hash AND l.text_version = %(was)s
    ORDER BY l.id FOR NO KEY UPDATE OF l SKIP LOCKED
"""
UPDATE = """
    UPDATE listings_listing l
    SET text_base = r.text_base, text_skeleton = r.text_skeleton, text_version = %(version)s,
        change = CASE
            WHEN (l.text_base, l.text_skeleton) = (r.text_base, r.text_skeleton) THEN l.change
            ELSE nextval('listings_change')
        END
    FROM renormalised r, unnest(%(ids)s::bigint[], %(changes)s::bigint[]) AS h(id, change)
    WHERE l.id = r.id AND h.id = r.id
    RETURNING l.change <> h.change
"""


@dataclass(frozen=True)
class Renormalised:
    """What became of one chunk: keys `first` to `last`, of which `made` were made anew and `differing` read differently.

    Listings that somebody else was writing, or had just written, are not among the made.
    """

    was: int
    first: int
    last: int
    read: int
    made: int
    differing: int


@transaction.atomic
def renormalise(*, limit: int = CHUNK) -> Renormalised | None:
    """Make the texts of the next listings anew that another version of the normaliser made; None if nothing is to be done.

    Safe to run twice, and while listings are written: nothing is locked while the texts are made; at the end a listing gets its
    new text only if its content is still the content that was read, and one that somebody holds is left for a later turn, so that
    this work never waits for a person's.

    The merchant has changed nothing, so there is no new version of the listing and `changed_at` stays. But a rule that reads
    words now reads other words: where either text differs, `change` is raised under the writers' lock, and the next sweep of what
    has changed looks at the listing again. Most texts come out as they were, and cost that sweep nothing.
    """
    was = texts.outdated_version(NORMALISER_VERSION)
    if was is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            return None
    chunk = texts.written(version=was, limit=limit)
    if not chunk:
        return None
    made, differing = _store(chunk, was)
    result = Renormalised(was, chunk[0].id, chunk[-1].id, len(chunk), made, differing)
    log.info(
        "texts_renormalised",
        version=NORMALISER_VERSION,
        was=was,
        first=result.first,
        last=result.last,
        of=texts.highest_key(),
        made=made,
        differing=differing,
        left=len(chunk) - made,
    )
    return result


def _store(chunk: Sequence[Written], was: int) -> tuple[int, int]:
    rows = [_row(listing) for listing in chunk]
    with connection.cursor() as cursor:
        cursor.execute(listing_sql.LOCK)
        copy_into_temporary(cursor, table="renormalised", columns=COLUMNS, rows=rows)
        cursor.execute(HOLD, {"was": was})
        held = cursor.fetchall()
        arguments: dict[str, Any] = {
            "version": NORMALISER_VERSION,
            "ids": [pk for pk, _ in held],
            "changes": [change for _, change in held],
        }
        cursor.execute(UPDATE, arguments)
        differing = [differs for (differs,) in cursor.fetchall()]
    return len(differing), sum(differing)


def _row(listing: Written) -> tuple[int, str, str, str]:
    text = ListingText(listing.title, listing.description, listing.attributes).normalised
    return listing.id, text.base, text.skeleton, listing.content_hash
