"""What a reader hands over, row by row."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from governance.web.refusals import Refusal
from listings.enums import RowReason


class FileRefused(Refusal):
    """The file as a whole cannot be read. The text says what it is and what to send instead."""


class Row(NamedTuple):
    line: int
    cells: dict[str, Any]


class BadRow(NamedTuple):
    """A row that could not even be taken apart. What was read stands under the empty name, or under its columns."""

    line: int
    reason: RowReason
    raw: dict[str, Any]
    detail: dict[str, Any]


@dataclass
class Notes:
    """What the reader found out, with counts and the first line each was seen on."""

    seen: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, line: int) -> None:
        self.seen[kind] += 1
        self.first.setdefault(kind, line)

    def as_json(self) -> list[dict[str, Any]]:
        return [{"kind": kind, "count": count, "line": self.first[kind]} for kind, count in sorted(self.seen.items())]
