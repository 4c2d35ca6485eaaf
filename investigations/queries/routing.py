"""Which queue takes a case: the first whose rule holds for it, in their order, else the default one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db.models import Count

from enforcement.engine import facts
from governance.policies.language import About, CaseFacts, Environment, Problem, Rule, RuleProblems, Subject, wording
from governance.policies.queries.environment import environment
from investigations.models import Case, CaseItem, Queue

log = structlog.get_logger(__name__)
LONGEST_FAULT = 200


@dataclass(frozen=True)
class Place:
    """Where a case goes. `problem` says which queue's rule could not be read for it, and why; empty where all could."""

    queue: Queue
    problem: Mapping[str, str] = field(default_factory=dict)


class Router:
    """The rules of the queues, compiled against what may be named now.

    A rule that cannot be compiled any more is passed over. One that fails on a case's data sends the case to the default queue:
    what nobody foresaw must not keep a case from being seen.
    """

    def __init__(self, queues: Iterable[Queue]) -> None:
        self.environment = environment()
        self.rules: list[tuple[Queue, Rule]] = []
        self.problem: dict[str, str] = {}
        for queue in queues:
            if queue.is_default:
                self.default = queue
                continue
            try:
                self.rules.append((queue, self.environment.compile(queue.rule, About.CASES)))
            except RuleProblems as wrong:
                self.problem = _problem(queue, str(wrong))

    @property
    def needs(self) -> Collection[str]:
        """Stored facts that the rules read."""
        return {path for _queue, rule in self.rules for path in rule.needs}

    def of(self, subject: Subject, at: datetime) -> Place:
        row = self.environment.row(subject, at)
        for queue, rule in self.rules:
            try:
                held = rule.evaluate(row)
            except Exception as error:  # one case that nobody foresaw must not keep the others waiting
                log.warning("case_not_routed", queue=queue.key, exc_info=True)
                return Place(self.default, _problem(queue, f"{type(error).__name__}: {error}"))
            if held:
                return Place(queue, self.problem)
        return Place(self.default, self.problem)

    def places(self, cases: Sequence[Case], at: datetime) -> dict[int, Place]:
        """Where each of these cases goes, by key. Their policies are loaded with them."""
        known = subjects(cases, needs=self.needs, at=at)
        return {key: self.of(subject, at) for key, subject in known.items()}


def _problem(queue: Queue, fault: str) -> dict[str, str]:
    return {"queue": queue.key, "fault": fault[:LONGEST_FAULT]}


@dataclass(frozen=True)
class Check:
    """What is wrong with a rule; or, where nothing is, what it says."""

    problems: tuple[Problem, ...] = ()
    parts: Mapping[str, Any] = field(default_factory=dict)


def check(source: str) -> Check:
    return next(iter(checks([source])))


def checks(sources: Iterable[str]) -> list[Check]:
    """All by what may be named now. A rule that is not there has neither problems nor words."""
    known = environment()
    return [_check(known, source) for source in sources]


def _check(known: Environment, source: str) -> Check:
    if not source:
        return Check()
    try:
        return Check(parts=wording.in_words(known.compile(source, About.CASES).parts))
    except RuleProblems as wrong:
        return Check(problems=wrong.problems)


def active() -> list[Queue]:
    """The queues that take cases, in the order in which they are asked: the default one is the last."""
    return list(Queue.objects.filter(removed_at__isnull=True).order_by("is_default", "position", "id"))


def subjects(cases: Sequence[Case], *, needs: Collection[str], at: datetime) -> dict[int, Subject]:
    """The facts of cases and of their merchants, by the cases' keys: a fixed number of queries."""
    sellers = facts.sellers_of({case.merchant_id for case in cases}, needs=needs, at=at)
    waiting = CaseItem.objects.filter(case__in=[case.pk for case in cases], settled_at__isnull=True)
    counts = dict(waiting.order_by().values_list("case").annotate(count=Count("id")))
    return {
        case.pk: Subject(sellers[case.merchant_id], case=_facts(case, listings=counts.get(case.pk, 0)))
        for case in cases
    }


def _facts(case: Case, *, listings: int) -> CaseFacts:
    return CaseFacts(
        severity=case.severity,
        origin=case.origin,
        opened_at=case.opened_at,
        family=case.policy.family if case.policy else None,
        policy=case.policy.slug if case.policy else None,
        markets=case.markets,
        languages=case.languages,
        listings=listings,
        orders_30d=case.orders_30d,
        views_30d=case.views_30d,
    )
