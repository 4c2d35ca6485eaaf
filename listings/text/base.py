"""The base text: how a listing reads once encoding tricks are undone, letter by letter."""

import re
import unicodedata
from collections.abc import Iterator

from listings.text import tables
from listings.text.lookalikes import HAS_LOOKALIKE, LOOKALIKES, mixed
from listings.text.traces import Edit, Span, Trace, edited, mirrored, segments

ONE_FOR_ONE = tables.ASCII_CONTROLS | {ord(char): plain for char, plain in tables.SHAPES.items()}


def _is_ordinary(char: str) -> bool:
    """Whether all that happens to a character, whatever stands beside it, is that its case folds or a keyboard's sign takes its place."""
    if ord(char) in ONE_FOR_ONE:
        return True
    folded = char.casefold()
    return not (
        tables.REMOVED.match(char)
        or tables.BLANKED.match(char)
        or ord(char) in LOOKALIKES
        or any(unicodedata.normalize("NFKC", each) != each for each in (char, folded))
        or any(unicodedata.combining(each) or each in tables.COMPOSING_STARTERS for each in (*char, *folded))
    )


_LATIN_AND_PUNCTUATION = (*range(0x250), *range(0x2000, 0x20D0))
_ORDINARY = re.compile(
    "[" + "".join(re.escape(char) for char in map(chr, _LATIN_AND_PUNCTUATION) if _is_ordinary(char)) + "]*"
)


def ordinary(text: str) -> bool:
    """Whether two steps do what all would: of most that is written in Latin letters."""
    return text.isascii() or _ORDINARY.fullmatch(text) is not None


def base_text(text: str) -> str:
    """NFKC and case folding, without invisible characters, tatweel, harakat and niqqud; look-alikes read as Latin
    inside tokens that mix scripts; typographic apostrophes and hyphens as those of a keyboard; what is shown turned round, by
    a forced direction, in the order in which it is read. ASCII only changes its case; several spaces become one."""
    if ordinary(text):
        return tables.SPACES.sub("", text.translate(ONE_FOR_ONE).casefold())
    return step_by_step(text)


def step_by_step(text: str) -> str:
    """The same of any text."""
    text = mirrored(text, _turned_round(text))
    text = tables.PILED_MARKS.sub("", tables.BLANKED.sub(" ", tables.REMOVED.sub("", text)))
    text = tables.SHAPED.sub(lambda match: tables.SHAPES[match.group()], text)
    text = unicodedata.normalize("NFKC", text)
    text = edited(text, _disguised(text))
    text = tables.DOTTED_I.sub("", unicodedata.normalize("NFKC", text.casefold()))
    return tables.SPACES.sub("", tables.REMOVED.sub("", text))


def base_trace(text: str) -> Trace:
    """Same text, with its origins: slower, for texts of which a place is asked."""
    trace = Trace.of(text)
    if ordinary(text):
        trace = _folded(trace.written(text.translate(ONE_FOR_ONE)))
        return trace.edited(_matches(tables.SPACES, trace.text, ""))
    trace = trace.mirrored(_turned_round(text))
    trace = trace.edited(_matches(tables.REMOVED, trace.text, ""))
    trace = trace.edited(_matches(tables.BLANKED, trace.text, " "))
    trace = trace.edited(_matches(tables.PILED_MARKS, trace.text, ""))
    trace = trace.edited(_shaped(trace.text))
    trace = trace.edited(_composed(trace.text))
    trace = trace.edited(_disguised(trace.text))
    trace = _folded(trace)
    trace = trace.edited(_composed(trace.text))
    trace = trace.edited(_matches(tables.DOTTED_I, trace.text, ""))
    trace = trace.edited(_matches(tables.REMOVED, trace.text, ""))
    return trace.edited(_matches(tables.SPACES, trace.text, ""))


def disguise(word: str) -> str:
    """Return a non-Latin word as the base text writes it where someone has mixed Latin letters in: кокаин → kokauh."""
    return word.translate(LOOKALIKES)


def _matches(pattern: re.Pattern[str], text: str, replacement: str) -> Iterator[Edit]:
    return (Edit(match.start(), match.end(), replacement) for match in pattern.finditer(text))


def _turned_round(text: str) -> Iterator[Span]:
    """Letters under a direction that is not their own: they are seen, and meant, in the other order."""
    if "\u202d" not in text and "\u202e" not in text:
        return
    for match in tables.OVERRIDE.finditer(text):
        leftward = match.group(1) == "\u202e"
        if leftward is not bool(tables.RIGHT_TO_LEFT.search(match.group(2))):
            yield Span(*match.span(2))


def _shaped(text: str) -> Iterator[Edit]:
    return (Edit(*match.span(), tables.SHAPES[match.group()]) for match in tables.SHAPED.finditer(text))


def _disguised(text: str) -> Iterator[Edit]:
    if not (HAS_LOOKALIKE.search(text) and mixed(text)):
        return
    for match in tables.TOKEN.finditer(text):
        token = match.group()
        if not token.isascii() and mixed(token):
            folded = token.translate(LOOKALIKES)
            if folded != token:
                yield Edit(match.start(), match.end(), folded)


def _folded(trace: Trace) -> Trace:
    folded = trace.text.casefold()
    if len(folded) == len(trace.text):  # no character folds to none, so each has folded to one
        return trace.written(folded)
    chars = enumerate((char, char.casefold()) for char in trace.text)
    return trace.edited(Edit(place, place + 1, small) for place, (char, small) in chars if small != char)


def _composed(text: str) -> Iterator[Edit]:
    """Compose piece by piece; a new piece begins with a character that never joins the one before it."""
    if unicodedata.is_normalized("NFKC", text):
        return
    for start, end in segments(text, (place for place, char in enumerate(text) if place and _begins(char))):
        piece = text[start:end]
        composed = unicodedata.normalize("NFKC", piece)
        if composed != piece:
            yield Edit(start, end, composed)


def _begins(char: str) -> bool:
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.combining(first) == 0 and first not in tables.COMPOSING_STARTERS
