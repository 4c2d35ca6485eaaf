"""A closed case comes back: what was decided stays decided, what was found fine is read again by another pair of eyes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import violations
from enforcement.enums import ViolationState
from enforcement.models import Violation
from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.domain import deadlines, moves, priorities
from investigations.domain.acting import check_why
from investigations.enums import LIVE_CASES, CaseOutcome, CaseState, Verdict
from investigations.models import Case, CaseItem


class NotTheirs(Refusal):
    """Neither a senior nor whoever decided on the case."""


@transaction.atomic
def reopen(*, case: Case, actor: User, reason: str, at: datetime) -> Case:
    """Put the case back into its queue with a new deadline. The verdicts of then stay on record; the items come back as new ones.

    Raises MoveRefused where nothing in it was found fine, or where another case for its cause lives.
    """
    check_why(reason)
    case = moves.lock(case)
    _check(case, actor)
    fine = _found_fine(case)
    violations.reopen(violations=[each for item in fine if (each := item.violation)], actor=actor, at=at)
    back = _open_again(fine)
    if not back:
        raise MoveRefused(_("Nothing in it can be read again: what was decided is reversed or appealed, not reopened."))
    moves.move(case, CaseState.OPEN, actor=actor, reason=reason, at=at)
    CaseItem.objects.bulk_create(
        [CaseItem(case=case, listing_id=item.listing_id, violation=item.violation, added_at=at) for item in back]
    )
    calendar = deadlines.calendars([case.merchant.country])[case.merchant.country]
    case.due_at = calendar.after(at, case.queue.decide_within_hours)
    case.save(update_fields=["due_at"])
    priorities.reckon([case.pk], at=at)
    moves.record("case.reopened", case, actor=actor, at=at, data={"items": len(back), "reason": reason})
    return case


def _check(case: Case, actor: User) -> None:
    decided = case.case_decisions.filter(person=actor, undone_at__isnull=True).exists()
    if not decided and not permissions.can_take_held(actor):
        raise NotTheirs(_("A senior reviewer reopens a case, or whoever decided on it."))
    if case.golden_id is not None:
        raise MoveRefused(_("%(case)s was a test case. There is nothing to read again.") % {"case": case})
    if case.state != CaseState.CLOSED:
        raise MoveRefused(_("%(case)s is not closed.") % {"case": case})
    if case.outcome == CaseOutcome.MERGED:
        raise MoveRefused(_("%(case)s goes on in %(into)s.") % {"case": case, "into": case.merged_into})
    same = Case.objects.filter(merchant=case.merchant, cause_key=case.cause_key, state__in=LIVE_CASES)
    if same.exists():
        raise MoveRefused(_("A new case for the same cause has been opened meanwhile."))


def _found_fine(case: Case) -> list[CaseItem]:
    """The last word on each subject, where it was that it is fine."""
    items = CaseItem.objects.filter(case=case, settled_at__isnull=False).select_related("violation").order_by("id")
    last = {(item.listing_id, item.violation_id): item for item in items}
    return [item for item in last.values() if item.verdict == Verdict.FINE and item.settled_by_id]


def _open_again(items: list[CaseItem]) -> list[CaseItem]:
    """Without those that a sweep has found anew meanwhile: they stand in another case."""
    keys = [item.violation_id for item in items if item.violation_id]
    standing = CaseItem.objects.filter(violation__in=keys, settled_at__isnull=True).values("violation")
    open_ones = set(
        Violation.objects.filter(pk__in=keys, state=ViolationState.OPEN)
        .exclude(pk__in=standing)
        .values_list("pk", flat=True)
    )
    return [item for item in items if item.violation_id is None or item.violation_id in open_ones]
