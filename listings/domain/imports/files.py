"""Opening a file of any supported kind by its content, with guards against archives that unpack without end."""

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from listings.domain.imports import csv_rows, ndjson_rows
from listings.domain.imports.lines import CHUNK, encoding_of, text_lines
from listings.domain.imports.rows import BadRow, FileRefused, Notes, Row
from listings.domain.imports.xlsx_rows import Workbook

HEAD = 65_536
GZIP_BITS = 31
BREAK = _("The compressed file is damaged or ends too early. The rows before that place were read.")
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
RATIO_COUNTS_FROM = 64 << 20
"""Bytes unpacked before the ratio is looked at: small files of one repeated row are not an attack."""

STRANGERS: tuple[tuple[bytes, Any], ...] = (
    (b"\xd0\xcf\x11\xe0", _("This is an old Excel workbook (.xls). Save it as .xlsx or CSV and send that.")),
    (b"%PDF", _("This is a PDF. Send the table it was made from, as CSV, NDJSON or XLSX.")),
    (b"PAR1", _("This is a Parquet file. Export it as CSV or NDJSON and send that.")),
    (b"\x89PNG", _("This is a picture. Send a table as CSV, NDJSON or XLSX.")),
    (b"\xff\xd8\xff", _("This is a picture. Send a table as CSV, NDJSON or XLSX.")),
    (b"Rar!", _("This is a RAR archive. Unpack it and send the file in it.")),
    (b"7z\xbc\xaf", _("This is a 7-Zip archive. Unpack it and send the file in it.")),
)


@dataclass
class Options:
    """What a mapping may say about the file itself; empty is found out."""

    delimiter: str = ""
    fallback_encoding: str = "cp1252"


class Guarded:
    """A gzip stream that stops when it has unpacked more than is believable, and gives what stands before a break."""

    def __init__(self, raw: BinaryIO, size: int) -> None:
        self._raw = raw
        self._member = zlib.decompressobj(wbits=GZIP_BITS)
        self._packed = b""
        self._unpacked = 0
        self._most = min(settings.IMPORT_UNPACKED_BYTES, max(RATIO_COUNTS_FROM, size * settings.IMPORT_UNPACKED_RATIO))

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, none at the end. Raises FileRefused at a break or past the bound."""
        data = b""
        while not data:
            if not self._packed and not self._refill():
                return b""
            try:
                data = self._member.decompress(self._packed, size)
            except zlib.error as error:
                raise FileRefused(BREAK) from error
            self._packed = self._member.unconsumed_tail
            if self._member.eof:
                self._packed = self._member.unused_data.lstrip(b"\0")  # some writers pad
                self._member = zlib.decompressobj(wbits=GZIP_BITS)
                self._begun = False
        self._unpacked += len(data)
        if self._unpacked > self._most:
            raise FileRefused(_("The file unpacks to far more than its size and was not read any further."))
        return data

    def _refill(self) -> bool:
        self._packed = self._raw.read(HEAD)
        if not self._packed and self._begun:
            raise FileRefused(BREAK)
        self._begun = self._begun or bool(self._packed)
        return bool(self._packed)

    _begun = False


class Source:
    """An open file: its format, its columns, its rows once."""

    def __init__(self, path: Path, options: Options | None = None) -> None:
        options = options or Options()
        self.size = path.stat().st_size
        self.notes = Notes()
        self._open: list[Any] = []
        self.raw = path.open("rb")
        self._open.append(self.raw)
        try:
            self._detect(path, options)
        except BaseException:
            self.close()
            raise

    def _detect(self, path: Path, options: Options) -> None:
        head = self.raw.read(HEAD)
        self.raw.seek(0)
        self.gzipped = head.startswith(GZIP)
        if self.gzipped:
            head = self._stream().read(HEAD)
            self.raw.seek(0)
        _refuse_strangers(head)
        self.columns: list[str] = []
        self.delimiter = self.sheet = self.encoding = ""
        if head.startswith(ZIP):
            self.kind = "xlsx"
            self._open_workbook(path)
            return
        self.encoding = encoding_of(head)
        start = head.decode(self.encoding, "ignore").lstrip("\ufeff \t\r\n")
        self._lines = text_lines(
            self._stream(), encoding=self.encoding, fallback=options.fallback_encoding, notes=self.notes
        )
        self.kind = "ndjson" if start.startswith("{") else "csv"
        _refuse_text(start)
        if self.kind == "csv":
            self._table = csv_rows.Table(self._lines, delimiter=options.delimiter)
            self.delimiter, self.columns = self._table.delimiter, self._table.columns

    def _stream(self) -> BinaryIO:
        if not self.gzipped:
            return self.raw
        return cast(BinaryIO, Guarded(self.raw, self.size))

    def _open_workbook(self, path: Path) -> None:
        if self.gzipped:
            path = self._unpacked()
        self._book = Workbook(path, self.notes)
        self._open.append(self._book)
        self.columns, self.sheet = self._book.columns, self._book.sheet

    def _unpacked(self) -> Path:
        """A workbook is read from its end: unpack it beside, as far as a workbook may be large."""
        unpacked = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- closed, and so deleted, with the source
        self._open.append(unpacked)
        stream = self._stream()
        while chunk := stream.read(CHUNK):
            unpacked.write(chunk)
        unpacked.flush()
        return Path(unpacked.name)

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row of the file, in its order. Raises FileRefused where the file breaks off."""
        if self.kind == "xlsx":
            return self._book.rows()
        if self.kind == "ndjson":
            return ndjson_rows.rows(self._lines, self.notes)
        return self._table.rows()

    @property
    def bytes_done(self) -> int:
        """How far the file as it was sent has been read; a workbook is all read at once."""
        return self.size if self.raw.closed or self.kind == "xlsx" else min(self.raw.tell(), self.size)

    @property
    def described(self) -> dict[str, Any]:
        return {
            "format": self.kind, "gzipped": self.gzipped, "encoding": self.encoding, "delimiter": self.delimiter,
            "sheet": self.sheet, "columns": self.columns,
        }  # fmt: skip

    def close(self) -> None:
        for each in reversed(self._open):
            with suppress(OSError):
                each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _refuse_strangers(head: bytes) -> None:
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileRefused(_("The file is empty."))
    if head.startswith(GZIP):
        raise FileRefused(_("The file is compressed twice. Unpack it once and send it again."))
    for magic, sentence in STRANGERS:
        if head.startswith(magic):
            raise FileRefused(sentence)


def _refuse_text(start: str) -> None:
    if start.startswith("["):
        raise FileRefused(_("This is a JSON array. Send one object a line instead (NDJSON): `jq -c '.[]'` makes it."))
    if start[:200].lower().startswith(("<!doctype html", "<html")):
        raise FileRefused(
            _("This is a web page, perhaps a sign-in page saved in place of the file. Download it again.")
        )
    if start.startswith("<?xml"):
        raise FileRefused(_("This is an XML file. Send CSV, NDJSON or XLSX."))
