"""A team lead hands what waits to a person, takes back what somebody holds, and gives it to the queue again; several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.domain import claims, files, moves, priorities, telling
from investigations.domain.asking import KEPT
from investigations.enums import WAITING_CASES, CaseState, ClaimEnd, News
from investigations.models import Case, Claim, Telling
from investigations.queries import handing as queries
from investigations.queries import team, work
from investigations.queries.days import ONE_DAY, start_of

MOST = 100
"""Cases in one act."""


class NotTheirs(Refusal):
    """Only a team lead hands cases to others and takes them back."""


class Doubtful(Refusal):
    """Something speaks against the person; `concerns` say what. Given a reason it is done nevertheless."""

    def __init__(self, concerns: Sequence[str]) -> None:
        super().__init__(_("Something speaks against it. Say why it is to be them nevertheless."))
        self.concerns = list(concerns)


@dataclass(frozen=True)
class Done:
    """Which cases it was done with, and which were left as they are, with the reason."""

    cases: list[Case]
    left: list[tuple[Case, str]]


@transaction.atomic
def hand(*, cases: Sequence[Case], person: User, note: str, despite: str = "", actor: User, at: datetime) -> Done:
    """What waits is given to the person first, ahead of everything, for a day; who is away has it until a day after.

    The note stands with the case and in their inbox. `despite` is why it is to be them although they are away, have had what they
    are given in a day, or lack a skill. Raises Doubtful without it, and MoveRefused where none of the cases can be handed over.
    """
    _check(actor, cases, note)
    if not team.workers().filter(pk=person.pk).exists():
        raise Refusal(_("%(person)s does not work at the queue.") % {"person": person})
    done = Done([], [])
    for case in _locked(cases):
        reason = _cannot_be_handed(case, person)
        done.left.append((case, reason)) if reason else done.cases.append(case)
    if not done.cases:
        raise MoveRefused(done.left[0][1])
    concerns = queries.concerns(person, done.cases, at=at)
    if concerns and not despite.strip():
        raise Doubtful(concerns)
    until = _kept_until(person, at)
    for case in done.cases:
        case.kept_for, case.kept_until = person, until
        case.save(update_fields=["kept_for", "kept_until"])
        files.note(case=case, actor=actor, text=note, at=at)
        facts = {"to": str(person), "reason": note.strip()} | ({"despite": despite.strip()} if concerns else {})
        moves.record("case.handed", case, actor=actor, at=at, data=facts, told=[person])
        telling.tell(people=[person], kind=News.HANDED, case=case, actor=actor, text=note.strip(), at=at)
    priorities.reckon([case.pk for case in done.cases], at=at)
    return done


@transaction.atomic
def to_queue(*, cases: Sequence[Case], actor: User, at: datetime) -> Done:
    """What was handed to somebody and not taken yet is for everybody again; their inbox does not ask for it any more."""
    _check(actor, cases)
    done = Done([], [])
    for case in _locked(cases):
        if case.kept_for_id is None:
            done.left.append((case, _("%(case)s is kept for nobody.") % {"case": case}))
            continue
        told = Telling.objects.filter(case=case, person=case.kept_for_id, kind=News.HANDED, read_at=None)
        told.update(read_at=at)
        case.kept_for, case.kept_until = None, None
        case.save(update_fields=["kept_for", "kept_until"])
        moves.record("case.handing_undone", case, actor=actor, at=at)
        done.cases.append(case)
    if not done.cases:
        raise MoveRefused(done.left[0][1])
    priorities.reckon([case.pk for case in done.cases], at=at)
    return done


@transaction.atomic
def take_back(*, cases: Sequence[Case], note: str, actor: User, at: datetime) -> Done:
    """What somebody else holds goes back to where they took it from. They are told why; what they have entered stays on their
    page until they leave it, and the verdicts that were saved stay with the case."""
    _check(actor, cases, note)
    done = Done([], [])
    for case in _locked(cases):
        held = Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()
        if held is None or held.person_id == actor.pk:
            reason = _("Nobody holds %(case)s.") if held is None else _("You hold %(case)s yourself: release it.")
            done.left.append((case, reason % {"case": case}))
            continue
        claims.give_back(held, case, ClaimEnd.TAKEN_BACK, actor=actor, at=at, reason=note.strip())
        telling.tell(people=[held.person], kind=News.TAKEN_BACK, case=case, actor=actor, text=note.strip(), at=at)
        done.cases.append(case)
    if not done.cases:
        raise MoveRefused(done.left[0][1])
    return done


def _check(actor: User, cases: Sequence[Case], note: str | None = None) -> None:
    if not permissions.can_lead(actor):
        raise NotTheirs(_("A team lead hands cases to others and takes them back."))
    if not cases:
        raise Refusal(_("No case is chosen."))
    if len(cases) > MOST:
        raise Refusal(_("At most %(most)s cases go at once. Nothing was done.") % {"most": MOST})
    if note is not None and not note.strip():
        raise Refusal(_("Say in a few words why: they read it."), errors={"note": _("Say in a few words why.")})


def _locked(cases: Sequence[Case]) -> list[Case]:
    """Always in the same order, so that nobody waits for each other."""
    return [moves.lock(case) for case in sorted(cases, key=lambda each: each.pk)]


def _cannot_be_handed(case: Case, person: User) -> str:
    """Why not, whatever anybody says; empty where it can."""
    if case.state not in WAITING_CASES:
        return claims.taken(case)
    if case.golden_id is not None:
        return _("%(case)s is a test case.") % {"case": case}
    if not work.visible_cases(person).filter(pk=case.pk).exists():
        return _("%(person)s may not read %(case)s.") % {"case": case, "person": person}
    if resting := queries.rests(case):
        return resting
    if case.state == CaseState.HELD:
        try:
            claims.check_second_pair(case, person)
        except claims.NotForThem:
            return _("%(case)s waits for a senior reviewer who had no part in it.") % {"case": case}
    return ""


def _kept_until(person: User, at: datetime) -> datetime:
    away = work.standing(person, at=at).away_until
    back = start_of(away + ONE_DAY) if away else at
    return max(back, at) + KEPT
