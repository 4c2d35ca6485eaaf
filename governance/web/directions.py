"""The order of characters on a line: texts by the levels of the bidirectional algorithm, taken apart, broken and turned round."""

import unicodedata
from collections.abc import Iterator, Sequence

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from fpdf.unicode_script import UnicodeScript, get_unicode_script

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
JOINERS = frozenset("\u200c\u200d")
"""Format characters that shaping needs; all others have done their work when the levels are known."""
ANY_SCRIPT = frozenset({UnicodeScript.COMMON, UnicodeScript.INHERITED, UnicodeScript.UNKNOWN})
Run = tuple[int, str]
"""A level of the bidirectional algorithm and the text that has it, in the order in which it is read."""


def visible(text: str) -> str:
    return "".join(each for each in text if each in JOINERS or unicodedata.category(each) not in INVISIBLE)


def by_level(text: str, *, rtl: bool) -> list[Run]:
    """The text by levels, in reading order, without the characters that only steer direction."""
    base = TextDirection.RTL if rtl else TextDirection.LTR
    characters = BidiParagraph(text=text.replace("\t", " "), base_direction=base, preserve_bn_chars=True).characters
    return joined([(each.embedding_level, visible(each.character)) for each in characters if visible(each.character)])


def by_script(text: str) -> list[str]:
    """Parts that are shaped alike. Signs that any script may have stay with what they stand beside."""
    found: list[str] = []
    script = None
    for each in text:
        own = get_unicode_script(each)
        if found and (own in ANY_SCRIPT or script in (None, own)):
            found[-1] += each
        else:
            found.append(each)
        script = script if own in ANY_SCRIPT else own
    return found


def joined(runs: Sequence[Run]) -> list[Run]:
    found: list[Run] = []
    for level, text in runs:
        if found and found[-1][0] == level:
            found[-1] = (level, found[-1][1] + text)
        else:
            found.append((level, text))
    return found


def words(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Spaces and what stands between them; a word may have several levels."""
    word: list[Run] = []
    for level, text in runs:
        for each in text:
            if each == " ":
                if word:
                    yield joined(word)
                yield [(level, each)]
                word = []
            else:
                word.append((level, each))
    if word:
        yield joined(word)


def trimmed(line: list[Run]) -> list[Run]:
    while line and line[-1][1].isspace():
        line = line[:-1]
    return joined(line)


def in_visual_order(runs: Sequence[Run]) -> list[Run]:
    """From left to right: from the highest level down to 1, what has it or a higher one is turned round (rule L2)."""
    found = list(runs)
    for level in range(max((each for each, _text in found), default=0), 0, -1):
        start = 0
        while start < len(found):
            end = start
            while end < len(found) and found[end][0] >= level:
                end += 1
            found[start:end] = found[start:end][::-1]
            start = end + 1
    return found
