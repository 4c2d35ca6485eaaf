"""Policies over listings and merchants: many listings over columns, with every hit confirmed row by row; few, row by row."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import structlog

from enforcement.engine.active import ActivePolicies, ActivePolicy, Applying, Markets
from enforcement.engine.columns import Answer, answers
from governance.policies import enums
from governance.policies.language import Row, Subject

WORTH_COLUMNS = 32
"""So many listings at least: a frame costs some milliseconds, however small it is."""
log = structlog.get_logger(__name__)


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
    read = list(subjects)
    if len(read) >= WORTH_COLUMNS and all(subject.listing for subject in read):
        yield from _over_columns(policies, read, at, counted)
    else:
        yield from by_row(policies, read, at=at, summary=counted)


def by_row(
    policies: ActivePolicies, subjects: Iterable[Subject], *, at: datetime, summary: Summary
) -> Iterator[Outcome]:
    """The same, one subject after the other: what the columns have to agree with."""
    for subject in subjects:
        key = _key(subject)
        try:
            found, looked = _read(policies, subject, at)
        except Exception as error:  # a value that nobody foresaw must not take the chunk with it
            summary.broken.append(Broken(key, f"{type(error).__name__}: {error}"))
            continue
        summary.looked.append(key)
        _count(summary, found, looked)
        yield from found


def _over_columns(
    policies: ActivePolicies, subjects: Sequence[Subject], at: datetime, summary: Summary
) -> Iterator[Outcome]:
    """Hits are few, and each is confirmed by the runtime: a fault in the columns can never punish a merchant."""
    try:
        found, odd = answers(policies, subjects, at=at)
    except Exception:  # whatever it is, reading row by row names the listing
        log.exception("columns_failed")
        yield from by_row(policies, subjects, at=at, summary=summary)
        return
    rows = _Rows(policies, subjects, at)
    outcomes: dict[int, list[Outcome]] = {}
    for answer in found:
        for place, outcome in _confirmed(answer, rows, summary.tally(answer.policy.version_id)):
            outcomes.setdefault(place, []).append(outcome)
    unread = frozenset(odd)
    for place, subject in enumerate(subjects):
        if place in unread:
            yield from by_row(policies, [subject], at=at, summary=summary)
        else:
            summary.looked.append(_key(subject))
            yield from outcomes.get(place, ())


class _Rows:
    """The row of each subject, made when a rule first asks for it."""

    def __init__(self, policies: ActivePolicies, subjects: Sequence[Subject], at: datetime) -> None:
        self.environment, self.subjects, self.at = policies.environment, subjects, at
        self._made: dict[int, Row] = {}

    def __getitem__(self, place: int) -> Row:
        if place not in self._made:
            self._made[place] = self.environment.row(self.subjects[place], self.at)
        return self._made[place]


def _confirmed(answer: Answer, rows: _Rows, tally: Tally) -> Iterator[tuple[int, Outcome]]:
    """What one policy found, by place, and counted. Where the runtime says otherwise than the columns, it is right."""
    policy = answer.policy
    tally.looked_at += answer.looked_at
    tally.undecidable += len(answer.unknown)
    tally.missing.update(answer.missing)
    for place, markets in (answer.held | answer.by_row).items():
        outcome = _outcome(policy, markets, rows[place])
        if place in answer.held and (outcome is None or not outcome.held):
            log.error("columns_disagree", policy=policy.policy_id, subject=_key(rows.subjects[place]))
        if outcome is not None:
            _count_outcome(tally, outcome)
            yield place, outcome
    for place, markets in answer.unknown.items():
        yield place, Outcome(policy, rows.subjects[place], None, markets, rows[place])


def _key(subject: Subject) -> int:
    return subject.merchant.id if subject.listing is None else subject.listing.id


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


def outcomes(applying: Applying, row: Row) -> list[Outcome]:
    """Read the rules that apply to one listing, and count nothing.

    The term lists are run over its texts first: a rule that cannot hold without a hit is read only where there is one.
    """
    row.prepare(applying.needs)
    read = applying.without_terms
    if applying.by_terms:
        needed = {place for key in row.hits for place in applying.by_terms.get(key, ())}
        read = sorted({*read, *needed}) if needed else read
    pairs = (applying.policies[place] for place in read)
    return [outcome for policy, common in pairs if (outcome := _outcome(policy, common, row))]


def _count(summary: Summary, found: Iterable[Outcome], applying: Iterable[tuple[ActivePolicy, Markets]]) -> None:
    for policy, _markets in applying:
        summary.tally(policy.version_id).looked_at += 1
    for outcome in found:
        _count_outcome(summary.tally(outcome.policy.version_id), outcome)


def _count_outcome(tally: Tally, outcome: Outcome) -> None:
    if outcome.held:
        tally.matched += 1
    else:
        tally.undecidable += 1
        tally.missing.update(outcome.missing)
