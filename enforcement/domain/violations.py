"""Violations: found and closed by sweeps in sets (`enforcement.domain.findings`), dismissed and overturned here by people."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.enums import VIOLATION_MOVES, ClosedBecause, Owed, ViolationState
from enforcement.models import Decision, DecisionItem, Violation
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.audit.domain.entries import Subject
from governance.web.refusals import MoveRefused, Refusal


class ReasonMissing(Refusal):
    """A person's word against a finding needs a reason: the next reader has nothing else."""


@transaction.atomic
def dismiss(*, violations: Collection[Violation], actor: User, reason: str, at: datetime) -> int:
    """A person found these fine. No sweep opens them again for the same versions of policy and listing."""
    if not reason.strip():
        raise ReasonMissing(_("Say why it is fine. The next reviewer sees only your reason."))
    closed = _move(violations, ViolationState.CLOSED, because=ClosedBecause.DISMISSED, at=at)
    _record("violation.dismissed", closed, actor, reason, at)
    return len(closed)


def overturn(*, violations: Collection[Violation], actor: User | None, reason: str, at: datetime) -> int:
    """The decision on these should not have been. What is closed already stays as it is."""
    keys = [violation.pk for violation in violations]
    still_open = Violation.objects.select_for_update().filter(pk__in=keys, state=ViolationState.OPEN).order_by("pk")
    closed = _move(list(still_open), ViolationState.CLOSED, because=ClosedBecause.OVERTURNED, at=at)
    _record("violation.overturned", closed, actor, reason, at)
    return len(closed)


def overturn_judged(
    *, decision: Decision, items: Collection[DecisionItem], actor: User | None, reason: str, at: datetime
) -> int:
    """Overturn what these items of the decision were about. What was found again since in a newer version stays open, for a case."""
    found = [(item, item.violation) for item in items if item.violation]
    judged = [each for item, each in found if _same_versions(decision, item, each)]
    owe(violations=[each for item, each in found if not _same_versions(decision, item, each)], owed=Owed.CASE)
    return overturn(violations=judged, actor=actor, reason=reason, at=at)


def _same_versions(decision: Decision, item: DecisionItem, violation: Violation) -> bool:
    return (violation.version_id, violation.listing_version) == (decision.version_id, item.listing_version)


@transaction.atomic
def reopen(*, violations: Collection[Violation], actor: User, at: datetime) -> int:
    """Undo a dismissal of seconds ago. Where a sweep has found the same anew meanwhile, that one stands instead."""
    rows = Violation.objects.filter(pk__in=[each.pk for each in violations], closed_because=ClosedBecause.DISMISSED)
    free = [violation for violation in rows.order_by("pk") if not _found_again(violation)]
    opened = _move(free, ViolationState.OPEN, because=None, at=at)
    _record("violation.reopened", opened, actor, "", at)
    return len(opened)


def owe(*, violations: Iterable[Violation], owed: Owed) -> int:
    """Say what must still be done with those that are open."""
    keys = [violation.pk for violation in violations]
    return Violation.objects.filter(pk__in=keys, state=ViolationState.OPEN).exclude(owed=owed).update(owed=owed)


def owe_nothing(*, violations: Iterable[Violation]) -> int:
    """What was owed is done."""
    return owe(violations=violations, owed=Owed.NOTHING)


def _found_again(violation: Violation) -> bool:
    same = Violation.objects.filter(policy_id=violation.policy_id, state=ViolationState.OPEN)
    if violation.listing_id is not None:
        return same.filter(listing_id=violation.listing_id).exists()
    return same.filter(listing__isnull=True, merchant_id=violation.merchant_id).exists()


def _move(
    violations: Collection[Violation], to: ViolationState, *, because: ClosedBecause | None, at: datetime
) -> list[Violation]:
    """Lock, check, write. The only function beside the sweep's merge that writes a violation's state."""
    keys = [violation.pk for violation in violations]
    locked = list(Violation.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    stuck = [violation for violation in locked if to not in VIOLATION_MOVES[ViolationState(violation.state)]]
    if stuck:
        raise MoveRefused(
            _("%(violation)s is “%(state)s” already.")
            % {"violation": stuck[0], "state": ViolationState(stuck[0].state).label}
        )
    closing = to == ViolationState.CLOSED
    for violation in locked:
        violation.state = to
        violation.closed_at = at if closing else None
        violation.closed_because = because.value if because else ""
        violation.owed = Owed.NOTHING
    Violation.objects.bulk_update(locked, ["state", "closed_at", "closed_because", "owed"], batch_size=500)
    return locked


def _record(verb: str, violations: list[Violation], actor: User | None, reason: str, at: datetime) -> None:
    entries.record_many(
        verb=verb,
        actor=actor,
        subject_kind="violation",
        subjects=[Subject(violation.pk, str(violation), {"reason": reason}) for violation in violations],
        at=at,
    )
