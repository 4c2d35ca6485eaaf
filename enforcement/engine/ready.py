"""The policies that act on listings, kept ready in this process for a question that cannot wait."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from enforcement.engine.active import ActivePolicies, activate
from enforcement.queries import checks, scope
from enforcement.queries.scope import InForce
from governance.policies.enums import Mode, Subject
from governance.policies.language import Environment
from governance.policies.models import PolicyText, PolicyVersion
from governance.policies.queries.environment import environment

ACTING = (Mode.REVIEW, Mode.ENFORCE)
"""A policy in shadow tells nobody anything."""
KEPT = 2


@dataclass(frozen=True)
class Standing:
    """Compiled rules with their versions. Texts come when they are first asked for: a version's never change."""

    policies: ActivePolicies
    versions: Mapping[int, PolicyVersion]
    _texts: dict[int, Mapping[str, PolicyText]] = field(default_factory=dict)

    def texts(self, versions: Collection[int]) -> Mapping[int, Mapping[str, PolicyText]]:
        """The texts of these versions by language; one query for all that were never asked for, else none."""
        if unread := [version for version in versions if version not in self._texts]:
            self._texts.update(checks.texts(unread))
        return self._texts


def standing(*, at: datetime) -> Standing:
    """The policies about listings that act at a moment: made anew only when one of them, or a register, has changed."""
    return _made(environment(), scope.in_force(at=at, subject=Subject.LISTINGS, modes=ACTING))


@lru_cache(maxsize=KEPT)
def _made(against: Environment, in_force: InForce) -> Standing:
    versions = scope.versions_of([key for key, _mode in in_force])
    policies = activate(versions, modes=dict(in_force), against=against)
    return Standing(policies, {version.pk: version for version in versions})
