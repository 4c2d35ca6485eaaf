"""A list as CSV or XLSX: the rows that its filter shows, streamed or in constant memory, whatever their number."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

CHUNK = 2_000
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def rows_of(queryset: QuerySet[Any], columns: Sequence[Any]) -> Iterator[list[Any]]:
    """The values of each row; a cursor on the server keeps memory constant."""
    for row in queryset.iterator(chunk_size=CHUNK):
        yield [column.value(row) for column in columns]


def safe_text(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (int, float, Decimal, date)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        value = " ".join(str(each) for each in value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_response(rows: Iterable[list[Any]], *, head: Sequence[str], name: str) -> StreamingHttpResponse:
    """UTF-8 with the mark that makes Excel read it as such."""
    response = StreamingHttpResponse(_csv_lines(rows, head), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def whole_csv_response(rows: Iterable[list[Any]], *, head: Sequence[str], name: str) -> FileResponse:
    """The same, written to a temporary file first: what goes wrong while rows are read is raised here."""
    with _for_response() as file:
        file.writelines(line.encode() for line in _csv_lines(rows, head))
    return FileResponse(file, as_attachment=True, filename=f"{name}.csv", content_type=CSV)


def _csv_lines(rows: Iterable[list[Any]], head: Sequence[str]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([safe_text(value) for value in row])


def xlsx_response(rows: Iterable[list[Any]], *, head: Sequence[str], name: str) -> FileResponse:
    """Written row by row to a temporary file; what one sheet cannot hold goes on in the next."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with _for_response() as file, xlsxwriter.Workbook(file, options) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet, line = None, SHEET_ROWS
        for row in rows:
            if line >= SHEET_ROWS:
                sheet, line = _sheet(book, head), 1
            _write_row(sheet, line, row, dates, days)
            line += 1
        if sheet is None:
            _sheet(book, head)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


@contextmanager
def _for_response() -> Iterator[IO[bytes]]:
    """A temporary file, read from its beginning afterwards. The response closes it, or whatever goes wrong before there is one."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        yield file
        file.seek(0)
    except BaseException:
        file.close()
        raise


def _sheet(book: Any, head: Sequence[str]) -> Any:
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for column, label in enumerate(head):
        sheet.write_string(0, column, label, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _write_row(sheet: Any, line: int, row: list[Any], dates: Any, days: Any) -> None:
    for column, value in enumerate(row):
        match value:
            case None | "":
                continue
            case bool():
                sheet.write_boolean(line, column, value)
            case int() | float() | Decimal():
                sheet.write_number(line, column, value)
            case datetime():
                sheet.write_datetime(line, column, timezone.localtime(value).replace(tzinfo=None), dates)
            case date():
                sheet.write_datetime(line, column, value, days)
            case list() | tuple():
                sheet.write_string(line, column, " ".join(str(each) for each in value)[:CELL_CHARACTERS])
            case _:
                sheet.write_string(line, column, str(value)[:CELL_CHARACTERS])
