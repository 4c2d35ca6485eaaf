"""What somebody types into the search, as PostgreSQL looks for it: read by the same normaliser that wrote the index."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from governance.web.fulltext import unmarked
from investigations.text.transliteration import readings
from listings.text import normalise

PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
PREFIX = "*"
LONGEST = 300
SAID_AGAIN = 8
"""Words that are looked for in other alphabets, too: of more, the first."""


@dataclass(frozen=True)
class Part:
    """A word, or several that stand side by side. `without`: it must not be there; `begins`: it may go on."""

    text: str
    without: bool = False
    begins: bool = False


def parts(words: str) -> list[Part]:
    return list(_parts(words[:LONGEST]))


def tsquery(words: str) -> str:
    """For `to_tsquery('simple', …)`; empty where there is no word to look for.

    Each word is looked for as the skeleton has it, as it was typed (brands are in the index as they were written), and as it
    may be written in another alphabet.
    """
    found = [_asked(part, spellings) for part, spellings in _spelled(words)]
    return " & ".join(each for each in found if each)


def one_by_one(words: str) -> list[tuple[str, bool]]:
    """The same, of each part by itself, and whether it must not be there: for what is looked for in several places at once."""
    asked = ((_asked(replace(part, without=False), spellings), part.without) for part, spellings in _spelled(words))
    return [(query, without) for query, without in asked if query]


def wanted(words: str) -> list[str]:
    """The words that are to be there, as they were typed."""
    return [part.text for part in parts(words) if not part.without]


def single_words(words: str) -> Iterator[tuple[str, bool]]:
    """Each word that is to be there, in every spelling that counts, as `unmarked` has it; and whether it may go on."""
    for part, spelled in _spelled(words):
        for spelling in () if part.without else spelled:
            *before, last = unmarked(spelling).split()
            yield from ((word, False) for word in before)
            yield last, part.begins


def _parts(words: str) -> Iterator[Part]:
    for match in PART.finditer(words):
        text = match["phrase"] if match["phrase"] is not None else match["word"]
        begins = text.endswith(PREFIX)
        if text := text.rstrip(PREFIX).strip():
            yield Part(text, bool(match["minus"]), begins)


def _spelled(words: str) -> Iterator[tuple[Part, list[str]]]:
    for number, part in enumerate(parts(words)):
        typed = [normalise(part.text).skeleton, part.text.casefold(), unmarked(part.text)]
        elsewhere = [normalise(each).skeleton for each in readings(part.text)] if number < SAID_AGAIN else []
        found = dict.fromkeys(map(_plain, typed + elsewhere))
        yield part, [spelling for spelling in found if any(map(str.isalnum, spelling))]


def _asked(part: Part, spelled: list[str]) -> str:
    if not spelled:
        return ""
    end = ":*" if part.begins else ""
    asked = " | ".join(f"'{spelling}'{end}" for spelling in spelled)
    return f"{'!' if part.without else ''}({asked})"


def _plain(text: str) -> str:
    """Without what would end the quotation, or not be kept by the database."""
    return " ".join(text.replace("'", " ").replace("\\", " ").replace("\x00", " ").split())
