"""Disputes outside the house: the list, one of them with its papers, and what is put on record about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain import disputes
from enforcement.enums import LOST_DISPUTES, DisputeOutcome, DisputeState, Forum
from enforcement.filters import DisputeFilter
from enforcement.forms.disputes import DecideDispute, NoteDispute, RecordDispute
from enforcement.models import Decision, Dispute, DisputeDocument
from enforcement.queries import appeals, decisions
from enforcement.queries import disputes as queries
from enforcement.views.kept import as_download
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal

SECTION = "disputes"


class DisputeList(ListPage):
    section, title = SECTION, gettext_lazy("Disputes")
    may_open = staticmethod(permissions.can_read_disputes)
    template_name = "enforcement/dispute_list.html"
    row_template = "enforcement/dispute_row.html"
    filterset_class = DisputeFilter
    order = ("-brought_on", "-pk")
    columns = (
        Column("dispute", gettext_lazy("Dispute"), grow=True, value=lambda row: row.reference),
        Column("before", gettext_lazy("Before"), value=lambda row: row.before),
        Column("decision", gettext_lazy("Decision"), spare=True, value=lambda row: row.decision.reference),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("outcome", gettext_lazy("Outcome"), value=lambda row: row.get_outcome_display()),
        Column("brought", gettext_lazy("Brought"), num=True, sort="brought_on", value=lambda row: row.brought_on),
        Column("decided", gettext_lazy("Decided"), num=True, spare=True, value=lambda row: row.decided_on),
    )

    def rows(self) -> QuerySet[Dispute]:
        return queries.listed(permissions.markets(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        to_do = self.rows().filter(state=DisputeState.DECIDED, outcome__in=sorted(LOST_DISPUTES)).count()
        return super().get_context_data(to_do=to_do, **kwargs)


def _load(request: HttpRequest, reference: str) -> Dispute:
    return get_object_or_404(queries.listed(permissions.markets(request.user)), reference=reference)


@opens(permissions.can_record_disputes)
def record(request: HttpRequest, reference: str) -> HttpResponse:
    """Put on record that this decision was taken to a body or a court."""
    rows: Any = decisions.decisions(permissions.markets(request.user))
    decision: Decision = get_object_or_404(rows, reference=reference)
    form = RecordDispute(request.POST or None, request.FILES or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = disputes.record(
                decision=decision,
                appeal=appeals.of_decision(decision.pk).exclude(answer="").first(),
                forum=Forum(data["forum"]),
                body=data["body"],
                court=data["court"],
                their_reference=data["their_reference"],
                brought_on=data["brought_on"],
                note=data["note"],
                sent=form.sent,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            toasts.tell(request, _("Recorded %(dispute)s") % {"dispute": made.reference})
            return redirect("enforcement:dispute", reference=made.reference)
    context = {"form": form, "decision": decision}
    return render(request, "enforcement/dispute_new.html", context, status=422 if request.method == "POST" else 200)


@opens(permissions.can_read_disputes)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, _load(request, reference))


def _show(
    request: HttpRequest, dispute: Dispute, *, form: NoteDispute | None = None, status: int = 200
) -> HttpResponse:
    lost = dispute.state == DisputeState.DECIDED and dispute.outcome in LOST_DISPUTES
    may_carry_out = lost and permissions.can_carry_out(request.user)
    standing = [each.item for each in decisions.standings(dispute.decision) if not each.reversed] if lost else []
    context = {
        "dispute": dispute,
        "steps": queries.steps(dispute),
        "lost": lost,
        "whole": dispute.outcome == DisputeOutcome.AGAINST_US,
        "standing": standing,
        "may_record": permissions.can_record_disputes(request.user),
        "may_carry_out": may_carry_out,
        "is_open": dispute.state == DisputeState.OPEN,
        "note": form or NoteDispute(),
    }
    return render(request, "enforcement/dispute_detail.html", context, status=status)


@require_POST
@opens(permissions.can_record_disputes)
def note(request: HttpRequest, reference: str) -> HttpResponse:
    dispute, form = _load(request, reference), NoteDispute(request.POST, request.FILES)
    if form.is_valid():
        try:
            disputes.note(
                dispute=dispute,
                text=form.cleaned_data["text"],
                sent=form.sent,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("enforcement:dispute", reference=reference)
    return _show(request, dispute, form=form, status=422)


@opens(permissions.can_record_disputes)
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the outcome on record. It is carried out from the dispute's page."""
    dispute = _load(request, reference)
    form = DecideDispute(request.POST or None, request.FILES or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            disputes.decide(
                dispute=dispute,
                outcome=DisputeOutcome(data["outcome"]),
                decided_on=data["decided_on"],
                words=data["words"],
                costs=data["costs"],
                sent=form.sent,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            toasts.tell(request, _("Outcome recorded"))
            return redirect("enforcement:dispute", reference=reference)
    context = {"form": form, "dispute": dispute}
    return render(request, "enforcement/dispute_outcome.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@opens(permissions.can_record_disputes)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    reason = request.POST.get("reason", "")[:10_000]
    return _verb(request, reference, disputes.withdraw, _("Recorded as withdrawn"), "", reason=reason)


@require_POST
@opens(permissions.can_carry_out)
def take_effect(request: HttpRequest, reference: str) -> HttpResponse:
    """Give back what the outcome asks for: everything that stands, or what is ticked."""
    dispute, keys = _load(request, reference), set(request.POST.getlist("items"))
    items = [each.item for each in decisions.standings(dispute.decision) if str(each.item.pk) in keys]
    told, note = _("Carried out"), _("What it took is given back; the merchant is told.")
    return _verb(request, reference, disputes.take_effect, told, note, items=items)


def _verb(
    request: HttpRequest, reference: str, verb: Callable[..., Any], told: str, note: str, **more: Any
) -> HttpResponse:
    try:
        verb(dispute=_load(request, reference), actor=request.user, at=timezone.now(), **more)
    except Refusal as refusal:
        flash.error(request, str(refusal))
    else:
        toasts.tell(request, told, note=note)
    return redirect("enforcement:dispute", reference=reference)


@opens(permissions.can_read_disputes)
def download(request: HttpRequest, reference: str, pk: int) -> HttpResponseBase:
    """A paper."""
    kept = get_object_or_404(DisputeDocument, pk=pk, step__dispute=_load(request, reference))
    return as_download(kept)


for _view in (record, detail, note, decide, withdraw, take_effect, download):
    _view.section = SECTION  # type: ignore[attr-defined]
