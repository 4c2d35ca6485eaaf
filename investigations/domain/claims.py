"""Claims: a person's exclusive, expiring hold on a case, one at a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.domain import moves
from investigations.domain.acting import check_why, lock_person
from investigations.enums import WAITING_CASES, CaseOutcome, CaseState, ClaimEnd, Verdict
from investigations.models import BulkRun, Case, CaseItem, Claim, GridPage, Queue, Skip
from investigations.queries import wellbeing, work

CLAIM_LASTS = timedelta(minutes=15)
UNSEEN_LASTS = timedelta(minutes=3)
"""How long a claim stays once its page has fallen silent: several beats may be lost on the way."""
NOTED_EVERY = timedelta(seconds=45)
"""A beat that follows another sooner is not written."""
LAPSE_BATCH = 200


class ClaimLost(MoveRefused):
    """The person does not hold the case (any more); nothing was written."""


class HoldsAnother(MoveRefused):
    """A person works on one case at a time."""


class Away(Refusal):
    """Who is entered as away takes no cases."""


class Enough(Refusal):
    """Nobody opens more of what is hard to look at in a day than is good for them."""


class NotForThem(Refusal):
    """What is held for a senior reviewer is for somebody else than the one who held or decided it."""


@transaction.atomic
def claim_next(*, person: User, queue: Queue | None = None, held: bool = False, at: datetime) -> Case | None:
    """The most urgent case that waits for this person, now theirs; the one they hold already, if they do.

    Others who ask at the same moment get other cases: a row that somebody is taking is passed over.
    """
    if mine := own(person, at):
        return mine.case
    check_no_page(person)
    waiting = work.next_cases(person, at=at, queue=queue, held=held and permissions.can_take_held(person))
    case = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("merchant", "policy").first()
    if case is not None:
        take(case, person, at)
    return case


@transaction.atomic
def claim(*, case: Case, person: User, at: datetime) -> Claim:
    """Take one case by choice, also one that was skipped before, or one more than they are given in a day."""
    mine = own(person, at)
    if mine and mine.case_id == case.pk:
        return mine
    if mine:
        raise HoldsAnother(
            _("You hold %(case)s. Decide, release or skip it first; it keeps your verdicts.") % {"case": mine.case}
        )
    if (on_page := work.live_claim_on(case, person)) and on_page.expires_at > at:
        return on_page
    check_no_page(person)
    now = work.standing(person, at=at)
    if now.away_until:
        raise Away(_("You are entered as away. Withdraw the absence to take cases."))
    case = moves.lock(case)
    _check_bearable(case, now)
    lapse_if_run_out(case, at)
    if case.state == CaseState.HELD:
        check_second_pair(case, person)
    if case.state not in WAITING_CASES:
        raise MoveRefused(taken(case))
    return take(case, person, at)


@transaction.atomic
def extend(*, case: Case, actor: User, at: datetime) -> Claim:
    """A fresh quarter of an hour from now."""
    held = held_by(moves.lock(case), actor, at)
    keep(held, at=at)
    moves.record("case.claim_extended", case, actor=actor, at=at)
    return held


def beat(*, case: Case, person: User, at: datetime) -> None:
    """The page says that its reader is there. Where they hold the case, it stays theirs up to the claim's end; once a page that
    has spoken falls silent, the case goes back after `UNSEEN_LASTS`."""
    held = Claim.objects.filter(case=case, person=person, ended_at__isnull=True)
    _beat(Q(case=case) | Q(page__in=held.values("page")), person, at)


def beat_page(*, page: GridPage, person: User, at: datetime) -> None:
    """The same of a page of a grid: its claims stay, and lapse, together."""
    _beat(Q(page=page), person, at)


def _beat(held: Q, person: User, at: datetime) -> None:
    known = Q(seen_at__isnull=True) | Q(seen_at__lt=at - NOTED_EVERY)
    Claim.objects.filter(known, held, person=person, ended_at__isnull=True).update(seen_at=at)


def keep(held: Claim, *, at: datetime) -> None:
    """The claim lasts as if it were taken now, and with it those of its page."""
    held.expires_at = at + CLAIM_LASTS
    held.save(update_fields=["expires_at"])
    if held.page_id is not None:
        keep_page(held.page_id, at=at)


def keep_page(page_id: int, *, at: datetime) -> None:
    Claim.objects.filter(page=page_id, ended_at__isnull=True).update(expires_at=at + CLAIM_LASTS)


@transaction.atomic
def release(*, case: Case, actor: User, at: datetime) -> Case:
    """Give the case back. It may come to the same person again."""
    case = moves.lock(case)
    return give_back(held_by(case, actor, at), case, ClaimEnd.RELEASED, actor=actor, at=at)


@transaction.atomic
def skip(*, case: Case, actor: User, reason: str, at: datetime) -> Case:
    """Pass the case by; it does not come back to this person by itself."""
    check_why(reason)
    case = moves.lock(case)
    held = held_by(case, actor, at)
    Skip.objects.update_or_create(case=case, person=actor, defaults={"reason": reason, "skipped_at": at})
    return give_back(held, case, ClaimEnd.SKIPPED, actor=actor, at=at, reason=reason)


@transaction.atomic
def hold(*, case: Case, actor: User, reason: str, at: datetime, verdicts: Mapping[int, Verdict] | None = None) -> Case:
    """Leave the case to a senior reviewer, with the verdicts that the person would give."""
    check_why(reason)
    case = moves.lock(case)
    held = held_by(case, actor, at)
    suggested = verdicts or {}
    items = [item for item in work.unsettled(case) if item.pk in suggested]
    for item in items:
        item.verdict = suggested[item.pk]
    CaseItem.objects.bulk_update(items, ["verdict"], batch_size=500)
    return give_back(held, case, ClaimEnd.HELD, actor=actor, at=at, reason=reason, to=CaseState.HELD)


def lapse_due(*, at: datetime) -> int:
    """End the claims whose time is over, or whose page has fallen silent; returns how many."""
    lapsed = 0
    while ended := _lapse_batch(at):
        lapsed += ended
    return lapsed


def held_by(case: Case, person: User, at: datetime) -> Claim:
    """The person's running claim on a locked case. Raises ClaimLost."""
    held = Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()
    if held is None:
        raise ClaimLost(_("You do not hold %(case)s. Take it again; what you entered is still here.") % {"case": case})
    if held.person_id != person.pk:
        raise ClaimLost(taken(case, held))
    if held.expires_at <= at:
        raise ClaimLost(
            _("Your claim on %(case)s has run out. Take it again; what you entered is still here.") % {"case": case}
        )
    return held


