"""How far people agree beyond chance: Cohen's kappa of two, Fleiss' kappa of many, each with its interval."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from governance.web.shares import Bounds, wilson

_Z = 1.959964
"""Of a normal distribution: 95% lie between minus and plus this many standard deviations."""

Answer = TypeVar("Answer", bound=Hashable)


@dataclass(frozen=True)
class Agreement:
    """`share` of all pairs that agree, and how much of what chance leaves open that is: `kappa`, at most 1, 0 by chance.

    `kappa` is None where chance leaves nothing open, since everybody said the same of everything: then only the share says
    something. `bounds` hold the true kappa with 95% certainty; None with fewer than two subjects. Where all agree the
    formulas for the error give none; the lower bound is then the one that Wilson's interval of the share leaves open.
    """

    subjects: int
    share: float
    kappa: float | None
    bounds: Bounds | None


NOTHING = Agreement(0, 0.0, None, None)


def cohen(pairs: Iterable[tuple[Answer, Answer]]) -> Agreement:
    """Two people's answers about the same subjects. Variance after Fleiss, Cohen and Everitt (1969), as for large samples."""
    counts: dict[tuple[Answer, Answer], int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    total = sum(counts.values())
    if not total:
        return NOTHING
    firsts: dict[Answer, float] = {}
    seconds: dict[Answer, float] = {}
    for (first, second), count in counts.items():
        firsts[first] = firsts.get(first, 0) + count / total
        seconds[second] = seconds.get(second, 0) + count / total
    share = sum(count for (first, second), count in counts.items() if first == second) / total
    by_chance = sum(part * seconds.get(answer, 0.0) for answer, part in firsts.items())
    if by_chance >= 1:
        return Agreement(total, share, None, None)
    kappa = (share - by_chance) / (1 - by_chance)
    alike = apart = 0.0
    for (first, second), count in counts.items():
        part = count / total
        if first == second:
            alike += part * (1 - (firsts[first] + seconds.get(first, 0.0)) * (1 - kappa)) ** 2
        else:
            apart += part * (seconds.get(first, 0.0) + firsts.get(second, 0.0)) ** 2
    variance = alike + (1 - kappa) ** 2 * apart - (kappa - by_chance * (1 - kappa)) ** 2
    error = math.sqrt(max(0.0, variance) / total) / (1 - by_chance)
    return Agreement(total, share, kappa, _bounds(total, share, by_chance, kappa, error))


def fleiss(subjects: Iterable[Sequence[Answer]]) -> Agreement:
    """What several people said of each subject, who and how many may differ; a subject that fewer than two judged is left out.

    With as many answers for each subject this is Fleiss' kappa (1971); the variance is that of Gwet (2021), which holds for
    subjects drawn from many.
    """
    tables = [_counted(answers) for answers in subjects if len(answers) > 1]
    if not tables:
        return NOTHING
    number = len(tables)
    sizes = [sum(table.values()) for table in tables]
    parts: dict[Answer, float] = {}
    for table, size in zip(tables, sizes, strict=True):
        for answer, count in table.items():
            parts[answer] = parts.get(answer, 0.0) + count / size / number
    agreed = [
        sum(count * (count - 1) for count in table.values()) / (size * (size - 1))
        for table, size in zip(tables, sizes, strict=True)
    ]
    share = sum(agreed) / number
    by_chance = sum(part * part for part in parts.values())
    if by_chance >= 1:
        return Agreement(number, share, None, None)
    kappa = (share - by_chance) / (1 - by_chance)
    if number < 2:
        return Agreement(number, share, kappa, None)
    drawn = [sum(parts[a] * c for a, c in table.items()) / size for table, size in zip(tables, sizes, strict=True)]
    single = [
        (each - by_chance) / (1 - by_chance) - 2 * (1 - kappa) * (chance - by_chance) / (1 - by_chance)
        for each, chance in zip(agreed, drawn, strict=True)
    ]
    variance = sum((each - kappa) ** 2 for each in single) / (number * (number - 1))
    return Agreement(number, share, kappa, _bounds(number, share, by_chance, kappa, math.sqrt(variance)))


def _counted(answers: Sequence[Answer]) -> Mapping[Answer, int]:
    counts: dict[Answer, int] = {}
    for answer in answers:
        counts[answer] = counts.get(answer, 0) + 1
    return counts


def _bounds(subjects: int, share: float, by_chance: float, kappa: float, error: float) -> Bounds | None:
    if subjects < 2:
        return None
    if share >= 1:
        return Bounds((wilson(subjects, subjects).low - by_chance) / (1 - by_chance), 1.0)
    return Bounds(max(-1.0, kappa - _Z * error), min(1.0, kappa + _Z * error))
