"""Sweeps: the list, one sweep live, and its verbs."""

import csv
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain import sweeps
from enforcement.enums import LIVE_SWEEPS, ChunkState, SweepKind, SweepPriority, SweepState
from enforcement.filters import SweepFilter
from enforcement.forms.sweeps import StartSweep
from enforcement.models import Chunk, Sweep
from enforcement.queries import sweeps as queries
from governance.web import charts, formats, toasts
from governance.web.access import opens
from governance.web.heat import HeatCell, HeatStrip, heat_strip
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal

LOG_WORDS = {
    "sweep.started": gettext_lazy("Started"),
    "sweep.paused": gettext_lazy("Paused"),
    "sweep.resumed": gettext_lazy("Goes on"),
    "sweep.cancelled": gettext_lazy("Cancelled"),
    "sweep.finished": gettext_lazy("Finished"),
    "sweep.failed": gettext_lazy("Stopped: some chunks failed"),
    "sweep.braked": gettext_lazy("A policy is held: it hits more merchants than its brake allows"),
}
LOG_TONES = {"sweep.failed": "critical", "sweep.braked": "serious", "sweep.finished": "ok"}


class SweepList(ListPage):
    section, title = "sweeps", gettext_lazy("Sweeps")
    may_open = staticmethod(permissions.can_see_sweeps)
    filterset_class = SweepFilter
    order = ("-created_at", "-pk")
    columns = (
        Column("sweep", gettext_lazy("Sweep"), value=lambda row: row.pk),
        Column("kind", gettext_lazy("Looked at"), grow=True, value=lambda row: row.get_kind_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("policies", gettext_lazy("Policies"), num=True, value=lambda row: row.versions),
        Column("done", gettext_lazy("Listings"), num=True, value=lambda row: row.done),
        Column("hits", gettext_lazy("Hold true"), num=True, value=lambda row: row.hits),
        Column("by", gettext_lazy("Started by"), value=lambda row: row.started_by and row.started_by.pseudonym),
        Column("started", gettext_lazy("Started"), num=True, sort="created_at", value=lambda row: row.created_at),
    )
    row_template = "enforcement/sweep_row.html"
    template_name = "enforcement/sweep_list.html"

    def rows(self) -> QuerySet[Sweep]:
        return queries.sweeps()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_start = permissions.can_run_sweeps(self.request.user)
        form = StartSweep(language=get_language() or "en") if may_start else None
        return super().get_context_data(may_start=may_start, form=form, **kwargs)


@opens(permissions.can_run_sweeps)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    form = StartSweep(request.POST, language=get_language() or "en")
    if not form.is_valid():
        return render(request, "enforcement/sweep_start.html", {"form": form}, status=422)
    try:
        sweep = sweeps.start(
            kind=SweepKind(form.cleaned_data["kind"]),
            policies=form.cleaned_data["policies"],
            reason=form.cleaned_data["reason"],
            priority=SweepPriority(form.cleaned_data["priority"] or SweepPriority.NORMAL),
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return render(request, "enforcement/sweep_start.html", {"form": form}, status=422)
    return redirect("enforcement:sweep", pk=sweep.pk)


@opens(permissions.can_see_sweeps)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, or for htmx only what moves."""
    sweep = get_object_or_404(Sweep.objects.select_related("started_by"), pk=pk)
    progress = queries.progress(sweep, language=get_language() or "en", at=timezone.now())
    context = {
        "sweep": sweep,
        "urgency": sweep.get_priority_display() if sweep.priority != SweepPriority.NORMAL else "",
        "disagreed": [row for row in progress.policies if row.unconfirmed],
        "unconfirmed": sum(row.unconfirmed for row in progress.policies),
        "title": _("Sweep %(id)s: %(kind)s") % {"id": sweep.pk, "kind": sweep.get_kind_display()},
        "progress": progress,
        "live": sweep.state in LIVE_SWEEPS,
        "strip": _strip(progress),
        "chunk_size": max((chunk.size for chunk in progress.chunks), default=0),
        "again": sum(chunk.attempts > 1 for chunk in progress.chunks_in(ChunkState.DONE)),
        "waiting": len(progress.chunks_in(ChunkState.WAITING)),
        "running": len(progress.chunks_in(ChunkState.RUNNING)),
        "failed": progress.chunks_in(ChunkState.FAILED),
        "rate_chart": _rate_chart(progress),
        "follow_up": queries.follow_up(sweep),
        "log": [
            (entry, LOG_WORDS.get(entry.verb, entry.verb), LOG_TONES.get(entry.verb, ""))
            for entry in queries.log(sweep)
        ],
        "may_run": permissions.can_run_sweeps(request.user),
        "may_undo": permissions.can_undo_many(request.user),
        "undos": sweep.undos.order_by("-pk"),
        "can_pause": sweep.state == SweepState.RUNNING,
        "can_resume": sweep.state in (SweepState.PAUSED, SweepState.FAILED),
    }
    live = bool(request.headers.get("HX-Request"))
    return render(request, "enforcement/_sweep_live.html" if live else "enforcement/sweep_detail.html", context)


@opens(permissions.can_see_sweeps)
def counts(request: HttpRequest, pk: int) -> HttpResponse:
    """The table by policy as CSV."""
    sweep = get_object_or_404(Sweep, pk=pk)
    progress = queries.progress(sweep, language=get_language() or "en", at=timezone.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sweep-{sweep.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["policy", "version", "title", "mode", "held", *queries.COUNTED])
    for row in progress.policies:
        values = [row.counts[name] for name in queries.COUNTED]
        writer.writerow([f"P-{row.policy_id:04d}", row.number, row.title, row.mode.value, row.held, *values])
    return response


@opens(permissions.can_run_sweeps)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, sweeps.pause, _("Paused. Chunks at work are finished; the rest waits."))


@opens(permissions.can_run_sweeps)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, sweeps.resume, _("The sweep goes on."))


@opens(permissions.can_run_sweeps)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")[:300]
    return _verb(request, pk, sweeps.cancel, _("Cancelled. What was found so far stays."), reason=reason)


def _verb(request: HttpRequest, pk: int, verb: Any, told: str, **extra: Any) -> HttpResponse:
    sweep = get_object_or_404(Sweep, pk=pk)
    try:
        verb(sweep=sweep, actor=request.user, at=timezone.now(), **extra)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, told)
    return redirect("enforcement:sweep", pk=pk)


def _strip(progress: queries.Progress) -> HeatStrip:
    states = {state: len(progress.chunks_in(state)) for state in ChunkState}
    label = _(
        "%(all)s chunks: %(done)s done, %(running)s running, %(waiting)s waiting, %(failed)s failed. Darker means more hits."
    ) % {"all": len(progress.chunks), **{state.value: count for state, count in states.items()}}
    return heat_strip([_cell(chunk) for chunk in progress.chunks], label=label)


def _cell(chunk: Chunk) -> HeatCell:
    names = {
        "number": formats.number(chunk.number),
        "size": formats.number(chunk.size),
        "hits": formats.number(chunk.hits),
    }
    if chunk.state != ChunkState.DONE:
        state = chunk.state if chunk.state in (ChunkState.RUNNING, ChunkState.FAILED) else ""
        title = _("Chunk %(number)s, %(size)s listings: %(state)s")
        return HeatCell(None, title % (names | {"state": ChunkState(chunk.state).label}), state=state)
    again = "again" if chunk.attempts > 1 else ""
    return HeatCell(chunk.hits, _("Chunk %(number)s, %(size)s listings: %(hits)s hits") % names, state=again)


def _rate_chart(progress: queries.Progress) -> charts.Chart | None:
    if len(progress.rates) < 2:
        return None
    last = len(progress.rates) - 1
    points = [
        charts.Point(
            label=when.strftime("%H:%M:%S"),
            value=round(rate, 1),
            tick=when.strftime("%H:%M:%S") if index in (0, last) else "",
        )
        for index, (when, rate) in enumerate(progress.rates)
    ]
    return charts.line_chart(
        title=_("Rate"), unit=_("listings a second"), series=[charts.Series(_("Rate"), points)], width=320, height=140
    )
