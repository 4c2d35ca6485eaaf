"""Spellings of a word that no other word has: with a sign for a letter, a letter drawn out, a hyphen where none belongs."""

import re
from collections.abc import Iterator

from listings.text.signs import AT_AN_EDGE
from listings.text.tables import DRAWN_OUT, SHORT_PIECE

SHORTEST = 4
"""Letters of a word of which one may be a sign: abc5 is a part number, not a word."""

_LETTERS = re.compile(r"([^\W\d_])\1*")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile("[aeiouyàáâäåæèéêëìíîïòóôöøùúûüıаеёиоуыэюяіїєαεηιουωάέήίόύώϊϋΐΰ]+")


def with_signs(skeleton: str) -> Iterator[str]:
    """Put figures and signs for the first or the last letter of a word, one at a time; inside words the text reads them."""
    for match in _WORD.finditer(skeleton):
        if len(match.group()) >= SHORTEST:
            for place in {match.start(), match.end() - 1}:
                for sign in AT_AN_EDGE.get(skeleton[place], ""):
                    yield skeleton[:place] + sign + skeleton[place + 1 :]


def masked(base: str) -> Iterator[str]:
    """Star out one vowel, or vowels that stand together, inside a word."""
    for word in _WORD.finditer(base):
        if len(word.group()) >= SHORTEST:
            for vowels in _VOWELS.finditer(base, word.start() + 1, word.end() - 1):
                start, end = vowels.span()
                yield base[:start] + "*" * (end - start) + base[end:]
                if end - start > 1:
                    yield from (base[:place] + "*" + base[place + 1 :] for place in range(start, end))


def drawn_out(skeleton: str) -> Iterator[str]:
    """Draw out one letter: cocaaaine, weeeed. The text marks what stands three times or more."""
    for letters in _LETTERS.finditer(skeleton):
        yield skeleton[: letters.start() + 1] + DRAWN_OUT + skeleton[letters.end() :]


def hyphenated(skeleton: str) -> Iterator[str]:
    """Put one hyphen into a term of one word, where the text keeps it because neither piece is short: switch-blade."""
    if _WORD.fullmatch(skeleton):
        for place in range(SHORT_PIECE + 1, len(skeleton) - SHORT_PIECE):
            yield skeleton[:place] + "-" + skeleton[place:]
