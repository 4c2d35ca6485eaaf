"""What is done to one case of a run, and how it is taken back; the case is locked, the run's rules hold for it."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused
from investigations.domain import (
    asking,
    cases,
    claims,
    deadlines,
    files,
    handing,
    moves,
    priorities,
    reopening,
    resting,
    telling,
    watching,
)
from investigations.enums import JUDGING, LIVE_CASES, WAITING_CASES, BulkVerb, CaseOrigin, News, Verdict
from investigations.models import BulkPart, BulkRun, Case, CaseItem, Claim, Queue, Snooze
from investigations.queries import work


class MovedOn(MoveRefused):
    """Somebody has done something else with the case since."""


def act(case: Case, run: BulkRun, at: datetime) -> dict[str, Any]:
    """Do it; returns what undoing needs. Raises what the verb of a single case refuses."""
    return _ACTS[BulkVerb(run.verb)](case, run, run.prepared_by, at)


def check_previewed(case: Case, part: BulkPart) -> None:
    """Nothing is judged but what waited in the case when it was chosen. Raises MovedOn."""
    if part.run.verb in JUDGING and work.unsettled(case).exclude(pk__in=part.before.get("items", [])).exists():
        raise MovedOn(
            _("More has come to the case since this was begun. Nobody has read about that: it is left whole.")
        )


def take_back(case: Case, part: BulkPart, at: datetime) -> None:
    """Undo it, on the word of whoever undoes the run. Raises MovedOn, and what the verb of a single case refuses."""
    run = part.run
    _BACK[BulkVerb(run.verb)](case, part.before, run, run.undone_by or run.prepared_by, at)


# --- to another queue ----------------------------------------------------------------------------


def _move(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    queue = Queue.objects.filter(key=run.params["queue"], removed_at=None).first()
    if queue is None:
        raise MovedOn(_("The queue has been removed."))
    before = {"queue": case.queue.key, "due_at": case.due_at.isoformat()}
    calendar = deadlines.calendars([case.merchant.country])[case.merchant.country]
    due = calendar.after(case.opened_at, queue.decide_within_hours)
    _put(case, queue, min(due, case.due_at) if case.origin == CaseOrigin.NOTICE else due, run, actor, at)
    return before


def _move_back(case: Case, before: dict[str, Any], run: BulkRun, actor: User, at: datetime) -> None:
    queue = Queue.objects.filter(key=before["queue"], removed_at=None).first()
    due = parse_datetime(before["due_at"])
    if case.state not in LIVE_CASES or case.queue.key != run.params["queue"] or queue is None or due is None:
        raise MovedOn(_("It was closed or moved on since, or its queue is no more."))
    _put(case, queue, due, run, actor, at)


def _put(case: Case, queue: Queue, due: datetime, run: BulkRun, actor: User, at: datetime) -> None:
    was = case.queue.key
    case.queue, case.due_at = queue, due
    case.save(update_fields=["queue", "due_at"])
    priorities.reckon([case.pk], at=at)
    moves.record("case.rerouted", case, actor=actor, at=at, data=_data(run) | {"from": was, "to": queue.key})


# --- put aside, taken away -----------------------------------------------------------------------


def _aside(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    until = parse_datetime(run.params["until"])
    if until is None or until <= at:
        raise MovedOn(_("The day has come already."))
    snooze = Snooze.objects.create(case=case, person=actor, reason=run.reason, until=until, snoozed_at=at)
    moves.record("case.snoozed", case, actor=actor, at=at, data=_data(run))
    return {"snooze": snooze.pk}


def _wake(case: Case, before: dict[str, Any], run: BulkRun, actor: User, at: datetime) -> None:
    if not Snooze.objects.filter(pk=before["snooze"], woken_at=None).exists():
        raise MovedOn(_("It has woken since."))
    resting.wake(case=case, actor=actor, at=at)


def _free(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    held = Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()
    if held is None:
        raise MovedOn(_("Nobody has it any more."))
    handing.take_back(cases=[case], note=run.reason, actor=actor, at=at)
    return {"person": held.person_id}


def _give_again(case: Case, before: dict[str, Any], run: BulkRun, actor: User, at: datetime) -> None:
    """It waits for whoever had it, ahead of everything else, for a day."""
    person = User.objects.filter(pk=before["person"], is_active=True).first()
    if case.state not in WAITING_CASES or person is None:
        raise MovedOn(_("Somebody has taken or closed it since, or whoever had it is gone."))
    asking.keep_for(case, person, at)
    telling.tell(people=[person], kind=News.HANDED_BACK, case=case, actor=actor, text=run.reason, at=at)
    moves.record("case.handed_back", case, actor=actor, at=at, data=_data(run), told=[person])


# --- judged --------------------------------------------------------------------------------------


def _close(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    return _judge(case, run, actor, Verdict.FINE, None, at)


def _decide(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    return _judge(case, run, actor, Verdict.VIOLATES, Measure(run.params["measure"]), at)


def _judge(
    case: Case, run: BulkRun, actor: User, verdict: Verdict, measure: Measure | None, at: datetime
) -> dict[str, Any]:
    """Taken for the moment, and decided as a person would: by the verb of a single case."""
    items = list(work.unsettled(case).select_related("listing", "violation__version"))
    claims.take(case, actor, at, run=run)
    ages = [each.violation.version.minimum_age or 0 for each in items if each.violation]
    ruling = cases.decide(
        case=case,
        verdicts={item.pk: verdict for item in items},
        measure=measure,
        markets=_markets(items) if measure == Measure.RESTRICT_MARKETS else (),
        minimum_age=max(ages, default=0) or None if measure == Measure.AGE_GATE else None,
        actor=actor,
        reason=run.reason,
        at=at,
    )
    return {"ruling": ruling.pk if ruling else None}


def _markets(items: list[CaseItem]) -> list[str]:
    """Where the listings are offered and the policy is in force."""
    pairs = [(item.listing, item.violation.version) for item in items if item.violation]
    return sorted(
        {
            market
            for listing, version in pairs
            if listing
            for market in listing.markets
            if market in version.jurisdictions
        }
    )


def _reopen(case: Case, before: dict[str, Any], run: BulkRun, actor: User, at: datetime) -> None:
    reopening.reopen(case=case, actor=actor, reason=_("%(run)s is undone") % {"run": run}, at=at)


# --- said and watched ----------------------------------------------------------------------------


def _note(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    return {"note": files.note(case=case, actor=actor, text=run.reason, at=at).pk}


def _watch(case: Case, run: BulkRun, actor: User, at: datetime) -> dict[str, Any]:
    return {"watch": watching.watch(case=case, actor=actor, at=at).pk}


def _stop_watching(case: Case, before: dict[str, Any], run: BulkRun, actor: User, at: datetime) -> None:
    watching.stop(case=case, actor=run.prepared_by, at=at)


def _data(run: BulkRun) -> dict[str, str]:
    return {"run": str(run), "reason": run.reason}


_ACTS = {
    BulkVerb.MOVE: _move,
    BulkVerb.ASIDE: _aside,
    BulkVerb.FREE: _free,
    BulkVerb.CLOSE: _close,
    BulkVerb.DECIDE: _decide,
    BulkVerb.NOTE: _note,
    BulkVerb.WATCH: _watch,
}
_BACK = {
    BulkVerb.MOVE: _move_back,
    BulkVerb.ASIDE: _wake,
    BulkVerb.FREE: _give_again,
    BulkVerb.CLOSE: _reopen,
    BulkVerb.WATCH: _stop_watching,
}
