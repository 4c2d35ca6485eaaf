"""Imports: the list, a new one, preparing it, one import live, and its verbs."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from governance.web import exports, keyset, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from listings import permissions
from listings.domain.imports import mapping as mappings
from listings.domain.imports import parked, preview, runs, suggest
from listings.enums import UNFINISHED_IMPORTS, ImportKind, ImportState, RowFate
from listings.filters import ImportFilter
from listings.forms import ChooseMapping, ColumnMapping, Upload
from listings.models import ImportRow, ImportRun
from listings.queries import imports as queries

ROWS_SHOWN = 25


class ImportList(ListPage):
    section, title = "imports", gettext_lazy("Imports")
    may_open = staticmethod(permissions.can_see_imports)
    filterset_class = ImportFilter
    order = ("-created_at", "-pk")
    columns = (
        Column("file", gettext_lazy("File"), grow=True, value=lambda row: row.filename),
        Column("kind", gettext_lazy("Kind"), value=lambda row: row.get_kind_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("rows", gettext_lazy("Read"), num=True, value=lambda row: row.rows_read),
        Column("created", gettext_lazy("New"), num=True, value=lambda row: row.created),
        Column("changed", pgettext_lazy("rows", "Changed"), num=True, value=lambda row: row.changed),
        Column("unchanged", gettext_lazy("Unchanged"), num=True, value=lambda row: row.unchanged),
        Column("parked", gettext_lazy("Parked"), num=True, value=lambda row: row.parked),
        Column("refused", gettext_lazy("Refused"), num=True, value=lambda row: row.refused),
        Column("by", gettext_lazy("Started by"), value=lambda row: row.started_by and row.started_by.pseudonym),
        Column("when", gettext_lazy("When"), num=True, sort="created_at", value=lambda row: row.created_at),
    )
    row_template = "listings/import_row.html"
    template_name = "listings/import_list.html"

    def rows(self) -> QuerySet[ImportRun]:
        return queries.runs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_import=permissions.can_import(self.request.user), **kwargs)


@opens(permissions.can_import)
def new(request: HttpRequest) -> HttpResponse:
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = runs.receive(
                chunks=file.chunks(),
                filename=file.name,
                kind=ImportKind.LISTINGS,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("listings:import", pk=run.pk)
    return render(request, "listings/import_new.html", {"form": form}, status=422 if form.errors else 200)


@opens(permissions.can_see_imports)
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The preparation of an import that waits for a person; else the page, or for htmx only what moves."""
    run = get_object_or_404(queries.runs(), pk=pk)
    if run.state == ImportState.PREPARED and permissions.can_import(request.user):
        return _prepare(request, run)
    context = _progress(request, run)
    live = bool(request.headers.get("HX-Request"))
    return render(request, "listings/_import_live.html" if live else "listings/import_detail.html", context)


