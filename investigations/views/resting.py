"""Putting a case aside, asking somebody with more right, answering, handing back."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.accounts.views.acting import person
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import asking, resting, shift
from investigations.enums import WakeOn
from investigations.forms.arranging import AnswerForm, AskForm, HandBackForm, SnoozeForm
from investigations.models import Case, Question
from investigations.queries import colleagues
from investigations.views import dialogs
from investigations.views.arranging import asked_or_done
from investigations.views.case import load
from investigations.views.dialogs import Dialog
from investigations.views.giving import go_on


@asked_or_done
@opens(permissions.can_work)
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    tomorrow = timezone.localdate() + timedelta(days=1)
    form = SnoozeForm(
        request.POST or None,
        owner=dialogs.owner(request, case),
        initial={"until": tomorrow, "wake_on": WakeOn.NOTHING},
    )
    said = (
        _("Nobody is given the case meanwhile; whoever opens it may still take it."),
        _("Its deadline runs on: %(when)s.") % {"when": formats.minute(case.due_at)},
    )
    dialog = _dialog(case, "snooze", _("Put %(case)s aside") % {"case": case}, _("Put aside"), form, *said)
    if request.method == "GET":
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    given = form.cleaned_data
    try:
        step = shift.snooze(
            case=case,
            actor=person(request),
            reason=given["why"],
            until=form.moment,
            wake_on=given["wake_on"] or WakeOn.NOTHING,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    until = formats.day(given["until"])
    toasts.tell(request, _("Put %(case)s aside until %(day)s") % {"case": case, "day": until})
    return go_on(request, step)


@require_POST
@opens(permissions.can_work)
def wake(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    try:
        resting.wake(case=case, actor=person(request), at=timezone.now())
        toasts.tell(request, _("%(case)s is awake and waits in its queue") % {"case": case})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return dialogs.done(request, case)


@asked_or_done
@opens(permissions.can_work)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    form = AskForm(request.POST or None, owner=dialogs.owner(request, case))
    said = (
        _("The case is given to nobody until somebody has answered. Then it comes back to you first."),
        _("Its deadline runs on: %(when)s.") % {"when": formats.minute(case.due_at)},
    )
    dialog = _dialog(case, "ask", _("Ask about %(case)s") % {"case": case}, _("Ask"), form, *said)
    if request.method == "GET":
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    given = form.cleaned_data
    try:
        step = shift.ask(
            case=case, asked_of=given["asked_of"], text=given["text"], actor=person(request), at=timezone.now()
        )
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    toasts.tell(request, _("Asked about %(case)s") % {"case": case}, note=_("The answer comes to your inbox."))
    return go_on(request, step)


@require_POST
@opens(permissions.can_answer_questions)
def answer(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    case = load(request, pk)
    found = get_object_or_404(Question.objects.select_related("case"), pk=question, case=case)
    form = AnswerForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        asking.answer(question=found, text=text, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:case", pk=pk)
    told = _("%(case)s comes back to %(person)s first.") % {"case": case, "person": found.asker}
    toasts.tell(request, _("Answered"), note=told)
    return redirect("investigations:case", pk=pk)


@require_POST
@opens(permissions.can_work)
def withdraw(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    case = load(request, pk)
    found = get_object_or_404(Question.objects.select_related("case"), pk=question, case=case)
    try:
        asking.withdraw(question=found, actor=person(request), at=timezone.now())
        toasts.tell(request, _("The question is taken back"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:case", pk=pk)


@asked_or_done
@opens(permissions.can_take_held)
def hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    holder = colleagues.who_held(case, other_than=person(request))
    form = HandBackForm(request.POST or None, person=holder, owner=dialogs.owner(request, case))
    said = _("Your note stays with the case. A colleague is given it first, for a day; then it is for everybody.")
    dialog = _dialog(case, "hand-back", _("Hand %(case)s back") % {"case": case}, _("Hand back"), form, said)
    if request.method == "GET":
        return dialogs.ask(request, case, dialog)
    if not form.is_valid():
        return dialogs.refuse(request, case, dialog)
    given = form.cleaned_data
    try:
        step = shift.hand_back(
            case=case,
            to_person=given["to"] == "person",
            note=given["text"],
            actor=person(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return dialogs.refuse(request, case, dialog, refusal)
    toasts.tell(request, _("Handed %(case)s back") % {"case": case})
    return go_on(request, step)


def _dialog(case: Case, name: str, title: str, submit: str, form: Any, *said: str) -> Dialog:
    return Dialog(title, submit, reverse(f"investigations:case-{name}", args=[case.pk]), form, said)
