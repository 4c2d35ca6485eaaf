"""What may not be offered again is offered again: decided as what it follows from was, and taken back with it."""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from enforcement.domain import decisions, taking_effect
from enforcement.domain.timing import AT_ONCE
from enforcement.enums import WAITING_DECISIONS, LiftedBecause, Origin
from enforcement.models import Decision
from enforcement.queries import relisting
from enforcement.queries.relisting import Relisted
from governance.policies.enums import Measure
from governance.web.refusals import Refusal

LATELY = timedelta(days=1)
log = structlog.get_logger(__name__)


def follow_changes(*, listing_ids: Collection[int], at: datetime) -> int:
    """Decide about those of these listings that a block in force forbids. Safe to run twice. Returns how many decisions came of it."""
    return sum(_decide(each, at) for each in relisting.relisted(listing_ids))


def follow_recent_changes(at: datetime) -> int:
    """The same for everything changed of late, where a message was lost."""
    return follow_changes(listing_ids=relisting.changed_under_blocks(at - LATELY), at=at)


def follow_reversals(at: datetime) -> int:
    """Take back what followed from a judgement that was taken back. Returns how many decisions."""
    return sum(_take_back(decision, at) for decision in relisting.followers_of_reversed())


def _decide(found: Relisted, at: datetime) -> int:
    block = found.block
    try:
        decisions.issue(
            merchant=found.listing.merchant,
            version=block.decision.version,
            violations=[],
            listings_without_violation=[found.listing],
            measure=Measure.BLOCK_RELISTING,
            markets=block.decision.markets,
            minimum_age=None,
            actor=None,
            reason=f"L-{found.listing.pk} offers again what L-{block.listing_id} may not ({block.decision.reference}).",
            at=at,
            origin_kind=Origin.RELISTING,
            origin_ref=relisting.origin_of(block),
            asked=AT_ONCE,
        )
    except Refusal as refusal:
        log.info("relisting_left_alone", listing=found.listing.pk, why=str(refusal))
        return 0
    return 1


def _take_back(decision: Decision, at: datetime) -> int:
    reference = decision.origin_ref.partition("/")[0]
    reason = f"{reference} was taken back."
    try:
        if decision.state in WAITING_DECISIONS:
            taking_effect.withdraw(decision=decision, actor=None, reason=reason, at=at)
        else:
            decisions.reverse(decision=decision, actor=None, reason=reason, at=at, because=LiftedBecause.REVERSED)
    except Refusal as refusal:
        log.info("relisting_not_taken_back", decision=decision.reference, why=str(refusal))
        return 0
    return 1
