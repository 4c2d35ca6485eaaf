"""The text of a listing: its title, its description and the attributes that are written in words, as zones of one text."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from listings.text.normaliser import Normalised, normalise
from listings.text.tables import ZONE_SEPARATOR
from listings.text.traces import Span

TITLE = "title"
DESCRIPTION = "description"
ATTRIBUTE = "attribute"


class Zone(NamedTuple):
    """`key` is the attribute's, empty for title and description; start and end are places in the joined text."""

    name: str
    key: str
    start: int
    end: int


class Place(NamedTuple):
    """A piece of a zone, in code points of the zone's own text as the merchant wrote it."""

    zone: str
    key: str
    start: int
    end: int
    text: str


class ListingText:
    """Zones joined by a separator that no term crosses. Attributes stand in the order of their keys."""

    def __init__(self, title: str, description: str, attributes: Mapping[str, Any] | None = None) -> None:
        self._written = (title, description, attributes or {})
        self.original = original(title, description, attributes or {})

    @cached_property
    def _parts(self) -> Sequence[tuple[str, str, str]]:
        title, description, attributes = self._written
        parts = [(TITLE, "", title), (DESCRIPTION, "", description)]
        parts += [(ATTRIBUTE, key, text) for key, text in _worded(attributes)]
        return [(name, key, text.replace(ZONE_SEPARATOR, " ")) for name, key, text in parts]

    @cached_property
    def zones(self) -> Sequence[Zone]:
        zones: list[Zone] = []
        start = 0
        for name, key, text in self._parts:
            zones.append(Zone(name, key, start, start + len(text)))
            start += len(text) + 1
        return zones

    @cached_property
    def normalised(self) -> Normalised:
        return normalise(self.original)

    def place(self, span: Span) -> Place:
        """Return where in its zone a span of the joined text stands."""
        zone = self.zones[bisect_right(self.zones, span.start, key=lambda zone: zone.start) - 1]
        end = min(span.end, zone.end)
        return Place(zone.name, zone.key, span.start - zone.start, end - zone.start, self.original[span.start : end])

    def fits(self, stored: str) -> bool:
        """Whether a stored text has these zones; one made from title and description alone does not, if there are more."""
        return stored.count(ZONE_SEPARATOR) == self.original.count(ZONE_SEPARATOR)


def original(title: str, description: str, attributes: Mapping[str, Any]) -> str:
    """The joined text of the zones, without the zones: what thousands of listings are read for."""
    texts = [title, description]
    for key in sorted(attributes):
        value = attributes[key]
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list):
            texts.append(", ".join(item for item in value if isinstance(item, str)))
    joined = ZONE_SEPARATOR.join(texts)
    if joined.count(ZONE_SEPARATOR) == len(texts) - 1:
        return joined
    return ZONE_SEPARATOR.join(text.replace(ZONE_SEPARATOR, " ") for text in texts)


def _worded(attributes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(attributes):
        value = attributes[key]
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            yield key, ", ".join(item for item in value if isinstance(item, str))
