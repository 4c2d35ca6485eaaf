"""A question out of a case to somebody with more right, its answer, and the way back to whoever asked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.domain import claims, files, moves, priorities, telling
from investigations.enums import WAITING_CASES, AskedOf, CaseState, ClaimEnd, News
from investigations.models import Case, Claim, Question
from investigations.queries import colleagues

KEPT = timedelta(days=1)
"""How long a case waits for the person it comes back to before anybody may be given it."""


class NotForThem(Refusal):
    """Whoever asked does not answer, nor does somebody without the right."""


@transaction.atomic
def ask(*, case: Case, asked_of: AskedOf, text: str, actor: User, at: datetime) -> Question:
    """Give the case back with a question. It is given to nobody until the question is answered."""
    if not text.strip():
        raise Refusal(_("Write the question."))
    case = moves.lock(case)
    held = claims.held_by(case, actor, at)
    if Question.objects.filter(case=case, answered_at=None, withdrawn_at=None).exists():
        raise MoveRefused(_("A question about %(case)s is open already.") % {"case": case})
    claims.give_back(held, case, ClaimEnd.ASKED, actor=actor, at=at, reason=text.strip())
    asked = Question.objects.create(case=case, asker=actor, asked_of=asked_of, text=text.strip(), asked_at=at)
    people = colleagues.who_may_answer(case, asked_of)
    telling.tell(people=people, kind=News.QUESTION, case=case, actor=actor, text=asked.text, at=at)
    return asked


@transaction.atomic
def answer(*, question: Question, text: str, actor: User, at: datetime) -> Question:
    """Answer it: the case comes back to whoever asked, ahead of everything else."""
    if not text.strip():
        raise Refusal(_("Write the answer."))
    case = moves.lock(question.case)
    question = _open(question)
    if actor.pk == question.asker_id or not permissions.can_answer(actor, question.asked_of):
        raise NotForThem(_("This question is for somebody else: %(who)s.") % {"who": question.get_asked_of_display()})
    question.answer, question.answered_by, question.answered_at = text.strip(), actor, at
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    mine = Claim.objects.filter(case=case, person=actor, ended_at__isnull=True).first()
    if mine is not None:
        claims.give_back(mine, case, ClaimEnd.RELEASED, actor=actor, at=at)
    keep_for(case, question.asker, at)
    data = {"reason": question.answer}
    moves.record("case.answered", case, actor=actor, at=at, data=data, told=[question.asker])
    telling.tell(people=[question.asker], kind=News.ANSWER, case=case, actor=actor, text=question.answer, at=at)
    return question


@transaction.atomic
def withdraw(*, question: Question, actor: User, at: datetime) -> Question:
    """Whoever asked needs no answer any more: the case waits like any other."""
    case = moves.lock(question.case)
    question = _open(question)
    if actor.pk != question.asker_id:
        raise NotForThem(_("Only the person who asked can take the question back."))
    question.withdrawn_at = at
    question.save(update_fields=["withdrawn_at"])
    moves.record("case.question_withdrawn", case, actor=actor, at=at)
    return question


@transaction.atomic
def hand_back(*, case: Case, to_person: bool, note: str, actor: User, at: datetime) -> Case:
    """A senior gives a case that was held for them back, to the queue or to whoever held it last, with what to look at."""
    if not note.strip():
        raise Refusal(_("Say what to look at: the next person reads it."))
    case = moves.lock(case)
    held = claims.held_by(case, actor, at)
    if held.taken_from != CaseState.HELD:
        raise MoveRefused(_("%(case)s was not held for a senior reviewer. Release it instead.") % {"case": case})
    person = colleagues.who_held(case, other_than=actor) if to_person else None
    if to_person and person is None:
        raise MoveRefused(_("Whoever held it may not read it any more. Give it back to the queue."))
    claims.give_back(held, case, ClaimEnd.HANDED_BACK, actor=actor, at=at, reason=note.strip(), to=CaseState.OPEN)
    files.note(case=case, actor=actor, text=note, at=at)
    if person is not None:
        keep_for(case, person, at)
        telling.tell(people=[person], kind=News.HANDED_BACK, case=case, actor=actor, text=note.strip(), at=at)
    return case


def _open(question: Question) -> Question:
    rows = Question.objects.select_for_update(of=("self",)).select_related("asker", "case")
    question = rows.get(pk=question.pk)
    if question.answered_at or question.withdrawn_at:
        raise MoveRefused(_("The question is answered or taken back already."))
    return question


def keep_for(case: Case, person: User, at: datetime) -> None:
    """Only a case that waits can wait for somebody; one that is being read is not taken away from its reader."""
    if case.state not in WAITING_CASES or not person.is_active:
        return
    case.kept_for, case.kept_until = person, at + KEPT
    case.save(update_fields=["kept_for", "kept_until"])
    priorities.reckon([case.pk], at=at)
