"""What somebody types into the search, as PostgreSQL looks for it: read by the same normaliser that wrote the index."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from listings.text import normalise

PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
PREFIX = "*"
LONGEST = 300


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

    Each word is looked for as the skeleton has it and as it was typed: brands are in the index as they were written.
    """
    found = [_asked(part) for part in parts(words)]
    return " & ".join(each for each in found if each)


def wanted(words: str) -> list[str]:
    """The words that are to be there, as they were typed."""
    return [part.text for part in parts(words) if not part.without]


def _parts(words: str) -> Iterator[Part]:
    for match in PART.finditer(words):
        text = match["phrase"] if match["phrase"] is not None else match["word"]
        begins = text.endswith(PREFIX)
        if text := text.rstrip(PREFIX).strip():
            yield Part(text, bool(match["minus"]), begins)


def _asked(part: Part) -> str:
    spellings = dict.fromkeys(_plain(text) for text in (normalise(part.text).skeleton, part.text.casefold()))
    end = ":*" if part.begins else ""
    found = [f"'{spelling}'{end}" for spelling in spellings if any(map(str.isalnum, spelling))]
    if not found:
        return ""
    return f"{'!' if part.without else ''}({' | '.join(found)})"


def _plain(text: str) -> str:
    """Without what would end the quotation, or not be kept by the database."""
    return " ".join(text.replace("'", " ").replace("\\", " ").replace("\x00", " ").split())
