"""Many keys in one parameter."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


def among(keys: Iterable[int]) -> RawSQL:
    """What `__in` takes: `filter(pk__in=among(keys))`. A list of thousands takes Django as long to write as the query takes to run."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])


def slices(rows: QuerySet[Any], *, size: int) -> Iterator[tuple[int, int]]:
    """Cut the rows into ranges of `size` keys: (first, last), both included. Each is looked for when the one before is done."""
    left = rows.order_by("pk").values_list("pk", flat=True)
    while keys := list(left[:size]):
        yield keys[0], keys[-1]
        left = left.filter(pk__gt=keys[-1])


def slices_of(keys: Sequence[int], *, size: int) -> Iterator[tuple[int, int]]:
    """The same of keys that are known, and in their order."""
    for start in range(0, len(keys), size):
        within = keys[start : start + size]
        yield within[0], within[-1]
