"""Every transition table covers its enum."""

import enum
import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import pytest

from tests.architecture.tree import APPS


def tables() -> list[tuple[str, Mapping[Any, Any]]]:
    found = []
    for app in APPS:
        if importlib.util.find_spec(f"{app}.enums"):
            module = importlib.import_module(f"{app}.enums")
            found += [(f"{app}.{name}", getattr(module, name)) for name in vars(module) if name.endswith("_MOVES")]
    return found


def gaps(table: Mapping[Any, Any]) -> list[str]:
    """Members without a row, and what leads to something that is no member."""
    states: Any = type(next(iter(table)))
    missing = [f"{state} has no row" for state in states if state not in table]
    strangers = [f"{state} leads to {to!r}" for state, moves in table.items() for to in moves if to not in set(states)]
    loose = [f"{state} can be changed" for state, moves in table.items() if not isinstance(moves, frozenset)]
    return missing + strangers + loose


@pytest.mark.parametrize(("name", "table"), tables())
def test_every_table_covers_its_enum(name: str, table: Mapping[Any, Any]) -> None:
    assert gaps(table) == []


def test_there_are_tables() -> None:
    assert len(tables()) >= 8


class Door(enum.StrEnum):
    OPEN = "open"
    SHUT = "shut"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({Door.OPEN: frozenset({Door.SHUT})}, ["shut has no row"]),
        ({Door.OPEN: frozenset({"ajar"}), Door.SHUT: frozenset()}, ["open leads to 'ajar'"]),
        ({Door.OPEN: {Door.SHUT}, Door.SHUT: frozenset()}, ["open can be changed"]),
    ],
)
def test_a_gap_is_seen(table: Mapping[Any, Any], told: list[str]) -> None:
    assert gaps(table) == told
