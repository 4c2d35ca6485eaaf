"""What the policies about listings say of many listings at once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

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
        for number, answer in enumerate(self.answers):
            answer.looked_at = int(self.frame[_applies(number)].sum())

    def once(self) -> None:
        said = self._said(self.plans.once, self.frame, lambda number: pl.col(_applies(number)))
        keys, markets = self.frame[KEY], self.frame[MARKETS]
        for column in said:
            answer = self.answers[int(column.name)]
            true = column.arg_true()
            answer.held = {
                key: common(self.policies, answer.policy, offered)
                for key, offered in zip(keys.gather(true), markets.gather(true), strict=True)
            }
            if column.null_count():
                self._leave_open(answer, self.frame.filter(column.is_null()))

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
        for column in said:
            answer = self.answers[int(column.name)]
            true = column.arg_true()
            for key, market in zip(split[KEY].gather(true), split["market"].gather(true), strict=True):
                answer.held[key] = (*answer.held.get(key, ()), market)
            if column.null_count():
                perhaps = split.filter(column.is_null())[KEY].unique().to_list()
                open_ = pl.col(KEY).is_in([key for key in perhaps if key not in answer.held])
                self._leave_open(answer, self.frame.filter(open_))

    def rest(self) -> None:
        for number in self.plans.rest:
            self.answers[number].by_row = self.frame.filter(pl.col(_applies(number)))[KEY].to_list()

    def _said(self, plan: Plan, frame: pl.DataFrame, within: Callable[[int], pl.Expr]) -> pl.DataFrame:
        """What the rules say that apply to any listing at all."""
        return plan.read(frame, {number: within(number) for number in plan.rules if self.answers[number].looked_at})

    def _leave_open(self, answer: Answer, undecided: pl.DataFrame) -> None:
        answer.unknown = undecided[KEY].to_list()
        paths = (path for path in answer.policy.rule.optional if path in undecided.columns)
        answer.missing = Counter({path: count for path in paths if (count := undecided[path].null_count())})


def _applies(number: int) -> str:
    return f"_applies{number}"
