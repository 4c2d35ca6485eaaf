"""What a person is spared, their breaks, and what a team lead says about both for everybody."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.web import formats, toasts
from governance.web.access import opens
from investigations import permissions
from investigations.domain import wellbeing as verbs
from investigations.forms.wellbeing import OwnLimitsForm, WellbeingRulesForm, initial_of_own, initial_of_rules
from investigations.queries import team, wellbeing, work

WEEK = timedelta(days=7)


@opens(permissions.can_work)
def page(request: HttpRequest) -> HttpResponse:
    """A person's own: what they are not given, how much of what is hard, when they pause."""
    user, now = request.user, timezone.now()
    form = OwnLimitsForm(request.POST or None, initial=initial_of_own(wellbeing.own(user)))
    if form.is_valid():
        verbs.set_own(person=user, **form.cleaned_data)  # type: ignore[arg-type]
        toasts.tell(request, _("Saved"), note=_("It holds from the next case on."))
        return redirect("investigations:wellbeing")
    standing, rules = work.standing(user, at=now), wellbeing.rules()
    today, begun = work.day_of(user, now)
    context = {
        "form": form,
        "standing": standing,
        "rules": rules,
        "seen": wellbeing.seen([user], today=begun, week=now - WEEK)[0],  # type: ignore[list-item]
        "pictures": wellbeing.pictures(user, today=today),
        "since": wellbeing.at_work_since(user, at=now, pause=timedelta(minutes=rules.break_lasts)),
        "now": now,
    }
    return render(request, "investigations/wellbeing.html", context, status=422 if form.is_bound else 200)


@require_POST
@opens(permissions.can_work)
def take_break(request: HttpRequest) -> HttpResponse:
    taken = verbs.take_break(person=request.user, at=timezone.now())  # type: ignore[arg-type]
    until = _("Nothing is given to you until %(time)s.") % {"time": formats.minute(taken.ends_at)}
    toasts.tell(request, _("Have a good break"), note=until)
    return redirect("investigations:queue")


@require_POST
@opens(permissions.can_work)
def end_break(request: HttpRequest) -> HttpResponse:
    verbs.end_break(person=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("investigations:queue")


@opens(permissions.can_see_team)
def rules(request: HttpRequest) -> HttpResponse:
    """For everybody; beside it, how much of what is hard each has opened."""
    may_set, now = permissions.can_set_wellbeing(request.user), timezone.now()
    if request.method == "POST" and not may_set:
        raise PermissionDenied
    form = WellbeingRulesForm(request.POST or None, initial=initial_of_rules(wellbeing.rules()))
    if form.is_valid():
        verbs.set_rules(**form.cleaned_data, actor=request.user, at=now)  # type: ignore[arg-type]
        toasts.tell(request, _("Saved"), note=_("It holds from the next case on."))
        return redirect("investigations:wellbeing-rules")
    people = team.workers().order_by("pseudonym", "pk")
    context = {
        "form": form,
        "may_set": may_set,
        "seen": [
            each
            for each in wellbeing.seen(people, today=work.day_of(request.user, now)[1], week=now - WEEK)
            if each.week
        ],
        "most": wellbeing.rules().hard_a_day,
    }
    return render(request, "investigations/wellbeing_rules.html", context, status=422 if form.is_bound else 200)


for _view in (page, rules):
    _view.section = "queue"  # type: ignore[attr-defined]
