"""A merchant's text for a reader: matched words marked, invisible characters made visible, and only as much as is needed."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

AROUND, AROUND_QUOTE = 180, 70
"""Characters kept before and after a match, where it stands and in a one-line quote."""
WHOLE = 900
"""A text of at most so many characters is shown whole."""
MOST_PASSAGES = 6
HARMLESS = frozenset("\n\r\t")
SHORT_NAMES = {
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u061c": "ALM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u2060": "WJ",
    "\ufeff": "BOM",
    "\u00ad": "SHY",
}
JOINERS = frozenset("\u200c\u200d")
"""Part of ordinary writing in several scripts and in emoji: shown only beside letters that do not need them."""


class Span(NamedTuple):
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """A piece of text. `kind` is text, mark, control (text is then its short name, `name` the full one) or gap."""

    kind: str
    text: str
    name: str = ""


def whole(text: str, spans: Iterable[Span] = ()) -> list[Part]:
    """The text in parts, nothing left out."""
    return list(_parts(text, _merged(spans, len(text)), 0, len(text)))


def passages(text: str, spans: Iterable[Span] = (), *, around: int = AROUND, whole_up_to: int = WHOLE) -> list[Part]:
    """The text around its matches, else its beginning; what is left out is a gap."""
    marks = _merged(spans, len(text))
    if len(text) <= whole_up_to:
        return list(_parts(text, marks, 0, len(text)))
    windows = _windows(text, marks, around) or [Span(0, _snap(text, 2 * around, forward=True))]
    shown: list[Part] = []
    at = 0
    for start, end in windows:
        if start > at:
            shown.append(Part("gap", "…"))
        shown += _parts(text, marks, start, end)
        at = end
    return [*shown, Part("gap", "…")] if at < len(text) else shown


def quote(text: str, spans: Iterable[Span] = ()) -> list[Part]:
    """One line: what stands around the first match."""
    first = _merged(spans, len(text))[:1]
    return passages(text, first, around=AROUND_QUOTE, whole_up_to=2 * AROUND_QUOTE)


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted((max(0, span[0]), min(length, span[1])) for span in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return merged


def _windows(text: str, marks: Sequence[Span], around: int) -> list[Span]:
    windows: list[Span] = []
    for start, end in marks:
        start = _snap(text, max(0, start - around), forward=False)
        end = _snap(text, min(len(text), end + around), forward=True)
        if windows and start <= windows[-1].end:
            windows[-1] = Span(windows[-1].start, end)
        elif len(windows) < MOST_PASSAGES:
            windows.append(Span(start, end))
    return windows


def _snap(text: str, at: int, *, forward: bool) -> int:
    """The nearest place between words within 20 characters, going outwards."""
    step = 1 if forward else -1
    for distance in range(20):
        place = at + step * distance
        if place <= 0 or place >= len(text):
            return max(0, min(len(text), place))
        if text[place].isspace():
            return place if forward else place + 1
    return at


def _parts(text: str, marks: Sequence[Span], start: int, end: int) -> Iterator[Part]:
    at = start
    for mark in marks:
        low, high = max(mark.start, start), min(mark.end, end)
        if low >= high:
            continue
        yield from _plain(text[at:low], "text")
        yield from _plain(text[low:high], "mark")
        at = high
    yield from _plain(text[at:end], "text")


def _plain(text: str, kind: str) -> Iterator[Part]:
    """Cut a piece at what cannot be seen."""
    at = 0
    for place, character in enumerate(text):
        if not _hidden(character, text, place):
            continue
        if place > at:
            yield Part(kind, text[at:place])
        yield Part("control", _short(character), unicodedata.name(character, "CONTROL CHARACTER").lower())
        at = place + 1
    if at < len(text):
        yield Part(kind, text[at:])


def _hidden(character: str, text: str, place: int) -> bool:
    if character in HARMLESS or unicodedata.category(character) not in ("Cc", "Cf"):
        return False
    return character not in JOINERS or (text[place - 1 : place].isascii() and text[place + 1 : place + 2].isascii())


def _short(character: str) -> str:
    return SHORT_NAMES.get(character, f"U+{ord(character):04X}")
