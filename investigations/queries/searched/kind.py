"""What one kind of search is made of: its facts, what a span may be of, and by what its finds are counted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Choices, Q
from django.utils.functional import Promise

from governance.accounts.permissions import Anyone
from governance.policies.language.kinds import Fact, Kind
from governance.policies.language.records import Records
from governance.policies.language.scope import About
from governance.policies.language.vocabulary import PATHS
from governance.web import formats
from investigations import permissions
from investigations.enums import Moment, SearchKind
from investigations.queries import lines

Words = str | Promise


@dataclass(frozen=True)
class Reader:
    """For whom something is looked up: `markets` are those that they may see, None for all; `at` is the moment that is `now`."""

    at: datetime
    person: int | None = None
    markets: frozenset[str] | None = None

    @classmethod
    def of(cls, user: Anyone, at: datetime) -> "Reader":
        return cls(at, user.pk, permissions.markets(user))

    def concerned(self, markets: str = "markets") -> Q:
        """What is about a market of theirs: `markets` is the field that says which it is about."""
        return Q() if self.markets is None else Q(**{f"{markets}__overlap": sorted(self.markets)})


Place = Callable[[Reader], Any]
"""Where a fact stands, as an expression over the rows, for whoever asks."""
Names = Callable[[Sequence[str], str], Mapping[str, str]]
"""Of values as they are stored and a language: the values as people read them."""


@dataclass(frozen=True)
class Stored:
    """A fact that a condition may name, and where it stands."""

    fact: Fact
    place: Place

    @property
    def path(self) -> str:
        return ".".join(filter(None, (PATHS.get(self.fact.owner, ""), self.fact.name)))


def stored(
    owner: Kind, name: str, kind: Kind, label: Words, doc: Words, place: Any, *, optional: bool = False,
    unit: str = "", example: str = "",
) -> Stored:  # fmt: skip
    """`place` is an expression, or what makes one for a reader."""
    fact = Fact(owner, name, kind, label, doc, optional=optional, unit=unit, correctable=False, example=example)
    return again(fact, place)


def again(fact: Fact, place: Any) -> Stored:
    """A fact that rules name too."""
    return Stored(fact, place if callable(place) else lambda _reader: place)


@dataclass(frozen=True)
class Timed:
    """A moment that things of this kind have, null where it never came; `title` is that of the time line."""

    title: Words
    place: Any


@dataclass(frozen=True)
class Facet:
    """What is found, counted by `value` over `source`: SQL over `found`, which has the columns of the kind.

    `territorial`: its values are markets, and those alone are shown that whoever asks may see. `narrows` says which fields of the search show one value alone: else the field that is called as the facet.
    """

    key: str
    title: Words
    value: str
    source: str = "found"
    group: str = "2"
    in_order: bool = False
    territorial: bool = False
    names: Names | None = None
    narrows: Callable[[str], Mapping[str, Any]] | None = None

    def narrowed(self, value: str) -> Mapping[str, Any]:
        return self.narrows(value) if self.narrows else {self.key: value}


@dataclass(frozen=True)
class Searched:
    """`moments` in their order: the first is that of a search that asks for none. `columns` are by their names in the facets' SQL."""

    kind: SearchKind
    moments: Mapping[Moment, Timed]
    columns: Mapping[str, Any]
    facets: Sequence[Facet]
    about: About | None = None
    facts: Sequence[Stored] = ()
    hidden: Mapping[str, Place] | None = None

    @property
    def usual(self) -> Moment:
        return next(iter(self.moments))

    @cached_property
    def records(self) -> Records:
        """The language of its conditions."""
        if self.about is None:
            raise TypeError(f"conditions over {self.kind} are not read by the database")
        return Records(self.about, [each.fact for each in self.facts])

    def places(self, reader: Reader) -> Mapping[str, Any]:
        """Where each fact stands, by its path."""
        named = {each.path: each.place for each in self.facts} | dict(self.hidden or {})
        return {path: place(reader) for path, place in named.items()}


def labels(choices: type[Choices]) -> Names:
    return lambda _values, _language: {str(value): str(label) for value, label in choices.choices}


def countries(values: Iterable[str], _language: str) -> Mapping[str, str]:
    return {code: formats.country(code) for code in values}


def policies(values: Sequence[str], language: str) -> Mapping[str, str]:
    titles = lines.policy_titles(map(int, values), language=language)
    return {str(key): title for key, title in titles.items()}
