"""How the queues will stand, reckoned day by day from what waits, what usually comes and what people usually do. Pure.

Each person's day goes to the queues in proportion to what they may take there; what is left over goes on to the others. Of a queue
no more is done than the widest reach of those who are there. Whatever is due first is taken to be done first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from investigations.queries.days import ONE_DAY

WORKED = frozenset({1, 2, 3, 4, 5})
"""ISO weekdays on which people are taken to work."""
PASSES = 6
NEAR_NOTHING = 0.01
HALF_A_CASE = 0.5


class Turn(Enum):
    """How the days go: as they usually do, or as in the quarter of the better or worse ones, each of them."""

    BETTER = "better"
    USUAL = "usual"
    WORSE = "worse"


@dataclass(frozen=True)
class Range:
    """Of days seen: the lower quarter's bound, the mean or median, the upper quarter's bound."""

    low: float
    mid: float
    high: float

    def scaled(self, by: float) -> "Range":
        return Range(self.low * by, self.mid * by, self.high * by)


NONE = Range(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Hands:
    """One who works, or several: what they do in a day, which share of each queue they may take, when they are away.

    Less than nothing is taken from what the others do in that queue.
    """

    a_day: Range
    reach: Mapping[str, float]
    away: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Pile:
    """A queue: what waits, what is due on which day, what comes by ISO weekday, and how many working days a case has."""

    key: str
    waiting: int
    due: Mapping[date, int]
    comes: Mapping[int, Range]
    within: int


@dataclass(frozen=True)
class DayEnd:
    day: date
    came: float
    done: float
    waiting: float
    missed: bool


@dataclass(frozen=True)
class Course:
    """How a queue goes. `clears` is the first day at whose end no more waits than came on it; `misses` the first at whose end
    something is late."""

    days: Sequence[DayEnd] = field(default_factory=tuple)

    @property
    def clears(self) -> date | None:
        return next((each.day for each in self.days if each.waiting <= max(each.came, HALF_A_CASE)), None)

    @property
    def misses(self) -> date | None:
        return next((each.day for each in self.days if each.missed), None)

    @property
    def end(self) -> float:
        return self.days[-1].waiting if self.days else 0.0

    @property
    def done_a_day(self) -> float:
        """On a day that is worked."""
        worked = [each.done for each in self.days if works(each.day)]
        return sum(worked) / len(worked) if worked else 0.0


def works(day: date) -> bool:
    return day.isoweekday() in WORKED


def horizon(today: date, working_days: int) -> list[date]:
    """Today and what follows, until so many working days are among them."""
    days, left, day = [], working_days, today
    while left:
        days.append(day)
        left -= works(day)
        day += ONE_DAY
    return days


def courses(
    piles: Sequence[Pile], hands: Sequence[Hands], days: Sequence[date], *, turn: Turn, first: float = 1.0
) -> dict[str, Course]:
    """`first` is the share of the first day that is still to come."""
    waiting = {pile.key: float(pile.waiting) for pile in piles}
    ends: dict[str, list[DayEnd]] = {pile.key: [] for pile in piles}
    for index, day in enumerate(days):
        share = first if index == 0 else 1.0
        came = {pile.key: _comes(pile, day, turn) * share for pile in piles}
        for key, number in came.items():
            waiting[key] += number
        there = [_on(each, day, turn, share) for each in hands if works(day) and day not in each.away]
        done = _work(waiting, [each for each in there if each[0] > 0])
        fewer = [each for each in there if each[0] < 0]
        for key, number in done.items():
            number = max(0.0, number + sum(less * reach.get(key, 0.0) for less, reach in fewer))
            waiting[key] = max(0.0, waiting[key] - number)
            ends[key].append(DayEnd(day, came[key], number, waiting[key], missed=False))
    return {pile.key: Course(_with_missed(pile, ends[pile.key])) for pile in piles}


def _comes(pile: Pile, day: date, turn: Turn) -> float:
    return _pick(
        pile.comes.get(day.isoweekday(), NONE), turn, better=lambda found: found.low, worse=lambda found: found.high
    )


def _on(hands: Hands, day: date, turn: Turn, share: float) -> tuple[float, Mapping[str, float]]:
    found = _pick(hands.a_day, turn, better=lambda each: each.high, worse=lambda each: each.low)
    return found * share, hands.reach


def _pick(found: Range, turn: Turn, *, better: Callable[[Range], float], worse: Callable[[Range], float]) -> float:
    if turn == Turn.USUAL:
        return found.mid
    return better(found) if turn == Turn.BETTER else worse(found)


def _work(waiting: Mapping[str, float], present: Sequence[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    """What is done of each queue in a day."""
    widest = {key: max((reach.get(key, 0.0) for _n, reach in present), default=0.0) for key in waiting}
    room = {key: number * widest[key] for key, number in waiting.items()}
    done = dict.fromkeys(waiting, 0.0)
    left = [number for number, _reach in present]
    for _pass in range(PASSES):
        wanted = [_spread(number, reach, room) for number, (_n, reach) in zip(left, present, strict=True)]
        for key in waiting:
            total = sum(each.get(key, 0.0) for each in wanted)
            if total <= NEAR_NOTHING:
                continue
            part = min(1.0, room[key] / total)
            for index, each in enumerate(wanted):
                left[index] -= each.get(key, 0.0) * part
            done[key] += total * part
            room[key] -= total * part
    return done


def _spread(number: float, reach: Mapping[str, float], room: Mapping[str, float]) -> dict[str, float]:
    weights = {key: share * room.get(key, 0.0) for key, share in reach.items() if room.get(key, 0.0) > NEAR_NOTHING}
    total = sum(weights.values())
    return {key: number * weight / total for key, weight in weights.items()} if total > 0 and number > 0 else {}


def _with_missed(pile: Pile, ends: Sequence[DayEnd]) -> list[DayEnd]:
    """A day is missed when less was done until its end than was due until then. What is late already is due on the first."""
    due: dict[date, float] = {}
    for day, number in pile.due.items():
        begun = max(day, ends[0].day) if ends else day
        due[begun] = due.get(begun, 0.0) + number
    for end in ends:
        by = _after(end.day, max(1, pile.within))
        due[by] = due.get(by, 0.0) + end.came
    found, done, asked = [], 0.0, 0.0
    for end in ends:
        done, asked = done + end.done, asked + due.get(end.day, 0.0)
        found.append(replace(end, missed=done < asked - HALF_A_CASE))
    return found


def _after(day: date, working_days: int) -> date:
    left = working_days
    while left:
        day += ONE_DAY
        left -= works(day)
    return day
