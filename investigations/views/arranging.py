"""Merging, splitting, linking and reopening cases: each shows first what will happen, where that is not plain."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from governance.accounts.views.acting import person
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import arranging, reopening, watching
from investigations.filters import language
from investigations.forms.arranging import MergeForm, RelateForm, SplitForm, WhyForm
from investigations.models import Case, CaseLink
from investigations.queries import exhibits, family, lines, work
from investigations.views import dialogs
from investigations.views.case import load
from investigations.views.dialogs import Dialog

asked_or_done = require_http_methods(["GET", "POST"])
SPLIT_OFFERS = 400


@asked_or_done
@opens(permissions.can_work)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    others = list(family.to_merge(case, work.visible_cases(request.user)))
    form = MergeForm(request.POST or None, cases=_offers(others), owner=dialogs.owner(request, case))
    said = [
        _("What waits in %(case)s waits in the other then; its notes, files and watchers are found there.")
        % {"case": case},
        _("%(case)s is closed, its address leads to the other, and whoever holds it is told.") % {"case": case},
        _("The nearer deadline and the graver severity of the two hold."),
    ]
    if not others:
        said = [_("There is no other live case of this merchant. Link it with another instead.")]
    title = _("Merge %(case)s into another case") % {"case": case}
    dialog = _dialog(case, "merge", title, _("Merge"), form if others else None, *said)
    if request.method == "GET" or not others:
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    into = next(each for each in others if each.pk == form.cleaned_data["into"])
    try:
        arranging.merge(case=case, into=into, actor=person(request), reason=form.cleaned_data["why"], at=timezone.now())
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    undo = reverse("investigations:case-unmerge", args=[case.pk])
    toasts.tell(request, _("Merged %(case)s into %(into)s") % {"case": case, "into": into}, undo=undo)
    return redirect("investigations:case", pk=into.pk)


@require_POST
@opens(permissions.can_work)
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    try:
        arranging.undo_merge(case=case, actor=person(request), at=timezone.now())
        toasts.tell(request, _("Undone"), note=_("%(case)s waits by itself again.") % {"case": case})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:case", pk=pk)


@asked_or_done
@opens(permissions.can_work)
def split(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    form = SplitForm(request.POST or None, items=_items(case), owner=dialogs.owner(request, case))
    said = (
        _("The chosen listings get a case of their own, with the same deadline, and wait for the next person."),
        _("What a sweep finds from now on comes to %(case)s.") % {"case": case},
    )
    dialog = _dialog(case, "split", _("Split listings off %(case)s") % {"case": case}, _("Split off"), form, *said)
    if request.method == "GET":
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    chosen = form.cleaned_data["items"]
    try:
        new = arranging.split(
            case=case, items=chosen, actor=person(request), reason=form.cleaned_data["why"], at=timezone.now()
        )
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    text = ngettext(
        "Split %(count)s listing off into %(case)s", "Split %(count)s listings off into %(case)s", len(chosen)
    )
    undo = reverse("investigations:case-unsplit", args=[new.pk])
    toasts.tell(request, text % {"count": formats.number(len(chosen)), "case": new}, undo=undo)
    return dialogs.done(request, case)


@require_POST
@opens(permissions.can_work)
def undo_split(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    try:
        whole = arranging.undo_split(case=case, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:case", pk=pk)
    toasts.tell(request, _("Undone"), note=_("It is all in %(case)s again.") % {"case": whole})
    return redirect("investigations:case", pk=whole.pk)


@asked_or_done
@opens(permissions.can_work)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    form = WhyForm(request.POST or None)
    said = (
        _("What was found fine is read again, by another person and with a new deadline."),
        _("What was decided stays decided: reverse it on its own page, or hear the appeal."),
    )
    dialog = _dialog(case, "reopen", _("Reopen %(case)s") % {"case": case}, _("Reopen"), form, *said)
    if request.method == "GET":
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    try:
        reopening.reopen(case=case, actor=person(request), reason=form.cleaned_data["why"], at=timezone.now())
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    toasts.tell(request, _("Reopened %(case)s") % {"case": case}, note=_("It waits in its queue."))
    return redirect("investigations:case", pk=pk)


@asked_or_done
@opens(permissions.can_work)
def relate(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    visible = work.visible_cases(request.user)
    form = RelateForm(request.POST or None, visible=visible, owner=dialogs.owner(request, case))
    said = _("Each is shown on the other's page. Nothing else changes.")
    dialog = _dialog(case, "relate", _("Link %(case)s with another case") % {"case": case}, _("Link"), form, said)
    if request.method == "GET":
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    given = form.cleaned_data
    try:
        made = watching.link(
            case=case, other=given["other"], why=given["why"], actor=person(request), at=timezone.now()
        )
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    text = _("Linked %(case)s with %(other)s") % {"case": case, "other": given["other"]}
    toasts.tell(request, text, undo=reverse("investigations:case-unrelate", args=[case.pk, made.pk]))
    return dialogs.done(request, case)


@require_POST
@opens(permissions.can_work)
def unrelate(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    case = load(request, pk)
    found = get_object_or_404(CaseLink.objects.filter(first=case) | CaseLink.objects.filter(second=case), pk=link)
    try:
        watching.unlink(link=found, actor=person(request), at=timezone.now())
        toasts.tell(request, _("The link is taken away"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return dialogs.done(request, case)


@require_POST
@opens(permissions.can_open_case)
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    watching.watch(case=case, actor=person(request), at=timezone.now())
    toasts.tell(request, _("You watch %(case)s") % {"case": case}, note=_("Your inbox tells what happens to it."))
    return dialogs.done(request, case)


@require_POST
@opens(permissions.can_open_case)
def unwatch(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    watching.stop(case=case, actor=person(request), at=timezone.now())
    toasts.tell(request, _("You do not watch %(case)s any more") % {"case": case})
    return dialogs.done(request, case)


def _dialog(case: Case, name: str, title: str, submit: str, form: Any, *said: str) -> Dialog:
    return Dialog(title, submit, reverse(f"investigations:case-{name}", args=[case.pk]), form, said)


def _offers(others: list[Case]) -> list[tuple[int, str]]:
    """Each case in words: its number, what it is about, how much waits in it and with whom it is."""
    found = lines.of(others, language=language(), at=timezone.now())
    return [(case.pk, _offer(case, found[case.pk])) for case in others]


def _offer(case: Case, line: lines.Line) -> str:
    parts = [str(case), lines.isolated(line.headline), str(case.get_severity_display())]
    if line.holder:
        parts.append(_("with %(person)s") % {"person": line.holder})
    return " · ".join(parts)


def _items(case: Case) -> list[tuple[int, str]]:
    page = exhibits.page(work.unsettled(case), language=language(), size=SPLIT_OFFERS)
    return [(each.item.pk, f"{each.number} · {lines.isolated(each.plain_name)}") for each in page.exhibits]
