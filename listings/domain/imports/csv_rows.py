"""CSV: which character separates, and rows that survive a broken quotation mark."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from listings.domain.imports.lines import LONGEST_LINE, TooLong
from listings.domain.imports.rows import BadRow, Row
from listings.enums import RowReason

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f")
SAMPLE_LINES = 60
QUOTED_FORMULA = re.compile(r"^'(?=[=+\-@\t\r])")
csv.field_size_limit(LONGEST_LINE // 4)


class Lines:
    """Feeds the csv module, remembers the lines of the current record, and takes them back."""

    def __init__(self, lines: Iterable[str], *, before: int = 0) -> None:
        self._lines = iter(lines)
        self._back: list[str] = []
        self.number = before
        self.record: list[str] = []

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._lines)
        self.number += 1
        self.record.append(line)
        return line

    def give_back(self) -> None:
        """Hand out again all lines of the record but its first."""
        rest = self.record[1:]
        self._back += reversed(rest)
        self.number -= len(rest)
        del self.record[1:]


class Table:
    """The head of a CSV file, and its rows."""

    def __init__(self, lines: Iterator[str], *, delimiter: str = "") -> None:
        sample = list(islice(lines, SAMPLE_LINES))
        told = _told(sample)
        self.delimiter = delimiter or told or detect_delimiter(sample)
        skipped = 1 if told else 0
        self._lines = Lines(chain(sample[skipped:], lines), before=skipped)
        self._reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        self.columns = self._head()

    def _head(self) -> list[str]:
        for cells in self._reader:
            self._lines.record.clear()
            if any(cell.strip() for cell in cells):
                return column_names(cells)
            cells.clear()
        return []

    def rows(self) -> Iterator[Row | BadRow]:
        width, lines, columns = len(self.columns), self._lines, self.columns
        # Errors that were downloaded and corrected: formulas are quoted there, as in every export.
        quoted = columns[-1:] == ["error"]
        while True:
            lines.record.clear()
            begin = lines.number + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield self._unclosed(begin)
                continue
            if len(cells) == width:
                if isinstance(lines.record[0], TooLong):
                    yield BadRow(begin, RowReason.LINE_TOO_LONG, {"": lines.record[0][:10_000]}, {})
                else:
                    cells = [QUOTED_FORMULA.sub("", cell) for cell in cells] if quoted else cells
                    yield Row(begin, dict(zip(columns, cells, strict=True)))
            elif cells:
                yield self._ragged(begin, cells)

    def _ragged(self, begin: int, cells: list[str]) -> Row | BadRow:
        width = len(self.columns)
        if len(cells) > width and not any(cells[width:]):
            return Row(begin, dict(zip(self.columns, cells, strict=False)))
        if len(self._lines.record) > 1 and self._fits(self._lines.record[1]):
            return self._unclosed(begin)  # a quotation mark has swallowed the next rows
        if isinstance(self._lines.record[0], TooLong):
            return BadRow(begin, RowReason.LINE_TOO_LONG, {"": self._lines.record[0][:10_000]}, {})
        reason = RowReason.TOO_MANY_COLUMNS if len(cells) > width else RowReason.TOO_FEW_COLUMNS
        raw = dict(zip(self.columns, cells, strict=False))
        if len(cells) > width:
            raw[""] = self.delimiter.join(cells[width:])
        return BadRow(begin, reason, raw, {"columns": len(cells), "expected": width})

    def _unclosed(self, begin: int) -> BadRow:
        """Refuse the first line of the record alone; the following ones are read again."""
        line = self._lines.record[0]
        self._lines.give_back()
        too_long = isinstance(line, TooLong) or len(line) > csv.field_size_limit()
        reason = RowReason.LINE_TOO_LONG if too_long else RowReason.QUOTE_NOT_CLOSED
        return BadRow(begin, reason, {"": line.rstrip("\r\n")[:10_000]}, {})

    def _fits(self, line: str) -> bool:
        try:
            return len(next(csv.reader([line], delimiter=self.delimiter, strict=True), [])) == len(self.columns)
        except csv.Error:
            return False


def column_names(cells: Iterable[object]) -> list[str]:
    """Names of columns, each once: a second "price" is "price (2)", a nameless third column "column 3"."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(str(cell if cell is not None else "").split()) or f"column {place}"
        known, count = name, 1
        while name in names:
            count += 1
            name = f"{known} ({count})"
        names.append(name)
    return names


def _told(sample: list[str]) -> str:
    """A spreadsheet's first line `sep=;` says the separator."""
    first = sample[0].strip("\r\n") if sample else ""
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else ""


def detect_delimiter(sample: list[str]) -> str:
    """The character that splits the most lines of the sample into as many columns as the first; more columns win a tie."""
    best, best_score = ",", (0.0, 0)
    sample = [line for line in sample if len(line) < csv.field_size_limit()]
    for delimiter in DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells]
        except csv.Error:  # a quotation mark that swallows the whole sample
            continue
        if not widths or widths[0] < 2:
            continue
        same = sum(width == widths[0] for width in widths) / len(widths)
        score = (round(same, 1), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best
