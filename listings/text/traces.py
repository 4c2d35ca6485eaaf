"""A text that remembers where each of its characters came from."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Edit(NamedTuple):
    start: int
    end: int
    text: str


class Span(NamedTuple):
    """Code points, end excluded."""

    start: int
    end: int


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits that do not overlap, given in order."""
    parts: list[str] = []
    done = 0
    for edit in edits:
        parts += (text[done : edit.start], edit.text)
        done = edit.end
    return "".join((*parts, text[done:])) if done else text


def mirrored(text: str, spans: Iterable[Span]) -> str:
    """Turn round the pieces of a text, letter by letter, a letter keeping the marks that follow it."""
    parts: list[str] = []
    done = 0
    for start, end in spans:
        parts += (text[done:start], *(text[place] for place in _turned(text, start, end)))
        done = end
    return "".join((*parts, text[done:])) if done else text


def _turned(text: str, start: int, end: int) -> Iterator[int]:
    begins = [place for place in range(start, end) if place == start or not unicodedata.combining(text[place])]
    for letter_start, letter_end in reversed(list(pairwise((*begins, end)))):
        yield from range(letter_start, letter_end)


class Trace:
    """`starts[i]` and `ends[i]` bound what character i was in the original."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    @classmethod
    def of(cls, original: str) -> "Trace":
        return cls(original, range(len(original)), range(1, len(original) + 1))

    def written(self, text: str) -> "Trace":
        """Same characters, each written otherwise: a text as long as this one."""
        return Trace(text, self.starts, self.ends)

    def edited(self, edits: Iterable[Edit]) -> "Trace":
        """Same as `edited` on the text. An edit that keeps the length maps one to one, any other as a whole."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for edit in edits:
            parts += (self.text[done : edit.start], edit.text)
            one_to_one = len(edit.text) == edit.end - edit.start
            upto = edit.end if one_to_one else edit.start
            starts += self.starts[done:upto]
            ends += self.ends[done:upto]
            if edit.text and not one_to_one:
                starts += [self.starts[edit.start]] * len(edit.text)
                ends += [self.ends[edit.end - 1]] * len(edit.text)
            done = edit.end
        if not done:
            return self
        parts.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        return Trace("".join(parts), starts, ends)

    def mirrored(self, spans: Iterable[Span]) -> "Trace":
        """Same as `mirrored` on the text."""
        order: list[int] = []
        spans = list(spans)
        if not spans:
            return self
        for start, end in spans:
            order += (*range(len(order), start), *_turned(self.text, start, end))
        order += range(len(order), len(self.text))
        return Trace(
            "".join(self.text[place] for place in order),
            [self.starts[place] for place in order],
            [self.ends[place] for place in order],
        )

    def span(self, start: int, end: int) -> Span:
        """Return what in the original became characters start to end (at least one).

        Raises IndexError for an empty or outlying range.
        """
        if not 0 <= start < end <= len(self.text):
            raise IndexError(f"no characters {start} to {end} in a text of {len(self.text)}")
        return Span(min(self.starts[start:end]), max(self.ends[start:end]))


def segments(text: str, breaks: Iterable[int]) -> Iterator[Span]:
    """Cut a text at the given places."""
    yield from (Span(start, end) for start, end in pairwise((0, *breaks, len(text))) if start < end)
