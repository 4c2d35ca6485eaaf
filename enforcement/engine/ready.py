"""The policies that act on listings, kept ready in this process for a question that cannot wait."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache

from enforcement.engine import facts
from enforcement.engine.active import ActivePolicies, activate
from enforcement.queries import checks, scope
from governance.policies.enums import Mode, Subject
from governance.policies.language import Environment
from governance.policies.models import PolicyText, PolicyVersion
from governance.policies.queries.environment import environment

ACTING = (Mode.REVIEW, Mode.ENFORCE)
"""A policy in shadow tells nobody anything."""
KEPT = 2


@dataclass(frozen=True)
class Standing:
    """Compiled rules with their versions, and the markets that accept a language.

    Texts come when they are first asked for: a version's never change.
    """

    policies: ActivePolicies
    versions: Mapping[int, PolicyVersion]
    readable: Mapping[str, Sequence[str]]
    _texts: dict[int, Mapping[str, PolicyText]] = field(default_factory=dict)

    def texts(self, versions: Collection[int]) -> Mapping[int, Mapping[str, PolicyText]]:
        """The texts of these versions by language; one query for all that were never asked for, else none."""
        if unread := [version for version in versions if version not in self._texts]:
            self._texts.update(checks.texts(unread))
        return self._texts


def standing(*, at: datetime) -> Standing:
    """The policies about listings that act at a moment: made anew only when one of them, or a register, has changed."""
    return _made(environment(), scope.switched_on(), at.date())


@lru_cache(maxsize=KEPT)
def _made(against: Environment, _switched_on: str, day: date) -> Standing:
    versions = {
        version.pk: version
        for version in scope.active_versions(at=datetime.combine(day, time(tzinfo=UTC)))
        if version.policy.mode in ACTING and version.policy.subject == Subject.LISTINGS
    }
    return Standing(activate(versions.values(), against=against), versions, facts.readable())
