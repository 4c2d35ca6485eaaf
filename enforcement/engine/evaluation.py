"""Policies over listings and merchants: a batch of listings over columns, with every hit confirmed row by row; others row by row."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl
import structlog

from enforcement.engine.active import ActivePolicies, ActivePolicy, Applying, Markets
from enforcement.engine.columns import Answer, Batch, answers
from enforcement.engine.columns.batches import KEY, VERSION
from governance.policies import enums
from governance.policies.language import Row, Subject
from governance.policies.language.readers import MENTIONED

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

    @property
    def explanation(self) -> dict[str, Any]:
        """Worked out each time it is asked: of a rule read for each market, for the first in which it came out so."""
        market = self.markets[0] if self.markets else None
        return self.policy.rule.explain(self.row, market, held=self.held)

    @cached_property
    def missing(self) -> list[str]:
        """Paths of the facts that the rule reads and this row lacks."""
        return self.policy.rule.missing(self.row)


@dataclass
class Tally:
    """What one policy version came across.

    `confirmed` are those of the `matched` of which the runtime, row by row, says the same. `missing`: how many undecidable ones
    lack a fact, by its path.
    """

    looked_at: int = 0
    matched: int = 0
    confirmed: int = 0
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

    tallies: dict[int, Tally] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)

    def tally(self, version_id: int) -> Tally:
        found = self.tallies.get(version_id)
        if found is None:
            found = self.tallies[version_id] = Tally()
        return found


@dataclass(frozen=True)
class Found:
    """Rules that hold, each confirmed row by row; and those that cannot be decided: (policy id, key of the subject)."""

    held: list[Outcome] = field(default_factory=list)
    undecided: list[tuple[int, int]] = field(default_factory=list)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.held:
                self.held.append(outcome)
            else:
                self.undecided.append((outcome.policy.policy_id, outcome.subject_id))


def evaluate(
    policies: ActivePolicies, read: Batch | Iterable[Subject], *, at: datetime, summary: Summary | None = None
) -> Found:
    """What holds and what cannot be decided; what fails is only counted in the summary.

    A batch of listings is read over columns. Subjects are read one by one: one with a listing by the policies about listings,
    one without by those about merchants. One that breaks is named in the summary and skipped.
    """
    counted = summary if summary is not None else Summary()
    if isinstance(read, Batch):
        return _over_columns(policies, read, at, counted)
    found = Found()
    found.add(by_row(policies, read, at=at, summary=counted))
    return found


def by_row(
    policies: ActivePolicies, subjects: Iterable[Subject], *, at: datetime, summary: Summary
) -> Iterator[Outcome]:
    """Yield the outcomes of one subject after the other: what the columns have to agree with."""
    for subject in subjects:
        key = _key(subject)
        try:
            found, looked = _read(policies, subject, at)
        except Exception as error:  # a value that nobody foresaw must not take the chunk with it
            summary.broken.append(Broken(key, f"{type(error).__name__}: {error}"))
            continue
        _count(summary, found, looked)
        yield from found


def _over_columns(policies: ActivePolicies, batch: Batch, at: datetime, summary: Summary) -> Found:
    """Hits are few, and each is confirmed by the runtime: a fault in the columns can never punish a merchant."""
    try:
        said = answers(policies, batch)
    except Exception:  # whatever it is, reading row by row names the listing
        log.exception("columns_failed")
        return evaluate(policies, batch.subjects([*batch.keys, *batch.odd]).values(), at=at, summary=summary)
    return _Confirming(policies, batch, said, at, summary).found()


class _Confirming:
    """The facts of listings in which something was found are read by themselves; one that has changed since the columns were
    read is read anew by all policies."""

    def __init__(
        self, policies: ActivePolicies, batch: Batch, said: Sequence[Answer], at: datetime, summary: Summary
    ) -> None:
        self.policies, self.said, self.at, self.summary = policies, said, at, summary
        asked = {key for answer in said for key in (*answer.held, *answer.by_row)}
        about_terms = (answer for answer in said if MENTIONED in answer.policy.rule.needs)
        with_texts = {key for answer in about_terms for key in (*answer.held, *answer.by_row)}
        self.subjects = batch.subjects(sorted(asked.union(batch.odd)), with_texts.union(batch.odd))
        self.odd = frozenset(batch.odd)
        versions = dict(batch.frame.filter(pl.col(KEY).is_in(list(asked))).select(KEY, VERSION).iter_rows())
        self.moved = {key for key in asked if _version(self.subjects.get(key)) != versions[key]}
        self.rows: dict[int, Row] = {}

    def found(self) -> Found:
        found = Found()
        for answer in self.said:
            self._add(answer, found)
        anew = [self.subjects[key] for key in sorted(self.odd | self.moved) if key in self.subjects]
        found.add(by_row(self.policies, anew, at=self.at, summary=self.summary))
        return found

    def _add(self, answer: Answer, found: Found) -> None:
        policy, tally = answer.policy, self.summary.tally(answer.policy.version_id)
        unknown = [key for key in answer.unknown if key not in self.moved]
        tally.looked_at += answer.looked_at - sum(1 for key in (*answer.held, *answer.by_row) if key in self.moved)
        tally.undecidable += len(unknown)
        tally.missing.update(answer.missing)
        found.undecided.extend((policy.policy_id, key) for key in unknown)
        self._confirm(answer, tally, found)
        for key in answer.by_row:
            if key not in self.moved:
                row = self._row(key)
                outcome = _outcome(policy, self.policies.common(policy, _markets(row.subject)), row)
                if outcome is not None:
                    _count_outcome(tally, outcome)
                    found.add([outcome])

    def _confirm(self, answer: Answer, tally: Tally, found: Found) -> None:
        otherwise: list[int] = []
        for key, markets in answer.held.items():
            if key in self.moved:
                continue
            tally.matched += 1
            outcome = _outcome(answer.policy, markets, self._row(key))
            if outcome is not None and outcome.held:
                tally.confirmed += 1
            else:
                otherwise.append(key)
            found.add([outcome] if outcome is not None else [])
        if otherwise:
            log.error("columns_disagree", policy=answer.policy.policy_id, listings=len(otherwise), first=otherwise[0])

    def _row(self, key: int) -> Row:
        if key not in self.rows:
            self.rows[key] = self.policies.environment.row(self.subjects[key], self.at)
        return self.rows[key]


def _version(subject: Subject | None) -> int | None:
    return subject.listing.version if subject and subject.listing else None


def _markets(subject: Subject) -> Markets:
    return tuple(subject.merchant.markets if subject.listing is None else subject.listing.markets)


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
    markets = _markets(subject)
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
        tally.confirmed += 1
    else:
        tally.undecidable += 1
        tally.missing.update(outcome.missing)
