"""What merchants correct while it waits needs nobody's word: it is settled, and a case with nothing left closes."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from enforcement.enums import ViolationState
from investigations.domain import claims, moves, priorities
from investigations.enums import LIVE_CASES, CaseOutcome, CaseState, ClaimEnd
from investigations.models import Case, CaseItem, Claim
from investigations.queries import work

SETTLE_BATCH = 200


def settle_corrected(*, at: datetime, violation_ids: Collection[int] | None = None) -> int:
    """Settle what no longer holds, and close the cases in which nothing is left; returns how many items. No ids: all."""
    settled = 0
    while batch := _settle_batch(at, violation_ids):
        settled += batch
    return settled


def case_outcome(case: Case) -> CaseOutcome:
    """What came of the whole case, whoever had a part in it."""
    rulings = case.case_decisions.filter(undone_at__isnull=True)
    if rulings.filter(decision__isnull=False).exists():
        return CaseOutcome.DECIDED
    return CaseOutcome.NO_VIOLATION if rulings.exists() else CaseOutcome.RESOLVED


@transaction.atomic
def _settle_batch(at: datetime, violation_ids: Collection[int] | None) -> int:
    gone = CaseItem.objects.filter(
        settled_at__isnull=True, violation__state=ViolationState.CLOSED, case__state__in=LIVE_CASES, answer=""
    )
    if violation_ids is not None:
        gone = gone.filter(violation__in=violation_ids)
    ids = gone.order_by("case").values_list("case", flat=True).distinct()[:SETTLE_BATCH]
    cases = list(
        Case.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=list(ids), state__in=LIVE_CASES)
        .select_related("merchant", "policy")
        .order_by("pk")
    )
    settled = 0
    for case in cases:
        count = settle(case, at=at)
        settled += count
        if count:
            moves.record("case.items_corrected", case, actor=None, at=at, data={"items": count})
        if not work.unsettled(case).exists():
            close_empty(case, at)
    priorities.reckon([case.pk for case in cases], at=at)
    return settled


def settle(case: Case, *, at: datetime) -> int:
    """Settle what of a locked case is corrected; returns how many items."""
    return work.unsettled(case).filter(violation__state=ViolationState.CLOSED).update(settled_at=at)


def close_empty(case: Case, at: datetime, *, outcome: CaseOutcome = CaseOutcome.RESOLVED) -> None:
    """Close a locked case in which nothing is left. `outcome` is what came of it where no person decided in it."""
    held = Claim.objects.filter(case=case, ended_at__isnull=True).first()
    if held is not None:
        claims.end(held, ClaimEnd.RESOLVED, at=at)
    decided = case_outcome(case)
    moves.move(
        case, CaseState.CLOSED, actor=None, at=at, outcome=outcome if decided == CaseOutcome.RESOLVED else decided
    )
    moves.record("case.resolved", case, actor=None, at=at)
