"""Regular expressions of rules: RE2, linear in the text. Python's own `re` never sees a pattern of an author."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import re2

MOST_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take; RE2 refuses what needs more."""
MOST_MEMORY_TOGETHER = 1 << 26
QUOTING = "\\Q"
"""Begins what is taken literally, to the pattern's end if nothing ends it: such a pattern stands in no other."""


def _options(most: int) -> Any:
    options = re2.Options()
    options.max_mem = most
    options.log_errors = False
    return options


_OPTIONS, _TOGETHER = _options(MOST_MEMORY), _options(MOST_MEMORY_TOGETHER)
_TOGETHER.never_capture = True


class BadPattern(ValueError):
    """RE2 does not read this pattern; the text says why."""


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Raises BadPattern."""
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        detail = error.args[0] if error.args else ""
        raise BadPattern(detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)) from error


def found(text: str, pattern: str) -> bool:
    return compiled(pattern).search(text) is not None


def may_match(patterns: Sequence[str], texts: Sequence[str | None]) -> list[int]:
    """Places of the texts in which one of the patterns may be found: one pass over each text for all of them.

    Which of them it is, each pattern has to be asked. A text that is None has nothing.
    """
    together = _together(tuple(patterns))
    if together is None:
        return [place for place, text in enumerate(texts) if text is not None]
    search = together.search
    return [place for place, text in enumerate(texts) if text is not None and search(text.encode()) is not None]


@lru_cache(maxsize=256)
def _together(patterns: tuple[str, ...]) -> Any:
    """All patterns as one over UTF-8, or None where that cannot be made."""
    if any(QUOTING in pattern for pattern in patterns):
        return None
    try:
        return re2.compile("|".join(f"(?:{pattern})" for pattern in patterns).encode(), _TOGETHER)
    except re2.error:
        return None


def spans(text: str, pattern: str, most: int = 20) -> list[tuple[int, int]]:
    """Return where a pattern stands in a text, in code points, the first `most` places that are not empty."""
    places: list[tuple[int, int]] = []
    for match in compiled(pattern).finditer(text):
        if match.end() > match.start():
            places.append(match.span())
        if len(places) == most:
            break
    return places
