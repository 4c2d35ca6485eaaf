"""Reading imports: their rows, why they did not go in, and what parked rows wait for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from listings.enums import ImportState, RowFate, RowReason
from listings.models import Category, ImportRow, ImportRun

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


def error_rows(run: ImportRun, columns: list[str], fates: tuple[RowFate, ...]) -> Iterator[list[Any]]:
    """Rows with one of the fates in the file's own columns, and why; by line, in constant memory.

    Of a row that could not be taken apart, the text stands in the first column.
    """
    rows = rows_of(run).filter(fate__in=fates).order_by("line", "id")
    for row in rows.iterator(chunk_size=2_000):
        cells = [row.raw.get(column, "") for column in columns]
        if set(row.raw) == {""}:
            cells[:1] = [row.raw[""]]
        yield [*cells, sentence(row)]


@dataclass(frozen=True)
class Progress:
    """How far a run is by the bytes of its file, how quick, and how long it will still take."""

    share: float
    rows_a_second: float
    seconds_left: float | None


def progress(run: ImportRun, at: datetime) -> Progress:
    share = min(run.bytes_done / run.size, 1.0) if run.size else 1.0
    if run.state == ImportState.FINISHED:
        share = 1.0
    seconds = ((run.finished_at or at) - run.started_at).total_seconds() if run.started_at else 0.0
    rate = run.rows_read / seconds if seconds > 0 else 0.0
    left = seconds * (1 - share) / share if run.state == ImportState.RUNNING and share > 0.01 else None
    return Progress(share, rate, left)


def category_choices() -> list[tuple[str, str]]:
    """Codes with the path of names in the reader's language, for choosing one."""
    language = get_language() or "en"
    names: dict[str, str] = {}
    for code, words in Category.objects.order_by("depth", "id").values_list("code", "names"):
        name = words.get(language) or words.get("en", code)
        parent = names.get(code.rpartition("/")[0])
        names[code] = f"{parent} › {name}" if parent else name
    return sorted(names.items(), key=lambda pair: pair[1])


def sentence(row: ImportRow) -> str:
    """Why the row did not go in, in the reader's language, with what it takes to find the place."""
    told = str(RowReason(row.reason).label)
    if row.column:
        told = f"{row.column}: {told}"
    match RowReason(row.reason):
        case RowReason.DUPLICATE:
            return _("%(told)s (line %(line)s)") % {"told": told, "line": row.detail.get("first_line")}
        case RowReason.TOO_FEW_COLUMNS | RowReason.TOO_MANY_COLUMNS:
            return _("%(told)s (%(columns)s instead of %(expected)s)") % {"told": told, **row.detail}
        case RowReason.CATEGORY_UNKNOWN:
            codes = ", ".join(code for code, _score in row.detail.get("suggestions", []))
            return _("%(told)s Perhaps: %(codes)s") % {"told": told, "codes": codes} if codes else told
        case _:
            return told


def note_sentences(run: ImportRun) -> list[str]:
    """What the reader found out about the file, in the reader's language."""
    return [told for note in run.notes if (told := _note(note))]


def _note(note: dict[str, Any]) -> str:
    kind, count = str(note["kind"]), int(note.get("count", 0))
    facts = {"count": count, "line": note.get("line"), "encoding": kind.removeprefix("not_utf8_read_as_")}
    if kind.startswith("not_utf8_read_as_"):
        return (
            ngettext(
                "%(count)d line is not UTF-8 and was read as %(encoding)s; it is line %(line)s.",
                "%(count)d lines are not UTF-8 and were read as %(encoding)s; the first is line %(line)s.",
                count,
            )
            % facts
        )
    if kind == "nul_bytes_removed":
        return (
            ngettext(
                "NUL characters were taken out of %(count)d line: line %(line)s.",
                "NUL characters were taken out of %(count)d lines; the first is line %(line)s.",
                count,
            )
            % facts
        )
    if kind == "cell_error_left_empty":
        return (
            ngettext(
                "%(count)d cell holds a spreadsheet error and was read as empty: line %(line)s.",
                "%(count)d cells hold spreadsheet errors and were read as empty; the first is in line %(line)s.",
                count,
            )
            % facts
        )
    return ""
