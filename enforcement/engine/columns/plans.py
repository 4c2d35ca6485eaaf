"""What a set of policies reads over columns, and where each of them applies. Made once: it takes longer than reading a chunk."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from enforcement.engine.active import ActivePolicies, ActivePolicy, Markets, is_under
from enforcement.engine.columns.batches import CATEGORY, MARKETS, SEPARATOR
from enforcement.engine.columns.lowering import Planner
from enforcement.engine.columns.values import NotLowered
from governance.policies.enums import Subject as About
from governance.policies.language import Environment, Rule

CATEGORY_NUMBER, MARKETS_NUMBER = "_category_number", "_markets_number"
EVERYWHERE = pl.lit(value=True)


class Plans:
    """Of the rules and scopes of policies, by their numbers: which are read once for a listing, which once for each market, and which
    not over columns. Other policies with the same ones share it."""

    def __init__(self, policies: ActivePolicies) -> None:
        about: Sequence[ActivePolicy] = policies.about(About.LISTINGS)
        once, per_market = Planner(policies.environment), Planner(policies.environment)
        self.rest: dict[int, str] = {}
        """Number of a policy that is read row by row → the part of its rule that is why."""
        for number, policy in enumerate(about):
            try:
                (per_market if policy.rule.per_market else once).add(number, policy.rule)
            except NotLowered as part:
                self.rest[number] = str(part)
        self.once, self.per_market = once.plan, per_market.plan
        self.categories = sorted({policy.categories for policy in about if policy.categories})
        self.jurisdictions = sorted({policy.jurisdictions for policy in about}, key=sorted)
        self._optional = frozenset(path for policy in about for path in policy.rule.optional)
        self._under: dict[str | None, tuple[int, ...]] = {}
        self._meeting: dict[str, tuple[int, ...]] = {}

    @cached_property
    def matched(self) -> frozenset[str]:
        """Columns of `matched` that the rules can make use of."""
        return frozenset(self.once.matched | self.per_market.matched)

    def columns(self, needs: Collection[str], kept: Collection[str]) -> set[str]:
        """Those of the facts `needs` that have to be there beside the columns of `matched` that are `kept`."""
        return {path for path in needs if path in self._optional} | (
            (self.once.reads(kept) | self.per_market.reads(kept)) & set(needs)
        )

    def under(self, category: str | None) -> tuple[int, ...]:
        """Numbers in `categories` of the scopes that a category is in."""
        found = self._under.get(category)
        if found is None:
            found = self._under[category] = tuple(
                number for number, codes in enumerate(self.categories) if is_under(category, codes)
            )
        return found

    def meeting(self, markets: str) -> tuple[int, ...]:
        """Numbers in `jurisdictions` of those that have one of these markets."""
        found = self._meeting.get(markets)
        if found is None:
            offered = frozenset(markets.split(SEPARATOR))
            found = self._meeting[markets] = tuple(
                number for number, codes in enumerate(self.jurisdictions) if codes & offered
            )
        return found


def part_read_by_row(rule: Rule) -> str:
    """The part of a rule about listings because of which it is read row by row; empty where it is read over columns."""
    try:
        Planner(rule.environment).add(0, rule)
    except NotLowered as part:
        return str(part)
    return ""


_PLANNED: WeakKeyDictionary[Environment, dict[tuple[Any, ...], Plans]] = WeakKeyDictionary()


def plans(policies: ActivePolicies) -> Plans:
    """Kept by environment, rules and scopes."""
    planned = _PLANNED.setdefault(policies.environment, {})
    about = policies.about(About.LISTINGS)
    key = tuple((policy.rule.source, policy.jurisdictions, policy.categories) for policy in about)
    if key not in planned:
        planned[key] = Plans(policies)
    return planned[key]


@dataclass(frozen=True)
class Scopes:
    """Where the policies apply among the listings of one frame; `frame` has the numbers that the expressions ask for."""

    frame: pl.DataFrame
    _categories: Mapping[tuple[str, ...], pl.Expr]
    _jurisdictions: Mapping[frozenset[str], pl.Expr]

    @classmethod
    def of(cls, frame: pl.DataFrame, plans: Plans) -> "Scopes":
        numbered, codes = _numbered(frame, CATEGORY, CATEGORY_NUMBER)
        numbered, markets = _numbered(numbered, MARKETS, MARKETS_NUMBER)
        under = _inverted(map(plans.under, codes), len(plans.categories))
        meeting = _inverted(map(plans.meeting, markets), len(plans.jurisdictions))
        return cls(
            numbered,
            {
                scope: pl.col(CATEGORY_NUMBER).is_in(numbers)
                for scope, numbers in zip(plans.categories, under, strict=True)
            },
            {
                scope: EVERYWHERE if len(numbers) == len(markets) else pl.col(MARKETS_NUMBER).is_in(numbers)
                for scope, numbers in zip(plans.jurisdictions, meeting, strict=True)
            },
        )

    def within(self, policy: ActivePolicy) -> pl.Expr:
        """Whether a policy applies to a listing in any market."""
        offered = self._jurisdictions[policy.jurisdictions]
        return offered & self._categories[policy.categories] if policy.categories else offered

    def in_market(self, policy: ActivePolicy) -> pl.Expr:
        """The same, of the one market in the column `market`."""
        here = pl.col("market").is_in(sorted(policy.jurisdictions))
        return here & self._categories[policy.categories] if policy.categories else here


def _numbered(frame: pl.DataFrame, column: str, number: str) -> tuple[pl.DataFrame, list[Any]]:
    """Each different value gets a number, in a column of its own; the values in the order of the numbers."""
    different = frame.select(pl.col(column).unique(maintain_order=True)).with_row_index(number)
    numbered = frame.join(different, on=column, how="left", nulls_equal=True, maintain_order="left")
    return numbered, different[column].to_list()


def _inverted(several: Iterable[tuple[int, ...]], height: int) -> list[list[int]]:
    """For each of `height` numbers: the places at which it stands."""
    found: list[list[int]] = [[] for _number in range(height)]
    for place, numbers in enumerate(several):
        for number in numbers:
            found[number].append(place)
    return found


def common(policies: ActivePolicies, policy: ActivePolicy, markets: str) -> Markets:
    """The markets of a listing in which a policy applies, in the listing's order."""
    return policies.common(policy, tuple(markets.split(SEPARATOR)) if markets else ())
