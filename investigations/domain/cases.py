"""Cases: decided by a person who holds them, settled when merchants correct what was wrong; taken back in `undoing`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.domain import taking_effect, violations
from enforcement.domain.timing import AS_USUAL, Timing
from enforcement.enums import DecisionState, ViolationState
from enforcement.models import Decision, Statement
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.web.refusals import Refusal
from investigations.domain import canned as reasons
from investigations.domain import claims, golden, issuing, moves, priorities, settling
from investigations.domain.opening import open_owed
from investigations.domain.settling import settle_corrected
from investigations.domain.undoing import TooLateToUndo, undo_decision
from investigations.enums import CaseState, ClaimEnd, Verdict
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


class NothingJudged(Refusal):
    """Part of a case is decided when it has a verdict."""


class ReportUnread(Refusal):
    """Something was reported about what is judged since the person took the case, and they have not had it before them."""


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

    @property
    def left(self) -> list[CaseItem]:
        return self.waiting + self.unsure


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
    also: Measure | None = None,
    keep: bool = False,
    canned: Collection[int] = (),
    read: Collection[int] = (),
) -> CaseDecision | None:
    """Act on the verdicts, by item: decide on what violates, dismiss what is fine, leave what is unsure to a senior.

    `fine_reason` says why something is fine where that differs from `reason`, which is why the rest violates; whoever reported it
    reads it, when the decision cannot be undone any more. `also` is a second measure on what violates: another decision, in the
    same letter. `keep` decides what has a verdict and leaves the rest, and what is unsure, in the actor's hands. `canned` are the
    texts, by key, that the reasons were made with; `read` is what of the notices that joined since the claim they have had before
    them, by the keys of its things.

    Returns nothing when nothing was decided: every item was unsure, or corrected meanwhile. Raises ClaimLost when the
    actor does not hold the case, VerdictMissing, MeasureMissing, PolicyMissing, AnswerMissing, ReportUnread, and what `decisions.issue`
    refuses; then nothing is written.
    """
    case = moves.lock(case)
    held = claims.held_by(case, actor, at)
    if case.golden_id is not None:
        return _answer(case, held, verdicts, measure, actor=actor, at=at)
    split = _split(case, held, verdicts, keep=keep)
    _check_read(case, held, split, read)
    if split.violating and measure is None:
        raise MeasureMissing(_("Choose what is to be done about what violates."))
    issued: list[Decision] = []
    if split.violating and measure is not None:
        measures = [measure, *([also] if also else [])]
        issued = issuing.issue(
            case, split.violating, measures, markets, minimum_age, asked, actor=actor, reason=reason, at=at
        )
    told = fine_reason.strip() or reason.strip()
    if split.fine:
        if not told and notices.awaited(split.fine):
            raise AnswerMissing(_("Say why it is fine: whoever reported it reads that."))
        fine = [item.violation for item in split.fine if item.violation]
        violations.dismiss(violations=fine, actor=actor, reason=fine_reason or reason, at=at)
    ruling = _write_verdicts(held, split, issued, told if split.fine else "", at)
    if keep and split.left:
        claims.keep(held, at=at)
        priorities.reckon([case.pk], at=at)
    else:
        _leave(case, held, split, actor=actor, reason=reason, at=at)
    reasons.count(texts=canned, used_for=str(case), actor=actor, at=at)
    moves.record("case.decided", case, actor=actor, at=at, data=_facts(split, issued, reason))
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
    also: Measure | None = None,
) -> list[Statement]:
    """The statements of reasons as the merchant would get them: the decisions are made and taken back, so that nothing differs
    but their references. Raises what `decisions.issue` refuses."""
    with transaction.atomic():
        items = work.unsettled(case).select_related("violation__version", "listing")
        items = items.exclude(violation__state=ViolationState.CLOSED)
        chosen = [item for item in items if verdicts.get(item.pk) == Verdict.VIOLATES]
        measures = [measure, *([also] if also else [])]
        issued = issuing.issue(case, chosen, measures, markets, minimum_age, asked, actor=actor, reason=reason, at=at)
        for decision in issued:
            if decision.state == DecisionState.HELD:
                taking_effect.release(decision, actor=None, reason="", at=at)
        found = [decision.statement for decision in issued]
        transaction.set_rollback(True)
    return found


def _answer(
    case: Case,
    held: Claim,
    verdicts: Mapping[int, Verdict],
    measure: Measure | None,
    *,
    actor: User,
    at: datetime,
) -> CaseDecision:
    """Of a golden case: what else is refused is refused here too, and nothing else happens."""
    missing = [key for key in work.unsettled(case).values_list("pk", flat=True) if key not in verdicts]
    if missing:
        raise VerdictMissing(missing)
    if Verdict.VIOLATES in verdicts.values() and measure is None:
        raise MeasureMissing(_("Choose what is to be done about what violates."))
    return golden.answer(case=case, held=held, verdicts=verdicts, measure=measure, actor=actor, at=at)


# --- deciding ----------------------------------------------------------------------------------


def _split(case: Case, held: Claim, verdicts: Mapping[int, Verdict], *, keep: bool) -> _Split:
    split = _Split()
    missing: list[CaseItem] = []
    for item in work.unsettled(case).select_related("violation__version", "listing"):
        if item.violation and item.violation.state == ViolationState.CLOSED:
            continue  # corrected while it was being read: beat settles it
        verdict = verdicts.get(item.pk)
        if verdict is None:
            (split.waiting if keep or item.added_at > held.claimed_at else missing).append(item)
            continue
        item.verdict = verdict
        {Verdict.VIOLATES: split.violating, Verdict.FINE: split.fine, Verdict.UNSURE: split.unsure}[verdict].append(
            item
        )
    if missing:
        raise VerdictMissing([item.pk for item in missing])
    if keep and not split.settled:
        raise NothingJudged(_("Find at least one listing violating or fine, to decide it and keep the rest."))
    return split


def _check_read(case: Case, held: Claim, split: _Split, read: Collection[int]) -> None:
    if not case.is_reported:
        return
    if split.waiting and not split.settled and not split.unsure:
        raise NothingJudged(_("What waits here has come since you took the case. Look at it, then decide."))
    judged = {item.pk for item in split.settled}
    unread = [
        each for each in notices.since(case, held.claimed_at) if each.pk not in read and each.case_item_id in judged
    ]
    if unread:
        raise ReportUnread(
            _(
                "%(notice)s came in since you took the case. Read it under Notices, then decide: what you entered is kept."
            )
            % {"notice": unread[0].notice.reference}
        )


def _write_verdicts(
    held: Claim, split: _Split, issued: Sequence[Decision], fine_reason: str, at: datetime
) -> CaseDecision | None:
    ruling = None
    if split.settled:
        ruling = CaseDecision.objects.create(
            case_id=held.case_id,
            decision=issued[0] if issued else None,
            claim=held,
            person=held.person,
            decided_at=at,
            handling_seconds=_handled(held, at),
            fine_reason=fine_reason,
        )
        ruling.also.set(issued[1:])
        for item in split.settled:
            item.settled_at, item.settled_by = at, ruling
    CaseItem.objects.bulk_update(split.settled + split.unsure, ["verdict", "settled_at", "settled_by"], batch_size=500)
    return ruling


def _handled(held: Claim, at: datetime) -> int:
    """Seconds since the claim, or the act before under it; of a page of a grid, its share: no second is counted twice."""
    seconds = (at - _begun(held)).total_seconds()
    return int(seconds / max(1, held.page.size) if held.page else seconds)


def _begun(held: Claim) -> datetime:
    """A claim that an undo took again began with the one before it, under which something else may have been decided."""
    acts = CaseDecision.objects.filter(case=held.case_id, person=held.person_id, undone_at__isnull=True)
    before = acts.filter(decided_at__gte=held.claimed_at).aggregate(last=Max("decided_at"))["last"]
    return before or held.claimed_at


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


def _facts(split: _Split, issued: Sequence[Decision], reason: str) -> dict[str, object]:
    return {
        "violates": len(split.violating),
        "fine": len(split.fine),
        "unsure": len(split.unsure),
        "measure": ", ".join(dict.fromkeys(decision.measure for decision in issued)),
        "decision": ", ".join(decision.reference for decision in issued),
        "reason": reason,
    }
