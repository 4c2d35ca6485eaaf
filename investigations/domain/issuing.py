"""The decisions that a case comes to: on what rules found, and on what was reported and no rule has found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.domain.timing import Timing
from enforcement.enums import ViolationState
from enforcement.models import Decision, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.refusals import Refusal
from investigations.models import Case, CaseItem
from investigations.queries import notices


class NothingViolates(Refusal):
    """A decision without a violation has no statement."""


class PolicyMissing(Refusal):
    """What was reported is judged under a policy that a person chooses."""


class SameMeasure(Refusal):
    """The second measure is the first."""


class MeasureHidden(Refusal):
    """The queue does not offer this measure to those who work in it."""


@dataclass
class _Group:
    """What is judged under one policy. `reported` has no violation."""

    found: list[Violation] = field(default_factory=list)
    reported: list[CaseItem] = field(default_factory=list)


def issue(
    case: Case,
    items: Sequence[CaseItem],
    measures: Sequence[Measure],
    markets: Sequence[str],
    minimum_age: int | None,
    asked: Timing,
    *,
    actor: User,
    reason: str,
    at: datetime,
) -> list[Decision]:
    """One decision for each measure and policy, under the newest version that found one of them; what was only reported, under
    the policy that was chosen for the case."""
    if not items:
        raise NothingViolates(_("Nothing violates yet, so there is no statement."))
    _check_measures(case, measures)
    issued: list[Decision] = []
    for measure, (policy, group) in product(measures, _by_policy(case, items).items()):
        version = _version(case, policy, group)
        origin, reference = notices.origin_of(case, group.reported)
        decision = decisions.issue(
            merchant=case.merchant,
            version=version,
            violations=group.found,
            listings_without_violation=[item.listing for item in group.reported if item.listing],
            measure=measure,
            markets=_markets_under(version, markets),
            minimum_age=minimum_age,
            asked=asked,
            actor=actor,
            reason=reason,
            at=at,
            origin_kind=origin,
            origin_ref=reference,
            beside=issued,
        )
        issued.append(decision)
    return issued


def _check_measures(case: Case, measures: Sequence[Measure]) -> None:
    if len(set(measures)) < len(measures):
        raise SameMeasure(_("Choose another second measure: this one is the first already."))
    for measure in measures:
        if measure in case.queue.hidden_measures:
            raise MeasureHidden(
                _("“%(measure)s” is not decided in this queue. Hold the case for a senior reviewer, or choose another.")
                % {"measure": measure.label}
            )


def _by_policy(case: Case, items: Sequence[CaseItem]) -> dict[int, _Group]:
    """A case into which another was merged may be about several policies; a decision is about one."""
    groups: dict[int, _Group] = {}
    for item in items:
        if item.violation is not None:
            groups.setdefault(item.violation.policy_id, _Group()).found.append(item.violation)
    reported = [item for item in items if item.violation is None]
    if any(item.listing is None for item in reported):
        raise NothingViolates(_("A merchant as a whole was reported: decide on their page, then name the decision."))
    if reported:
        policy = case.policy_id if case.policy and case.policy.live_id else next(iter(groups), None)
        if policy is None:
            raise PolicyMissing(_("Choose the policy under which this is judged."))
        group = groups.setdefault(policy, _Group())
        group.reported = reported
        listings = [item.listing_id for item in reported]
        same = Violation.objects.filter(policy=policy, listing__in=listings, state=ViolationState.OPEN)
        group.found += [each for each in same.select_related("version") if each not in group.found]
    return groups


def _version(case: Case, policy: int, group: _Group) -> PolicyVersion:
    versions = [each.version for each in group.found]
    if not versions and case.policy and case.policy.live and case.policy_id == policy:
        versions = [case.policy.live]
    if not versions:
        raise PolicyMissing(_("Choose the policy under which this is judged."))
    return max(versions, key=lambda version: version.number)


def _markets_under(version: PolicyVersion, markets: Sequence[str]) -> list[str]:
    """Of the markets that were named those in which this policy applies; all, where it applies in none, to be refused."""
    return [market for market in markets if market in version.jurisdictions] or list(markets)
