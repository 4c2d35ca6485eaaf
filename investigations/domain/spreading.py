"""How risk spreads over links, and which merchants hang together. Pure: the same numbers in, the same out.

What comes to a merchant from another is the other's own risk × the strength of each link on the way × FADE for each step, over the
way by which most comes and at most STEPS steps. What comes from several adds up as chances do: 1 − (1 − a)(1 − b)…
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

STEPS = 3
FADE = 0.8
LEAST = 0.01
"""What is less is not passed on."""
TOLD = 3
"""Merchants named as where a risk comes from."""
HOLDS = 0.45
"""From this strength on a pair belongs to one group: an address that three share holds, one that four share does not."""
LARGEST = 60
"""A larger group is cut where it hangs together least."""
DIGITS = 4

Neighbours = Mapping[int, Mapping[int, float]]


@dataclass(frozen=True, order=True)
class Source:
    """What comes to a merchant from the last of the path, which begins with the merchant."""

    value: float
    path: tuple[int, ...]


@dataclass
class Spread:
    """What comes to a merchant over links, together and from the three it mostly comes from."""

    left: float = 1.0
    sources: list[Source] = field(default_factory=list)

    def add(self, source: Source) -> None:
        self.left *= 1 - source.value
        self.sources = sorted([*self.sources, source], key=lambda each: (-each.value, each.path))[:TOLD]

    def with_own(self, own: float) -> float:
        return round(1 - (1 - own) * self.left, DIGITS)


def neighbours(pairs: Mapping[tuple[int, int], float]) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for (one, other), strength in pairs.items():
        found[one][other] = found[other][one] = strength
    return found


def spread(around: Neighbours, own: Mapping[int, float]) -> dict[int, Spread]:
    """What comes to each merchant to whom anything comes."""
    found: dict[int, Spread] = defaultdict(Spread)
    for origin in sorted(own):
        for merchant, (value, path) in _reached(around, origin, own[origin]).items():
            found[merchant].add(Source(round(value, DIGITS), path[::-1]))
    return found


def _reached(around: Neighbours, origin: int, own: float) -> dict[int, tuple[float, tuple[int, ...]]]:
    """Whom anything comes to from here: how much, and the way it takes. Of two ways alike the one over smaller keys."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    frontier: dict[int, tuple[float, tuple[int, ...]]] = {origin: (own, (origin,))}
    for _step in range(STEPS):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for merchant, (value, path) in sorted(frontier.items()):
            for other, strength in sorted(around.get(merchant, {}).items()):
                there = value * strength * FADE
                known = max(best.get(other, (0.0, ()))[0], following.get(other, (0.0, ()))[0])
                if other != origin and there >= LEAST and there > known:
                    following[other] = (there, (*path, other))
        best |= following
        frontier = following
    return best


def groups(pairs: Mapping[tuple[int, int], float]) -> list[tuple[list[int], float]]:
    """Merchants who hang together by pairs of HOLDS and more, each group with the strength it was cut at; by smallest key."""
    return sorted(_cut(pairs, HOLDS))


def _cut(pairs: Mapping[tuple[int, int], float], least: float) -> Iterator[tuple[list[int], float]]:
    held = {pair: strength for pair, strength in pairs.items() if strength >= least}
    for members in _components(held):
        inside = set(members)
        among = (
            {pair: strength for pair, strength in held.items() if pair[0] in inside} if len(members) > LARGEST else {}
        )
        tighter = round(least + 0.1, 2)
        if among and tighter <= max(among.values()):
            yield from _cut(among, tighter)
        else:
            yield members, least


def _components(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    head: dict[int, int] = {}

    def find(key: int) -> int:
        while head.setdefault(key, key) != key:
            head[key] = head[head[key]]
            key = head[key]
        return key

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        head[high] = low
    members: dict[int, list[int]] = defaultdict(list)
    for key in sorted(head):
        members[find(key)].append(key)
    return list(members.values())


def hub(members: Sequence[int], around: Neighbours) -> int:
    """The member with the most and strongest ties inside the group."""
    inside = set(members)
    return max(
        members, key=lambda key: (round(sum(s for other, s in around[key].items() if other in inside), DIGITS), -key)
    )