def _progress(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    fate = request.GET.get("fate", "")
    rows = queries.rows_of(run, fate=RowFate(fate) if fate in RowFate.values else None)
    page = _page(request, rows)
    return {
        "run": run,
        "live": run.state in UNFINISHED_IMPORTS or run.settle_asked_at is not None,
        "may_import": permissions.can_import(request.user),
        "progress": queries.progress(run, timezone.now()),
        "reasons": queries.reasons(run),
        "names": queries.parked_names(run) if run.parked else [],
        "categories": queries.category_choices() if run.parked else [],
        "fate": fate,
        "fates": [("", _("All")), *RowFate.choices],
        "page": page,
        "format": next((note for note in run.notes if note["kind"] == "format"), None),
        "notes": queries.note_sentences(run),
        "can_take_up": run.state == ImportState.FAILED,
        "can_settle": bool(run.parked) and not run.dry_run and run.state not in UNFINISHED_IMPORTS,
    }


def _page(request: HttpRequest, rows: QuerySet[ImportRow]) -> keyset.KeysetPage:
    order = ("line", "id")
    try:
        return keyset.page(rows, order=order, cursor=request.GET.get("cursor"), size=ROWS_SHOWN)
    except keyset.BrokenCursor:
        return keyset.page(rows, order=order, size=ROWS_SHOWN)


# --- preparing ---------------------------------------------------------------------------------


def _prepare(request: HttpRequest, run: ImportRun) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    chosen = ChooseMapping(given)
    chosen.is_valid()
    name = chosen.cleaned_data.get("mapping", "")
    context: dict[str, Any] = {"run": run, "chosen": chosen, "mapping_name": name}
    try:
        facts = preview.facts(runs.path_of(run))
        form, document = _mapping_form(given, name, chosen.cleaned_data.get("kind", ""), facts)
        context |= {"facts": facts, "form": form, "columns": _columns(form, facts)}
        if document is not None:
            context["rows"] = preview.first_rows(runs.path_of(run), document, name=name)
    except Refusal as refusal:
        context |= {"refusal": refusal, "unfit": "facts" in context}
    except OSError:
        context |= {"refusal": _("The file is not there any more. Send it again.")}
    part = bool(request.headers.get("HX-Request"))
    return render(request, "listings/_import_preview.html" if part else "listings/import_prepare.html", context)


def _mapping_form(
    given: Any, name: str, kind: str, facts: preview.FileFacts
) -> tuple[ColumnMapping | None, dict[str, Any] | None]:
    """The form for the columns with its mapping, where no named mapping is chosen; None while it has mistakes."""
    if name:
        return None, mappings.load(name)[1]
    chosen = ImportKind(kind) if kind else ImportKind.LISTINGS
    suggestions = suggest.for_table(chosen, facts.columns)
    filled = given if "currency" in given else None
    form = ColumnMapping(filled, kind=chosen, facts=facts, suggestions=suggestions)
    if filled is None:  # the suggestions as if the person had chosen them
        initial = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
        trial = ColumnMapping(initial, kind=chosen, facts=facts, suggestions=suggestions)
        return form, trial.document() if trial.is_valid() else None
    return form, form.document() if form.is_valid() else None


def _columns(form: ColumnMapping | None, facts: preview.FileFacts) -> list[tuple[str, str, Any]]:
    """Each column with an example and, where it can be chosen, the field it is."""
    names = form.column_names if form else [""] * len(facts.columns)
    return [
        (column, example, form[name] if form else None)
        for column, example, name in zip(facts.columns, facts.examples, names, strict=True)
    ]


@opens(permissions.can_import)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=pk)
    chosen = ChooseMapping(request.POST)
    chosen.is_valid()
    name = chosen.cleaned_data.get("mapping", "")
    try:
        facts = preview.facts(runs.path_of(run))
        _form, document = _mapping_form(request.POST, name, chosen.cleaned_data.get("kind", ""), facts)
        if document is None:
            return _prepare(request, run)
        runs.begin(
            run=run,
            document=document,
            mapping_name=name,
            dry_run="dry_run" in request.POST,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("listings:import", pk=pk)


# --- verbs -------------------------------------------------------------------------------------


@opens(permissions.can_import)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")[:300]
    return _verb(request, pk, runs.cancel, _("The import stops. What has gone in stays in."), reason=reason)


@opens(permissions.can_import)
@require_POST
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, runs.take_up, _("The import goes on where it stopped."))


@opens(permissions.can_import)
@require_POST
def try_again(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, parked.try_again, _("The parked rows are tried again."))


@opens(permissions.can_import)
@require_POST
def map_categories(request: HttpRequest, pk: int) -> HttpResponse:
    names, codes = request.POST.getlist("name"), request.POST.getlist("code")
    chosen = {name: code.strip() for name, code in zip(names, codes, strict=False) if code.strip()}
    count = len(chosen)
    told = ngettext("Mapped %(count)d name; its rows go in.", "Mapped %(count)d names; their rows go in.", count)
    return _verb(request, pk, parked.map_categories, told % {"count": count}, codes=chosen)


def _verb(request: HttpRequest, pk: int, verb: Any, told: str, **extra: Any) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=pk)
    try:
        verb(run=run, actor=request.user, at=timezone.now(), **extra)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, told)
    return redirect("listings:import", pk=pk)


@opens(permissions.can_see_imports)
def errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that did not go in, in the file's own columns and one with the reason: correct them and send them again."""
    run = get_object_or_404(ImportRun, pk=pk)
    columns = queries.columns_of(run)
    rows = queries.error_rows(run, columns, (RowFate.PARKED, RowFate.REFUSED))
    return exports.csv_response(rows, head=[*columns, "error"], name=f"import-{run.pk}-errors")
