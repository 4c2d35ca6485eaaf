"""An expression read over what the other filters leave, in steps: each request reads on for a moment, and what was found is kept.

How far it is stands in the cache and may be lost; then it is read again.
"""

import hashlib
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet

from enforcement.domain.asking import Question
from listings.models import Listing

KEPT = 900
"""Seconds after which a search is read anew: listings have changed."""
SLICE = 1.5
"""Seconds that one request reads on."""
MOST = 300_000
"""Listings that one search reads: of more, the newest."""


@dataclass
class Reading:
    """How far an expression has been read. `found` are keys of which it is true, `left` those still to be read, ascending.

    `cut`: there were more than `MOST`. `at` is the moment that is `now` to the expression.
    """

    at: datetime
    left: "array[int]"
    cut: bool = False
    found: "array[int]" = field(default_factory=lambda: array("q"))
    read: int = 0
    undecided: int = 0

    @property
    def done(self) -> bool:
        return not self.left

    @property
    def total(self) -> int:
        return self.read + len(self.left)


def read(
    expression: str, rows: QuerySet[Listing], *, asked: Sequence[str], at: datetime, seconds: float = SLICE
) -> Reading:
    """Read on for some seconds. `asked` is all that says which rows these are, and who asks. Raises RuleProblems.

    Of several requests for the same search one reads; the others see how far it is.
    """
    place = _place(expression, asked)
    reading: Reading | None = cache.get(place)
    if reading is not None and reading.done:
        return reading
    question = Question(expression, at=reading.at if reading else at)
    if reading is None:
        reading = _begun(rows, at)
    elif not cache.add(f"{place}:turn", 1, timeout=max(1, round(seconds * 4))):
        return reading
    _read_on(reading, question, seconds)
    cache.set(place, reading, KEPT)
    cache.delete(f"{place}:turn")
    return reading


def _begun(rows: QuerySet[Listing], at: datetime) -> Reading:
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[: MOST + 1])
    return Reading(at, array("q", reversed(keys[:MOST])), cut=len(keys) > MOST)


def _read_on(reading: Reading, question: Question, seconds: float) -> None:
    """The newest first: of a search that is stopped they are what counts."""
    began = time.monotonic()
    while reading.left:
        keys, reading.left = reading.left[-question.step :], reading.left[: -question.step]
        told = question.among(keys)
        reading.found.extend(told.true_of)
        reading.read += told.read
        reading.undecided += told.undecided
        if time.monotonic() - began >= seconds:
            return


def _place(expression: str, asked: Sequence[str]) -> str:
    digest = hashlib.sha256("\x1f".join((expression, *asked)).encode()).hexdigest()
    return f"search:{digest}"
