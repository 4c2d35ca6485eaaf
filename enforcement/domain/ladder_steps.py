"""Carrying out what the ladder says is due: the mild by automation, the rest by a person, or not now, because."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decision_states, decisions, milestones, statements
from enforcement.domain.timing import AT_ONCE
from enforcement.enums import LiftedBecause, Origin, StepBecause, StepState
from enforcement.measures import MEASURES
from enforcement.models import Decision, LadderStep
from enforcement.queries import ladders
from enforcement.queries import points as ledger
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal

log = structlog.get_logger(__name__)


class ReasonMissing(Refusal):
    """A person's word on a step needs a reason: the next reader has nothing else."""


@transaction.atomic
def take(*, step: LadderStep, actor: User, reason: str, at: datetime) -> Decision:
    """Carry a proposed step out: a decision of its own, with a statement of reasons, against which the merchant can appeal."""
    if not reason.strip():
        raise ReasonMissing(_("Say why. The next reader has only your reason."))
    return _take(_proposed(step), actor=actor, reason=reason, at=at)


@transaction.atomic
def decline(*, step: LadderStep, actor: User, reason: str, at: datetime) -> LadderStep:
    """Not now, because. The points stay; the next milestone is a step of its own."""
    if not reason.strip():
        raise ReasonMissing(_("Say why not. The next reader has only your reason."))
    return milestones.move(_proposed(step), StepState.DECLINED, actor=actor, reason=reason, at=at)


def take_owed(at: datetime) -> int:
    """Carry out what automation may, and take back what no longer has a ground. Safe to run twice. Returns how many."""
    taken = sum(_take_owed(pk, at) for pk in ladders.owed())
    return taken + sum(_revoke(step, at) for step in ladders.unfounded())


def _take_owed(pk: int, at: datetime) -> int:
    """One transaction. What is refused becomes a person's; one step's fault does not hold up the others."""
    try:
        with transaction.atomic():
            step = _locked(LadderStep.objects.get(pk=pk))
            if step.state != StepState.OWED or _went_away(step, at):
                return 0
            protection = step.ladder.terms.protection_days
            because = milestones.reason_for_a_person(step.merchant_id, Measure(step.measure), protection, at)
            if because:
                milestones.move(step, StepState.PROPOSED, actor=None, reason="", at=at, because=because)
                return 0
            _take(step, actor=None, reason="", at=at)
            return 1
    except Refusal as refusal:
        with transaction.atomic():
            milestones.move(
                _locked(LadderStep.objects.get(pk=pk)),
                StepState.PROPOSED,
                actor=None,
                reason=str(refusal),
                at=at,
                because=StepBecause.REFUSED,
            )
    except Exception:
        log.exception("ladder_step_failed", step=pk)
    return 0


def _take(step: LadderStep, *, actor: User | None, reason: str, at: datetime) -> Decision:
    decision = decisions.issue(
        merchant=step.merchant,
        version=step.reached_by.version,
        violations=(),
        measure=Measure(step.measure),
        markets=(),
        minimum_age=None,
        actor=actor,
        reason=reason,
        at=at,
        origin_kind=Origin.LADDER,
        origin_ref=str(step.pk),
        ends_at=_ends_at(step, at),
        asked=AT_ONCE,
        step=step,
    )
    milestones.move(step, StepState.TAKEN, actor=actor, reason=reason, at=at, decision=decision)
    return decision


def _ends_at(step: LadderStep, at: datetime) -> datetime | None:
    """A warning ends with the points that led to it; what cures has an end of its own."""
    if MEASURES[Measure(step.measure)].cures:
        return None
    if step.days is None and step.measure == Measure.WARN:
        return at + timedelta(days=step.ladder.terms.expiry_days)
    return at + timedelta(days=step.days) if step.days else None


@transaction.atomic
def _revoke(step: LadderStep, at: datetime) -> int:
    """The points that led to it were returned: what came of them ends, and the merchant is told."""
    step = _locked(step)
    if step.state != StepState.TAKEN or step.decision is None or ledger.balance(step.merchant_id, at) >= step.milestone:
        return 0
    reason = statements.words_for(step.merchant.language)("ladder.returned")
    decisions.reverse(decision=step.decision, actor=None, reason=reason, at=at, because=LiftedBecause.REVERSED)
    milestones.move(step, StepState.REVOKED, actor=None, reason=reason, at=at)
    return 1


def _went_away(step: LadderStep, at: datetime) -> bool:
    """The points may have lapsed since."""
    return bool(milestones.follow_points(merchant_id=step.merchant_id, at=at)) and (
        LadderStep.objects.get(pk=step.pk).state == StepState.VOID
    )


def _proposed(step: LadderStep) -> LadderStep:
    step = _locked(step)
    if step.state != StepState.PROPOSED:
        raise MoveRefused(
            _("This step was dealt with meanwhile: “%(state)s”.") % {"state": StepState(step.state).label}
        )
    return step


def _locked(step: LadderStep) -> LadderStep:
    """The step as it stands now, under its merchant's lock."""
    decision_states.lock_merchant(step.merchant_id)
    rows = LadderStep.objects.select_related("merchant", "ladder", "decision", "reached_by__version__policy")
    return rows.get(pk=step.pk)
