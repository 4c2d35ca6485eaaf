"""What the policies about listings say of many listings at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from enforcement.engine.active import ActivePolicies, ActivePolicy, Markets
from enforcement.engine.columns.frames import ATTRIBUTE, frame_of, is_odd
from enforcement.engine.columns.lowering import Planner
from enforcement.engine.columns.values import NotLowered
from governance.policies.enums import Subject as About
from governance.policies.language import Environment, Subject


@dataclass
class Answer:
    """One policy over many listings. Places count the subjects; `held` and `unknown` say in which markets by place.

    `by_row` are places that the policy has still to be read for row by row.
    """

    policy: ActivePolicy
    looked_at: int = 0
    held: dict[int, Markets] = field(default_factory=dict)
    unknown: dict[int, Markets] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    by_row: dict[int, Markets] = field(default_factory=dict)


Sort = tuple[str | None, Markets]
"""Category and markets of a listing: what decides which policies apply to it, and where."""


class _Plans:
    """Of one set of policies: which are read once for a listing, which once for each market, and which not over columns."""

    def __init__(self, environment: Environment, about: Sequence[ActivePolicy]) -> None:
        once, per_market = Planner(environment), Planner(environment)
        self.rest: set[int] = set()
        for number, policy in enumerate(about):
            try:
                (per_market if policy.rule.per_market else once).add(number, policy.rule)
            except NotLowered:
                self.rest.add(number)
        self.once, self.per_market = once.plan, per_market.plan
        self._applying: dict[Sort, list[tuple[int, Markets]]] = {}

    def applying(
        self, sort: Sort, policies: ActivePolicies, about: Sequence[ActivePolicy]
    ) -> list[tuple[int, Markets]]:
        """Numbers of the policies that apply to a sort of listing, each with the markets."""
        found = self._applying.get(sort)
        if found is None:
            category, markets = sort
            found = self._applying[sort] = [
                (number, common)
                for number, policy in enumerate(about)
                if policy.covers(category) and (common := policies.common(policy, markets))
            ]
        return found


_PLANNED: WeakKeyDictionary[Environment, dict[tuple[Any, ...], _Plans]] = WeakKeyDictionary()
"""Plans by environment, rules and scopes: making them takes longer than reading a chunk."""


def answers(policies: ActivePolicies, subjects: Sequence[Subject], *, at: datetime) -> tuple[list[Answer], list[int]]:
    """An answer for each policy about listings, and the places of odd listings, which no answer speaks of."""
    needs = policies.needs(About.LISTINGS)
    wanted = [path.removeprefix(ATTRIBUTE) for path in needs if path.startswith(ATTRIBUTE)]
    odd = [nth for nth, subject in enumerate(subjects) if is_odd(policies.environment, subject, wanted)]
    unread = frozenset(odd)
    places = [nth for nth in range(len(subjects)) if nth not in unread]
    read = [subjects[nth] for nth in places]
    reading = _Reading(policies, read)
    frame = frame_of(policies.environment, read, needs, now=at).with_columns(
        pl.Series("_place", places, dtype=pl.UInt32), pl.Series("_sort", reading.sort_of, dtype=pl.UInt32)
    )
    reading.once(frame)
    reading.per_market(frame)
    reading.rest(places)
    return reading.answers, odd


def _plans(environment: Environment, about: Sequence[ActivePolicy]) -> _Plans:
    planned = _PLANNED.setdefault(environment, {})
    key = tuple((policy.rule.source, policy.jurisdictions, policy.categories) for policy in about)
    if key not in planned:
        planned[key] = _Plans(environment, about)
    return planned[key]


class _Reading:
    """One pass of the policies over a frame. Listings of one sort are asked once where each policy applies to them."""

    def __init__(self, policies: ActivePolicies, subjects: Sequence[Subject]) -> None:
        self.about = policies.about(About.LISTINGS)
        self.plans = _plans(policies.environment, self.about)
        self.answers = [Answer(policy) for policy in self.about]
        self.sort_of: list[int] = []
        self.markets: list[Markets] = []
        numbers: dict[Sort, int] = {}
        for subject in subjects:
            if subject.listing is None:
                raise TypeError("only listings are read over columns")
            sort = (subject.listing.category, tuple(subject.listing.markets))
            self.sort_of.append(numbers.setdefault(sort, len(numbers)))
            self.markets.append(sort[1])
        self.where: list[dict[int, Markets]] = [{} for _policy in self.about]
        """By policy: sort → the markets in which it applies."""
        counts = Counter(self.sort_of)
        for sort, place in numbers.items():
            for number, common in self.plans.applying(sort, policies, self.about):
                self.where[number][place] = common
                self.answers[number].looked_at += counts[place]

    def once(self, frame: pl.DataFrame) -> None:
        plan = self.plans.once
        said = plan.read(frame, {number: pl.col("_sort").is_in(list(self.where[number])) for number in plan.rules})
        for number, place, sort, held in _spoken(said, frame, "_sort"):
            answer = self.answers[number]
            (answer.held if held else answer.unknown)[place] = self.where[number][sort]
        self._count_missing(said, frame)

    def per_market(self, frame: pl.DataFrame) -> None:
        """True where it is in some market; else unknown where it may be in some."""
        plan = self.plans.per_market
        if not plan.rules:
            return
        split = frame.with_columns(pl.Series("market", self.markets, dtype=pl.List(pl.String))).explode("market")
        said = plan.read(split, {number: self._in_market(number) for number in plan.rules})
        for number, place, market, held in _spoken(said, split, "market"):
            where = self.answers[number].held if held else self.answers[number].unknown
            where[place] = (*where.get(place, ()), market)
        for number in plan.rules:
            answer = self.answers[number]
            answer.unknown = {place: markets for place, markets in answer.unknown.items() if place not in answer.held}
            undecided = frame.filter(pl.col("_place").is_in(list(answer.unknown)))
            answer.missing = Counter(
                {path: count for path in _optional(answer, frame) if (count := undecided[path].null_count())}
            )

    def rest(self, places: Sequence[int]) -> None:
        for number in self.plans.rest:
            where = self.where[number]
            rows = ((nth, where[sort]) for nth, sort in enumerate(self.sort_of) if sort in where)
            self.answers[number].by_row = {places[nth]: markets for nth, markets in rows}

    def _in_market(self, number: int) -> pl.Expr:
        """Sorts for which the policy applies in the same markets are asked together."""
        together: dict[Markets, list[int]] = {}
        for sort, markets in self.where[number].items():
            together.setdefault(markets, []).append(sort)
        applies = (
            pl.col("_sort").is_in(sorts) & pl.col("market").is_in(list(markets)) for markets, sorts in together.items()
        )
        return pl.any_horizontal(pl.lit(value=False), *applies)

    def _count_missing(self, said: pl.DataFrame, frame: pl.DataFrame) -> None:
        """How many of the listings that a policy cannot decide lack each fact that its rule reads."""
        asked = [(number, path) for number in self.plans.once.rules for path in _optional(self.answers[number], frame)]
        counts = (
            pl.concat([frame, said], how="horizontal")
            .lazy()
            .select(
                (pl.col(str(number)).is_null() & pl.col(path).is_null()).sum().alias(f"{number} {path}")
                for number, path in asked
            )
        )
        for (number, path), (count,) in zip(asked, counts.collect().iter_columns(), strict=True):
            if count:
                self.answers[number].missing[path] = count


def _spoken(said: pl.DataFrame, frame: pl.DataFrame, beside: str) -> list[tuple[int, int, Any, bool | None]]:
    """What is true or unknown: number of the policy, place, what stands beside it in the frame, the answer."""
    if not said.width:
        return []
    long = said.with_columns(frame["_place"], frame[beside]).unpivot(index=["_place", beside])
    spoken = long.filter(pl.col("value").is_null() | pl.col("value"))
    return [(int(number), place, found, value) for place, found, number, value in spoken.iter_rows()]


def _optional(answer: Answer, frame: pl.DataFrame) -> list[str]:
    return [path for path in answer.policy.rule.optional if path in frame.columns]
