"""Lengths of time that were counted in steps, so that days can be added up: each step is an eighth of a doubling.

A percentile read from them is within a tenth of the true one.
"""

from collections.abc import Mapping
from datetime import timedelta

PER_DOUBLING = 8


def bounds_of(step: int) -> tuple[float, float]:
    """The shortest and the longest of a step, in seconds. Step 0 begins with a second; what was shorter is in it."""
    return 2.0 ** (step / PER_DOUBLING), 2.0 ** ((step + 1) / PER_DOUBLING)


def percentile(counts: Mapping[int, int], share: float) -> timedelta | None:
    """The length that `share` of all (between 0 and 1) do not exceed; None where nothing was counted."""
    total = sum(counts.values())
    if not total:
        return None
    wanted, seen = share * total, 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= wanted:
            low, high = bounds_of(step)
            inside = 1 - (seen - wanted) / counts[step]
            return timedelta(seconds=round(low * (high / low) ** inside))
    raise AssertionError("a share is at most 1")
