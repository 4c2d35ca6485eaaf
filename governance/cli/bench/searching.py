"""The term lists searched for by whoever has no matcher of their own: they are given the product's."""

from functools import lru_cache

from governance.cli.bench.terms import term_lists
from governance.policies.language import Matcher, TermListSpec


@lru_cache
def _matcher() -> Matcher:
    return Matcher(
        TermListSpec(each.key, 1, each.words, reads="skeleton" if each.reads_skeleton else "base")
        for each in term_lists()
    )


def mentioned(base: str, skeleton: str, language: str) -> set[str]:
    """Return the keys of the lists of which a term stands in a listing's texts."""
    return set(_matcher().mentioned(base, skeleton, language))
