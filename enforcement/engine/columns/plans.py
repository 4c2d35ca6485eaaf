"""What a set of policies reads over columns, and where each of them applies. Made once: it takes longer than reading a chunk."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from enforcement.engine.active import ActivePolicies, ActivePolicy, Markets, is_under
from enforcement.engine.columns.batches import CATEGORY, MARKETS, SEPARATOR
from enforcement.engine.columns.lowering import Planner
from enforcement.engine.columns.values import NotLowered
from governance.policies.enums import Subject as About
from governance.policies.language import Environment, Rule

BITS = 64
"""Scopes that one column of a frame tells of."""
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
        self._under: dict[str | None, int] = {}
        self._meeting: dict[str | None, int] = {}

    @cached_property
    def matched(self) -> frozenset[str]:
        """Columns of `matched` that the rules can make use of."""
        return frozenset(self.once.matched | self.per_market.matched)

    def columns(self, needs: Collection[str], kept: Collection[str]) -> set[str]:
        """Those of the facts `needs` that have to be there beside the columns of `matched` that are `kept`."""
        return {path for path in needs if path in self._optional} | (
            (self.once.reads(kept) | self.per_market.reads(kept)) & set(needs)
        )

    def under(self, category: str | None) -> int:
        """Which of `categories` a category is in: the first is the lowest bit."""
        found = self._under.get(category)
        if found is None:
            found = self._under[category] = _bits(is_under(category, codes) for codes in self.categories)
        return found

    def meeting(self, markets: str | None) -> int:
        """Which of `jurisdictions` have one of these markets, in the same way."""
        found = self._meeting.get(markets)
        if found is None:
            offered = frozenset((markets or "").split(SEPARATOR))
            found = self._meeting[markets] = _bits(bool(codes & offered) for codes in self.jurisdictions)
        return found


def _bits(several: Iterable[bool]) -> int:
    return sum(held << place for place, held in enumerate(several))


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
    """Where the policies apply among the listings of one frame; `frame` has the bits that the expressions ask for."""

    frame: pl.DataFrame
    _categories: Mapping[tuple[str, ...], pl.Expr]
    _jurisdictions: Mapping[frozenset[str], pl.Expr]

    @classmethod
    def of(cls, frame: pl.DataFrame, plans: Plans) -> "Scopes":
        marked, categories = _marked(frame, CATEGORY, plans.under, len(plans.categories))
        marked, jurisdictions = _marked(marked, MARKETS, plans.meeting, len(plans.jurisdictions))
        return cls(
            marked,
            dict(zip(plans.categories, categories, strict=True)),
            dict(zip(plans.jurisdictions, jurisdictions, strict=True)),
        )

    def within(self, policy: ActivePolicy) -> pl.Expr:
        """Whether a policy applies to a listing in any market."""
        offered = self._jurisdictions[policy.jurisdictions]
        return offered & self._categories[policy.categories] if policy.categories else offered

    def in_market(self, policy: ActivePolicy) -> pl.Expr:
        """The same, of the one market in the column `market`."""
        here = pl.col("market").is_in(sorted(policy.jurisdictions))
        return here & self._categories[policy.categories] if policy.categories else here


def _marked(
    frame: pl.DataFrame, column: str, within: Callable[[str | None], int], scopes: int
) -> tuple[pl.DataFrame, list[pl.Expr]]:
    """The frame with the scopes that each value of a column is in, as bits; and an expression for each scope."""
    different = frame[column].unique().to_list()
    found = [within(value) for value in different]
    words = {
        f"{column}/{first}": [bits >> first & (1 << BITS) - 1 for bits in found] for first in range(0, scopes, BITS)
    }
    known = pl.DataFrame({column: different, **words}, schema={column: pl.String, **dict.fromkeys(words, pl.UInt64)})
    everywhere = reduce(and_, found, (1 << scopes) - 1)
    expressions = [
        EVERYWHERE
        if everywhere >> number & 1
        else pl.col(f"{column}/{number - number % BITS}") & pl.lit(1 << number % BITS, dtype=pl.UInt64) != 0
        for number in range(scopes)
    ]
    bits = frame.select(column).join(known, on=column, how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(bits.select(*words)), expressions


def common(policies: ActivePolicies, policy: ActivePolicy, markets: str) -> Markets:
    """The markets of a listing in which a policy applies, in the listing's order."""
    return policies.common(policy, tuple(markets.split(SEPARATOR)) if markets else ())
