"""Shares with what is certain about them."""

import math
from typing import NamedTuple

_Z = 1.959964
"""Of a normal distribution: 95% lie between minus and plus this many standard deviations."""


class Bounds(NamedTuple):
    low: float
    high: float


def wilson(found: float, drawn: float) -> Bounds:
    """Between which shares the true one lies with 95% certainty, when `found` of `drawn` were: Wilson's interval.

    Nothing drawn says nothing: from 0 to 1. Where what was drawn weighs unequally, `drawn` is what it counts as.
    """
    if not drawn:
        return Bounds(0.0, 1.0)
    share, squared = found / drawn, _Z * _Z
    middle = share + squared / (2 * drawn)
    spread = _Z * math.sqrt(share * (1 - share) / drawn + squared / (4 * drawn * drawn))
    low, high = ((middle + sign * spread) / (1 + squared / drawn) for sign in (-1, 1))
    return Bounds(max(0.0, round(low, 9)), min(1.0, round(high, 9)))
