"""The ladder: the version in force as a graded scale, its history, and a draft with what it would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from enforcement import permissions
from enforcement.domain import ladder_presets, ladder_simulation, ladders
from enforcement.enums import OPEN_STEPS, LadderState
from enforcement.forms.ladder import COLUMNS
from enforcement.measures import MEASURES
from enforcement.models import Ladder, LadderStep
from enforcement.models.ladder import Milestone, Terms
from enforcement.queries import ladders as queries
from governance.policies.enums import SEVERITY_TONE, Severity
from governance.web import charts, formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal

SECTION = "ladder"


@require_safe
@opens(permissions.can_see_ladder)
def current(request: HttpRequest) -> HttpResponse:
    """The version in force, else the draft, else where to begin."""
    return _page(request, queries.live() or queries.drafted())


current.section = SECTION  # type: ignore[attr-defined]


@require_safe
@opens(permissions.can_see_ladder)
def version(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, get_object_or_404(queries.versions(), number=number))


version.section = SECTION  # type: ignore[attr-defined]


@require_safe
@opens(permissions.can_see_ladder)
def simulation(request: HttpRequest, number: int) -> HttpResponse:
    """An htmx part: who would stand where."""
    ladder, live = get_object_or_404(Ladder, number=number), queries.live()
    instead = live.terms if live is not None and live.pk != ladder.pk else None
    found = ladder_simulation.simulate(ladder.terms, instead, at=timezone.now())
    rows = [(step_name(row.milestone), row) for row in found.rows]
    named = [(each, step_name(each.now), step_name(each.then)) for each in found.harsher]
    totals = {way: sum(getattr(row, way) for row in found.rows) for way in ("up", "down", "same")}
    context = {"found": found, "rows": rows, "named": named, "totals": totals, "live": live}
    return render(request, "enforcement/_ladder_simulation.html", context)


@opens(permissions.can_switch_ladder)
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    ladder = get_object_or_404(Ladder, number=number)
    revision = request.POST.get("revision", "")
    try:
        ladders.switch(
            ladder=ladder,
            revision=int(revision) if revision.isdecimal() else 0,
            reason=request.POST.get("reason", "")[:500],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("enforcement:ladder-version", number=number)
    toasts.tell(
        request, _("Version %(n)s is in force.") % {"n": number}, note=_("It counts from the next decision on.")
    )
    return redirect("enforcement:ladder")


@opens(permissions.can_write_ladder)
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    ladder = get_object_or_404(Ladder, number=number)
    try:
        ladders.withdraw(
            ladder=ladder,
            reason=request.POST.get("reason", "")[:500],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Withdrawn."))
    return redirect("enforcement:ladder")


def step_name(milestone: Milestone | None) -> str:
    """`12 points: Suspend listing rights, 7 days`."""
    if milestone is None:
        return _height(milestone)
    return f"{_height(milestone)}: {measure_name(milestone)}"


def measure_name(milestone: Milestone) -> str:
    if milestone.days is None:
        return str(milestone.measure.label)
    days = ngettext("%(n)s day", "%(n)s days", milestone.days) % {"n": formats.number(milestone.days)}
    return f"{milestone.measure.label}, {days}"


def _page(request: HttpRequest, ladder: Ladder | None) -> HttpResponse:
    versions = list(queries.versions())
    drafted = next((each for each in versions if each.state == LadderState.DRAFT), None)
    draft = ladder is not None and ladder.state == LadderState.DRAFT
    context: dict[str, Any] = {
        "ladder": ladder,
        "versions": versions,
        "drafted": drafted,
        "presets": ladder_presets.presets(),
        "open_steps": LadderStep.objects.filter(state__in=sorted(OPEN_STEPS)).count(),
        "may_write": permissions.can_write_ladder(request.user),
        "may_see_steps": permissions.can_see_steps(request.user),
        "may_edit": draft and ladder is not None and ladder.author_id == request.user.pk,
        "may_switch": draft and permissions.can_switch_ladder(request.user),
        "is_author": ladder is not None and ladder.author_id == request.user.pk,
        **(_shown(ladder) if ladder is not None else {}),
    }
    return render(request, "enforcement/ladder.html", context)


def _shown(ladder: Ladder) -> dict[str, Any]:
    terms = ladder.terms
    live = ladder.state == LadderState.LIVE
    counts = queries.where_merchants_stand(terms, timezone.now()) if live else {}
    return {
        "terms": terms,
        "scale": [{"label": step_name(milestone), "state": "past"} for milestone in terms.milestones],
        "columns": COLUMNS,
        "grid": [
            (severity, SEVERITY_TONE[severity], [terms.graded(severity, n) for n in range(len(COLUMNS))])
            for severity in Severity
        ],
        "milestones": [_milestone(milestone, terms) for milestone in terms.milestones],
        "bars": _bars(terms, counts) if counts else None,
        "moves": ladder.moves.select_related("actor").order_by("-moved_at", "-pk"),
    }


def _milestone(milestone: Milestone, terms: Terms) -> dict[str, Any]:
    kind = MEASURES[milestone.measure]
    return {
        "at": milestone.at,
        "name": measure_name(milestone),
        "health": max(0, terms.health_start - terms.health_cost * milestone.at),
        "person": kind.on_merchant,
        "about": _("the account") if not kind.territorial else _("the listings of the offence"),
    }


def _bars(terms: Terms, counts: dict[int, int]) -> charts.Bars:
    steps: list[Milestone | None] = [None, *terms.milestones]
    return charts.share_bars([(_height(step), counts.get(step.at if step else 0, 0), "") for step in steps])


def _height(milestone: Milestone | None) -> str:
    if milestone is None:
        return _("No step")
    return ngettext("%(n)s point", "%(n)s points", milestone.at) % {"n": formats.number(milestone.at)}
