"""The term lists searched for by whoever has no matcher of their own: one automaton for each normalised text.

The same library as the product's, the same spellings and the same idea of a word; no exceptions, contexts or places.
"""

from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from governance.cli.bench.terms import term_lists
from governance.policies.language.spellings import base_spellings, skeleton_spellings
from listings.text.words import stands_alone


class Search:
    """Spellings, each with the lists that it belongs to."""

    def __init__(self, *, skeleton: bool) -> None:
        owners: dict[str, set[str]] = {}
        spellings = skeleton_spellings if skeleton else base_spellings
        for each in term_lists():
            if each.reads_skeleton or not skeleton:
                for language, words in each.words.items():
                    for spelling in (found for word in words for found in spellings(word, language)):
                        owners.setdefault(spelling, set()).add(each.key)
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(list(owners))

    def find(self, text: str) -> set[str]:
        """Return the keys of the lists of which a term stands in a text."""
        found: set[str] = set()
        for nth, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if stands_alone(text, start, end):
                found |= self._owners[nth]
        return found


@lru_cache
def searches() -> tuple[Search, Search]:
    return Search(skeleton=False), Search(skeleton=True)


def mentioned(base: str, skeleton: str) -> set[str]:
    of_base, of_skeleton = searches()
    return of_base.find(base) | of_skeleton.find(skeleton)
