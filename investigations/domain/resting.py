"""Cases put aside until a day or an event, woken by beat; and cases kept for one person until their time is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims, moves, priorities, telling
from investigations.domain.acting import check_why
from investigations.enums import ClaimEnd, News, WakeOn, WokenBy
from investigations.models import Case, Snooze
from investigations.queries import resting as queries

LONGEST = timedelta(days=90)
BATCH = 200


@transaction.atomic
def snooze(*, case: Case, actor: User, reason: str, until: datetime, wake_on: WakeOn, at: datetime) -> Snooze:
    """Give the case back and let nobody be given it until then, or until what `wake_on` names. Its deadline runs on."""
    check_why(reason)
    if not at < until <= at + LONGEST:
        raise Refusal(_("Choose a time within the next 90 days."))
    case = moves.lock(case)
    held = claims.held_by(case, actor, at)
    claims.give_back(held, case, ClaimEnd.SNOOZED, actor=actor, at=at, reason=reason)
    return Snooze.objects.create(
        case=case, person=actor, reason=reason.strip(), until=until, wake_on=wake_on, snoozed_at=at
    )


@transaction.atomic
def wake(*, case: Case, actor: User, at: datetime) -> Snooze:
    """A person ends the rest."""
    case = moves.lock(case)
    snooze = Snooze.objects.filter(case=case, woken_at=None).first()
    if snooze is None:
        raise MoveRefused(_("%(case)s is awake.") % {"case": case})
    return _wake(snooze, WokenBy.PERSON, actor, at)


def wake_reported(case: Case, *, at: datetime) -> None:
    """Wake a locked case, where it rests: what was reported in it waits for an answer."""
    snooze = Snooze.objects.filter(case=case, woken_at=None).select_related("person").first()
    if snooze is not None:
        snooze.case = case
        _wake(snooze, WokenBy.REPORTED, None, at)


def wake_due(*, at: datetime) -> int:
    """Wake what has rested long enough or whose event has happened; returns how many. Safe to run twice."""
    woken = 0
    while found := _wake_batch(at):
        woken += found
    return woken


@transaction.atomic
def free_kept(*, at: datetime) -> int:
    """What was kept for somebody who did not take it is for everybody now; returns how many."""
    over = Case.objects.filter(kept_until__lte=at).order_by("pk")
    cases = list(over.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    keys = [case.pk for case in cases]
    Case.objects.filter(pk__in=keys).update(kept_for=None, kept_until=None)
    priorities.reckon(keys, at=at)
    return len(keys)


@transaction.atomic
def _wake_batch(at: datetime) -> int:
    due = queries.due(at)[:BATCH]
    locked = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=[key for key, _by in due])
    cases = {case.pk: case for case in locked.order_by("pk")}
    asleep = Snooze.objects.filter(case__in=cases, woken_at=None).select_related("person").order_by("pk")
    snoozes = {snooze.case_id: snooze for snooze in asleep}
    woken = [(snoozes[key], by) for key, by in due if key in snoozes]
    for snooze, by in woken:
        snooze.case = cases[snooze.case_id]
        _wake(snooze, by, None, at)
    return len(woken)


def _wake(snooze: Snooze, by: WokenBy, actor: User | None, at: datetime) -> Snooze:
    snooze.woken_at, snooze.woken_by = at, by
    snooze.save(update_fields=["woken_at", "woken_by"])
    people = [snooze.person] if snooze.person.is_active else []
    moves.record("case.woken", snooze.case, actor=actor, at=at, data={"because": by.value}, told=people)
    telling.tell(people=people, kind=News.WOKEN, case=snooze.case, actor=actor, text=snooze.reason, at=at)
    return snooze
