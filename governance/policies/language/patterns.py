"""Regular expressions of rules: RE2, linear in the text. Python's own `re` never sees a pattern of an author."""

from functools import lru_cache
from typing import Any

import re2

MOST_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take; RE2 refuses what needs more."""


def _options() -> Any:
    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    return options


_OPTIONS = _options()


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


def spans(text: str, pattern: str, most: int = 20) -> list[tuple[int, int]]:
    """Return where a pattern stands in a text, in code points, the first `most` places that are not empty."""
    places: list[tuple[int, int]] = []
    for match in compiled(pattern).finditer(text):
        if match.end() > match.start():
            places.append(match.span())
        if len(places) == most:
            break
    return places
