"""The ways in which a term may stand in a normalised text."""

from collections.abc import Iterator
from itertools import product

from governance.policies.language import variations
from listings.text import normalise
from listings.text.base import disguise
from listings.text.lookalikes import IN_CYRILLIC, IN_GREEK
from listings.text.skeleton import marked, unmarked

_TURKIC = frozenset({"tr", "az"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NOT_IN_LATIN = frozenset({"ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "mn", "tg", "el"})
MOST_DOTS = 4
"""Letters i of a Turkish term that are varied one by one; of a longer one all at once."""
MOST_ELLS = 3
SHORTEST_WITH_ELLS = 5
"""Letters of a word that may be written with l for i: rlfle. Shorter ones would be other words."""


def base_spellings(term: str, language: str) -> set[str]:
    """Return a term as the base text may hold it; empty if nothing of it is left."""
    base = normalise(term).base.strip()
    if not base:
        return set()
    spellings = set(_dotted(base)) if language in _TURKIC else {base}
    if language == "el":
        spellings.add(normalise(term).skeleton.strip())
    if language == "de":
        spellings.add(base.translate(_UMLAUTS))
    spellings |= {spelling.replace(" ", "-") for spelling in spellings}
    spellings |= {spelling.replace("-", " ") for spelling in spellings}
    return spellings.union(*map(_disguised, spellings))


def skeleton_spellings(term: str, language: str) -> set[str]:
    """Return a term as the skeleton may hold it: joined, hyphenated, drawn out, with l for i, with figures at its edges."""
    spellings: set[str] = set()
    for base in base_spellings(term, language):
        skeleton = normalise(base).skeleton.strip()
        spellings |= {skeleton, skeleton.replace(" ", "")}
    plain = normalise(term).skeleton.strip()
    spellings = spellings.union(*map(_ones, spellings), *(vary(plain) for vary in _VARY))
    return set(map(marked, spellings))


def masked_spellings(term: str, language: str) -> set[str]:
    """Return a term as the base text holds it where vowels are starred out: c*caine, w**d. No other word is written so."""
    return {masked for base in base_spellings(term, language) for masked in variations.masked(base)}


def foreign_spellings(term: str) -> set[str]:
    """Return a Latin term written from end to end in letters of another alphabet: сосаіпе. Each may be a word there."""
    base = normalise(term).base.strip()
    letters = {char for char in base if char.isalpha()}
    return {base.translate(table) for table in (IN_CYRILLIC, IN_GREEK) if letters and letters <= set(map(chr, table))}


def loses_marks(term: str) -> bool:
    """Whether the skeleton of a term lacks marks that it is written with: muşta, sprængstof, but not knife."""
    base = normalise(term).base
    return unmarked(base) != base


def has_other_letters(term: str) -> bool:
    """Whether a term is of another alphabet: one of its spellings may be plain Latin then, and a word there (мет as met)."""
    return not unmarked(normalise(term).base).isascii()


def is_written_in_latin(language: str) -> bool:
    """Whether a language, if one is given, has the Latin alphabet as far as disguises go."""
    return bool(language) and language not in _NOT_IN_LATIN


def _disguised(spelling: str) -> set[str]:
    """Words of other alphabets as the base text writes them with Latin letters among them: one word, or all of them.

    Greek capitals pass for other letters than small ones do: ν for v, Ν for n.
    """
    if spelling.isascii():
        return {spelling}
    words = spelling.split(" ")
    found = {disguise(spelling), disguise(spelling.upper()).casefold()}
    for place, word in enumerate(words):
        for cased in (word, word.upper(), word.capitalize()):
            found.add(" ".join((*words[:place], disguise(cased).casefold(), *words[place + 1 :])))
    return found


def _dotted(base: str) -> Iterator[str]:
    """Vary i and ı: KISA folds to kisa, and some write ilac for ilaç or kısa for kisa."""
    count = sum(base.count(letter) for letter in "iı")
    if count > MOST_DOTS:
        yield from (base, base.replace("ı", "i"), base.replace("i", "ı"))
        return
    for letters in product("iı", repeat=count):
        chosen = iter(letters)
        yield "".join(next(chosen) if letter in "iı" else letter for letter in base)


def _ones(skeleton: str) -> Iterator[str]:
    """A 1 reads as i in the skeleton; where it stood for l, ki11 is kiii. A capital I and an l look alike: rlfle."""
    if not skeleton.isascii():
        return
    if len(skeleton) >= SHORTEST_WITH_ELLS:
        yield skeleton.replace("i", "l")
    count = skeleton.count("l")
    if not 0 < count <= MOST_ELLS:
        return
    for letters in product("li", repeat=count):
        chosen = iter(letters)
        yield "".join(next(chosen) if letter == "l" else letter for letter in skeleton)


_VARY = (variations.with_signs, variations.drawn_out, variations.hyphenated)
