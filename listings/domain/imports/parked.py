"""Parked rows: a person says which category a name means, or what was missing has come; then the rows go in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import Refusal
from listings.domain.imports import batches
from listings.domain.imports import mapping as mappings
from listings.domain.imports.batches import Counts, Read
from listings.domain.imports.categories import name_key
from listings.domain.imports.fields import Unfit
from listings.domain.imports.rows import Row
from listings.domain.imports.writers import Outcome, Writer, writer_of
from listings.enums import ImportState, RowFate, RowReason
from listings.events import parked_rows_wait
from listings.models import Category, CategoryAlias, ImportRow, ImportRun
from listings.queries import imports

Clock = Callable[[], datetime]


class NotSettled(Refusal):
    """Rows of this import cannot go in now."""


@transaction.atomic
def map_categories(*, run: ImportRun, codes: Mapping[str, str], actor: User | None, at: datetime) -> int:
    """Remember which category each name of the source means, and let the rows parked for it go in.

    `codes` maps names as the source writes them to codes of our tree. Raises NotSettled.
    """
    _check(run)
    ids = dict(Category.objects.filter(code__in=codes.values()).values_list("code", "id"))
    if unknown := sorted({code for code in codes.values() if code not in ids}):
        raise NotSettled(_("There is no category %(codes)s.") % {"codes": ", ".join(unknown)})
    for name, code in codes.items():
        CategoryAlias.objects.update_or_create(
            source=run.mapping_name,
            name_key=name_key(name),
            defaults={"category_id": ids[code]},
            create_defaults={"category_id": ids[code], "created_at": at},
        )
    entries.record(
        verb="import.map_categories",
        actor=actor,
        subject_kind="import",
        subject_id=run.pk,
        at=at,
        data={"codes": dict(codes)},
    )
    _ask(run, at)
    return len(codes)


@transaction.atomic
def try_again(*, run: ImportRun, actor: User | None, at: datetime) -> None:
    """Let the parked rows of an import be tried once more: their merchants, listings or categories may have come."""
    _check(run)
    entries.record(verb="import.try_parked", actor=actor, subject_kind="import", subject_id=run.pk, at=at)
    _ask(run, at)


def settle(*, run_id: int, clock: Clock) -> Counts:
    """Put in every parked row of a run that fits by now. Safe to run twice; what still does not fit stays parked."""
    run = ImportRun.objects.get(pk=run_id)
    asked = run.settle_asked_at
    ready = mappings.for_columns(run.mapping, imports.columns_of(run), name=run.mapping_name)
    writer = writer_of(ready)
    total, after = Counts(), 0
    while True:
        counts, after = _settle_batch(run, writer, after, clock())
        if not after:
            break
        for name, number in vars(counts).items():
            setattr(total, name, getattr(total, name) + number)
    ImportRun.objects.filter(pk=run_id, settle_asked_at=asked).update(settle_asked_at=None)
    return total


@dataclass
class Batch:
    """Parked rows by line, and what there is to say about those that do not go in."""

    rows: dict[int, ImportRow]
    read: Read = field(default_factory=Read)
    unfit: list[tuple[ImportRow, Unfit]] = field(default_factory=list)


@transaction.atomic
def _settle_batch(run: ImportRun, writer: Writer, after: int, at: datetime) -> tuple[Counts, int]:
    """Settle the next rows after a key; returns what became of them and the last key, 0 at the end."""
    waiting = ImportRow.objects.filter(run=run, fate=RowFate.PARKED, settled_at__isnull=True, pk__gt=after)
    kept = list(waiting.select_for_update().order_by("id")[: settings.IMPORT_BATCH_ROWS])
    if not kept:
        return Counts(), 0
    batch = Batch({row.line: row for row in kept})
    _read(batch, writer)
    read = batch.read
    # Content that came later than this import stays: such a row is settled without being written.
    newer = writer.superseded([item for _row, item in read.good.values()], since=run.started_at or at)
    fresh = [item for key, (_row, item) in read.good.items() if key not in newer]
    outcome = writer.write(fresh, source=f"import:{run.pk}", at=at)
    for key, reason in outcome.unfit.items():
        batch.unfit.append((batch.rows[read.good.pop(key)[0].line], reason))
    counts = _counts(batch, outcome)
    settled = [batch.rows[row.line].pk for row, _item in read.good.values()]
    ImportRow.objects.filter(pk__in=settled).update(settled_at=at)
    for row, unfit in batch.unfit:
        row.fate, row.reason, row.column = unfit.fate, unfit.reason, unfit.column[:200]
        row.value, row.detail = unfit.value, unfit.detail
    changed = [row for row, _unfit in batch.unfit]
    ImportRow.objects.bulk_update(changed, ["fate", "reason", "column", "value", "detail"])
    batches.add(run=run, counts=counts)
    return counts, kept[-1].pk


def _read(batch: Batch, writer: Writer) -> None:
    for line, row in batch.rows.items():
        try:
            item = writer.read(row.raw)
        except Unfit as unfit:
            batch.unfit.append((row, unfit))
            continue
        if item.key in batch.read.good:
            first = batch.read.good[item.key][0].line
            batch.unfit.append((row, Unfit(RowReason.DUPLICATE, "", detail={"first_line": first})))
        else:
            batch.read.good[item.key] = Row(line, row.raw), item


def _counts(batch: Batch, outcome: Outcome) -> Counts:
    good = batch.read.good
    refused = sum(unfit.fate == RowFate.REFUSED for _row, unfit in batch.unfit)
    counts = Counts(parked=-len(good) - refused, refused=refused)
    counts.created = sum(key in outcome.created for key in good)
    counts.changed = sum(key in outcome.changed for key in good)
    counts.unchanged = len(good) - counts.created - counts.changed
    return counts


def _ask(run: ImportRun, at: datetime) -> None:
    ImportRun.objects.filter(pk=run.pk).update(settle_asked_at=at)
    parked_rows_wait.send(sender=ImportRun, run_id=run.pk)


def _check(run: ImportRun) -> None:
    if run.dry_run:
        raise NotSettled(_("This was a trial run: nothing of it goes in. Import the file first."))
    if run.state not in (ImportState.FINISHED, ImportState.CANCELLED, ImportState.FAILED):
        raise NotSettled(_("The import is still running. Its parked rows can go in when it has ended."))
