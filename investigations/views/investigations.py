"""Investigations: the list, one of them with all that it has, and what its members do with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.accounts.models import User
from governance.accounts.text import log
from governance.accounts.views.acting import person
from governance.policies.permissions import can_write_policy
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import investigations as domain
from investigations.enums import COLLECTED_ICON, CollectedKind, InvestigationState
from investigations.filters import language
from investigations.filters.searches import InvestigationFilter
from investigations.forms.investigations import (
    Conclude,
    ExhibitForm,
    InvestigationNoteForm,
    OpenInvestigation,
    TakeUpAgain,
    WritePolicy,
)
from investigations.models import Collected, Investigation
from investigations.queries import investigations as queries
from investigations.views.search_history import described
from investigations.views.search_page import address


class InvestigationList(ListPage):
    section, title = "investigations", gettext_lazy("Investigations")
    may_open = staticmethod(permissions.can_read_investigations)
    template_name = "investigations/investigation_list.html"
    row_template = "investigations/investigation_row.html"
    filterset_class = InvestigationFilter
    order = ("-opened_at", "-pk")
    columns = (
        Column("title", gettext_lazy("Investigation"), grow=True, value=lambda row: row.title),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("things", gettext_lazy("Collected"), num=True, value=lambda row: row.things),
        Column("pieces", gettext_lazy("Evidence"), num=True, value=lambda row: row.pieces),
        Column("opened_by", gettext_lazy("Opened by"), value=lambda row: row.opened_by.pseudonym),
        Column("opened", gettext_lazy("Opened"), num=True, sort="opened_at", value=lambda row: row.opened_at),
    )

    def rows(self) -> QuerySet[Investigation]:
        return queries.rows(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_open = permissions.can_investigate(self.request.user)
        return super().get_context_data(open_form=OpenInvestigation() if may_open else None, **kwargs)


def load(request: HttpRequest, pk: int) -> Investigation:
    return get_object_or_404(queries.visible(request.user).select_related("opened_by"), pk=pk)


@require_POST
@opens(permissions.can_investigate)
def open_new(request: HttpRequest) -> HttpResponse:
    form = OpenInvestigation(request.POST)
    if form.is_valid():
        opened = domain.open_new(actor=person(request), at=timezone.now(), **form.cleaned_data)
        toasts.tell(request, _("Opened %(number)s") % {"number": opened}, note=_("You are its first member."))
        return redirect("investigations:investigation", pk=opened.pk)
    return render(request, "investigations/investigation_new.html", {"form": form}, status=422)


@opens(permissions.can_read_investigations)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    parts = {kind: queries.collected(found, kind) for kind in CollectedKind}
    is_member = queries.is_member(found, request.user)
    may_work = is_member and found.state == InvestigationState.OPEN
    exhibits, findings = queries.exhibits(found), queries.findings(found)
    context = {
        "investigation": found,
        "parts": [(kind, COLLECTED_ICON[kind], rows) for kind, rows in parts.items() if rows],
        "headlines": queries.headlines(parts[CollectedKind.CASE], language()),
        "searches": [
            (each, described(each.query, each.kind), address(each.kind, each.query)) for each in queries.searches(found)
        ],
        "exhibits": exhibits,
        "findings": findings,
        "members": queries.members(found),
        "happened": [(each, log.verb(each.verb)) for each in queries.time_line(found)],
        "is_member": is_member,
        "may_work": may_work,
        "may_write_policy": can_write_policy(request.user) and is_member,
        "people": queries.may_be_taken_in(found) if may_work else [],
        "note_form": InvestigationNoteForm(),
        "exhibit_form": ExhibitForm(prefix="exhibit"),
        "conclude_form": Conclude(),
        "again_form": TakeUpAgain(),
        "policy_form": WritePolicy(),
    }
    return render(request, "investigations/investigation.html", context)


def verb(request: HttpRequest, pk: int, act: Callable[..., object], told: str, **given: object) -> HttpResponse:
    """One domain call, and back to the investigation."""
    try:
        act(actor=request.user, at=timezone.now(), **given)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, told)
    return redirect("investigations:investigation", pk=pk)


@require_POST
@opens(permissions.can_work_on_investigations)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    return verb(request, pk, domain.note, _("Noted"), investigation=found, text=request.POST.get("text", ""))


@require_POST
@opens(permissions.can_work_on_investigations)
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    given = request.POST.get("person", "")
    who = get_object_or_404(User, pk=int(given) if given.isdecimal() else 0, is_active=True)
    told = _("%(person)s works on it, too") % {"person": who.pseudonym}
    return verb(request, pk, domain.take_in, told, investigation=found, person=who)


@require_POST
@opens(permissions.can_work_on_investigations)
def drop(request: HttpRequest, pk: int, collected: int) -> HttpResponse:
    row = get_object_or_404(
        Collected.objects.select_related("investigation"), pk=collected, investigation=load(request, pk)
    )
    return verb(request, pk, domain.drop, _("Taken out"), collected=row)


@require_POST
@opens(permissions.can_work_on_investigations)
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    answer = request.POST.get("conclusion", "")
    return verb(request, pk, domain.conclude, _("Concluded"), investigation=found, conclusion=answer)


@require_POST
@opens(permissions.can_work_on_investigations)
def take_up_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    why = request.POST.get("reason", "")
    return verb(request, pk, domain.take_up_again, _("Taken up again"), investigation=found, reason=why)


for _view in (open_new, detail, note, take_in, drop, conclude, take_up_again):
    _view.section = "investigations"  # type: ignore[attr-defined]
