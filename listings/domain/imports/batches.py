"""One batch of an import: read the rows, write the good ones, keep the others, count all of them, in one transaction."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from listings.domain.copying import copy_into_temporary, copy_rows
from listings.domain.imports.fields import Unfit
from listings.domain.imports.rows import BadRow, Row
from listings.domain.imports.writers import Outcome, ReadRow, Writer
from listings.domain.listing_sql import as_json
from listings.enums import RowFate, RowReason
from listings.models import ImportRow, ImportRun

KEPT = (
    ("run_id", "bigint"), ("line", "bigint"), ("fate", "text"), ("column", "text"), ("value", "text"),
    ("reason", "text"), ("detail", "jsonb"), ("raw", "jsonb"),
)  # fmt: skip
TAKE_KEYS = """
    INSERT INTO listings_importkey (run_id, key, line) SELECT %s, key, line FROM incoming_key ON CONFLICT DO NOTHING
"""
TAKEN = """
    SELECT k.key, k.line FROM incoming_key i JOIN listings_importkey k ON k.run_id = %s AND k.key = i.key
    WHERE k.line <> i.line
"""


class Overtaken(Exception):
    """Another worker has gone on with this run; this one stops."""


@dataclass
class Counts:
    rows_read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    parked: int = 0
    refused: int = 0
    noted: int = 0


@dataclass
class Kept:
    """A row with something to say about it."""

    line: int
    fate: RowFate
    column: str
    value: str
    reason: RowReason
    detail: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass
class Read:
    """Rows of a batch that can be written, by key, and those that cannot."""

    good: dict[str, tuple[Row, ReadRow]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)


def write(
    *, run: ImportRun, writer: Writer, rows: Sequence[Row | BadRow], bytes_done: int, keep_notes: bool, at: dt.datetime
) -> Counts:
    """Write a batch and count it. Raises Overtaken if the run has gone on elsewhere."""
    with transaction.atomic():
        here = ImportRun.objects.select_for_update().values_list("rows_read", flat=True).get(pk=run.pk)
        if here != run.rows_read:
            raise Overtaken(f"Import {run.pk} is at row {here}, not at {run.rows_read}.")
        read = _read(writer, rows)
        _refuse_duplicates(run.pk, read)
        with transaction.atomic():
            outcome = writer.write([item for _row, item in read.good.values()], source=f"import:{run.pk}", at=at)
            transaction.set_rollback(run.dry_run)
        counts = _settle(read, outcome, len(rows))
        kept = read.kept if keep_notes else [each for each in read.kept if each.fate != RowFate.NOTED]
        keep(run_id=run.pk, rows=kept)
        add(run=run, counts=counts, bytes_done=bytes_done, progress_at=at, attempts=0)
    run.rows_read += counts.rows_read
    return counts


def _read(writer: Writer, rows: Iterable[Row | BadRow]) -> Read:
    read = Read()
    lines: dict[str, int] = {}
    for row in rows:
        if isinstance(row, BadRow):
            read.kept.append(Kept(row.line, RowFate.REFUSED, "", "", row.reason, row.detail, row.raw))
            continue
        try:
            item = writer.read(row.cells)
        except Unfit as unfit:
            read.kept.append(unfit_row(row, unfit))
            continue
        if item.key in lines:
            read.kept.append(_duplicate(row, lines[item.key]))
        else:
            lines[item.key] = row.line
            read.good[item.key] = row, item
    return read


def _refuse_duplicates(run_id: int, read: Read) -> None:
    """The first row of an identifier goes in, whatever batch it was in; the later ones name its line."""
    digests = {digest(key): key for key in read.good}
    with connection.cursor() as cursor:
        rows = [(found, read.good[key][0].line) for found, key in digests.items()]
        copy_into_temporary(cursor, table="incoming_key", columns=(("key", "uuid"), ("line", "bigint")), rows=rows)
        cursor.execute(TAKE_KEYS, [run_id])
        if cursor.rowcount == len(rows):
            return
        cursor.execute(TAKEN, [run_id])
        for found, line in cursor.fetchall():
            row, _item = read.good.pop(digests[found.hex])
            read.kept.append(_duplicate(row, line))


def _settle(read: Read, outcome: Outcome, rows: int) -> Counts:
    counts = Counts(rows_read=rows)
    for key, (row, item) in read.good.items():
        if key in outcome.unfit:
            read.kept.append(unfit_row(row, outcome.unfit[key]))
            continue
        if key in outcome.created:
            counts.created += 1
        elif key in outcome.changed:
            counts.changed += 1
        else:
            counts.unchanged += 1
        if item.notes:
            read.kept.append(noted_row(row, item))
    for kept in read.kept:
        match kept.fate:
            case RowFate.PARKED:
                counts.parked += 1
            case RowFate.REFUSED:
                counts.refused += 1
            case RowFate.NOTED:
                counts.noted += 1
    return counts


def add(*, run: ImportRun, counts: Counts, **fields: Any) -> None:
    """Add to the run's counts, and set other fields, in one statement."""
    sums = {name: F(name) + number for name, number in vars(counts).items() if number}
    ImportRun.objects.filter(pk=run.pk).update(**sums, **fields)


def keep(*, run_id: int, rows: Iterable[Kept]) -> None:
    with connection.cursor() as cursor:
        copied = (
            (
                run_id,
                row.line,
                row.fate.value,
                row.column,
                row.value,
                row.reason.value,
                as_json(row.detail),
                as_json(row.raw),
            )
            for row in rows
        )
        copy_rows(cursor, table=ImportRow._meta.db_table, columns=KEPT, rows=copied)


def unfit_row(row: Row, unfit: Unfit) -> Kept:
    return Kept(row.line, unfit.fate, unfit.column[:200], unfit.value, unfit.reason, unfit.detail, row.cells)


def noted_row(row: Row, item: ReadRow) -> Kept:
    first = item.notes[0]
    notes = [{"reason": note.reason.value, "column": note.column, "value": note.value} for note in item.notes[:50]]
    return Kept(row.line, RowFate.NOTED, first.column, first.value, first.reason, {"notes": notes})


def _duplicate(row: Row, line: int) -> Kept:
    return Kept(row.line, RowFate.REFUSED, "", "", RowReason.DUPLICATE, {"first_line": line}, row.cells)


def digest(key: str) -> str:
    """32 hexadecimal digits, which PostgreSQL reads as a uuid."""
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
