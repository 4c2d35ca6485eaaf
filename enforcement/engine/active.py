"""The policies that act now, compiled and ordered by where they apply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from weakref import WeakKeyDictionary

from enforcement.queries.scope import active_versions
from governance.policies.enums import Mode, Subject
from governance.policies.language import Environment, Problem, Rule, RuleProblems
from governance.policies.models import PolicyVersion
from governance.policies.queries.environment import environment

Markets = tuple[str, ...]
_Compiled = dict[tuple[str, str], Rule | RuleProblems]
_COMPILED: WeakKeyDictionary[Environment, _Compiled] = WeakKeyDictionary()
"""Rules by environment: a new one (the register or a term list has changed) compiles anew."""


@dataclass(frozen=True)
class ActivePolicy:
    """A version in force. `categories` empty means all."""

    policy_id: int
    version_id: int
    subject: Subject
    mode: Mode
    jurisdictions: frozenset[str]
    categories: tuple[str, ...]
    rule: Rule

    def covers(self, category: str | None) -> bool:
        """Whether a category is one of the policy's or under one."""
        if not self.categories:
            return True
        return category is not None and any(
            category == code or category.startswith(f"{code}/") for code in self.categories
        )


@dataclass(frozen=True)
class BrokenPolicy:
    """A version in force whose rule no longer compiles: an attribute or a term list is gone. It is left out and named."""

    policy_id: int
    version_id: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Applying:
    """The policies that apply to listings of one category and set of markets, each with the markets where it does."""

    policies: tuple[tuple[ActivePolicy, Markets], ...]

    @cached_property
    def needs(self) -> frozenset[str]:
        """Stored facts that their rules read."""
        return frozenset().union(*(policy.rule.needs for policy, _markets in self.policies))


@dataclass
class ActivePolicies:
    """Compiled against one environment. Safe to keep for a chunk, not for ever: term lists and the register move on."""

    environment: Environment
    policies: Sequence[ActivePolicy]
    broken: Sequence[BrokenPolicy] = ()
    _applying: dict[tuple[Subject, str | None, Markets], Applying] = field(default_factory=dict)

    def about(self, subject: Subject) -> list[ActivePolicy]:
        return [policy for policy in self.policies if policy.subject == subject]

    def needs(self, subject: Subject) -> frozenset[str]:
        """Stored facts that any rule about this subject reads."""
        return frozenset().union(*(policy.rule.needs for policy in self.about(subject)))

    def applying(self, subject: Subject, category: str | None, markets: Markets) -> Applying:
        """Return what applies there. A policy without a common market does not."""
        key = (subject, category, markets)
        found = self._applying.get(key)
        if found is None:
            found = self._applying[key] = Applying(tuple(self._apply(subject, category, markets)))
        return found

    def _apply(
        self, subject: Subject, category: str | None, markets: Markets
    ) -> Iterable[tuple[ActivePolicy, Markets]]:
        for policy in self.about(subject):
            common = tuple(market for market in markets if market in policy.jurisdictions)
            if common and (subject == Subject.MERCHANTS or policy.covers(category)):
                yield policy, common


def load_active(*, at: datetime, policies: Sequence[int] = ()) -> ActivePolicies:
    """Return the versions in force at a time, of policies that are switched on; of `policies` only where given."""
    return activate(active_versions(at=at, policies=policies))


def activate(
    versions: Iterable[PolicyVersion], *, modes: Mapping[int, str] | None = None, against: Environment | None = None
) -> ActivePolicies:
    """Compile versions (with their policies loaded). `modes` by version id: those that a sweep began with."""
    known = against or environment()
    active: list[ActivePolicy] = []
    broken: list[BrokenPolicy] = []
    for version in versions:
        rule = _compile(known, version.rule, version.policy.subject)
        if isinstance(rule, RuleProblems):
            broken.append(BrokenPolicy(version.policy_id, version.pk, rule.problems))
            continue
        active.append(
            ActivePolicy(
                policy_id=version.policy_id,
                version_id=version.pk,
                subject=Subject(version.policy.subject),
                mode=Mode((modes or {}).get(version.pk, version.policy.mode)),
                jurisdictions=frozenset(version.jurisdictions),
                categories=tuple(version.categories),
                rule=rule,
            )
        )
    return ActivePolicies(known, active, broken)


def _compile(known: Environment, source: str, subject: str) -> Rule | RuleProblems:
    compiled = _COMPILED.setdefault(known, {})
    key = (source, subject)
    if key not in compiled:
        try:
            compiled[key] = known.compile(source, subject)
        except RuleProblems as problems:
            compiled[key] = problems
    return compiled[key]
