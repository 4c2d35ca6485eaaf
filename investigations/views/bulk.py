"""Acting on many cases at once: what is to be done, the preview, the run live, and its verbs."""

import csv
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement.permissions import can_undo_many
from governance.accounts.text import log as log_words
from governance.web import markets, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import bulk as domain
from investigations.enums import BUSY_BULKS, BulkLeft, BulkState, BulkVerb
from investigations.filters import BulkFilter, CaseFilter, language
from investigations.forms.bulk import BulkForm
from investigations.models import BulkRun, Case
from investigations.queries import bulk as queries
from investigations.queries import work
from investigations.views import bulk_words
from investigations.views.cases import CaseList

SHOWN = 10
TICKED_MOST = 500
TOPBAR = "topbar"
LOG_TONES = {"bulk.held": "caution", "bulk.cancelled": "caution", "bulk.finished": "ok", "bulk.undone": "caution"}


class BulkList(ListPage):
    section, title = "cases", gettext_lazy("Acts on many cases")
    may_open = staticmethod(permissions.can_see_bulk)
    filterset_class = BulkFilter
    order = ("-prepared_at", "-pk")
    columns = (
        Column("run", gettext_lazy("Act"), value=str),
        Column("does", gettext_lazy("What"), grow=True, value=lambda row: row.get_verb_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("total", gettext_lazy("Cases"), num=True, value=lambda row: row.preview["acts"]),
        Column("by", gettext_lazy("Prepared by"), value=lambda row: row.prepared_by.pseudonym),
        Column("prepared", gettext_lazy("Prepared"), num=True, sort="prepared_at", value=lambda row: row.prepared_at),
    )
    row_template = "investigations/bulk_row.html"
    template_name = "investigations/bulk_list.html"

    def rows(self) -> QuerySet[BulkRun]:
        return queries.runs(self.request.user)


@require_POST
@opens(permissions.can_act_in_bulk)
def new(request: HttpRequest) -> HttpResponse:
    """The cases that were ticked in the list, or all that its filters show: ask what is to be done, and go on to the preview."""
    everything = bool(request.POST.get("all"))
    query = request.POST.get("query", "") if everything else ""
    topbar = list(markets.chosen(request)) if everything else []
    rows = _found(request, query, topbar) if everything else CaseList.selected(request)
    if rows is None:
        messages.error(request, _("The filter was not understood. Look at what it shows, then choose again."))
        return redirect("investigations:cases")
    ticked = [] if everything else list(rows.order_by("pk").values_list("pk", flat=True)[:TICKED_MOST])
    count = rows.order_by().values("pk").count()
    if not count:
        messages.error(request, _("Tick the cases that something is to be done to."))
        return redirect("investigations:cases")
    given = request.POST if "reason" in request.POST else None
    form = BulkForm(given, verbs=queries.verbs_of(request.user), language=language())
    context = {"form": form, "count": count, "query": query, "ticked": ticked}
    if not form.is_bound or not form.is_valid():
        return _ask(request, context)
    try:
        run = domain.prepare(
            verb=form.cleaned_data["does"],
            params=form.params | ({TOPBAR: topbar} if topbar else {}),
            rows=rows,
            actor=request.user,  # type: ignore[arg-type]
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
            query=query,
            ticked=ticked,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _ask(request, context)
    return redirect("investigations:bulk", pk=run.pk)


@opens(permissions.can_see_bulk)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, then the run; for htmx only what moves."""
    run = get_object_or_404(queries.runs(request.user), pk=pk)
    live = bool(request.headers.get("HX-Request"))
    template = "investigations/_bulk_live.html" if live else "investigations/bulk.html"
    return render(request, template, _context(request, run))


@opens(permissions.can_see_bulk)
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """Every case of the run and what became of it, as CSV."""
    run = get_object_or_404(queries.runs(request.user), pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{run}.csv"'
    writer = csv.writer(response)
    writer.writerow(["case", "merchant", "outcome", "left_because", "error", "ended_at"])
    for part in queries.parts(run):
        ended = part.ended_at.isoformat() if part.ended_at else ""
        about = [str(part.case), part.case.merchant.public_id]
        writer.writerow([*about, part.state, part.left_because, part.error, ended])
    return response


@require_POST
@opens(permissions.can_act_in_bulk)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(queries.runs(request.user), pk=pk)
    typed = request.POST.get("typed", "").strip().replace(".", "").replace(",", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 10 else None
    return _verb(request, run, domain.begin, rows=_rows(request, run), typed=number)


@require_POST
@opens(permissions.can_act_in_bulk)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, get_object_or_404(queries.runs(request.user), pk=pk), domain.approve)


@require_POST
@opens(permissions.can_act_in_bulk)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(queries.runs(request.user), pk=pk)
    return _verb(request, run, domain.discard, reason=request.POST.get("reason", "")[:2_000])


@require_POST
@opens(permissions.can_act_in_bulk)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, get_object_or_404(queries.runs(request.user), pk=pk), domain.cancel)


@require_POST
@opens(permissions.can_act_in_bulk)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undone case by case; where it decided, by a mass reversal, which is looked at first."""
    run = get_object_or_404(queries.runs(request.user), pk=pk)
    if run.verb == BulkVerb.DECIDE and not can_undo_many(request.user):
        messages.error(request, _("Decisions are reversed together by a team lead or a governance manager."))
        return redirect("investigations:bulk", pk=pk)
    return _verb(request, run, domain.undo)


TOLD = {
    BulkState.HELD: gettext_lazy("Held for a second person. Nothing has happened yet."),
    BulkState.RUNNING: gettext_lazy("It runs. You may close this page."),
    BulkState.FINISHED: gettext_lazy("Cancelled. What is done stays done until you undo it."),
    BulkState.DISCARDED: gettext_lazy("Given up. Nothing has happened."),
    BulkState.UNDOING: gettext_lazy("It is being undone. You may close this page."),
}


def _verb(request: HttpRequest, run: BulkRun, verb: Callable[..., BulkRun], **extra: Any) -> HttpResponse:
    before = run.reversal_id
    try:
        run = verb(run=run, actor=request.user, at=timezone.now(), **extra)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:bulk", pk=run.pk)
    if run.reversal_id and run.reversal_id != before:
        return redirect("enforcement:undo", pk=run.reversal_id)
    toasts.tell(request, str(TOLD[BulkState(run.state)]))
    return redirect("investigations:bulk", pk=run.pk)


def _rows(request: HttpRequest, run: BulkRun) -> QuerySet[Case]:
    """The cases that were ticked, or that the filter finds now; of those that this person may see."""
    if run.ticked:
        return work.visible_cases(request.user).filter(pk__in=run.ticked)
    found = _found(request, run.query, run.params.get(TOPBAR, []))
    return Case.objects.none() if found is None else found


def _found(request: HttpRequest, query: str, topbar: list[str]) -> QuerySet[Case] | None:
    """What a list's filter shows, in the markets of the topbar; None where a part of the filter means nothing, which would widen it."""
    rows = work.visible_cases(request.user)
    if topbar:
        rows = rows.filter(markets__overlap=topbar)
    filters = CaseFilter(QueryDict(query), queryset=rows, request=request)
    return filters.qs if filters.is_valid() else None


def _ask(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "investigations/bulk_new.html", context, status=status)


def _context(request: HttpRequest, run: BulkRun) -> dict[str, Any]:
    may, own = permissions.can_act_in_bulk(request.user), run.prepared_by_id == request.user.pk
    prepared, held = run.state == BulkState.PREPARED, run.state == BulkState.HELD
    found = queries.progress(run)
    return {
        "run": run,
        "title": bulk_words.title(run, language()),
        "preview": run.preview,
        "figures": bulk_words.figures(run, language()),
        "excluded": _labelled(run.preview["left"]),
        "sample": _sample(request, run, own),
        "progress": found,
        "left": _labelled(found.left),
        "odd": queries.to_look_at(run, SHOWN) if not prepared and not held else [],
        "waits": prepared or held,
        "live": run.state in BUSY_BULKS,
        "time_left": _time_left(run, found),
        "own": own,
        "types": run.preview["acts"] > domain.TYPED_FROM,
        "may_begin": own and prepared and run.preview["acts"] > 0 and run.verb in queries.verbs_of(request.user),
        "may_approve": may and held and not own,
        "may_discard": may and (prepared or held),
        "may_cancel": may and run.state == BulkState.RUNNING,
        "may_undo": may and run.state == BulkState.FINISHED and found.done > 0 and run.verb != BulkVerb.NOTE,
        "log": [
            (entry, log_words.verb(entry.verb), LOG_TONES.get(entry.verb, ""), entry.data.get("reason", ""))
            for entry in queries.log(run)
        ],
    }


def _time_left(run: BulkRun, found: queries.Progress) -> timedelta | None:
    """At the pace so far; nothing is said before the first case is done."""
    if run.state != BulkState.RUNNING or run.began_at is None or not found.ended:
        return None
    return (timezone.now() - run.began_at) / found.ended * found.waiting


def _sample(request: HttpRequest, run: BulkRun, own: bool) -> list[Case]:
    """Before it begins, of what the filter finds for whoever prepared it; then of what was chosen."""
    if run.state == BulkState.PREPARED:
        return queries.sample(_rows(request, run), run, run.prepared_by, SHOWN) if own else []
    return queries.frozen_sample(run, SHOWN) if run.state == BulkState.HELD else []


def _labelled(left: Any) -> list[tuple[str, int]]:
    """The causes in words, the most frequent first."""
    rows = sorted(left.items(), key=lambda row: (-row[1], row[0]))
    return [(str(BulkLeft(because).label), count) for because, count in rows]


for _view in (new, detail):
    _view.section = "cases"  # type: ignore[attr-defined]
