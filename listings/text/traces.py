"""A text that remembers where each of its characters came from."""

from collections.abc import Iterable, Iterator
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


class Trace:
    """`starts[i]` and `ends[i]` bound what character i was in the original."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str, starts: list[int], ends: list[int]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    @classmethod
    def of(cls, original: str) -> "Trace":
        return cls(original, list(range(len(original))), list(range(1, len(original) + 1)))

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
        parts.append(self.text[done:])
        return Trace("".join(parts), starts + self.starts[done:], ends + self.ends[done:])

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
