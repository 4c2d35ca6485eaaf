"""Both texts of a listing's original, with the way back from each of their characters."""

from functools import cached_property

from listings.text.base import base_text, base_trace
from listings.text.skeleton import skeleton_text, skeleton_trace
from listings.text.traces import Span, Trace

NORMALISER_VERSION = 2
"""Stored beside the texts it made. Texts of another version are made anew before use."""


class Normalised:
    """Each text is made when it is asked for, and the way back when a place is: whoever has stored texts asks for that alone."""

    def __init__(self, original: str) -> None:
        self.original = original

    @cached_property
    def base(self) -> str:
        return base_text(self.original)

    @cached_property
    def skeleton(self) -> str:
        return skeleton_text(self.base)

    @cached_property
    def _base_trace(self) -> Trace:
        return base_trace(self.original)

    @cached_property
    def _skeleton_trace(self) -> Trace:
        return skeleton_trace(self._base_trace)

    def base_span(self, start: int, end: int) -> Span:
        """Return what in the original became base[start:end]. Raises IndexError for an empty or outlying range."""
        return self._base_trace.span(start, end)

    def skeleton_span(self, start: int, end: int) -> Span:
        """Return what in the original became skeleton[start:end]. Raises IndexError as `base_span` does."""
        return self._skeleton_trace.span(start, end)


def normalise(text: str) -> Normalised:
    return Normalised(text)
