"""Cases: decided by a person who holds them, taken back within seconds, settled when merchants correct what was wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.domain import decisions, taking_effect, violations
from enforcement.domain.timing import AS_USUAL, Timing
from enforcement.enums import DecisionState, ViolationState
from enforcement.models import Decision, Statement
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims, issuing, moves, priorities, settling
from investigations.domain.opening import open_owed
from investigations.domain.settling import settle_corrected
from investigations.enums import LIVE_CASES, CaseState, ClaimEnd, Verdict
from investigations.models import Case, CaseDecision, CaseItem, Claim
from investigations.queries import notices, work

__all__ = [
    "MeasureMissing",
    "TooLateToUndo",
    "VerdictMissing",
    "decide",
    "open_owed",
    "settle_corrected",
    "undo_decision",
]


class VerdictMissing(Refusal):
    """A listing that the person has had before them has no verdict. `items` are its keys."""

    def __init__(self, items: Sequence[int]) -> None:
        text = ngettext("%(count)s listing has no verdict yet.", "%(count)s listings have no verdict yet.", len(items))
        super().__init__(text % {"count": len(items)})
        self.items = list(items)


class MeasureMissing(Refusal):
    """Something violates, and nothing is to be done about it."""


class AnswerMissing(Refusal):
    """Whoever reported something that is fine reads why."""


class TooLateToUndo(MoveRefused):
    """The undo's seconds are over, or the decision's message has gone out."""


@dataclass
class _Split:
    """The items of a case by what is to become of them. Those that came after the claim may wait without a verdict."""

    violating: list[CaseItem] = field(default_factory=list)
    fine: list[CaseItem] = field(default_factory=list)
    unsure: list[CaseItem] = field(default_factory=list)
    waiting: list[CaseItem] = field(default_factory=list)

    @property
    def settled(self) -> list[CaseItem]:
        return self.violating + self.fine


@transaction.atomic
def decide(
    *,
    case: Case,
    verdicts: Mapping[int, Verdict],
    measure: Measure | None,
    markets: Sequence[str] = (),
    minimum_age: int | None = None,
    asked: Timing = AS_USUAL,
    actor: User,
    reason: str,
    at: datetime,
    fine_reason: str = "",
) -> CaseDecision | None:
    """Act on the verdicts, by item: decide on what violates, dismiss what is fine, leave what is unsure to a senior.

    `fine_reason` says why something is fine where that differs from `reason`, which is why the rest violates; whoever reported it
    reads it, when the decision cannot be undone any more.

    Returns nothing when nothing was decided: every item was unsure, or corrected meanwhile. Raises ClaimLost when the
    actor does not hold the case, VerdictMissing, MeasureMissing, PolicyMissing, AnswerMissing, and what `decisions.issue`
    refuses; then nothing is written.
    """
    case = moves.lock(case)
    held = claims.held_by(case, actor, at)
    split = _split(case, held, verdicts)
    if split.violating and measure is None:
        raise MeasureMissing(_("Choose what is to be done about what violates."))
    decision = None
    if split.violating and measure is not None:
        decision = issuing.issue(
            case, split.violating, measure, markets, minimum_age, asked, actor=actor, reason=reason, at=at
        )
    told = fine_reason.strip() or reason.strip()
    if split.fine:
        if not told and notices.awaited(split.fine):
            raise AnswerMissing(_("Say why it is fine: whoever reported it reads that."))
        fine = [item.violation for item in split.fine if item.violation]
        violations.dismiss(violations=fine, actor=actor, reason=fine_reason or reason, at=at)
    ruling = _write_verdicts(held, split, decision, told if split.fine else "", at)
    _leave(case, held, split, actor=actor, reason=reason, at=at)
    moves.record("case.decided", case, actor=actor, at=at, data=_facts(split, decision, measure, reason))
    return ruling


def draft_statement(
    *,
    case: Case,
    verdicts: Mapping[int, Verdict],
    measure: Measure,
    markets: Sequence[str] = (),
    minimum_age: int | None = None,
    asked: Timing = AS_USUAL,
    actor: User,
    reason: str,
    at: datetime,
) -> Statement:
    """The statement of reasons as the merchant would get it: the decision is made and taken back, so that nothing differs
    but its reference. Raises what `decisions.issue` refuses."""
    with transaction.atomic():
        items = work.unsettled(case).select_related("violation__version", "listing")
        items = items.exclude(violation__state=ViolationState.CLOSED)
        chosen = [item for item in items if verdicts.get(item.pk) == Verdict.VIOLATES]
        decision = issuing.issue(case, chosen, measure, markets, minimum_age, asked, actor=actor, reason=reason, at=at)
        if decision.state == DecisionState.HELD:
            taking_effect.release(decision, actor=None, reason="", at=at)
        statement = decision.statement
        transaction.set_rollback(True)
    return statement


@transaction.atomic
def undo_decision(*, ruling: CaseDecision, actor: User, at: datetime) -> Case:
    """Take back a decision within its ten seconds: nothing was sent, and the case is the actor's again, verdicts and all.

    A case that the actor has taken meanwhile goes back to where it came from. Raises TooLateToUndo.
    """
    case = moves.lock(ruling.case)
    ruling = CaseDecision.objects.select_related("claim", "decision").get(pk=ruling.pk)
    _check_undo(case, ruling, actor, at)
    settled = list(ruling.settled_items.select_related("violation").order_by("id"))
    if ruling.decision is not None:
        decisions.undo(decision=ruling.decision, actor=actor, at=at)
    dismissed = [item.violation for item in settled if item.verdict == Verdict.FINE and item.violation]
    violations.reopen(violations=dismissed, actor=actor, at=at)
    CaseItem.objects.filter(pk__in=[item.pk for item in settled]).update(settled_at=None, settled_by=None)
    _give_up_other(actor, case, at)
    moves.move(case, CaseState.IN_REVIEW, actor=actor, at=at)
    Claim.objects.create(
        case=case,
        person=actor,
        taken_from=ruling.claim.taken_from,
        claimed_at=at,
        expires_at=at + claims.CLAIM_LASTS,
    )
    ruling.undone_at = at
    ruling.save(update_fields=["undone_at"])
    priorities.reckon([case.pk], at=at)
    moves.record("case.decision_undone", case, actor=actor, at=at)
    return case


# --- deciding ----------------------------------------------------------------------------------


def _split(case: Case, held: Claim, verdicts: Mapping[int, Verdict]) -> _Split:
    split = _Split()
    missing: list[CaseItem] = []
    for item in work.unsettled(case).select_related("violation__version", "listing"):
        if item.violation and item.violation.state == ViolationState.CLOSED:
            continue  # corrected while it was being read: beat settles it
        verdict = verdicts.get(item.pk)
        if verdict is None:
            (split.waiting if item.added_at > held.claimed_at else missing).append(item)
            continue
        item.verdict = verdict
        {Verdict.VIOLATES: split.violating, Verdict.FINE: split.fine, Verdict.UNSURE: split.unsure}[verdict].append(
            item
        )
    if missing:
        raise VerdictMissing([item.pk for item in missing])
    return split


def _write_verdicts(
    held: Claim, split: _Split, decision: Decision | None, fine_reason: str, at: datetime
) -> CaseDecision | None:
    ruling = None
    if split.settled:
        ruling = CaseDecision.objects.create(
            case_id=held.case_id,
            decision=decision,
            claim=held,
            person=held.person,
            decided_at=at,
            handling_seconds=int((at - held.claimed_at).total_seconds()),
            fine_reason=fine_reason,
        )
        for item in split.settled:
            item.settled_at, item.settled_by = at, ruling
    CaseItem.objects.bulk_update(split.settled + split.unsure, ["verdict", "settled_at", "settled_by"], batch_size=500)
    return ruling


def _leave(case: Case, held: Claim, split: _Split, *, actor: User, reason: str, at: datetime) -> None:
    """To a senior with what is unsure, back to the queue with what came meanwhile, else closed."""
    ended_as = ClaimEnd.HELD if split.unsure else ClaimEnd.DECIDED if split.settled else ClaimEnd.RESOLVED
    claims.end(held, ended_as, at=at, reason=reason)
    if split.unsure:
        moves.move(case, CaseState.HELD, actor=actor, reason=reason, at=at)
    elif split.waiting:
        moves.move(case, CaseState.OPEN, actor=actor, reason=reason, at=at)
    else:
        settling.settle(case, at=at)
        moves.move(case, CaseState.CLOSED, actor=actor, reason=reason, at=at, outcome=settling.case_outcome(case))
    priorities.reckon([case.pk], at=at)


def _facts(split: _Split, decision: Decision | None, measure: Measure | None, reason: str) -> dict[str, object]:
    return {
        "violates": len(split.violating),
        "fine": len(split.fine),
        "unsure": len(split.unsure),
        "measure": measure.value if measure and decision else "",
        "decision": decision.reference if decision else "",
        "reason": reason,
    }


# --- undoing -----------------------------------------------------------------------------------


def _check_undo(case: Case, ruling: CaseDecision, actor: User, at: datetime) -> None:
    if ruling.person_id != actor.pk:
        raise TooLateToUndo(_("Only the person who decided can undo it."))
    if ruling.undone_at is not None:
        raise TooLateToUndo(_("This decision is undone already."))
    if at - ruling.decided_at > decisions.UNDO_WINDOW + decisions.UNDO_GRACE:
        raise TooLateToUndo(
            _("The ten seconds are over. The decision can still be reversed; the merchant is then told.")
        )
    if Claim.objects.filter(case=case, ended_at__isnull=True).exists():
        raise TooLateToUndo(_("Somebody has taken the rest of %(case)s meanwhile.") % {"case": case})
    same_cause = Case.objects.filter(merchant=case.merchant, cause_key=case.cause_key, state__in=LIVE_CASES)
    if same_cause.exclude(pk=case.pk).exists():
        raise TooLateToUndo(_("A new case for the same cause has been opened meanwhile."))


def _give_up_other(actor: User, case: Case, at: datetime) -> None:
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    other = work.live_claim(actor)
    if other is not None and other.case_id != case.pk:
        claims.give_back(other, moves.lock(other.case), ClaimEnd.RELEASED, actor=actor, at=at)
