"""NDJSON: one object a line; a broken line is refused and the next goes on."""

from collections.abc import Iterator
from typing import Any

import orjson

from listings.domain.imports.lines import TooLong
from listings.domain.imports.rows import BadRow, Notes, Row
from listings.enums import RowReason

NUL_ESCAPED = "\\u0000"


def rows(lines: Iterator[str], notes: Notes) -> Iterator[Row | BadRow]:
    for number, line in enumerate(lines, start=1):
        if isinstance(line, TooLong):
            yield BadRow(number, RowReason.LINE_TOO_LONG, {"": line[:10_000]}, {})
            continue
        text = line.strip()
        if not text:
            continue
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            yield BadRow(number, RowReason.NOT_JSON, {"": text[:10_000]}, {"at": error.colno})
            continue
        if not isinstance(found, dict):
            yield BadRow(number, RowReason.NOT_JSON, {"": text[:10_000]}, {})
            continue
        if NUL_ESCAPED in text:
            notes.add("nul_bytes_removed", number)
            found = without_nul(found)
        yield Row(number, found)


def without_nul(value: Any) -> Any:
    """The same value; PostgreSQL's texts and JSON hold no NUL."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    return value
