"""The people at the queue: who holds what since when, what each is given, and when they are away."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.accounts.models import User
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import team as verbs
from investigations.filters import TeamFilter
from investigations.forms.queues import AbsenceForm, SkillsForm, initial_of_skills
from investigations.models import Absence
from investigations.queries import team, work
from investigations.views import giving


class TeamPage(ListPage):
    section, title = "team", gettext_lazy("Team")
    may_open = staticmethod(permissions.can_see_team)
    template_name = "investigations/team.html"
    row_template = "investigations/team_row.html"
    filterset_class = TeamFilter
    order = ("pseudonym", "pk")
    columns = (
        Column("person", gettext_lazy("Person"), sort="pseudonym", value=lambda row: row.pseudonym),
        Column("holds", gettext_lazy("Holds"), grow=True),
        Column("today", gettext_lazy("Today"), num=True),
        Column("given", gettext_lazy("Is given"), extra=True),
        Column("away", gettext_lazy("Away")),
    )

    def rows(self) -> QuerySet[User]:
        return team.workers()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        _describe(self.page.rows, now)
        return super().get_context_data(now=now, may_lead=permissions.can_lead(self.request.user), **kwargs)


def _describe(rows: list[Any], now: datetime) -> None:
    keys = [row.pk for row in rows]
    known = {member.person.pk: member for member in team.members(User.objects.filter(pk__in=keys), at=now)}
    for row in rows:
        row.member = known[row.pk]
        row.given = giving.in_short(row.member.skills)


@opens(lambda user: permissions.can_work(user) or permissions.can_see_team(user))
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person is given, and when they are away. People see their own page; a team lead, everybody's."""
    person = _load(request, pk)
    if request.method != "POST":
        return _show(request, person)
    if not permissions.can_lead(request.user):
        raise PermissionDenied
    form = SkillsForm(request.POST, initial=initial_of_skills(getattr(person, "skills", None)))
    if not form.is_valid():
        return _show(request, person, skills_form=form, status=422)
    verbs.set_skills(person=person, limits=form.limits(), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    toasts.tell(request, _("Saved what %(who)s is given") % {"who": person})
    return redirect("investigations:team-member", pk)


@require_POST
@opens(lambda user: permissions.can_work(user) or permissions.can_lead(user))
def absent(request: HttpRequest, pk: int) -> HttpResponse:
    person = _theirs(request, pk)
    form = AbsenceForm(request.POST)
    if form.is_valid():
        try:
            verbs.enter_absence(person=person, **form.cleaned_data, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        except Refusal as refusal:
            for name, text in refusal.errors.items():
                form.add_error(name, str(text))
        else:
            days = formats.day(form.cleaned_data["starts_on"]), formats.day(form.cleaned_data["ends_on"])
            toasts.tell(request, _("Away from %(first)s to %(last)s") % {"first": days[0], "last": days[1]})
            return redirect("investigations:team-member", pk)
    return _show(request, person, absence_form=form, status=422)


@require_POST
@opens(lambda user: permissions.can_work(user) or permissions.can_lead(user))
def back(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    person = _theirs(request, pk)
    entered = get_object_or_404(Absence, pk=absence, person=person)
    try:
        verbs.withdraw_absence(absence=entered, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        toasts.tell(request, _("Absence withdrawn"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:team-member", pk)


def _load(request: HttpRequest, pk: int) -> User:
    """One who works at the queue: oneself, or anybody for who sees the team."""
    if pk != request.user.pk and not permissions.can_see_team(request.user):
        raise Http404
    return get_object_or_404(team.workers().select_related("skills"), pk=pk)


def _theirs(request: HttpRequest, pk: int) -> User:
    """One whose absences this person may enter: their own, or anybody's for a team lead."""
    person = _load(request, pk)
    if pk != request.user.pk and not permissions.can_lead(request.user):
        raise PermissionDenied
    return person


def _shown_standing(request: HttpRequest, person: User, now: datetime) -> work.Standing:
    """What a person set for themselves is for their own eyes."""
    standing = work.standing(person, at=now)
    return standing if person.pk == request.user.pk else replace(standing, own=None, pictures_today=None)


def _show(
    request: HttpRequest,
    person: User,
    *,
    skills_form: SkillsForm | None = None,
    absence_form: AbsenceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    member = team.members(User.objects.filter(pk=person.pk), at=now)[0]
    context = {
        "member": member,
        "shown": person,
        "limits": giving.limits(_shown_standing(request, person, now)),
        "skills_form": skills_form or SkillsForm(initial=initial_of_skills(member.skills)),
        "absence_form": absence_form or AbsenceForm(),
        "may_lead": permissions.can_lead(request.user),
        "may_enter": permissions.can_lead(request.user) or person.pk == request.user.pk,
        "leads": permissions.can_see_team(request.user),
    }
    return render(request, "investigations/team_member.html", context, status=status)


detail.section = "team"  # type: ignore[attr-defined]
