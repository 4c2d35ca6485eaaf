"""The first rows of a file, as they would go in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from listings.domain.imports import mapping as mappings
from listings.domain.imports.event_rows import EventRow
from listings.domain.imports.fields import Note, Unfit, as_text
from listings.domain.imports.files import Source
from listings.domain.imports.listing_rows import ListingRow
from listings.domain.imports.merchant_rows import MerchantRow
from listings.domain.imports.rows import BadRow, Row
from listings.domain.imports.runs import check
from listings.domain.imports.writers import Writer, writer_of
from listings.enums import RowFate, RowReason, minor_digits

ROWS = 8
CELL = 160


@dataclass(frozen=True)
class FileFacts:
    """What a file was found to be, with its columns and an example of each."""

    described: dict[str, Any]
    columns: list[str]
    examples: list[str]


@dataclass(frozen=True)
class PreviewRow:
    """A row as it would go in, or the reason why not. Money as (amount, currency)."""

    line: int
    identifier: str = ""
    merchant: str = ""
    title: str = ""
    category: str = ""
    price: tuple[float, str] | None = None
    markets: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    fate: RowFate | None = None
    reason: str = ""
    column: str = ""
    value: str = ""


def facts(path: Path) -> FileFacts:
    """Raises FileRefused."""
    with Source(path) as source:
        first = [row.cells for row in islice(source.rows(), 20) if isinstance(row, Row)]
        columns = source.columns or list(dict.fromkeys(name for cells in first for name in cells))
        return FileFacts(source.described, columns, [_example(name, first) for name in columns])


def first_rows(path: Path, document: Mapping[str, Any], *, name: str = "") -> list[PreviewRow]:
    """Raises FileRefused and MappingRefused."""
    with Source(path, mappings.read(document).options) as source:
        ready = mappings.for_columns(document, source.columns, name=name)
        check(ready, source.columns)
        writer = writer_of(ready)
        return [_preview(writer, ready, row) for row in islice(source.rows(), ROWS)]


def _preview(writer: Writer, ready: mappings.RowMapping, row: Row | BadRow) -> PreviewRow:
    if isinstance(row, BadRow):
        text = " | ".join(str(value) for value in row.raw.values())[:CELL]
        return PreviewRow(row.line, title=text, fate=RowFate.REFUSED, reason=str(row.reason.label))
    try:
        item = writer.read(row.cells)
    except Unfit as unfit:
        return _unfit(row.line, ready.neutral(row.cells), unfit)
    return _good(row.line, item)


def _unfit(line: int, neutral: dict[str, Any], unfit: Unfit) -> PreviewRow:
    return PreviewRow(
        line,
        as_text(neutral.get("listing_id") or neutral.get("merchant_id")),
        title=as_text(neutral.get("title") or neutral.get("name"))[:CELL],
        fate=unfit.fate,
        reason=str(RowReason(unfit.reason).label),
        column=unfit.column,
        value=unfit.value[:CELL],
    )


def _good(line: int, item: ListingRow | MerchantRow | EventRow) -> PreviewRow:
    notes = tuple(item.notes)
    if isinstance(item, MerchantRow):
        draft = item.draft
        return PreviewRow(line, draft.external_id, "", draft.name, markets=(draft.country,), notes=notes)
    if isinstance(item, EventRow):
        shown = ", ".join(f"{name}: {value}" for name, value in item.values.items() if value)
        return PreviewRow(line, item.listing, item.merchant, shown[:CELL], notes=notes)
    found = item.values
    minor, currency = found["price_minor"], found["currency"]
    price = None if minor is None else (minor / 10 ** minor_digits(currency), currency)
    return PreviewRow(
        line,
        found["external_id"],
        item.merchant,
        found["title"][:CELL],
        found["category_code"],
        price,
        found["markets"],
        found["attributes"],
        notes,
    )


def _example(name: str, rows: list[dict[str, Any]]) -> str:
    return next((str(cells[name])[:CELL] for cells in rows if cells.get(name) not in (None, "")), "")
