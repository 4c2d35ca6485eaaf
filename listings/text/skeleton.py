"""The skeleton: the base text without marks, without separators inside words, with leetspeak read and repeats marked."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from listings.text import signs, tables
from listings.text.traces import Edit, Trace, edited


def skeleton_text(base: str) -> str:
    text = unmarked(base)
    for step in _STEPS:
        text = edited(text, step(text))
    return text


def unmarked(base: str) -> str:
    """Return a base text without accents and other marks on its letters."""
    return base if base.isascii() else base.translate(tables.PLAIN)


def marked(text: str) -> str:
    """Return a text with letters that stand three times in a row or more as one, drawn out: kniiife."""
    return edited(text, _drawn_out(text))


def skeleton_trace(base: Trace) -> Trace:
    trace = base.edited(_without_marks(base.text))
    for step in _STEPS:
        trace = trace.edited(step(trace.text))
    return trace


def _without_marks(text: str) -> Iterator[Edit]:
    for match in tables.NOT_ASCII.finditer(text):
        plain = tables.PLAIN[ord(match.group())]
        if plain != match.group():
            yield Edit(match.start(), match.end(), plain)


def _shared(text: str) -> Iterator[Edit]:
    return (Edit(*match.span(), tables.SHARED[match.group()]) for match in tables.SHARED_SHAPED.finditer(text))


def _joined(text: str) -> Iterator[Edit]:
    """Drop separators beside a short piece: k-n-1-f-e, kn_ife; read others between words as a space: brass_knuckles.

    Figures keep theirs: 1.299, 2024-12-13.
    """
    for match in tables.SPELLED.finditer(text):
        start, end = match.start() + 1, match.end()
        left = _piece_before(text, start)
        following = tables.PIECE.match(text, end)
        right = following.group() if following else ""
        if min(len(left), len(right)) <= tables.SHORT_PIECE:
            if not (left.isdigit() and right.isdigit()):
                yield Edit(start, end, "")
        elif left.isalpha() and right.isalpha() and tables.BINDING.isdisjoint(text[start:end]):
            yield Edit(start, end, " ")


def _piece_before(text: str, end: int) -> str:
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in tables.SIGNS):
        start -= 1
    return text[start:end]


def _unspaced(text: str) -> Iterator[Edit]:
    """Join three or more single characters with spaces or signs between them: k n i f e, k | n | i | f | e.

    Figures at either end are a number of something: T A B A N C A 9 mm.
    """
    for match in tables.SPACED.finditer(text):
        singles = [single.start() for single in tables.SINGLE.finditer(text, *match.span())]
        while singles and text[singles[0]].isdigit():
            singles.pop(0)
        while singles and text[singles[-1]].isdigit():
            singles.pop()
        if len(singles) >= tables.FEWEST_SINGLES:
            yield from (Edit(left + 1, right, "") for left, right in pairwise(singles))


def _read(text: str) -> Iterator[Edit]:
    for match in signs.BETWEEN_LETTERS.finditer(text):
        letters = signs.read(match.group(), text[match.start() - 1])
        if letters != match.group():
            yield Edit(match.start(), match.end(), letters)


def _drawn_out(text: str) -> Iterator[Edit]:
    for match in tables.REPEATED.finditer(text):
        yield Edit(match.start() + 1, match.end(), tables.DRAWN_OUT)


_STEPS: tuple[Callable[[str], Iterator[Edit]], ...] = (_shared, _joined, _unspaced, _read, _drawn_out)
