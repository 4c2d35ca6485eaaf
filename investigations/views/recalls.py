"""Recalls: the list of alerts, one with the listings that are like it, bringing alerts in, and what is done upon one."""

import gzip
import zlib
from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from governance.web import keyset, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import recall_acts, recalls
from investigations.enums import MatchState
from investigations.filters import RecallFilter
from investigations.forms.recalls import ActUponRecall, UploadRecalls
from investigations.models import RecallAlert, RecallMatch
from investigations.queries import consumers, policies_in_force
from investigations.queries import recalls as queries
from investigations.views.acting import act_upon_merchants

MOST_UNPACKED = 64 << 20
SAID = {"yes": MatchState.CONFIRMED, "no": MatchState.REJECTED, "open": MatchState.OPEN}


class RecallList(ListPage):
    section, title = "recalls", gettext_lazy("Recalls")
    may_open = staticmethod(permissions.can_read_recalls)
    template_name = "investigations/recall_list.html"
    row_template = "investigations/recall_row.html"
    filterset_class = RecallFilter
    order = ("-published_on", "-pk")
    columns = (
        Column("alert", gettext_lazy("Recalled product"), grow=True, value=lambda row: row.title),
        Column("reference", gettext_lazy("Reference"), value=lambda row: row.reference),
        Column("risk", gettext_lazy("Risk"), value=lambda row: ", ".join(row.risk_types)),
        Column("waiting", gettext_lazy("To be looked at"), num=True, sort="waiting", value=lambda row: row.waiting),
        Column("confirmed", gettext_lazy("Found"), num=True, sort="confirmed", value=lambda row: row.confirmed),
        Column(
            "published", gettext_lazy("Published"), num=True, sort="published_on", value=lambda row: row.published_on
        ),
    )

    def rows(self) -> QuerySet[RecallAlert]:
        return queries.visible(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=queries.waiting_alerts(self.request.user),
            may_import=permissions.can_import_recalls(self.request.user),
            **kwargs,
        )


def _load(request: HttpRequest, pk: int) -> RecallAlert:
    return get_object_or_404(queries.visible(request.user), pk=pk)


@opens(permissions.can_read_recalls)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _load(request, pk))


def _show(request: HttpRequest, alert: RecallAlert, *, status: int = 200, after: int = 0) -> HttpResponse:
    counts = queries.counts(alert, request.user)
    state = _chosen(request, counts)
    try:
        found, page = queries.candidates(alert, request.user, state, cursor=request.GET.get("cursor"))
    except keyset.BrokenCursor as broken:
        flash.info(request, str(broken))
        found, page = queries.candidates(alert, request.user, state)
    context = {
        "alert": alert,
        "counts": counts,
        "state": state,
        "tabs": [(each, counts[each]) for each in MatchState if counts[each] or each == MatchState.OPEN],
        "candidates": found,
        "page": page,
        "current": next((each.number for each in found if each.number > after), len(found)) if found else 0,
        "may_work": permissions.can_work_recalls(request.user),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "investigations/_recall_pane.html", context, status=status)
    context |= {
        "versions": queries.versions(alert),
        "notices": list(consumers.of_alert(alert, request.user)),
        "may_export": permissions.can_export_buyers(request.user),
    }
    return render(request, "investigations/recall.html", context, status=status)


def _chosen(request: HttpRequest, counts: dict[str, int]) -> MatchState:
    """What was asked for; else what waits, or what was found."""
    asked = request.GET.get("state") or request.POST.get("state", "")
    if asked in MatchState.values:
        return MatchState(asked)
    return MatchState.CONFIRMED if counts["confirmed"] and not counts["open"] else MatchState.OPEN


@require_POST
@opens(permissions.can_work_recalls)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of one or several listings whether they are the product."""
    alert, to = _load(request, pk), SAID.get(request.POST.get("verdict", ""), MatchState.OPEN)
    given = [int(each) for each in request.POST.getlist("ids") if each.isdecimal()]
    keys = list(queries.matches(request.user).filter(alert=alert, pk__in=given).values_list("pk", flat=True))
    try:
        moved = recalls.judge(matches=keys, to=to, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return _show(request, alert, status=422)
    if moved:
        undo = reverse("investigations:recall-reopen", args=[pk, "-".join(str(each.pk) for each in moved)])
        toasts.tell(request, _told(to, moved), undo="" if to == MatchState.OPEN else undo)
    place = request.POST.get("place", "")
    if request.htmx:  # type: ignore[attr-defined]
        return _show(request, alert, after=int(place) - 1 if place.isdecimal() else 0)
    return redirect("investigations:recall", pk=pk)


def _told(to: MatchState, moved: list[RecallMatch]) -> str:
    count = len(moved)
    if to == MatchState.CONFIRMED:
        text = ngettext("%(n)s listing is the recalled product", "%(n)s listings are the recalled product", count)
    elif to == MatchState.REJECTED:
        text = ngettext("%(n)s listing is another product", "%(n)s listings are other products", count)
    else:
        text = ngettext("%(n)s listing is to be looked at again", "%(n)s listings are to be looked at again", count)
    return text % {"n": count}


@require_POST
@opens(permissions.can_work_recalls)
def reopen(request: HttpRequest, pk: int, keys: str) -> HttpResponse:
    """Take verdicts back."""
    alert = _load(request, pk)
    given = [int(each) for each in keys.split("-")]
    own = queries.matches(request.user).filter(alert=alert, pk__in=given).values_list("pk", flat=True)
    try:
        recalls.judge(matches=list(own), to=MatchState.OPEN, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        flash.error(request, str(refusal))
    return redirect("investigations:recall", pk=pk)


@opens(permissions.can_work_recalls)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a measure for everything that is confirmed, and say what its buyers are told."""
    alert = _load(request, pk)
    confirmed = queries.to_act(alert, request.user)
    form = ActUponRecall(request.POST or None, alert=alert, policies=policies_in_force.by_title())
    if form.is_valid() and _act(request, alert, form):
        return redirect("investigations:recall", pk=pk)
    context = {"alert": alert, "form": form, "confirmed": confirmed}
    return render(request, "investigations/recall_act.html", context, status=422 if form.is_bound else 200)


def _act(request: HttpRequest, alert: RecallAlert, form: ActUponRecall) -> bool:
    note, markets = _("Their buyers are to be told."), form.cleaned_data["markets"]
    return act_upon_merchants(
        request, form, recall_acts.act, note=note, alert=alert, markets=markets, words=form.words()
    )


@opens(permissions.can_import_recalls)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Upload a file of alerts, and see what came before."""
    form = UploadRecalls(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            run = recalls.receive_file(
                data=_unpacked(form.cleaned_data["file"]),
                origin=form.cleaned_data["file"].name,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            text = _("%(created)s new, %(corrected)s corrected, %(unchanged)s as before, %(refused)s kept out")
            toasts.tell(request, text % vars(run))
            return redirect("investigations:recalls-bring-in")
    context = {"form": form, "imports": queries.imports()}
    return render(request, "investigations/recall_import.html", context, status=422 if form.is_bound else 200)


def _unpacked(file: Any) -> bytes:
    """Raises Refusal for what is no gzip, or unpacks to more than we read at once."""
    data = bytes(file.read())
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            file.seek(0)
            data = packed.read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        raise Refusal(_("The file is packed and cannot be unpacked.")) from None
    if len(data) > MOST_UNPACKED:
        raise Refusal(_("Unpacked, the file has more than 64 MB. Cut it in parts."))
    return data


for _view in (detail, judge, reopen, act, bring_in):
    _view.section = "recalls"  # type: ignore[attr-defined]