def give_back(
    held: Claim,
    case: Case,
    ended_as: ClaimEnd,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    to: CaseState | None = None,
) -> Case:
    """End a claim on a locked case that goes on living: back to where it was taken from, or `to` another state."""
    end(held, ended_as, at=at, reason=reason)
    if case.golden_id is not None:  # made for one person: nobody else is to get it
        moves.move(case, CaseState.CLOSED, actor=actor, reason=reason, at=at, outcome=CaseOutcome.RESOLVED)
        moves.record(f"case.{ended_as.value}", case, actor=actor, at=at, data={"golden": case.golden_id})
        return case
    moves.move(case, to or CaseState(held.taken_from), actor=actor, reason=reason, at=at)
    moves.record(f"case.{ended_as.value}", case, actor=actor, at=at, data={"reason": reason} if reason else None)
    return case


def end(held: Claim, ended_as: ClaimEnd, *, at: datetime, reason: str = "") -> None:
    held.ended_at, held.ended_as, held.reason = at, ended_as, reason
    held.save(update_fields=["ended_at", "ended_as", "reason"])


def take(case: Case, person: User, at: datetime, *, page: GridPage | None = None, run: BulkRun | None = None) -> Claim:
    """Put a locked case that waits into a person's hands; by itself, with a page of a grid, or for a moment of a bulk action."""
    taken_from = case.state
    moves.move(case, CaseState.IN_REVIEW, actor=person, at=at)
    moves.record("case.claimed", case, actor=person, at=at)
    return Claim.objects.create(
        case=case,
        person=person,
        taken_from=taken_from,
        claimed_at=at,
        expires_at=at + CLAIM_LASTS,
        page=page,
        run=run,
    )


def check_no_page(person: User) -> None:
    """Raises HoldsAnother where they have a page of a grid before them."""
    if work.live_page(person):
        raise HoldsAnother(_("You have a page of listings before you. Submit it or give it back first."))


def own(person: User, at: datetime) -> Claim | None:
    """The person's running claim; one that has run out is ended."""
    lock_person(person)
    mine = work.live_claim(person)
    if mine is None or mine.expires_at > at:
        return mine
    lapse_if_run_out(moves.lock(mine.case), at)
    return None


def lapse_if_run_out(case: Case, at: datetime) -> None:
    """Of a locked case."""
    held = Claim.objects.filter(_run_out(at), case=case).first()
    if held is not None:
        give_back(held, case, ClaimEnd.LAPSED, actor=None, at=at)


def _run_out(at: datetime) -> Q:
    return Q(ended_at__isnull=True) & (Q(expires_at__lte=at) | Q(seen_at__lte=at - UNSEEN_LASTS))


@transaction.atomic
def _lapse_batch(at: datetime) -> int:
    due = Claim.objects.filter(_run_out(at)).order_by("expires_at").values("case")
    cases = list(
        Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=due[:LAPSE_BATCH]).order_by("pk")
    )
    for case in cases:
        lapse_if_run_out(case, at)
    return len(cases)


def check_second_pair(case: Case, person: User) -> None:
    if not permissions.can_take_held(person):
        raise NotForThem(_("%(case)s waits for a senior reviewer.") % {"case": case})
    if case.claims.filter(person=person, ended_as=ClaimEnd.HELD).exists():
        raise NotForThem(_("You held %(case)s yourself: another senior reviewer decides it.") % {"case": case})
    if case.case_decisions.filter(person=person, undone_at__isnull=True).exists():
        raise NotForThem(_("You decided on %(case)s before: another person decides the rest.") % {"case": case})


def _check_bearable(case: Case, now: work.Standing) -> None:
    """Their own limit a person may go beyond by choice; not what holds for everybody."""
    most = now.rules.hard_a_day if now.rules else None
    if most is not None and now.hard_today >= most and case.policy_id in wellbeing.hard_policies():
        raise Enough(
            _(
                "You have had %(count)s cases today that are hard to look at, which is the most for a day. Leave it to others."
            )
            % {"count": now.hard_today}
        )
    most = now.rules.pictures_a_day if now.rules else None
    if most is not None and (now.pictures_today or 0) >= most and case.policy_id in wellbeing.hard_policies():
        raise Enough(
            _(
                "You have seen %(count)s photos today that are hard to look at, which is the most for a day. Leave it to others."
            )
            % {"count": now.pictures_today}
        )


def taken(case: Case, held: Claim | None = None) -> str:
    held = held or Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()
    if held is None:
        return _("%(case)s is closed.") % {"case": case}
    return _("%(case)s is with %(person)s.") % {"case": case, "person": held.person}
