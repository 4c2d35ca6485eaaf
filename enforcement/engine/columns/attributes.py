"""Attributes as columns, in the kinds of the register."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from enforcement.engine.columns.lists import gathered
from enforcement.engine.columns.values import DTYPES
from governance.policies.language import Environment
from governance.policies.language.kinds import ATTRIBUTE_KINDS, AttributeType
from governance.policies.language.rows import attribute_value

ATTRIBUTE = "listing.attr."
PLAIN: Mapping[str, frozenset[type]] = {
    "number": frozenset({int, float}),
    "text": frozenset({str}),
    "boolean": frozenset({bool}),
}
"""What JSON holds for a value of these kinds; anything else is looked at by itself."""


def is_odd(environment: Environment, held: Mapping[str, Any], attributes: Iterable[str]) -> bool:
    """Whether one of these attributes holds what is not of its registered kind: the row by row reading names the fault."""
    return any(key in held and _read(environment.attributes[key], held[key])[1] for key in attributes)


def attribute_series(attribute: AttributeType, raw: Sequence[Any]) -> tuple[pl.Series, list[int]]:
    """The column of an attribute, named by its path, from what is stored; and the places where it is not of its kind."""
    path, kind = f"{ATTRIBUTE}{attribute.key}", DTYPES[ATTRIBUTE_KINDS[attribute.kind]]
    types = set(map(type, raw))
    types.discard(type(None))
    if types <= PLAIN.get(attribute.kind, frozenset()):
        plain = pl.Series(path, raw, dtype=kind, strict=False)
        return plain.set(plain == "", None) if attribute.kind == "text" else plain, []
    read = [_read(attribute, value) for value in raw]
    if attribute.kind == "list":
        flat = [(nth, entry) for nth, (entries, _odd) in enumerate(read) for entry in entries or ()]
        return _lists(path, flat, len(raw)), _odd(read)
    return pl.Series(path, [value for value, _odd in read], dtype=kind), _odd(read)


def _lists(path: str, flat: Sequence[tuple[int, str]], height: int) -> pl.Series:
    owners = pl.Series([nth for nth, _entry in flat], dtype=pl.UInt32)
    return gathered(owners, pl.Series(path, [entry for _nth, entry in flat], dtype=pl.String), height, empty=False)


def _odd(read: Sequence[tuple[Any, bool]]) -> list[int]:
    return [nth for nth, (_value, odd) in enumerate(read) if odd]


def _read(attribute: AttributeType, raw: Any) -> tuple[Any, bool]:
    try:
        value = attribute_value(attribute, raw)
    except (ValueError, TypeError):
        return None, True
    return value, False
