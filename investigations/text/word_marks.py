"""Where the words of a search stand in what a person wrote."""

import re

from governance.web.fulltext import READ, unmarked
from investigations.text.passages import Span
from investigations.text.search_words import single_words

WORD = re.compile(r"[\w\u0300-\u036f]+")


def spans(text: str, words: str) -> list[Span]:
    asked = [(word, begins) for each, begins in single_words(words) for word in WORD.findall(each)]
    whole = {word for word, begins in asked if not begins}
    begun = tuple(word for word, begins in asked if begins)
    return [
        Span(*found.span())
        for found in WORD.finditer(text[:READ])
        for word in [unmarked(found[0])]
        if word in whole or word.startswith(begun)
    ]
