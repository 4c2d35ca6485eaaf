"""Milestones of the ladder: noticed in the transaction that gives the points, and void when the points go.

Carrying a step out is `enforcement.domain.ladder_steps`; here is the only place that writes a step's state.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from enforcement import events
from enforcement.enums import STEP_MOVES, StepBecause, StepState
from enforcement.measures import MEASURES
from enforcement.models import Decision, LadderStep, LadderStepMove
from enforcement.queries import ladders
from enforcement.queries import points as ledger
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused

GENTLE = frozenset({Measure.WARN, Measure.REQUEST_CORRECTION})
"""What automation may do to a merchant who won an appeal lately: it takes nothing away."""


def notice(*, decision: Decision, before: int, at: datetime) -> LadderStep | None:
    """Write down the highest milestone that this decision's points have passed, if any. The merchant is locked."""
    ladder = ladders.live()
    if ladder is None or not decision.points:
        return None
    points = ledger.balance(decision.merchant_id, at)
    milestone = ladder.terms.crossed(before, points)
    if milestone is None:
        return None
    because = reason_for_a_person(decision.merchant_id, milestone.measure, ladder.terms.protection_days, at)
    step = LadderStep.objects.create(
        ladder=ladder,
        merchant_id=decision.merchant_id,
        reached_by=decision,
        milestone=milestone.at,
        points=points,
        measure=milestone.measure,
        days=milestone.days,
        state=StepState.PROPOSED if because else StepState.OWED,
        because=because or "",
        reached_at=at,
    )
    record("ladder_step.reached", step, None, at)
    if not because:
        events.ladder_step_owed.send(LadderStep, step_id=step.pk)
    return step


def reason_for_a_person(merchant_id: int, measure: Measure, protection_days: int, at: datetime) -> StepBecause | None:
    """Why automation may not carry this out; None where it may."""
    if MEASURES[measure].on_merchant:
        return StepBecause.ACCOUNT
    if measure in GENTLE:
        return None
    won = ladders.won_appeal_since(merchant_id, days=protection_days, at=at)
    return StepBecause.PROTECTED if won else None


def follow_points(*, merchant_id: int, at: datetime) -> int:
    """Points have been taken off: what is still open and no longer reached is void."""
    points, gone = ledger.balance(merchant_id, at), 0
    for step in ladders.open_steps(merchant_id):
        if points < step.milestone:
            move(step, StepState.VOID, actor=None, reason="", at=at)
            gone += 1
    return gone


def move(
    step: LadderStep,
    to: StepState,
    *,
    actor: User | None,
    reason: str,
    at: datetime,
    decision: Decision | None = None,
    because: StepBecause | None = None,
) -> LadderStep:
    """Move a step whose merchant is locked. `decision` carries it out; `because` says why it is left to a person."""
    step = _move(step, to, actor=actor, reason=reason, at=at, decision=decision, because=because)
    record(f"ladder_step.{to.value}", step, actor, at, reason=reason)
    return step


def record(verb: str, step: LadderStep, actor: User | None, at: datetime, *, reason: str = "") -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="ladder_step",
        subject_id=step.pk,
        subject_ref=step.merchant.public_id,
        data={"measure": step.measure, "milestone": step.milestone, "points": step.points, "reason": reason},
        at=at,
    )


def _move(
    step: LadderStep,
    to: StepState,
    *,
    actor: User | None,
    reason: str,
    at: datetime,
    decision: Decision | None,
    because: StepBecause | None,
) -> LadderStep:
    locked = LadderStep.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=step.pk)
    was = StepState(locked.state)
    if to not in STEP_MOVES[was]:
        raise MoveRefused(
            _("This step is “%(state)s” and cannot become “%(to)s”.") % {"state": was.label, "to": to.label}
        )
    locked.state = to
    if because is not None:
        locked.because = because
    if decision is not None:
        locked.decision = decision
    locked.save(update_fields=["state", "because", "decision"])
    LadderStepMove.objects.create(step=locked, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)
    return locked
