"""Texts that are nearly the same: found by marks that they have in common, confirmed letter by letter. Pure."""

import re
import zlib
from collections.abc import Iterator

from rapidfuzz import fuzz

NEARLY = 92
"""Of 100: how alike two texts have to be, letters compared in their order."""
LEAST_TEXT = 40
"""Characters below which likeness of texts says nothing."""
LEAST_WORDS = 20
"""Words below which a text is no mark of whoever wrote it."""
WORD = re.compile(r"[^\W_]+")
RUN, BANDS, DEEP = 3, 6, 3
"""Words of a run; marks of a text, each made of so many of its runs."""


def nearly_same(one: str, other: str) -> bool:
    """Whether two skeletons are nearly the same text."""
    return min(len(one), len(other)) >= LEAST_TEXT and fuzz.ratio(one, other, score_cutoff=NEARLY) > 0


def bands(skeleton: str) -> Iterator[str]:
    """A few marks of a text: two texts that share four of five runs of words share one of them nearly always, unlike ones hardly ever.

    Every run falls by its hash into one of BANDS × DEEP lots and the least of each lot is kept (min-hashing by one permutation);
    DEEP lots together are a mark.
    """
    words = WORD.findall(skeleton)
    if len(words) < LEAST_WORDS:
        return
    lots = [1 << 32] * (BANDS * DEEP)
    for start in range(len(words) - RUN + 1):
        hashed = zlib.crc32(" ".join(words[start : start + RUN]).encode())
        lot = hashed % len(lots)
        lots[lot] = min(lots[lot], hashed)
    for band in range(BANDS):
        yield f"{band}:" + "-".join(f"{lot:x}" for lot in lots[band * DEEP : (band + 1) * DEEP])
