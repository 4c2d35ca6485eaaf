"""Reading imports: their rows, why they did not go in, and what parked rows wait for."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from listings.enums import RowFate, RowReason
from listings.models import ImportRow, ImportRun

MOST_NAMES = 200


@dataclass(frozen=True)
class ParkedName:
    """A category's name that rows wait for, with suggestions: (code, score of 100)."""

    name: str
    rows: int
    suggestions: list[tuple[str, int]]


def runs() -> QuerySet[ImportRun]:
    return ImportRun.objects.select_related("started_by")


def rows_of(run: ImportRun, *, fate: RowFate | None = None) -> QuerySet[ImportRow]:
    """Rows that there is still something to say about; parked ones that have gone in since are left out."""
    rows = ImportRow.objects.filter(run=run, settled_at__isnull=True)
    return rows.filter(fate=fate) if fate else rows


def reasons(run: ImportRun) -> list[tuple[str, str, str, int]]:
    """Fate, reason, an example and the number of rows, most first."""
    counted = (
        rows_of(run)
        .values("fate", "reason")
        .annotate(rows=Count("id"), example=Max("value"))
        .order_by("-rows", "reason")
    )
    return [
        (str(RowFate(row["fate"]).label), str(RowReason(row["reason"]).label), row["example"][:60], row["rows"])
        for row in counted
    ]


def parked_names(run: ImportRun) -> list[ParkedName]:
    """What the rows parked for their category call it, most rows first."""
    counted = (
        rows_of(run, fate=RowFate.PARKED)
        .filter(reason=RowReason.CATEGORY_UNKNOWN)
        .values("value")
        .annotate(rows=Count("id"), example=Max("id"))
        .order_by("-rows", "value")[:MOST_NAMES]
    )
    found = list(counted)
    details = dict(ImportRow.objects.filter(pk__in=[row["example"] for row in found]).values_list("id", "detail"))
    return [
        ParkedName(
            row["value"],
            row["rows"],
            [(code, score) for code, score in details[row["example"]].get("suggestions", [])],
        )
        for row in found
    ]


def columns_of(run: ImportRun) -> list[str]:
    """The file's own columns in their order; of objects, the names that the kept rows have."""
    for note in run.notes:
        if note["kind"] == "format" and note["columns"]:
            return list(note["columns"])
    rows = ImportRow.objects.filter(run=run).exclude(raw={}).order_by("id").values_list("raw", flat=True)[:200]
    return list(dict.fromkeys(name for raw in rows for name in raw if name))


def each_row(run: ImportRun, fates: tuple[RowFate, ...]) -> Iterator[ImportRow]:
    """Every kept row with one of the fates, by line, in constant memory."""
    rows = rows_of(run).filter(fate__in=fates).order_by("line", "id")
    return rows.iterator(chunk_size=2_000)
