"""COPY into a temporary table: how every batch of this app reaches the database."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

NULL = r"\N"

# The reader of COPY takes only plain types; text columns never hold NULL, so a text that reads \N stays a text.
Column = tuple[str, str]


def copy_into_temporary(cursor: Any, *, table: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Fill a temporary table, made anew and dropped at the end of the transaction.

    `columns` are (name, type) pairs; a column of type `text` may not be None, `text null` may.
    """
    declared = ", ".join(f"{name} {type_.removesuffix(' null')}" for name, type_ in columns)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({declared}) ON COMMIT DROP")
    copy_rows(cursor, table=table, columns=columns, rows=rows)
    cursor.execute(f"ANALYZE {table}")


def copy_rows(cursor: Any, *, table: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table that exists. None is NULL; texts are without NUL and lone surrogates."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([NULL if value is None else value for value in row] for row in rows)
    buffer.seek(0)
    names = ", ".join(f'"{name}"' for name, _type in columns)
    texts = ", ".join(f'"{name}"' for name, type_ in columns if type_ == "text")
    forced = f", FORCE_NOT_NULL ({texts})" if texts else ""
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '{NULL}'{forced})", buffer)


def array(values: Iterable[Any]) -> str:
    """Write a PostgreSQL array of texts or numbers as COPY reads it."""
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
