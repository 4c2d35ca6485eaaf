"""SQL of which each part is an expression of Django's: what a condition becomes."""

import re
from typing import Any

from django.db.models import BooleanField, F, Field, Func, Value
from django.db.models.functions import Cast

PLACE = re.compile(r"\{(\d+)\}")
OTHER = 200
"""About how many characters a fact is written with."""


class Spelled(Func):
    """`text` is SQL with its parts by number, each once or more often: `strpos({0}, {1}) > 0`. `length` is about how long it comes out."""

    def __init__(self, text: str, *parts: Any, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(*parts, output_field=output_field or BooleanField())
        self.text = text
        self.length = len(text) + sum(length(parts[int(number)]) for number in PLACE.findall(text))

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        given: list[Any] = []

        def put(place: re.Match[str]) -> str:
            sql, params = parts[int(place[1])]
            given.extend(params)
            return str(sql)

        return PLACE.sub(put, self.text), given


def length(sql: Any) -> int:
    """About how many characters this will have."""
    if isinstance(sql, Spelled):
        return sql.length
    if isinstance(sql, Cast):
        return 20 + length(sql.get_source_expressions()[0])
    return 20 if isinstance(sql, (Value, F)) else OTHER


def listed(first: int, count: int) -> str:
    """Places for so many parts: {1}, {2}, {3}."""
    return ", ".join(f"{{{number}}}" for number in range(first, first + count))


def within(text: str, *parts: Any, least: str, most: str, output_field: "Field[Any, Any]") -> Spelled:
    """What a sum comes to; nothing where that is beyond what there can be.

    OFFSET keeps the database from writing it out three times, which for sums in sums is exponential.
    """
    found = "(SELECT s.x FROM (SELECT {0} AS x OFFSET 0) AS s WHERE s.x BETWEEN {1} AND {2})"
    return Spelled(found, Spelled(text, *parts), Spelled(least), Spelled(most), output_field=output_field)
