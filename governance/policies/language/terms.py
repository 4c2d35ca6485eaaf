"""Term lists and the matcher that finds all of them in one pass over a text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from governance.policies.language import spellings
from governance.policies.language.sieves import Sieve
from listings.text import ZONE_SEPARATOR, ListingText, Place
from listings.text.words import WORD, stands_alone

BASE, SKELETON = "base", "skeleton"
WordsByLanguage = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TermListSpec:
    """One version of a term list. `terms`, `exceptions` and `context` map a language to its words.

    The language says how a word may be spelled (Turkish dotless i, Greek capitals). Words of all languages are looked for in
    every listing, but one written without its marks (musta for muşta) or in Latin letters alone (met for мет) counts only in
    listings of its own language, or of none that is given. A list that reads the skeleton also reads the base text. With `stems` a term also begins a longer word.
    """

    key: str
    version: int
    terms: WordsByLanguage
    names: Mapping[str, str] = field(default_factory=dict)
    reads: str = BASE
    exceptions: WordsByLanguage = field(default_factory=dict)
    context: WordsByLanguage = field(default_factory=dict)
    context_words: int = 8
    stems: bool = False


class Hit(NamedTuple):
    """A term found in one of the two texts: places count code points of that text."""

    list_key: str
    term: str
    language: str
    text: str
    start: int
    end: int


Hits = Mapping[str, Sequence[Hit]]
"""By list; a list without a hit is not there."""


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term found, by its place in what the merchant wrote."""

    list_key: str
    version: int
    term: str
    language: str
    place: Place


class _Role(NamedTuple):
    """What a spelling means to a list.

    `bare`: it has lost its marks or its alphabet, and may be a word of another language. `foreign`: it is in another alphabet
    from end to end, and may be a word of whoever writes in that.
    """

    list_key: str
    purpose: str
    term: str
    language: str
    bare: bool = False
    foreign: bool = False

    def counts_in(self, language: str) -> bool:
        """Whether it counts in listings of a language; empty where none is given."""
        if self.foreign:
            return spellings.is_written_in_latin(language)
        return not self.bare or language in ("", self.language)


class _Found(NamedTuple):
    role: _Role
    start: int
    end: int


class _Automaton:
    """All spellings that are looked for in one text."""

    def __init__(self, specs: Mapping[str, TermListSpec], text: str) -> None:
        self.text = text
        self.specs = specs
        self.roles: list[list[_Role]] = []
        places: dict[str, int] = {}
        for spelling, role in _spelled(specs.values(), text):
            place = places.setdefault(spelling, len(self.roles))
            if place == len(self.roles):
                self.roles.append([])
            if role not in self.roles[place]:
                self.roles[place].append(role)
        self._automaton = AhoCorasick(list(places)) if places else None
        self.spellings = places.keys()

    @cached_property
    def sieve(self) -> Sieve:
        return Sieve(self.spellings)

    def find(self, haystack: str, language: str) -> dict[str, list[Hit]]:
        """Return the hits of each list that has any: outside its exceptions, near its context."""
        if self._automaton is None:
            return {}
        found: dict[str, list[_Found]] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            for role in self.roles[index]:
                if not role.counts_in(language):
                    continue
                stem = role.purpose != "exceptions" and self.specs[role.list_key].stems
                if stands_alone(haystack, start, end, stem=stem):
                    found.setdefault(role.list_key, []).append(_Found(role, start, end))
        hits = {key: self._counting(self.specs[key], places, haystack) for key, places in found.items()}
        return {key: counting for key, counting in hits.items() if counting}

    def _counting(self, spec: TermListSpec, found: Sequence[_Found], haystack: str) -> list[Hit]:
        excepted = [place for place in found if place.role.purpose == "exceptions"]
        context = [place for place in found if place.role.purpose == "context"]
        return [
            Hit(spec.key, place.role.term, place.role.language, self.text, place.start, place.end)
            for place in found
            if place.role.purpose == "terms"
            and not any(other.start <= place.start and place.end <= other.end for other in excepted)
            and (not spec.context or any(_near(haystack, place, other, spec.context_words) for other in context))
        ]


