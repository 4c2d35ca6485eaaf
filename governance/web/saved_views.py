"""Saved views of lists: the room that keeps them registers here how to read and write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class View:
    """A list's query string under a name."""

    pk: int
    name: str
    query: str
    own: bool


class Store(Protocol):
    def of(self, *, user: Any, page: str) -> Iterable[View]: ...

    def save(self, *, user: Any, page: str, name: str, query: str, shared: bool) -> None:
        """Raises Refusal."""

    def delete(self, *, user: Any, pk: int) -> None: ...


_stores: list[Store] = []


def use_store(store: Store) -> None:
    _stores[:] = [store]


def store() -> Store | None:
    return _stores[0] if _stores else None
