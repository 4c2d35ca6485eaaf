"""Taking many decisions back: what to choose, the preview, the run live, and its verbs."""

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
from enforcement.domain import undo as domain
from enforcement.enums import LeftBecause, UndoScope, UndoState
from enforcement.filters import UndoFilter
from enforcement.forms.undo import UndoChosen, UndoSweep, UndoVersion
from enforcement.models import Sweep, Undo
from enforcement.queries import decisions as decided
from enforcement.queries import undo as queries
from enforcement.views.decisions import DecisionList
from governance.accounts.text import log as log_words
from governance.policies.enums import Measure, Mode
from governance.policies.models import Policy, PolicyVersion
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal

SHOWN = 20
LOG_TONES = {"undo.held": "caution", "undo.stopped": "caution", "undo.finished": "ok"}


class UndoList(ListPage):
    section, title = "cases", gettext_lazy("Mass reversals")
    may_open = staticmethod(permissions.can_see_undos)
    filterset_class = UndoFilter
    order = ("-prepared_at", "-pk")
    columns = (
        Column("undo", gettext_lazy("Run"), value=str),
        Column("scope", gettext_lazy("Reversed"), grow=True, value=lambda row: row.get_scope_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("total", gettext_lazy("Decisions"), num=True, value=lambda row: row.total),
        Column("by", gettext_lazy("Prepared by"), value=lambda row: row.prepared_by.pseudonym),
        Column("prepared", gettext_lazy("Prepared"), num=True, sort="prepared_at", value=lambda row: row.prepared_at),
    )
    row_template = "enforcement/undo_row.html"
    template_name = "enforcement/undo_list.html"

    def rows(self) -> QuerySet[Undo]:
        return queries.undos()


@opens(permissions.can_undo_many)
def sweep(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what came of a sweep, and go on to the preview."""
    of = get_object_or_404(Sweep, pk=pk)
    form = UndoSweep(request.POST or None)
    title = _("Reverse what came of sweep %(id)s") % {"id": of.pk}
    context = {"form": form, "title": title, "sweep": of}
    if request.method == "POST" and form.is_valid():
        return _prepare(request, context, domain.prepare_sweep, sweep=of, **form.cleaned_data)
    return _ask(request, context)


@opens(permissions.can_undo_many)
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Choose what came of a policy version since a time, and go on to the preview."""
    of = get_object_or_404(PolicyVersion.objects.select_related("policy"), policy=pk, number=number)
    form = UndoVersion(request.POST or None, initial={"since": of.effective_from or of.created_at})
    name = decided.titles([of.pk], language=_language()).get(of.pk, of.policy.slug)
    title = _("Reverse what came of “%(title)s”, v%(number)s") % {"title": name, "number": of.number}
    context = {"form": form, "title": title, "policy": of.policy, "number": of.number}
    if request.method == "POST" and form.is_valid():
        return _prepare(request, context, domain.prepare_version, version=of, **form.cleaned_data)
    return _ask(request, context)


@require_POST
@opens(permissions.can_undo_many)
def chosen(request: HttpRequest) -> HttpResponse:
    """The decisions that were ticked in the list: ask why, and go on to the preview."""
    rows = DecisionList.selected(request)
    form = UndoChosen(request.POST if "reason" in request.POST else None)
    kept = [("query", request.POST.get("query", "")), *(("ids", each) for each in request.POST.getlist("ids"))]
    if request.POST.get("all"):
        kept.append(("all", "1"))
    count = rows.order_by().values("pk").count()
    if not count:
        messages.error(request, _("Tick the decisions that are to be reversed."))
        return redirect("enforcement:decisions")
    context = {"form": form, "title": _("Reverse chosen decisions"), "count": count, "kept": kept}
    if form.is_valid():
        return _prepare(request, context, domain.prepare_chosen, chosen=rows, **form.cleaned_data)
    return _ask(request, context)


@opens(permissions.can_see_undos)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, then the run; for htmx only what moves."""
    undo = get_object_or_404(queries.undos(), pk=pk)
    found = queries.progress(undo)
    waits = undo.state in (UndoState.PREPARED, UndoState.HELD)
    may = permissions.can_undo_many(request.user)
    context = {
        "undo": undo,
        "title": _title(undo),
        "preview": undo.preview,
        "policies": _policies(undo),
        "progress": found,
        "left": [(LeftBecause(because).label, count) for because, count in sorted(found.left.items())],
        "odd": queries.to_look_at(undo, SHOWN) if not waits else [],
        "waits": waits,
        "more": found.odd - SHOWN,
        "live": undo.state == UndoState.RUNNING,
        "wants_second": undo.state == UndoState.PREPARED and domain.wants_second_word(undo),
        "own": undo.prepared_by_id == request.user.pk,
        "may_start": may and undo.state == UndoState.PREPARED,
        "may_approve": may and undo.state == UndoState.HELD,
        "may_discard": may and (waits or undo.state == UndoState.STOPPED),
        "may_stop": may and undo.state == UndoState.RUNNING,
        "unused": undo.state == UndoState.DISCARDED and undo.began_at is None,
        "may_resume": may and undo.state == UndoState.STOPPED,
        "log": [
            (entry, log_words.verb(entry.verb), LOG_TONES.get(entry.verb, ""), entry.data.get("reason", ""))
            for entry in queries.log(undo)
        ],
    }
    live = bool(request.headers.get("HX-Request"))
    return render(request, "enforcement/_undo_live.html" if live else "enforcement/undo_detail.html", context)


@opens(permissions.can_see_undos)
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """Every decision of the run and what became of it, as CSV."""
    undo = get_object_or_404(Undo, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{undo}.csv"'
    writer = csv.writer(response)
    writer.writerow(["decision", "merchant", "measure", "outcome", "left_because", "differs", "error", "ended_at"])
    for part in queries.parts(undo):
        decision, ended = part.decision, part.ended_at.isoformat() if part.ended_at else ""
        about = [decision.reference, decision.merchant.public_id, decision.measure]
        writer.writerow([*about, part.state, part.left_because, part.differs, part.error, ended])
    return response


@require_POST
@opens(permissions.can_undo_many)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, domain.start)


@require_POST
@opens(permissions.can_undo_many)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, domain.approve)


@require_POST
@opens(permissions.can_undo_many)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, domain.discard, reason=request.POST.get("reason", "")[:2_000])


@require_POST
@opens(permissions.can_undo_many)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, domain.stop)


@require_POST
@opens(permissions.can_undo_many)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, domain.resume)


TOLD = {
    UndoState.HELD: gettext_lazy("Held for a second person. Nothing has happened yet."),
    UndoState.RUNNING: gettext_lazy("It runs. You may close this page."),
    UndoState.STOPPED: gettext_lazy("Paused. What is reversed stays reversed."),
    UndoState.DISCARDED: gettext_lazy("Given up. Nothing more is reversed."),
}


def _verb(request: HttpRequest, pk: int, verb: Any, **extra: Any) -> HttpResponse:
    undo = get_object_or_404(Undo, pk=pk)
    try:
        undo = verb(undo=undo, actor=request.user, at=timezone.now(), **extra)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, str(TOLD[UndoState(undo.state)]))
    return redirect("enforcement:undo", pk=pk)


def _prepare(request: HttpRequest, context: dict[str, Any], verb: Any, **chosen: Any) -> HttpResponse:
    try:
        undo = verb(actor=request.user, at=timezone.now(), **chosen)
    except Refusal as refusal:
        context["form"].add_error(None, str(refusal))
        return _ask(request, context)
    return redirect("enforcement:undo", pk=undo.pk)


def _ask(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "enforcement/undo_new.html", context, status=status)


def _title(undo: Undo) -> str:
    if undo.scope == UndoScope.SWEEP:
        return _("Reverse what came of sweep %(id)s") % {"id": undo.sweep_id}
    if undo.version is not None:
        name = decided.titles([undo.version.pk], language=_language()).get(undo.version.pk, undo.version.policy.slug)
        return _("Reverse what came of “%(title)s”, v%(number)s") % {"title": name, "number": undo.version.number}
    return _("Reverse chosen decisions")


def _policies(undo: Undo) -> list[dict[str, Any]]:
    """The preview's rows with their words, and whether the policy would find the same again."""
    rows = undo.preview["policies"]
    titles = decided.titles([row["version"] for row in rows], language=_language())
    modes = dict(Policy.objects.filter(pk__in=[row["policy"] for row in rows]).values_list("pk", "mode"))
    return [
        {
            "policy": row["policy"],
            "title": titles.get(row["version"], ""),
            "measure": Measure(row["measure"]).label if row["measure"] else "",
            "count": row["count"],
            "enforces": modes.get(row["policy"]) == Mode.ENFORCE,
        }
        for row in rows
    ]


def _language() -> str:
    return (get_language() or "en").split("-")[0]


for _view in (detail, chosen):
    _view.section = "cases"  # type: ignore[attr-defined]
