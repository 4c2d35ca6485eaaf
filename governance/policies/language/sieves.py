"""Which of many texts may hold one of many words: a coarse look over their bytes, before the exact one."""

from collections.abc import Collection, Sequence

from ahocorasick_rs import BytesAhoCorasick


class Sieve:
    def __init__(self, spellings: Collection[str]) -> None:
        self._automaton = BytesAhoCorasick([each.encode() for each in sorted(spellings)]) if spellings else None

    def passing(self, texts: Sequence[str]) -> set[int]:
        """Places of the texts that have any of the spellings, inside of words too."""
        if self._automaton is None:
            return set()
        find = self._automaton.find_matches_as_indexes
        return {place for place, text in enumerate(texts) if find(text.encode())}
