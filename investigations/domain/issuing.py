"""The decision that a case comes to: on what rules found, and on what was reported and no rule has found."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.domain.timing import Timing
from enforcement.enums import ViolationState
from enforcement.models import Decision, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.web.refusals import Refusal
from investigations.models import Case, CaseItem
from investigations.queries import notices


class NothingViolates(Refusal):
    """A decision without a violation has no statement."""


class PolicyMissing(Refusal):
    """What was reported is judged under a policy that a person chooses."""


def issue(
    case: Case,
    items: Sequence[CaseItem],
    measure: Measure,
    markets: Sequence[str],
    minimum_age: int | None,
    asked: Timing,
    *,
    actor: User,
    reason: str,
    at: datetime,
) -> Decision:
    """Decide under the newest version of the policy that found one of them; what was only reported, under the one chosen."""
    if not items:
        raise NothingViolates(_("Nothing violates yet, so there is no statement."))
    found = [item.violation for item in items if item.violation]
    reported = [item.listing for item in items if item.violation is None and item.listing]
    versions = [each.version for each in found] or ([case.policy.live] if case.policy and case.policy.live else [])
    if not versions:
        raise PolicyMissing(_("Choose the policy under which this is judged."))
    if len(found) + len(reported) < len(items):
        raise NothingViolates(_("A merchant as a whole was reported: decide on their page, then name the decision."))
    if reported:
        same = Violation.objects.filter(policy=versions[0].policy_id, listing__in=reported, state=ViolationState.OPEN)
        found += [each for each in same.select_related("version") if each not in found]
    origin, reference = notices.origin_of(case, [item for item in items if item.violation is None])
    return decisions.issue(
        merchant=case.merchant,
        version=max(versions, key=lambda version: version.number),
        violations=found,
        listings_without_violation=reported,
        measure=measure,
        markets=markets,
        minimum_age=minimum_age,
        asked=asked,
        actor=actor,
        reason=reason,
        at=at,
        origin_kind=origin,
        origin_ref=reference,
    )
