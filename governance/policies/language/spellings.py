"""The ways in which a term may stand in a normalised text."""

from collections.abc import Iterator
from itertools import product

from listings.text import normalise
from listings.text.base import disguise
from listings.text.skeleton import unmarked

_TURKIC = frozenset({"tr", "az"})
MOST_DOTS = 4
"""Letters i of a Turkish term that are varied one by one; of a longer one all at once."""
MOST_ELLS = 3


def base_spellings(term: str, language: str) -> set[str]:
    """Return a term as the base text may hold it; empty if nothing of it is left."""
    base = normalise(term).base.strip()
    if not base:
        return set()
    spellings = set(_dotted(base)) if language in _TURKIC else {base}
    if language == "el":
        spellings.add(normalise(term).skeleton.strip())
    spellings |= {spelling.replace(" ", "-") for spelling in spellings}
    return spellings | {disguise(spelling) for spelling in spellings}


def skeleton_spellings(term: str, language: str) -> set[str]:
    """Return a term as the skeleton may hold it: joined, and with figures 1 that stood for l."""
    spellings: set[str] = set()
    for base in base_spellings(term, language):
        skeleton = normalise(base).skeleton.strip()
        spellings |= {skeleton, skeleton.replace(" ", "")}
    return spellings | {read for spelling in spellings for read in _ones(spelling)}


def loses_marks(term: str) -> bool:
    """Whether the skeleton of a term lacks marks that it is written with: muşta, sprængstof, but not knife."""
    base = normalise(term).base
    return unmarked(base) != base


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
    """A 1 reads as i in the skeleton; where it stood for l, ki11 is kiii."""
    count = skeleton.count("l")
    if not skeleton.isascii() or not 0 < count <= MOST_ELLS:
        return
    for letters in product("li", repeat=count):
        chosen = iter(letters)
        yield "".join(next(chosen) if letter == "l" else letter for letter in skeleton)
