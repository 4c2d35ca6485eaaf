"""What each person is given by the queue, and when they are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Severity
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims, moves
from investigations.enums import ClaimEnd
from investigations.models import Absence, Claim, Skills
from investigations.queries import work
from investigations.queries.days import ONE_DAY


@dataclass(frozen=True)
class Limits:
    """Empty lists set no limit; nor does `cases_a_day` that is None."""

    languages: Sequence[str] = ()
    markets: Sequence[str] = ()
    families: Sequence[str] = ()
    highest: Severity = Severity.CRITICAL
    cases_a_day: int | None = None


@transaction.atomic
def set_skills(*, person: User, limits: Limits, actor: User, at: datetime) -> Skills:
    """Say what a person is given from now on. What they hold stays with them."""
    skills, _made = Skills.objects.select_for_update(of=("self",)).get_or_create(person=person)
    wanted = {
        "languages": sorted(limits.languages),
        "markets": sorted(limits.markets),
        "families": sorted(limits.families),
        "highest": limits.highest.value,
        "cases_a_day": limits.cases_a_day,
    }
    differs = {name: [getattr(skills, name), value] for name, value in wanted.items() if getattr(skills, name) != value}
    if differs:
        for name, (_was, value) in differs.items():
            setattr(skills, name, value)
        skills.save(update_fields=list(differs))
        _note("person.skills_changed", person, actor, at, **differs)
    return skills


@transaction.atomic
def enter_absence(*, person: User, starts_on: date, ends_on: date, actor: User, at: datetime) -> Absence:
    """Both days among them. What the person holds goes back as soon as the first day has begun."""
    today, _begun = work.day_of(person, at)
    if ends_on < starts_on:
        raise Refusal(_("It would end before it starts."), errors={"ends_on": _("It would end before it starts.")})
    if ends_on < today:
        raise Refusal(_("These days have passed."), errors={"ends_on": _("These days have passed.")})
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    same = Absence.objects.filter(
        person=person, withdrawn_at__isnull=True, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    if same.exists():
        raise Refusal(_("An absence in these days is entered already."), errors={"starts_on": _("Entered already.")})
    absence = Absence.objects.create(
        person=person, starts_on=starts_on, ends_on=ends_on, entered_by=actor, entered_at=at
    )
    _note("person.absence_entered", person, actor, at, starts_on=str(starts_on), ends_on=str(ends_on))
    if starts_on <= today:
        _give_back(person, at)
    return absence


@transaction.atomic
def withdraw_absence(*, absence: Absence, actor: User, at: datetime) -> Absence:
    """The person is there after all. What has gone back stays with the queue."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("person").get(pk=absence.pk)
    if absence.withdrawn_at is not None:
        raise MoveRefused(_("This absence is withdrawn already."))
    absence.withdrawn_at = at
    absence.save(update_fields=["withdrawn_at"])
    days = {"starts_on": str(absence.starts_on), "ends_on": str(absence.ends_on)}
    _note("person.absence_withdrawn", absence.person, actor, at, **days)
    return absence


def give_back_absent(*, at: datetime) -> int:
    """What people hold who are away since today goes back; returns how many cases."""
    around = at.date()
    away = Absence.objects.filter(
        withdrawn_at__isnull=True,
        starts_on__lte=around + ONE_DAY,
        ends_on__gte=around - ONE_DAY,
        person__claims__ended_at__isnull=True,
        person__claims__isnull=False,
    ).select_related("person")
    given = 0
    for absence in away.order_by("id").distinct():
        today, _begun = work.day_of(absence.person, at)
        if absence.starts_on <= today <= absence.ends_on:
            given += _give_back(absence.person, at)
    return given


@transaction.atomic
def _give_back(person: User, at: datetime) -> int:
    given = 0
    for held in Claim.objects.filter(person=person, ended_at__isnull=True).select_related("case").order_by("case"):
        case = moves.lock(held.case)
        still = Claim.objects.filter(pk=held.pk, ended_at__isnull=True).first()
        if still is not None:
            claims.give_back(still, case, ClaimEnd.ABSENT, actor=None, at=at)
            given += 1
    return given


def _note(verb: str, person: User, actor: User, at: datetime, **data: object) -> None:
    entries.record(
        verb=verb, actor=actor, subject_kind="person", subject_id=person.pk, subject_ref=str(person), data=data, at=at
    )
