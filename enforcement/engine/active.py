"""The policies that act now, compiled and ordered by where they apply."""

from collections import defaultdict
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


def is_under(category: str | None, codes: Iterable[str]) -> bool:
    """Whether a category is one of these or under one; none is under nothing."""
    return category is not None and any(category == code or category.startswith(f"{code}/") for code in codes)


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
        if not self.categories or self.subject == Subject.MERCHANTS:
            return True
        return is_under(category, self.categories)


@dataclass(frozen=True)
class BrokenPolicy:
    """A version in force whose rule no longer compiles: an attribute or a term list is gone. It is left out and named."""

    policy_id: int
    version_id: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Covering:
    """The policies that cover a category, and the stored facts that their rules read."""

    policies: tuple[ActivePolicy, ...]
    needs: frozenset[str]


@dataclass(frozen=True)
class Applying:
    """The policies that apply to a category in markets, each with those of the markets, and the facts that they read."""

    policies: tuple[tuple[ActivePolicy, Markets], ...]
    needs: frozenset[str]

    @cached_property
    def by_terms(self) -> Mapping[str, Sequence[int]]:
        """Places of the policies that need a hit of a term list, by list."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, (policy, _common) in enumerate(self.policies):
            for key in policy.rule.needed_lists or ():
                found[key].append(place)
        return dict(found)

    @cached_property
    def without_terms(self) -> Sequence[int]:
        """Places of those that may hold without any."""
        return [place for place, (policy, _common) in enumerate(self.policies) if policy.rule.needed_lists is None]


MOST_APPLYING = 20_000
"""Categories and sets of markets that are remembered; beyond that all are forgotten."""


@dataclass
class ActivePolicies:
    """Compiled against one environment. Safe to keep for a chunk, not for ever: term lists and the register move on."""

    environment: Environment
    policies: Sequence[ActivePolicy]
    broken: Sequence[BrokenPolicy] = ()
    _covering: dict[tuple[Subject, str | None], Covering] = field(default_factory=dict)
    _common: dict[tuple[frozenset[str], Markets], Markets] = field(default_factory=dict)
    _applying: dict[tuple[str | None, Markets], Applying] = field(default_factory=dict)

    def about(self, subject: Subject) -> list[ActivePolicy]:
        return [policy for policy in self.policies if policy.subject == subject]

    def needs(self, subject: Subject) -> frozenset[str]:
        """Stored facts that any rule about this subject reads."""
        return _needs(self.about(subject))

    def covering(self, subject: Subject, category: str | None) -> Covering:
        found = self._covering.get((subject, category))
        if found is None:
            policies = tuple(policy for policy in self.about(subject) if policy.covers(category))
            found = self._covering[subject, category] = Covering(policies, _needs(policies))
        return found

    def common(self, policy: ActivePolicy, markets: Markets) -> Markets:
        """Return the markets of a listing in which a policy applies, in the listing's order."""
        key = (policy.jurisdictions, markets)
        found = self._common.get(key)
        if found is None:
            found = self._common[key] = tuple(market for market in markets if market in policy.jurisdictions)
        return found

    def applying(self, category: str | None, markets: Markets) -> Applying:
        """Return what applies to a listing of this category in these markets."""
        found = self._applying.get((category, markets))
        if found is None:
            covering = self.covering(Subject.LISTINGS, category).policies
            pairs = tuple((policy, common) for policy in covering if (common := self.common(policy, markets)))
            found = Applying(pairs, _needs(policy for policy, _common in pairs))
            if len(self._applying) >= MOST_APPLYING:
                self._applying.clear()
            self._applying[category, markets] = found
        return found


def _needs(policies: Iterable[ActivePolicy]) -> frozenset[str]:
    return frozenset().union(*(policy.rule.needs for policy in policies))


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
