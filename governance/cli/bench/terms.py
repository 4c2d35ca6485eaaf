"""Thirty term lists with ten thousand terms, none of which is a word of everyday."""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from governance.cli.bench.words import LANGUAGES, common_bases, common_words, word
from listings.text import normalise

LISTS, TERMS = 30, 10_000
SKELETON_EVERY = 5
"""Each fifth list reads the skeleton as well. Its terms are English: a word that has lost its accents is another question."""
ONE_WORD, TWO_WORDS = 0.7, 0.95


class Term(NamedTuple):
    """A term with its language and the number of its list."""

    written: str
    language: str
    number: int


class Terms(NamedTuple):
    """One list. `words`: language → its terms."""

    key: str
    reads_skeleton: bool
    words: dict[str, list[str]]


@lru_cache
def every_term() -> Sequence[Term]:
    chance = random.Random("terms")
    found: dict[str, Term] = {}
    while len(found) < TERMS:
        number = len(found) % LISTS
        english = reads_skeleton(number) or chance.random() < 0.4
        language = "en" if english else chance.choice(LANGUAGES[1:])
        written = _term(language, chance)
        found.setdefault(normalise(written).skeleton, Term(written, language, number))
    return tuple(found.values())


@lru_cache
def term_lists() -> Sequence[Terms]:
    lists = [Terms(f"bench_list_{number:02}", reads_skeleton(number), {}) for number in range(LISTS)]
    for term in every_term():
        lists[term.number].words.setdefault(term.language, []).append(term.written)
    return tuple(lists)


def reads_skeleton(number: int) -> bool:
    return number % SKELETON_EVERY == 0


def _term(language: str, chance: random.Random) -> str:
    words, kind = common_words(language), chance.random()
    if kind < ONE_WORD:
        return _rare(language, chance)
    if kind < TWO_WORDS:
        return f"{_rare(language, chance)} {chance.choice(words)}"
    return f"{_rare(language, chance)} {chance.choice(words)} {_rare(language, chance)}"


def _rare(language: str, chance: random.Random) -> str:
    while True:
        found = word(language, chance.choice((3, 4, 4)), chance)
        if not common_bases() & {(texts := normalise(found)).base, texts.skeleton}:
            return found
