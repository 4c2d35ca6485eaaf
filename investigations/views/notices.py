"""Notices for staff: the list, one with what became of it, entering one, and deciding upon it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement.enums import DecisionState
from enforcement.queries import decisions
from governance.policies.models import Policy
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import notices
from investigations.enums import OPEN_NOTICES, NoticeState
from investigations.filters import NoticeFilter
from investigations.forms import DecideNotice, EnterNotice
from investigations.models import Notice
from investigations.queries import notices as queries
from investigations.queries import policies_in_force


class NoticeList(ListPage):
    section, title = "notices", gettext_lazy("Notices")
    may_open = staticmethod(permissions.can_read_notices)
    template_name = "investigations/notice_list.html"
    row_template = "investigations/notice_row.html"
    filterset_class = NoticeFilter
    order = ("-received_at", "-pk")
    columns = (
        Column("notice", gettext_lazy("Notice"), grow=True, value=lambda row: row.reference),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("received", gettext_lazy("Received"), num=True, sort="received_at", value=lambda row: row.received_at),
        Column("due", gettext_lazy("Answer by"), num=True, value=lambda row: row.due_at),
    )

    def rows(self) -> QuerySet[Notice]:
        return queries.visible(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = self.rows().filter(state__in=OPEN_NOTICES).count()
        may_enter = permissions.can_decide_notices(self.request.user)
        return super().get_context_data(waiting=waiting, may_enter=may_enter, **kwargs)


def _load(request: HttpRequest, reference: str) -> Notice:
    return get_object_or_404(queries.visible(request.user), reference=reference)


@opens(permissions.can_decide_notices)
def enter(request: HttpRequest) -> HttpResponse:
    """Put on record what somebody reported by letter or telephone."""
    initial, markets = {"listing": request.GET.get("listing", "")}, permissions.markets(request.user)
    form = EnterNotice(request.POST or None, initial=initial, markets=markets)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            notice = notices.receive(**data, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            toasts.tell(request, _("Entered %(notice)s") % {"notice": notice.reference})
            return redirect("investigations:notice", reference=notice.reference)
    return render(request, "investigations/notice_new.html", {"form": form}, status=422 if form.is_bound else 200)


@opens(permissions.can_read_notices)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, _load(request, reference))


def _show(
    request: HttpRequest, notice: Notice, *, entered: str = "", form: DecideNotice | None = None, status: int = 200
) -> HttpResponse:
    own = request.user.pk in queries.deciders(notice)
    appealed = notice.state == NoticeState.APPEALED
    may_decide = permissions.can_decide_notices(request.user)
    may_act = may_decide and notice.state not in (NoticeState.ACTED, NoticeState.APPEALED)
    waits = queries.followed(notice).first() if may_act else None
    context = {
        "notice": notice,
        "waits": waits,
        "may_rule": may_act and waits is None,
        "form": form or (DecideNotice(policies=policies_in_force.by_title()) if may_act else None),
        "moves": queries.moves(notice),
        "may_end": may_decide and notice.state == NoticeState.RECEIVED,
        "may_act": may_act,
        "may_answer": appealed and not own and permissions.can_hear_reporters(request.user),
        "own": appealed and own,
        "entered": entered,
    }
    return render(request, "investigations/notice.html", context, status=status)


@require_POST
@opens(permissions.can_decide_notices)
def no_action(request: HttpRequest, reference: str) -> HttpResponse:
    reasons = request.POST.get("reasons", "")
    return _verb(request, reference, notices.no_action, _("No action"), reasons=reasons)


@require_POST
@opens(permissions.can_decide_notices)
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a measure upon the notice."""
    notice, form = _load(request, reference), DecideNotice(request.POST, policies=policies_in_force.by_title())
    if not form.is_valid():
        return _show(request, notice, form=form, status=422)
    given = form.cleaned_data
    version = Policy.objects.select_related("live__policy").get(pk=given["policy"]).live
    try:
        decision = notices.decide(
            notice=notice,
            version=version,  # type: ignore[arg-type]
            measure=given["measure"],
            markets=given["markets"],
            reason=given["reason"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, notice, form=form, status=422)
    note = _("It waits for a second person.") if decision.state == DecisionState.HELD else _("The merchant is told.")
    toasts.tell(request, _("Decided upon %(notice)s") % {"notice": notice.reference}, note=note)
    return redirect("enforcement:decision", reference=decision.reference)


@require_POST
@opens(permissions.can_decide_notices)
def act(request: HttpRequest, reference: str) -> HttpResponse:
    """Name the decision that followed."""
    named = request.POST.get("decision", "").strip().upper()
    rows: Any = decisions.decisions(permissions.markets(request.user))
    decision = rows.filter(reference=named).first()
    if decision is None:
        flash.error(request, _("There is no decision with this reference."))
        return _show(request, _load(request, reference), entered=named, status=422)
    return _verb(request, reference, notices.act, _("Acted upon"), decision=decision)


@require_POST
@opens(permissions.can_hear_reporters)
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    right, reasons = request.POST.get("right") == "1", request.POST.get("reasons", "")
    told = _("To be decided anew") if right else _("No action, confirmed")
    return _verb(request, reference, notices.answer, told, right=right, reasons=reasons)


def _verb(request: HttpRequest, reference: str, verb: Callable[..., Any], told: str, **more: Any) -> HttpResponse:
    notice = _load(request, reference)
    try:
        verb(notice=notice, actor=request.user, at=timezone.now(), **more)
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return _show(request, _load(request, reference), entered=more.get("reasons", ""), status=422)
    note = _("Whoever reported it is told.") if notice.reporter_email else _("We have no address of who reported it.")
    toasts.tell(request, told, note=note)
    return redirect("investigations:notice", reference=reference)


for _view in (enter, detail, no_action, decide, act, answer):
    _view.section = "notices"  # type: ignore[attr-defined]
