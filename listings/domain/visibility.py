"""The projection of what shoppers see. Whoever computes restrictions says what it should be; here it becomes so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from listings.domain.copying import array, copy_into_temporary
from listings.events import visibility_changed
from listings.queries.visibility import Met

COLUMNS = (
    ("listing_id", "bigint"),
    ("market", "text"),
    ("exposure", "text"),
    ("minimum_age", "smallint"),
    ("demoted", "boolean"),
    ("labels", "text[]"),
    ("causes", "bigint[]"),
)
LOCK = """
    SELECT id FROM listings_listing WHERE id = ANY(%(listings)s) ORDER BY id FOR NO KEY UPDATE
"""
DELETE = """
    DELETE FROM listings_listingvisibility v
    WHERE v.listing_id = ANY(%(listings)s)
      AND NOT EXISTS (SELECT 1 FROM desired d WHERE d.listing_id = v.listing_id AND d.market = v.market)
    RETURNING v.listing_id, v.market, v.exposure, v.minimum_age, v.demoted, v.labels
"""
UPDATE = """
    UPDATE listings_listingvisibility v
    SET exposure = d.exposure, minimum_age = d.minimum_age, demoted = d.demoted, labels = d.labels, causes = d.causes,
        changed_at = %(at)s
    FROM desired d, listings_listingvisibility was
    WHERE v.listing_id = d.listing_id AND v.market = d.market AND was.id = v.id
      AND (v.exposure, v.minimum_age, v.demoted, v.labels, v.causes)
          IS DISTINCT FROM (d.exposure, d.minimum_age, d.demoted, d.labels::varchar[], d.causes)
    RETURNING v.listing_id, v.market, was.exposure, was.minimum_age, was.demoted, was.labels,
        v.exposure, v.minimum_age, v.demoted, v.labels
"""
INSERT = """
    INSERT INTO listings_listingvisibility (listing_id, market, exposure, minimum_age, demoted, labels, causes, changed_at)
    SELECT d.listing_id, d.market, d.exposure, d.minimum_age, d.demoted, d.labels, d.causes, %(at)s
    FROM desired d
    WHERE NOT EXISTS (
        SELECT 1 FROM listings_listingvisibility v WHERE v.listing_id = d.listing_id AND v.market = d.market
    )
    RETURNING listing_id, market, exposure, minimum_age, demoted, labels
"""


SIMPLY_SHOWN = Met()


@dataclass(frozen=True)
class Desired:
    """What one market should meet of one listing, and the restrictions that make it so. What is simply shown has no row."""

    listing_id: int
    market: str
    met: Met
    causes: tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """What a shopper met before and meets now; a change of causes alone leaves both equal."""

    listing_id: int
    market: str
    before: Met
    after: Met

    @property
    def is_seen(self) -> bool:
        return self.before != self.after


class OutsideOfTheSet(ValueError):
    """A desired row is for a listing that the rebuild does not cover."""


@transaction.atomic
def rebuild(*, listing_ids: Collection[int], rows: Iterable[Desired], at: datetime) -> list[Change]:
    """Make the projection of these listings equal to `rows`, and return what changed. Nothing else is touched."""
    wanted = list(rows)
    listings = sorted(set(listing_ids))
    if strays := {row.listing_id for row in wanted} - set(listings):
        raise OutsideOfTheSet(f"Listings {sorted(strays)} are not among those to rebuild.")
    with connection.cursor() as cursor:
        arguments: dict[str, Any] = {"listings": listings, "at": at}
        cursor.execute(LOCK, arguments)  # two rebuilds of one listing follow each other
        copy_into_temporary(cursor, table="desired", columns=COLUMNS, rows=map(_copied, wanted))
        cursor.execute(DELETE, arguments)
        changes = [Change(listing, market, Met.read(*was), SIMPLY_SHOWN) for listing, market, *was in cursor.fetchall()]
        cursor.execute(UPDATE, arguments)
        changes += [
            Change(listing, market, Met.read(*both[:4]), Met.read(*both[4:]))
            for listing, market, *both in cursor.fetchall()
        ]
        cursor.execute(INSERT, arguments)
        changes += [
            Change(listing, market, SIMPLY_SHOWN, Met.read(*now)) for listing, market, *now in cursor.fetchall()
        ]
    changes.sort(key=lambda change: (change.listing_id, change.market))
    if seen := [change for change in changes if change.is_seen]:
        visibility_changed.send(Change, changes=seen, at=at)
    return changes


def _copied(row: Desired) -> tuple[int, str, str, int | None, bool, str, str]:
    met = row.met
    return (
        row.listing_id,
        row.market,
        met.exposure.value,
        met.minimum_age,
        met.demoted,
        array(met.labels),
        array(row.causes),
    )