class Matcher:
    """Many lists, one pass over each text."""

    def __init__(self, specs: Iterable[TermListSpec]) -> None:
        self.specs = {spec.key: spec for spec in specs}
        self._base = _Automaton(self.specs, BASE)
        reading = {key: spec for key, spec in self.specs.items() if spec.reads == SKELETON}
        self._skeleton = _Automaton(reading, SKELETON)

    def mentioned(self, base: str, skeleton: str, language: str | None = None) -> list[str]:
        """Return the keys of the lists of which a term counts; `language` is the listing's."""
        return sorted(self.find(base, skeleton, language))

    def mentioned_in(self, texts: Sequence[tuple[str, str, str | None]]) -> dict[int, list[str]]:
        """The same of many: place → keys, for those that mention anything. Each is base, skeleton and language."""
        places = self._base.sieve.passing([base for base, _skeleton, _language in texts])
        places |= self._skeleton.sieve.passing([skeleton for _base, skeleton, _language in texts])
        found = {place: self.mentioned(*texts[place]) for place in sorted(places)}
        return {place: keys for place, keys in found.items() if keys}

    def find(self, base: str, skeleton: str, language: str | None = None) -> dict[str, list[Hit]]:
        """Return every counting hit by list: of a list that reads the skeleton, those of both texts."""
        spoken = (language or "").split("-")[0]
        hits = self._base.find(base, spoken)
        for key, found in self._skeleton.find(skeleton, spoken).items():
            hits.setdefault(key, []).extend(found)
        return hits

    def places(self, text: ListingText, list_key: str, language: str | None = None) -> list[FoundTerm]:
        """Return where a list's terms stand in the merchant's own words, in their order, each place once."""
        normalised = text.normalised
        return self.placed(text, list_key, self.find(normalised.base, normalised.skeleton, language))

    def placed(self, text: ListingText, list_key: str, hits: Hits) -> list[FoundTerm]:
        """The same of hits that were found before, in the texts that are made of this one."""
        normalised = text.normalised
        found: dict[tuple[int, int], FoundTerm] = {}
        for hit in hits.get(list_key, ()):
            spans = normalised.base_span if hit.text == BASE else normalised.skeleton_span
            span = spans(hit.start, hit.end)
            version = self.specs[list_key].version
            found.setdefault(span, FoundTerm(list_key, version, hit.term, hit.language, text.place(span)))
        kept = sorted(found)
        inner = {span for span, wider in zip(kept[1:], kept, strict=False) if span[1] <= wider[1]}
        return [found[span] for span in kept if span not in inner]


def _spelled(specs: Iterable[TermListSpec], text: str) -> Iterator[tuple[str, _Role]]:
    for spec in specs:
        for purpose in ("terms", "exceptions", "context"):
            for language, words in getattr(spec, purpose).items():
                for word in words:
                    yield from _of_word(spec, _Role(spec.key, purpose, word, language), text)


def _of_word(spec: TermListSpec, role: _Role, text: str) -> Iterator[tuple[str, _Role]]:
    word, language, is_term = role.term, role.language, role.purpose == "terms"
    written = spellings.base_spellings if text == BASE else spellings.skeleton_spellings
    loses_marks = text == SKELETON and spellings.loses_marks(word)
    other_letters = spellings.has_other_letters(word)
    bare = role._replace(bare=is_term)
    for spelling in written(word, language):
        yield spelling, bare if loses_marks or (other_letters and spelling.isascii()) else role
    if is_term and text == BASE and spec.reads == SKELETON:
        for spelling in spellings.masked_spellings(word, language):
            yield spelling, role
        for spelling in spellings.foreign_spellings(word):
            yield spelling, role._replace(foreign=True)


def _near(text: str, place: _Found, other: _Found, words: int) -> bool:
    """Whether at most so many words stand between two places of one zone."""
    between = text[min(place.end, other.end) : max(place.start, other.start)]
    return ZONE_SEPARATOR not in between and sum(1 for _word in WORD.finditer(between)) <= words
