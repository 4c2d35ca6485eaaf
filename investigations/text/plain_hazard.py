"""Words that make a hazard smaller than it is: a recall notice may not use them (Regulation (EU) 2023/988, Art. 36(2)(c))."""

import re

SOOTHING = re.compile(
    r"\b(?:voluntar(?:y|ily)|precaution(?:ary)?|discretionary|rare situations?|specific situations?|in rare cases|"
    r"no (?:accidents?|injur(?:y|ies)|incidents?) (?:have|has) been reported|none reported|"
    r"freiwillig\w*|vorsorglich\w*|vorsichtshalber|in seltenen fällen|in einzelfällen|"
    r"volontaire(?:ment)?|par précaution|à titre préventif|dans de rares cas|"
    r"voluntari[ao]|por precaución|a scopo precauzionale|uit voorzorg|vrijwillig\w*|zapobiegawczo|dobrowoln\w*)(?!\w)",
    re.IGNORECASE,
)


def soothing(text: str) -> str:
    """The first of them, as written; empty if there is none."""
    found = SOOTHING.search(text)
    return found.group() if found else ""
