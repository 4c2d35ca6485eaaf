"""XLSX: the first sheet with rows, read as a stream."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from django.conf import settings
from django.utils.translation import gettext as _

from listings.domain.imports.csv_rows import column_names
from listings.domain.imports.rows import BadRow, FileRefused, Notes, Row
from listings.enums import RowReason

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class Workbook:
    """Columns of the first sheet that has any, and its rows."""

    def __init__(self, path: Path, notes: Notes) -> None:
        check_archive(path)
        self.notes = notes
        try:
            self._file = path.open("rb")  # by its content: openpyxl would refuse the name
            self._book = openpyxl.load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises whatever a broken part of the archive makes it stumble over
            raise FileRefused(
                _("This workbook is damaged and cannot be opened. Save it again, or send CSV.")
            ) from error
        self.columns: list[str] = []
        self.sheet = ""
        self._head_line = 0
        for sheet in self._book.worksheets:
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if any(cell not in (None, "") for cell in cells):
                    self.sheet, self._head_line, self.columns = sheet.title, number, column_names(_trimmed(cells))
                    break
            if self.columns:
                break

    def rows(self) -> Iterator[Row | BadRow]:
        if not self.columns:
            return
        width = len(self.columns)
        for number, values in enumerate(self._book[self.sheet].iter_rows(values_only=True), start=1):
            if number <= self._head_line:
                continue
            cells = [self._cell(value, number) for value in _trimmed(values)]
            if not cells:
                continue
            if len(cells) > width:
                raw = dict(zip(self.columns, map(str, cells), strict=False)) | {"": ", ".join(map(str, cells[width:]))}
                detail = {"columns": len(cells), "expected": width}
                yield BadRow(number, RowReason.TOO_MANY_COLUMNS, raw, detail)
                continue
            yield Row(number, dict(zip(self.columns, cells + [""] * (width - len(cells)), strict=True)))

    def _cell(self, value: Any, number: int) -> Any:
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return int(value)
        if value in ERRORS:
            self.notes.add("cell_error_left_empty", number)
            return ""
        return value.replace("\0", "").replace("_x0000_", "") if isinstance(value, str) else value

    def close(self) -> None:
        self._book.close()
        self._file.close()


def _trimmed(cells: tuple[Any, ...]) -> list[Any]:
    """Cells up to the last one that holds something."""
    last = max((place for place, cell in enumerate(cells) if cell not in (None, "")), default=-1)
    return list(cells[: last + 1])


def check_archive(path: Path) -> None:
    """Refuse what is too large, unpacks to too much, or is no workbook. Declared sizes bind: the reader stops at them."""
    if path.stat().st_size > settings.IMPORT_XLSX_BYTES:
        size = settings.IMPORT_XLSX_BYTES >> 20
        raise FileRefused(
            _("A workbook may have %(size)d MB. Save the sheet as CSV: of that, any size goes in.") % {"size": size}
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileRefused(_("This workbook is damaged and cannot be opened. Save it again, or send CSV.")) from error
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise FileRefused(
            _(
                "This is a ZIP archive, not a workbook. Unpack it and send the CSV, NDJSON or XLSX file in it, or its .gz."
            )
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > settings.IMPORT_UNPACKED_BYTES or unpacked > path.stat().st_size * settings.IMPORT_UNPACKED_RATIO:
        raise FileRefused(_("This workbook unpacks to far more than its size and was not opened. Send CSV."))
