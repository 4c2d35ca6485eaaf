"""A checked proposal becomes the rows of a decision: built here, saved by `enforcement.domain.decisions`."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from enforcement.domain import facts, points
from enforcement.domain.proposals import Proposal
from enforcement.domain.timing import USUAL_CURE_DAYS, Planned
from enforcement.enums import Automation, DecisionState, Origin
from enforcement.measures import MEASURES
from enforcement.models import Decision, DecisionItem
from enforcement.queries import deadlines
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.web.references import random_reference
from governance.web.refusals import Refusal


def build(
    proposal: Proposal,
    planned: Planned,
    actor: User | None,
    reason: str,
    at: datetime,
    origin_kind: Origin,
    origin_ref: str,
    ends_at: datetime | None,
    supersedes: Decision | None,
    without_notice: str = "",
) -> Decision:
    merchant, version, kind = proposal.merchant, proposal.version, MEASURES[proposal.measure]
    if ends_at is not None and (ends_at <= planned.starts_at or kind.cures):
        raise Refusal(_("Choose an end that lies after the beginning; a request to correct has its own."))
    if supersedes is not None and planned.state != DecisionState.IN_FORCE:
        raise Refusal(_("What takes effect later replaces nothing. Reverse the other decision first."))
    correct_by = None
    if kind.cures:
        days = version.cure_days or USUAL_CURE_DAYS
        correct_by = deadlines.working_days_after(merchant.country, at.date(), days)
        ends_at = deadlines.end_of_day(correct_by)
    reference = random_reference("SR", at)
    event_key = f"{origin_kind.value}/{origin_ref or reference}/P{version.policy_id}"
    event_key = supersedes.event_key if supersedes else event_key
    return Decision(
        reference=reference,
        merchant=merchant,
        version=version,
        measure=proposal.measure,
        markets=list(proposal.markets),
        minimum_age=proposal.minimum_age,
        label=proposal.label,
        listings_a_day=proposal.listings_a_day,
        correct_by=correct_by,
        state=planned.state,
        decided_by=actor,
        automated_detection=origin_kind == Origin.RELISTING or any(item.violation for item in proposal.items),
        automation=_automation(actor),
        origin_kind=origin_kind,
        origin_ref=origin_ref,
        event_key=event_key,
        reason=reason,
        points=0
        if origin_kind in (Origin.LADDER, Origin.ORDER)
        else points.due(merchant_id=merchant.pk, version=version, measure=proposal.measure, event_key=event_key, at=at),
        decided_at=at,
        starts_at=planned.starts_at,
        ends_at=ends_at,
        cure_days=planned.cure_days,
        held_for=list(planned.held_for),
        without_notice=without_notice,
    )


def _automation(actor: User | None) -> Automation:
    """A program that acts through the API has a person behind it somewhere: automated help, not automation."""
    if actor is None:
        return Automation.FULL
    return Automation.PARTIAL if actor.kind == Kind.SERVICE else Automation.NONE


def write_items(decision: Decision, proposal: Proposal, before: dict[int, dict[str, Any]]) -> list[DecisionItem]:
    contents, names = facts.contents(proposal.items), facts.category_names(proposal.items)
    rows = []
    for item in proposal.items:
        pk = item.listing.pk if item.listing else 0
        category = (item.listing.category_id if item.listing else None) or 0
        rows.append(
            DecisionItem(
                decision=decision,
                listing=item.listing,
                listing_version=item.listing_version,
                violation=item.violation,
                markets=list(item.markets),
                facts=facts.of(item, contents.get(pk), names.get(category, {})),
                before=before[pk],
            )
        )
    return DecisionItem.objects.bulk_create(rows)
