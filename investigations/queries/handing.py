"""To whom a case may be handed: who is there, what they hold, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.accounts.models import User
from governance.web import formats
from investigations.models import Case, Question, Snooze
from investigations.queries import team, work
from investigations.queries.team import Member


@dataclass(frozen=True)
class Candidate:
    """One who works at the queue. `fitting` of the chosen cases fit what they are given; `kept` are handed to them already."""

    member: Member
    fitting: int
    kept: int


def candidates(cases: Sequence[Case], *, at: datetime) -> list[Candidate]:
    """By name: seven queries, however many they are."""
    members = team.members(User.objects.filter(pk__in=team.workers().values("pk")), at=at)
    counts = {f"p{each.person.pk}": Count("id", filter=_fitting(each.person)) for each in members}
    found = Case.objects.filter(pk__in=[case.pk for case in cases]).aggregate(**counts)
    handed = Case.objects.filter(kept_for__isnull=False).order_by().values_list("kept_for").annotate(n=Count("id"))
    kept = dict(handed)
    return [Candidate(each, found[f"p{each.person.pk}"], kept.get(each.person.pk, 0)) for each in members]


def concerns(person: User, cases: Sequence[Case], *, at: datetime) -> list[str]:
    """What speaks against handing these cases to the person, in sentences."""
    now, said = work.standing(person, at=at), []
    if now.away_until:
        said.append(_("%(person)s is away until %(day)s.") % {"person": person, "day": formats.day(now.away_until)})
    if now.left_today == 0:
        text = _("%(person)s has decided %(n)s today, which is what they are given in a day.")
        said.append(text % {"person": person, "n": formats.number(now.decided_today)})
    keys = [case.pk for case in cases]
    unfit = len(keys) - Case.objects.filter(work.fits(now.skills), pk__in=keys).count()
    if unfit:
        text = ngettext(
            "%(n)s of the cases asks for a skill that %(person)s lacks.",
            "%(n)s of the cases ask for skills that %(person)s lacks.",
            unfit,
        )
        said.append(text % {"n": formats.number(unfit), "person": person})
    return said


def rests(case: Case) -> str:
    """Why nobody is given it now; empty where nothing keeps it."""
    if Question.objects.filter(case=case, answered_at=None, withdrawn_at=None).exists():
        return _("%(case)s waits for the answer to a question.") % {"case": case}
    snooze = Snooze.objects.filter(case=case, woken_at=None).first()
    if snooze is None:
        return ""
    return _("%(case)s is put aside until %(day)s: wake it first.") % {"case": case, "day": formats.day(snooze.until)}


def _fitting(person: User) -> Q:
    return team.fits(person) or Q(pk__isnull=False)
