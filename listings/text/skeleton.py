"""The skeleton: the base text without marks, without separators inside words, and with leetspeak read."""

from collections.abc import Callable, Iterator

from listings.text import tables
from listings.text.traces import Edit, Trace, edited


def skeleton_text(base: str) -> str:
    text = unmarked(base)
    for step in _STEPS:
        text = edited(text, step(text))
    return text


def unmarked(base: str) -> str:
    """Return a base text without accents and other marks on its letters."""
    return base if base.isascii() else base.translate(tables.PLAIN)


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


def _joined(text: str) -> Iterator[Edit]:
    """Drop separators beside a short piece: k-n-1-f-e, kn_ife. Figures keep theirs: 1.299, 2024-12-13."""
    for match in tables.SPELLED.finditer(text):
        start, end = match.start() + 1, match.end()
        left = _piece_before(text, start)
        following = tables.PIECE.match(text, end)
        right = following.group() if following else ""
        short = min(len(left), len(right)) <= tables.SHORT_PIECE
        if short and not (left.isdigit() and right.isdigit()):
            yield Edit(start, end, "")


def _piece_before(text: str, end: int) -> str:
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in "@$!€"):
        start -= 1
    return text[start:end]


def _unspaced(text: str) -> Iterator[Edit]:
    """Join three or more single characters with spaces between them, unless they are figures."""
    for match in tables.SPACED.finditer(text):
        if match.group().replace(" ", "").isdigit():
            continue
        for place in range(*match.span()):
            if text[place] == " ":
                yield Edit(place, place + 1, "")


def _read(text: str) -> Iterator[Edit]:
    for match in tables.LEET.finditer(text):
        yield Edit(match.start(), match.end(), match.group().translate(tables.LEET_LETTERS))


_STEPS: tuple[Callable[[str], Iterator[Edit]], ...] = (_joined, _unspaced, _read)
