"""A decision on a case taken back within seconds: nothing was sent, and the case is the person's again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decisions, violations
from governance.accounts.models import User
from governance.web.refusals import MoveRefused
from investigations.domain import claims, moves, priorities
from investigations.domain.acting import lock_person
from investigations.enums import LIVE_CASES, CaseState, ClaimEnd, Verdict
from investigations.models import Case, CaseDecision, CaseItem, Claim, GridPage


class TooLateToUndo(MoveRefused):
    """The undo's seconds are over, or the decision's message has gone out."""


@transaction.atomic
def undo_decision(*, ruling: CaseDecision, actor: User, at: datetime) -> Case:
    """Take back a decision within its ten seconds: nothing was sent, and the case is the actor's again, verdicts and all.

    A case that the actor has taken meanwhile goes back to where it came from; one that they kept stays with them. Raises
    TooLateToUndo.
    """
    case = moves.lock(ruling.case)
    ruling = CaseDecision.objects.select_related("claim__page", "decision").get(pk=ruling.pk)
    kept = _kept(case, ruling)
    _check_undo(case, ruling, kept, actor, at)
    settled = list(ruling.settled_items.select_related("violation").order_by("id"))
    for decision in (*ruling.also.order_by("-pk"), *([ruling.decision] if ruling.decision else [])):
        decisions.undo(decision=decision, actor=actor, at=at)
    dismissed = [item.violation for item in settled if item.verdict == Verdict.FINE and item.violation]
    if case.golden_id is None:
        violations.reopen(violations=dismissed, actor=actor, at=at)
    CaseItem.objects.filter(pk__in=[item.pk for item in settled]).update(settled_at=None, settled_by=None)
    if kept is not None:
        claims.keep(kept, at=at)
    else:
        _take_again(case, ruling, actor, at)
    ruling.undone_at = at
    ruling.save(update_fields=["undone_at"])
    priorities.reckon([case.pk], at=at)
    moves.record("case.decision_undone", case, actor=actor, at=at)
    return case


def _kept(case: Case, ruling: CaseDecision) -> Claim | None:
    """The claim under which it was decided, where that goes on."""
    return Claim.objects.filter(pk=ruling.claim_id, case=case, ended_at__isnull=True).first()


def _take_again(case: Case, ruling: CaseDecision, actor: User, at: datetime) -> None:
    """By itself, or with the page of a grid in which it was decided, where that is before the actor (again).

    It is as if it had not been given up: what came since it was first taken has still to be read.
    """
    page = ruling.claim.page if ruling.claim.page and ruling.claim.page.ended_at is None else None
    if page is None:
        give_up_others(actor, at, but=case)
    moves.move(case, CaseState.IN_REVIEW, actor=actor, at=at)
    Claim.objects.create(
        case=case,
        person=actor,
        taken_from=ruling.claim.taken_from,
        claimed_at=ruling.claim.claimed_at,
        expires_at=at + claims.CLAIM_LASTS,
        page=page,
    )


def _check_undo(case: Case, ruling: CaseDecision, kept: Claim | None, actor: User, at: datetime) -> None:
    if ruling.person_id != actor.pk:
        raise TooLateToUndo(_("Only the person who decided can undo it."))
    if ruling.undone_at is not None:
        raise TooLateToUndo(_("This decision is undone already."))
    if at - ruling.decided_at > decisions.UNDO_WINDOW + decisions.UNDO_GRACE:
        raise TooLateToUndo(
            _("The ten seconds are over. The decision can still be reversed; the merchant is then told.")
        )
    if kept is None and Claim.objects.filter(case=case, ended_at__isnull=True).exists():
        raise TooLateToUndo(_("Somebody has taken the rest of %(case)s meanwhile.") % {"case": case})
    same_cause = Case.objects.filter(merchant=case.merchant, cause_key=case.cause_key, state__in=LIVE_CASES)
    if same_cause.exclude(pk=case.pk).exists():
        raise TooLateToUndo(_("A new case for the same cause has been opened meanwhile."))


def give_up_others(actor: User, at: datetime, *, but: Case | None = None) -> None:
    """What else the actor holds goes back to where it came from: a case, or a page of a grid."""
    lock_person(actor)
    held = Claim.objects.filter(person=actor, ended_at__isnull=True, run__isnull=True).select_related("case")
    for other in held.order_by("case"):
        if but is None or other.case_id != but.pk:
            case = moves.lock(other.case)
            if (still := Claim.objects.filter(pk=other.pk, ended_at__isnull=True).first()) is not None:
                claims.give_back(still, case, ClaimEnd.RELEASED, actor=actor, at=at)
    GridPage.objects.filter(person=actor, ended_at__isnull=True).update(ended_at=at)
