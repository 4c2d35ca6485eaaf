"""Made-up words of six languages, and phrases of them with their normalised texts worked out once.

A listing's text is phrases with a space between them, so its normalised text is theirs with a space between them, at a
fraction of the price of normalising it. A test holds the two against each other.
"""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from listings.text import normalise

LETTERS = {
    "en": ("bcdfghjklmnprstvwz", "aeiou"),
    "de": ("bcdfghjklmnprstvwzß", "aeiouäöü"),
    "fr": ("bcdfghjklmnprstvzç", "aeiouéèêàîôù"),
    "tr": ("bcçdfgğhjklmnprsştvyz", "aeıioöuü"),
    "ru": ("бвгджзклмнпрстфхцчшщ", "аеёиоуыэюя"),
    "ar": ("بتثجحخدذرزسشصضطظعغفقكلمنهي", "اويىآأإ"),
}
"""Language → consonants and vowels of its syllables."""
LANGUAGES = tuple(LETTERS)
COMMON_WORDS = 8_000
OPENINGS, SENTENCES = 2_000, 5_000
CODA = 0.3
"""Share of the syllables that end with a consonant."""
FOREIGN, FIGURES, COMMA = 0.15, 0.2, 0.15
"""Shares of the sentences with an English word, with a number, with a comma."""


class Phrase(NamedTuple):
    """As a merchant writes it, and its two normalised texts."""

    written: str
    base: str
    skeleton: str


class Tongue(NamedTuple):
    """What texts of one language are made of: openings for titles, sentences for descriptions."""

    words: Sequence[str]
    openings: Sequence[Phrase]
    sentences: Sequence[Phrase]


def word(language: str, syllables: int, chance: random.Random) -> str:
    """Return a made-up word."""
    consonants, vowels = LETTERS[language]
    parts: list[str] = []
    for _syllable in range(syllables):
        parts += [chance.choice(consonants), chance.choice(vowels)]
        if chance.random() < CODA:
            parts.append(chance.choice(consonants))
    return "".join(parts)


@lru_cache
def common_words(language: str) -> Sequence[str]:
    """The words of a language, the most usual first."""
    chance = random.Random(f"words of {language}")
    found: dict[str, None] = {}
    while len(found) < COMMON_WORDS:
        found[word(language, chance.choice((1, 2, 2, 3, 3)), chance)] = None
    return tuple(found)


@lru_cache
def common_bases() -> frozenset[str]:
    """All words of all languages, as both normalised texts hold them: no term of a list is one of these."""
    every = [normalise(each) for language in LANGUAGES for each in common_words(language)]
    return frozenset(text for each in every for text in (each.base, each.skeleton))


@lru_cache
def tongue(language: str) -> Tongue:
    chance = random.Random(f"phrases of {language}")
    words = common_words(language)
    openings = tuple(phrase(_opening(words, chance)) for _nth in range(OPENINGS))
    return Tongue(words, openings, tuple(phrase(_sentence(words, chance)) for _nth in range(SENTENCES)))


def phrase(written: str) -> Phrase:
    found = normalise(written)
    return Phrase(written, found.base, found.skeleton)


def _opening(words: Sequence[str], chance: random.Random) -> str:
    """Half a title: two to seven words."""
    chosen = _chosen(words, chance.randint(2, 7), chance)
    return " ".join([chosen[0].capitalize(), *chosen[1:]])


def _sentence(words: Sequence[str], chance: random.Random) -> str:
    """Five to ten words."""
    chosen = _chosen(words, chance.randint(5, 10), chance)
    if chance.random() < FOREIGN:
        chosen[2] = _chosen(common_words("en"), 1, chance)[0]
    if chance.random() < FIGURES:
        chosen[3] = str(chance.randint(10, 2_000))
    if chance.random() < COMMA:
        chosen[1] += ","
    return " ".join([chosen[0].capitalize(), *chosen[1:]]) + "."


def _chosen(words: Sequence[str], count: int, chance: random.Random) -> list[str]:
    """A few words are in most of the texts, and most of the words in few."""
    return [words[int(len(words) * chance.random() ** 3)] for _nth in range(count)]
