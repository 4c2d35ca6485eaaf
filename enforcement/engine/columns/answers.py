"""What the policies about listings say of many listings at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from enforcement.engine.active import ActivePolicies, ActivePolicy, Markets
from enforcement.engine.columns.batches import KEY, MARKETS, SEPARATOR, Batch
from enforcement.engine.columns.lowering import Plan
from enforcement.engine.columns.plans import Plans, Scopes, common, plans
from governance.policies.enums import Subject as About


@dataclass
class Answer:
    """One policy over many listings, by their keys: where it holds, each with the markets, and where it cannot be decided.

    `missing`: how many of the undecided lack a fact, by its path. `by_row`: listings that the policy has still to be read for
    row by row.
    """

    policy: ActivePolicy
    looked_at: int = 0
    held: dict[int, Markets] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    by_row: list[int] = field(default_factory=list)


def answers(policies: ActivePolicies, batch: Batch, planned: Plans | None = None) -> list[Answer]:
    """An answer for each policy about listings; none of them speaks of the batch's odd ones.

    `planned` for policies that are not to be remembered: those of a draft.
    """
    planned = planned or plans(policies)
    reading = _Reading(policies, planned, Scopes.of(batch.frame, planned))
    reading.once()
    reading.per_market()
    reading.rest()
    return reading.answers


class _Reading:
    """One pass of the policies over a frame."""

    def __init__(self, policies: ActivePolicies, planned: Plans, scopes: Scopes) -> None:
        self.policies, self.plans, self.scopes = policies, planned, scopes
        self.answers = [Answer(policy) for policy in policies.about(About.LISTINGS)]
        applies = {
            _applies(number): scopes.within(policy) for number, policy in enumerate(policies.about(About.LISTINGS))
        }
        self.frame = scopes.frame.lazy().with_columns(**applies).collect()
        looked_at = self.frame.select(pl.col(list(applies)).sum()).row(0) if applies else ()
        for answer, count in zip(self.answers, looked_at, strict=True):
            answer.looked_at = int(count)

    def once(self) -> None:
        said = self._said(self.plans.once, self.frame, lambda number: pl.col(_applies(number)))
        for number, keys, markets in _where_true(said, self.frame, MARKETS):
            answer = self.answers[number]
            answer.held = {
                key: common(self.policies, answer.policy, offered) for key, offered in zip(keys, markets, strict=True)
            }
        self._leave_open(said.select(pl.col(_with_nulls(said)).is_null()))

    def per_market(self) -> None:
        """True where it is in some market; else unknown where it may be in some."""
        if not self.plans.per_market.rules:
            return
        anywhere = pl.any_horizontal(pl.col(_applies(number)) for number in self.plans.per_market.rules)
        split = (
            self.frame.filter(anywhere)
            .with_columns(pl.col(MARKETS).str.split(SEPARATOR).alias("market"))
            .explode("market")
        )
        said = self._said(
            self.plans.per_market, split, lambda number: self.scopes.in_market(self.answers[number].policy)
        )
        for number, keys, markets in _where_true(said, split, "market"):
            held = self.answers[number].held
            for key, market in zip(keys, markets, strict=True):
                held[key] = (*held.get(key, ()), market)
        self._leave_open(pl.DataFrame([self._nowhere_true(split, said[name]) for name in _with_nulls(said)]))

    def _nowhere_true(self, split: pl.DataFrame, said: pl.Series) -> pl.Series:
        """Where a rule that is read for each market is unknown in some and true in none."""
        perhaps = split[KEY].filter(said.is_null()).unique()
        held = self.answers[int(said.name)].held
        return self.frame[KEY].is_in([key for key in perhaps if key not in held]).alias(said.name)

    def rest(self) -> None:
        for number in self.plans.rest:
            self.answers[number].by_row = self.frame.filter(pl.col(_applies(number)))[KEY].to_list()

    def _said(self, plan: Plan, frame: pl.DataFrame, within: Callable[[int], pl.Expr]) -> pl.DataFrame:
        """What the rules say that apply to any listing at all."""
        return plan.read(frame, {number: within(number) for number in plan.rules if self.answers[number].looked_at})

    def _leave_open(self, undecided: pl.DataFrame) -> None:
        """A column for each rule that is unknown anywhere, true where it is."""
        if not undecided.width:
            return
        several = {name: self.answers[int(name)] for name in undecided.columns}
        lacking = {
            name: [path for path in each.policy.rule.optional if path in self.frame.columns]
            for name, each in several.items()
        }
        rows = pl.concat(
            [self.frame.select(KEY, *{path for paths in lacking.values() for path in paths}), undecided],
            how="horizontal",
        )
        keys = [pl.col(KEY).filter(pl.col(name)).implode().alias(name) for name in several]
        counts = [
            pl.col(path).filter(pl.col(name)).null_count().alias(f"{name} {path}")
            for name, paths in lacking.items()
            for path in paths
        ]
        found = rows.select(*keys, *counts).row(0, named=True)
        for name, answer in several.items():
            answer.unknown = found[name]
            answer.missing = Counter({path: count for path in lacking[name] if (count := found[f"{name} {path}"])})


def _where_true(said: pl.DataFrame, frame: pl.DataFrame, beside: str) -> Iterator[tuple[int, list[int], list[str]]]:
    """Of each rule that is true anywhere: its number, and the keys and the column `beside` of those rows.

    Read at once: a question for each of hundreds of rules takes longer than the rules.
    """
    names = [name for name, anywhere in zip(said.columns, _row(said, pl.all().any()), strict=True) if anywhere]
    if not names:
        return
    rows = pl.concat([frame.select(KEY, beside), said.select(names)], how="horizontal")
    keys, others = (
        rows.select(pl.col(each).filter(pl.col(name)).implode().alias(name) for name in names).row(0)
        for each in (KEY, beside)
    )
    for name, of_rule, others_of_rule in zip(names, keys, others, strict=True):
        yield int(name), of_rule, others_of_rule


def _with_nulls(said: pl.DataFrame) -> list[str]:
    """The rules that are unknown anywhere."""
    return [name for name, count in zip(said.columns, _row(said, pl.all().null_count()), strict=True) if count]


def _row(said: pl.DataFrame, expr: pl.Expr) -> tuple[Any, ...]:
    return said.select(expr).row(0) if said.width else ()


def _applies(number: int) -> str:
    return f"_applies{number}"
