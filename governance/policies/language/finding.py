"""Where the words stand that a condition matched, in what the merchant wrote."""

from collections.abc import Iterator
from typing import Any

from governance.policies.language import patterns
from governance.policies.language.conditions import Condition
from governance.policies.language.row import Row
from governance.policies.language.rows import ListingFacts
from governance.policies.language.terms import Matcher
from listings.text import ATTRIBUTE, ListingText, Place, Span

Json = dict[str, Any]


class Finder:
    def __init__(self, matcher: Matcher, row: Row) -> None:
        self.matcher = matcher
        self.row = row

    def matches(self, condition: Condition) -> list[Json]:
        """Return the words that the condition's term lists and patterns match; none for a rule about a merchant."""
        listing = self.row.subject.listing
        if listing is None:
            return []
        found: list[Json] = []
        for _receiver, key in condition.mentions:
            found += self._terms(listing, key)
        for receiver, pattern in condition.patterns:
            found += self._patterns(listing.text, receiver, pattern)
        return found

    def _terms(self, listing: ListingFacts, key: str) -> Iterator[Json]:
        for found in self.matcher.placed(listing.text, key, self.row.hits):
            yield {"list": key, "version": found.version, "term": found.term} | found.place._asdict()

    def _patterns(self, text: ListingText, receiver: str, pattern: str) -> Iterator[Json]:
        if receiver == "listing.text":
            places = [text.place(Span(*span)) for span in patterns.spans(text.original, pattern)]
        else:
            places = list(self._places(receiver, pattern))
        for place in places:
            yield {"pattern": pattern} | place._asdict()

    def _places(self, path: str, pattern: str) -> Iterator[Place]:
        zone, key = _zone(path)
        written = self.row.value(path) if zone else None
        if isinstance(written, str):
            for start, end in patterns.spans(written, pattern):
                yield Place(zone, key, start, end, written[start:end])


def _zone(path: str) -> tuple[str, str]:
    """Return the zone that a fact's text is, with the attribute's key; no zone for any other fact."""
    if path in ("listing.title", "listing.description"):
        return path.removeprefix("listing."), ""
    prefix = "listing.attr."
    return (ATTRIBUTE, path.removeprefix(prefix)) if path.startswith(prefix) else ("", "")
