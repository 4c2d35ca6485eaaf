"""Writing a batch of read rows: one writer for each kind of import, all with the same answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import connection

from listings.domain import listings, merchants, metrics, orders
from listings.domain.imports.event_rows import EventRow, MetricReader, OrderReader
from listings.domain.imports.fields import Note, Unfit
from listings.domain.imports.listing_rows import ListingReader, ListingRow
from listings.domain.imports.mapping import Cells, RowMapping
from listings.domain.imports.merchant_rows import MerchantReader, MerchantRow
from listings.enums import ImportKind, RowFate, RowReason

LISTINGS_OF = """
    SELECT m.external_id, l.external_id, l.id
    FROM unnest(%s::text[], %s::text[]) AS k(merchant, listing)
    JOIN listings_merchant m ON m.external_id = k.merchant
    JOIN listings_listing l ON l.merchant_id = m.id AND l.external_id = k.listing
"""
NEWER = """
    SELECT m.external_id, l.external_id
    FROM unnest(%s::text[], %s::text[]) AS k(merchant, listing)
    JOIN listings_merchant m ON m.external_id = k.merchant
    JOIN listings_listing l ON l.merchant_id = m.id AND l.external_id = k.listing
    WHERE l.changed_at > %s
"""


class ReadRow(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def notes(self) -> list[Note]: ...


@dataclass
class Outcome:
    """Keys of rows that are new and that differ, and why others do not go in. The rest was there already."""

    created: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    unfit: dict[str, Unfit] = field(default_factory=dict)


class Writer(Protocol):
    def read(self, cells: Cells) -> Any: ...

    def write(self, rows: Sequence[Any], *, source: str, at: datetime) -> Outcome: ...

    def superseded(self, rows: Sequence[Any], *, since: datetime) -> set[str]: ...


class ListingWriter:
    def __init__(self, mapping: RowMapping) -> None:
        self.mapping = mapping
        self.reader = ListingReader(mapping)
        self.read = self.reader.read

    def write(self, rows: Sequence[ListingRow], *, source: str, at: datetime) -> Outcome:
        outcome = Outcome()
        ids = self._merchants({row.merchant for row in rows}, at)
        drafts = {row.key: row.draft(ids[row.merchant]) for row in rows if row.merchant in ids}
        written = listings.write(drafts=list(drafts.values()), source=source, at=at)
        for key, draft in drafts.items():
            if draft.key in written.created:
                outcome.created.add(key)
            elif draft.key in written.changed:
                outcome.changed.add(key)
            elif written.is_refused(draft.key):
                outcome.unfit[key] = Unfit(RowReason.RIGHTS_SUSPENDED, self.mapping.column_of("merchant_id"))
        column = self.mapping.column_of("merchant_id")
        for row in rows:
            if row.merchant not in ids:
                outcome.unfit[row.key] = Unfit(RowReason.MERCHANT_UNKNOWN, column, row.merchant, fate=RowFate.PARKED)
        return outcome

    def superseded(self, rows: Sequence[ListingRow], *, since: datetime) -> set[str]:
        """Keys of listings that something newer has written since."""
        with connection.cursor() as cursor:
            keys = ([row.merchant for row in rows], [row.values["external_id"] for row in rows])
            cursor.execute(NEWER, [*keys, since])
            return {f"{merchant}\x1f{listing}" for merchant, listing in cursor.fetchall()}

    def _merchants(self, external_ids: set[str], at: datetime) -> dict[str, int]:
        if self.mapping.merchant.create and self.mapping.merchant.country:
            return merchants.create_missing(drafts=map(self.reader.merchant_draft, sorted(external_ids)), at=at)
        return merchants.ids_of(external_ids)


class MerchantWriter:
    def __init__(self, mapping: RowMapping) -> None:
        self.read = MerchantReader(mapping).read

    def write(self, rows: Sequence[MerchantRow], *, source: str, at: datetime) -> Outcome:
        written = merchants.write(drafts=[row.draft for row in rows], at=at)
        return Outcome(created=set(written.created), changed=set(written.changed))

    def superseded(self, rows: Sequence[MerchantRow], *, since: datetime) -> set[str]:
        return set()


class MetricWriter:
    def __init__(self, mapping: RowMapping) -> None:
        self.mapping = mapping
        self.read = MetricReader(mapping).read

    def write(self, rows: Sequence[EventRow], *, source: str, at: datetime) -> Outcome:
        outcome, ids = _with_listings(rows, self.mapping)
        days = {(ids[row.key], row.values["date"]): row for row in rows if row.key in ids}
        written = metrics.write(days=[row.day(listing_id) for (listing_id, _date), row in days.items()])
        outcome.created = {days[key].key for key in written.created}
        outcome.changed = {days[key].key for key in written.changed}
        return outcome

    def superseded(self, rows: Sequence[EventRow], *, since: datetime) -> set[str]:
        return set()


class OrderWriter:
    def __init__(self, mapping: RowMapping) -> None:
        self.mapping = mapping
        self.read = OrderReader(mapping).read

    def write(self, rows: Sequence[EventRow], *, source: str, at: datetime) -> Outcome:
        outcome, ids = _with_listings(rows, self.mapping)
        lines = {row.line(ids[row.key]).key: row for row in rows if row.key in ids}
        written = orders.write(lines=[row.line(ids[row.key]) for row in lines.values()])
        outcome.created = {lines[key].key for key in written.created}
        outcome.changed = {lines[key].key for key in written.changed}
        return outcome

    def superseded(self, rows: Sequence[EventRow], *, since: datetime) -> set[str]:
        return set()


WRITERS: dict[ImportKind, type[ListingWriter | MerchantWriter | MetricWriter | OrderWriter]] = {
    ImportKind.LISTINGS: ListingWriter,
    ImportKind.MERCHANTS: MerchantWriter,
    ImportKind.METRICS: MetricWriter,
    ImportKind.ORDERS: OrderWriter,
}


def writer_of(mapping: RowMapping) -> Writer:
    return WRITERS[mapping.kind](mapping)


def _with_listings(rows: Iterable[EventRow], mapping: RowMapping) -> tuple[Outcome, dict[str, int]]:
    """The listing of each row by the row's key; a row whose listing is not there yet is parked."""
    wanted = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(LISTINGS_OF, [[row.merchant for row in wanted], [row.listing for row in wanted]])
        known = {(merchant, listing): pk for merchant, listing, pk in cursor.fetchall()}
    outcome, ids = Outcome(), {}
    for row in wanted:
        pk = known.get((row.merchant, row.listing))
        if pk is None:
            column = mapping.column_of("listing_id")
            outcome.unfit[row.key] = Unfit(RowReason.LISTING_UNKNOWN, column, row.listing, fate=RowFate.PARKED)
        else:
            ids[row.key] = pk
    return outcome, ids
