"""Chance that repeats itself: the same seed gives the same catalogue."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
FIGURES = "0123456789"
CAPITALS = "ABCDEFGHJKLMNPRSTUVWXYZ"


class Chance(random.Random):
    def filled(self, pattern: str) -> str:
        """Replace # by a figure and @ by a capital letter."""
        return "".join(
            self.choice(FIGURES) if char == "#" else self.choice(CAPITALS) if char == "@" else char for char in pattern
        )

    def weighted(self, weights: Mapping[T, float]) -> T:
        return self.choices(list(weights), weights=list(weights.values()))[0]

    def some(self, of: Sequence[T], share: float) -> list[T]:
        """Each with this probability, in their order."""
        return [item for item in of if self.random() < share]

    def spread(self, low: float, high: float) -> float:
        """Between the two, small values more often: even on a logarithmic scale."""
        return math.exp(self.uniform(math.log(low), math.log(high)))

    def between(self, low: float, high: float) -> float:
        """A whole number between whole numbers, else one of as many places as a person would write."""
        if isinstance(low, int) and isinstance(high, int):
            return self.randint(low, high)
        return round(self.uniform(low, high), 3 if high < 0.1 else 2 if high < 10 else 1)


def chance(seed: int, part: str) -> Chance:
    """A stream of its own for each part, so that a change in one leaves the others as they were."""
    return Chance(f"{seed}:{part}")
