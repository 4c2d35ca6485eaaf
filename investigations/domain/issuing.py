"""The decisions that a case comes to: on what rules found, and on what was reported and no rule has found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from django.db.models import Q
from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.domain.timing import AT_ONCE, Timing
from enforcement.enums import Origin, ViolationState
from enforcement.models import Decision, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.refusals import Refusal
from investigations.domain import order_terms
from investigations.models import AuthorityOrder, Case, CaseItem
from investigations.queries import notices, orders
from listings.models import Listing


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
    """What is judged under one policy, and upon one order where there is one. `reported` has no violation; `items` are all of it."""

    policy: int
    order: AuthorityOrder | None = None
    found: list[Violation] = field(default_factory=list)
    reported: list[CaseItem] = field(default_factory=list)
    items: list[CaseItem] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether the merchant itself was reported."""
        return any(item.listing_id is None for item in self.reported)

    @property
    def listings(self) -> list[Listing]:
        return [item.listing for item in self.reported if item.listing]


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
    the policy that was chosen for the case. What an authority ordered is decided by itself: in its markets, at once."""
    if not items:
        raise NothingViolates(_("Nothing violates yet, so there is no statement."))
    check_measures(case, measures)
    issued: list[Decision] = []
    for measure, group in product(measures, _groups(case, items)):
        version = _version(case, group)
        origin, reference = _origin(case, group)
        if group.order is not None:
            order_terms.check_measure(measure)
        decision = decisions.issue(
            merchant=case.merchant,
            version=version,
            violations=group.found,
            listings_without_violation=group.listings,
            measure=measure,
            markets=order_terms.territory(group.order, version, group.listings)
            if group.order
            else _markets_under(version, markets),
            minimum_age=minimum_age,
            asked=AT_ONCE if group.order else asked,
            order=order_terms.told(group.order) if group.order else None,
            actor=actor,
            reason=reason,
            at=at,
            origin_kind=origin,
            origin_ref=reference,
            beside=issued,
            whole=group.whole,
        )
        issued.append(decision)
    return issued


def check_measures(case: Case, measures: Sequence[Measure]) -> None:
    """Raises SameMeasure, and MeasureHidden where the case's queue does not offer one of them."""
    if len(set(measures)) < len(measures):
        raise SameMeasure(_("Choose another second measure: this one is the first already."))
    for measure in measures:
        if measure in case.queue.hidden_measures:
            raise MeasureHidden(
                _("“%(measure)s” is not decided in this queue. Hold the case for a senior reviewer, or choose another.")
                % {"measure": measure.label}
            )


def _groups(case: Case, items: Sequence[CaseItem]) -> list[_Group]:
    """A case into which another was merged may be about several policies; a decision is about one, and about one order."""
    found: dict[int, _Group] = {}
    for item in items:
        if item.violation is not None:
            group = found.setdefault(item.violation.policy_id, _Group(item.violation.policy_id))
            group.found.append(item.violation)
            group.items.append(item)
    reported = [item for item in items if item.violation is None]
    if not reported:
        return list(found.values())
    chosen = case.policy_id if case.policy and case.policy.live_id else next(iter(found), None)
    if chosen is None:
        raise PolicyMissing(_("Choose the policy under which this is judged."))
    ordered = orders.waiting_in(reported)
    if free := [item for item in reported if item.pk not in ordered]:
        group = found.setdefault(chosen, _Group(chosen))
        group.reported = free
        group.items += free
        about = Q(listing__in=group.listings) | (
            Q(listing__isnull=True, merchant=case.merchant) if group.whole else Q()
        )
        same = Violation.objects.filter(about, policy=chosen, state=ViolationState.OPEN)
        group.found += [each for each in same.select_related("version") if each not in group.found]
    upon: dict[int, _Group] = {}
    for item in reported:
        if order := ordered.get(item.pk):
            upon.setdefault(order.pk, _Group(chosen, order)).reported.append(item)
    return [*found.values(), *upon.values()]


def _origin(case: Case, group: _Group) -> tuple[Origin, str]:
    if group.order is not None:
        return Origin.ORDER, group.order.reference
    return notices.origin_of(case, group.items if case.is_reported else group.reported)


def _version(case: Case, group: _Group) -> PolicyVersion:
    versions = [each.version for each in group.found]
    if not versions and case.policy and case.policy.live and case.policy_id == group.policy:
        versions = [case.policy.live]
    if not versions:
        raise PolicyMissing(_("Choose the policy under which this is judged."))
    return max(versions, key=lambda version: version.number)


def _markets_under(version: PolicyVersion, markets: Sequence[str]) -> list[str]:
    """Of the markets that were named those in which this policy applies; all, where it applies in none, to be refused."""
    return [market for market in markets if market in version.jurisdictions] or list(markets)
