"""Who reports: how right they were, trusted flaggers as awarded, and the two steps against misuse (DSA Art. 22, 23(2))."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement.queries import deadlines
from governance.policies.enums import Matter
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import reporters
from investigations.domain.reporters import Award
from investigations.enums import ReporterKind, ReporterState
from investigations.filters import ReporterFilter
from investigations.forms.notices import FlaggerForm, SuspendForm
from investigations.models import Reporter
from investigations.queries import notices
from investigations.queries import reporters as queries

SECTION, LATEST = "reporters", 10


class ReporterList(ListPage):
    section, title = SECTION, gettext_lazy("Reporters")
    may_open = staticmethod(permissions.can_read_reporters)
    template_name = "investigations/reporter_list.html"
    row_template = "investigations/reporter_row.html"
    filterset_class = ReporterFilter
    order = ("name", "pk")
    columns = (
        Column("reporter", gettext_lazy("Reporter"), grow=True, sort="name", value=str),
        Column("kind", gettext_lazy("Kind"), value=lambda row: row.get_kind_display()),
        Column("sent", gettext_lazy("Reported"), num=True),
        Column("share", gettext_lazy("Acted upon")),
        Column("unfounded", gettext_lazy("Unfounded"), num=True),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
    )

    def rows(self) -> QuerySet[Reporter]:
        return queries.visible(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = queries.records(self.page.rows, at=timezone.now())
        for row in self.page.rows:
            row.record = found.get(row.pk, queries.NOTHING)
        may_keep = permissions.can_keep_reporters(self.request.user)
        return super().get_context_data(may_keep=may_keep, **kwargs)


@opens(permissions.can_read_reporters)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _load(request, pk))


@opens(permissions.can_keep_reporters)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Enter a trusted flagger, or put right what stands of one."""
    flagger = get_object_or_404(queries.visible(request.user), pk=pk, kind=ReporterKind.FLAGGER) if pk else None
    form = (
        FlaggerForm(request.POST) if request.method == "POST" else FlaggerForm.of(flagger) if flagger else FlaggerForm()
    )
    if form.is_bound and form.is_valid():
        try:
            saved = reporters.enter_flagger(
                award=_award(form),
                flagger=flagger,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            for field, error in refusal.errors.items():
                form.add_error(field, str(error))
            form.add_error(None, str(refusal))
        else:
            toasts.tell(request, _("Saved %(name)s") % {"name": saved})
            return redirect("investigations:reporter", pk=saved.pk)
    context = {"form": form, "flagger": flagger}
    return render(request, "investigations/reporter_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@opens(permissions.can_keep_reporters)
def warn(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, reporters.warn, _("Warned"), reasons=request.POST.get("reasons", ""))


@require_POST
@opens(permissions.can_keep_reporters)
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    form, reporter = SuspendForm(request.POST), _load(request, pk)
    if not form.is_valid():
        flash.error(request, _("Say for how long, and write the reasons."))
        return _show(request, reporter, suspend_form=form, status=422)
    until = deadlines.end_of_day(timezone.now().date() + timedelta(days=form.cleaned_data["days"]))
    return _verb(request, pk, reporters.suspend, _("Suspended"), reasons=form.cleaned_data["reasons"], until=until)


@require_POST
@opens(permissions.can_keep_reporters)
def forgive(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, reporters.forgive, _("Taken back"), reasons=request.POST.get("reasons", ""))


def _load(request: HttpRequest, pk: int) -> Reporter:
    return get_object_or_404(queries.visible(request.user), pk=pk)


def _show(
    request: HttpRequest,
    reporter: Reporter,
    *,
    entered: str = "",
    suspend_form: SuspendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    reported = notices.items(request.user).filter(notice__reporter=reporter).order_by("-received_at", "-pk")
    may_keep = permissions.can_keep_reporters(request.user)
    record = queries.records([reporter], at=now).get(reporter.pk, queries.NOTHING)
    context = {
        "reporter": reporter,
        "record": record,
        "areas": [Matter(area).label for area in reporter.areas],
        "valid": reporter.valid_from is not None
        and reporter.valid_from <= now.date()
        and (reporter.valid_to is None or now.date() <= reporter.valid_to),
        "rights": list(reporter.rights.prefetch_related("files__notice").order_by("pk")),
        "moves": queries.moves(reporter),
        "mails": queries.mails(reporter),
        "latest": list(reported[:LATEST]),
        "may_warn": may_keep and reporter.state == ReporterState.GOOD,
        "may_suspend": may_keep and reporter.state == ReporterState.WARNED,
        "may_forgive": may_keep and reporter.state != ReporterState.GOOD,
        "may_edit": may_keep and reporter.kind == ReporterKind.FLAGGER,
        "suspend_form": suspend_form or SuspendForm(),
        "entered": entered,
    }
    return render(request, "investigations/reporter.html", context, status=status)


def _award(form: FlaggerForm) -> Award:
    data = form.cleaned_data
    fields = ("name", "email", "language", "coordinator", "valid_from", "valid_to")
    areas = [Matter(area) for area in data["areas"]]
    return Award(**{name: data[name] for name in fields}, areas=areas, user=data["key"].user if data["key"] else None)


def _verb(request: HttpRequest, pk: int, verb: Callable[..., Any], done: str, **more: Any) -> HttpResponse:
    reporter = _load(request, pk)
    try:
        verb(reporter=reporter, actor=request.user, at=timezone.now(), **more)
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return _show(request, _load(request, pk), entered=more["reasons"], status=422)
    toasts.tell(request, done, note=_("They are told by mail."))
    return redirect("investigations:reporter", pk=pk)


for _view in (detail, edit, warn, suspend, forgive):
    _view.section = SECTION  # type: ignore[attr-defined]
