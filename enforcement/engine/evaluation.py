"""Policies over listings and merchants, row by row. The columnar engine will stand behind the same function."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from enforcement.engine.active import ActivePolicies, ActivePolicy, Markets
from governance.policies import enums
from governance.policies.language import Row, Subject


@dataclass(frozen=True)
class Outcome:
    """A rule that holds (`held` true), or that cannot be decided (None), of one listing or one merchant.

    `markets`: where it holds, or where it may. For a rule read once for each market, those in which it was true.
    """

    policy: ActivePolicy
    subject: Subject
    held: bool | None
    markets: Markets
    row: Row = field(repr=False)

    @property
    def listing_id(self) -> int | None:
        return self.subject.listing.id if self.subject.listing else None

    @property
    def listing_version(self) -> int | None:
        return self.subject.listing.version if self.subject.listing else None

    @property
    def merchant_id(self) -> int:
        return self.subject.merchant.id

    @property
    def subject_id(self) -> int:
        """Key of the listing, or of the merchant where the policy is about merchants."""
        return self.subject.merchant.id if self.subject.listing is None else self.subject.listing.id

    @cached_property
    def explanation(self) -> dict[str, Any]:
        """Worked out when asked: of a rule read for each market, for the first in which it came out so."""
        return self.policy.rule.explain(self.row, self.markets[0] if self.markets else None)

    @cached_property
    def missing(self) -> list[str]:
        """Paths of the facts that the rule reads and this row lacks."""
        return self.policy.rule.missing(self.row)


@dataclass
class Tally:
    """What one policy version came across. `missing`: how many undecidable ones lack a fact, by its path."""

    looked_at: int = 0
    matched: int = 0
    undecidable: int = 0
    missing: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Broken:
    """A listing or merchant that could not be read. It was skipped: nothing was found of it and nothing closed."""

    subject_id: int
    error: str


@dataclass
class Summary:
    """Counts of an evaluation, by policy version. Complete once the outcomes have been read to the end."""

    looked: list[int] = field(default_factory=list)
    tallies: dict[int, Tally] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)

    def tally(self, version_id: int) -> Tally:
        found = self.tallies.get(version_id)
        if found is None:
            found = self.tallies[version_id] = Tally()
        return found


def evaluate(
    policies: ActivePolicies, subjects: Iterable[Subject], *, at: datetime, summary: Summary | None = None
) -> Iterator[Outcome]:
    """Yield what holds and what cannot be decided; what fails is only counted in the summary.

    A subject with a listing is read by the policies about listings, one without by those about merchants.
    One that breaks is named in the summary and skipped.
    """
    counted = summary if summary is not None else Summary()
    for subject in subjects:
        key = subject.listing.id if subject.listing else subject.merchant.id
        try:
            found, looked = _read(policies, subject, at)
        except Exception as error:  # a value that nobody foresaw must not take the chunk with it
            counted.broken.append(Broken(key, f"{type(error).__name__}: {error}"))
            continue
        counted.looked.append(key)
        _count(counted, found, looked)
        yield from found


def _read(
    policies: ActivePolicies, subject: Subject, at: datetime
) -> tuple[list[Outcome], list[tuple[ActivePolicy, Markets]]]:
    """Return what was found, and the policies that were looked at with the markets where each applies."""
    listing = subject.listing
    if listing is None:
        covering = policies.covering(enums.Subject.MERCHANTS, None)
    else:
        covering = policies.covering(enums.Subject.LISTINGS, listing.category)
    markets = tuple(subject.merchant.markets if listing is None else listing.markets)
    applying = [(policy, common) for policy in covering.policies if (common := policies.common(policy, markets))]
    if not applying:
        return [], applying
    row = policies.environment.row(subject, at)
    row.prepare(covering.needs)
    return [outcome for policy, common in applying if (outcome := _outcome(policy, common, row))], applying


def _outcome(policy: ActivePolicy, markets: Markets, row: Row) -> Outcome | None:
    """Read one rule; None where it fails."""
    if not policy.rule.per_market:
        held = policy.rule.evaluate(row)
        return None if held is False else Outcome(policy, row.subject, held, markets, row)
    answers = {market: policy.rule.evaluate(row, market) for market in markets}
    for held in (True, None):
        where = tuple(market for market, answer in answers.items() if answer is held)
        if where:
            return Outcome(policy, row.subject, held, where, row)
    return None


def _count(summary: Summary, found: Iterable[Outcome], applying: Iterable[tuple[ActivePolicy, Markets]]) -> None:
    for policy, _markets in applying:
        summary.tally(policy.version_id).looked_at += 1
    for outcome in found:
        tally = summary.tally(outcome.policy.version_id)
        if outcome.held:
            tally.matched += 1
        else:
            tally.undecidable += 1
            tally.missing.update(outcome.missing)
