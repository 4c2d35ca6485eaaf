"""How far each policy of an incremental sweep reaches: what has changed, or everything.

A policy that is new, or says something else than in the sweep before, is read for all listings; so is one whose answer depends on
what is not looked up as a change: metrics that were summed up anew, or the time in a way that says nothing about when.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from enforcement import engine
from enforcement.engine import ActivePolicy
from enforcement.models import Sweep, SweepPolicy
from enforcement.queries import scope
from enforcement.queries.touched import FOUND, Since, measured_again
from governance.policies.enums import Subject
from governance.policies.language import Crossing, TermListSpec
from governance.policies.models import PolicyVersion
from governance.policies.queries import waivers
from listings.text import NORMALISER_VERSION

ENGINE_VERSION = 1
"""Raised when the same rule may say something else of the same listing: then every policy is read for everything once."""


@dataclass
class Reach:
    """`fingerprints` by version id; `since` None where all policies are read for everything."""

    since: Since | None = None
    fingerprints: dict[int, str] = field(default_factory=dict)
    everywhere: set[int] = field(default_factory=set)
    narrow: list[ActivePolicy] = field(default_factory=list)

    def crossings(self, subject: Subject) -> set[Crossing]:
        about = (policy for policy in self.narrow if policy.subject == subject)
        return {each for policy in about for each in policy.rule.crossings or ()}

    def needs(self, subject: Subject) -> set[str]:
        return {path for policy in self.narrow if policy.subject == subject for path in policy.rule.needs}


def reach(sweep: Sweep, versions: Sequence[PolicyVersion], *, at: datetime) -> Reach:
    """Of a sweep that begins now. Fingerprints are kept for the next one, whatever kind this is."""
    active = engine.activate(versions)
    found = Reach(fingerprints=_fingerprints(active.policies, versions, active.environment.term_lists, at))
    before = scope.complete_before(sweep)
    if before is None or before.began_at is None:
        found.everywhere = {version.pk for version in versions}
        return found
    found.since = Since.after(before.mark, before.began_at, until=at)
    measured = measured_again(found.since)
    known = dict(SweepPolicy.objects.filter(sweep=before).values_list("version_id", "fingerprint"))
    for policy in active.policies:
        same = known.get(policy.version_id) == found.fingerprints[policy.version_id]
        if same and _waits_only_for_what_is_found(policy) and not (measured and _reads_metrics(policy)):
            found.narrow.append(policy)
    found.everywhere = {version.pk for version in versions} - {policy.version_id for policy in found.narrow}
    return found


def _waits_only_for_what_is_found(policy: ActivePolicy) -> bool:
    waits_for = policy.rule.crossings
    return waits_for is not None and all(each.path in FOUND for each in waits_for)


def _reads_metrics(policy: ActivePolicy) -> bool:
    return any("._window" in path for path in policy.rule.needs)


def _fingerprints(
    policies: Collection[ActivePolicy],
    versions: Iterable[PolicyVersion],
    lists: Mapping[str, TermListSpec],
    at: datetime,
) -> dict[int, str]:
    """Of versions that compile. A version's own content never changes, so its key stands for it."""
    waived = waivers.in_force(at.date())
    modes = {version.pk: version.policy.mode for version in versions}
    found = {}
    for policy in policies:
        read = [(key, lists[key].version) for key in policy.rule.term_lists]
        parts = (
            ENGINE_VERSION,
            NORMALISER_VERSION,
            policy.version_id,
            modes[policy.version_id],
            read,
            waived.get(policy.policy_id, []),
        )
        found[policy.version_id] = hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()
    return found
