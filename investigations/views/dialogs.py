"""The dialogs of a case's verbs: what a verb will do, asked before it is done.

Where the person holds the case a dialog belongs to the decision's form: what was entered there is posted with it and stands on
the page again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from governance.web.refusals import Refusal
from investigations.filters import language
from investigations.forms import DecideForm
from investigations.models import Case, Claim
from investigations.queries import panel
from investigations.views.case import load, show

ENTERED = "known_up_to"
"""A field that only the decision's form has."""


@dataclass(frozen=True)
class Dialog:
    """`said` are sentences about what will happen; without a form they say why nothing can."""

    title: str
    submit: str
    url: str
    form: Form | None
    said: Sequence[str] = field(default_factory=tuple)


def owner(request: HttpRequest, case: Case) -> str:
    """The form that a dialog's fields belong to: the decision's, where it is on the page."""
    held = Claim.objects.filter(case=case, person=request.user.pk, ended_at__isnull=True, expires_at__gt=timezone.now())
    return "decision" if ENTERED in request.POST or held.exists() else ""


def ask(request: HttpRequest, case: Case, dialog: Dialog) -> HttpResponse:
    """The dialog alone for the page that is open; under its own address on the case's page."""
    if request.htmx:  # type: ignore[attr-defined]
        context = {"dialog": dialog, "mine": bool(owner(request, case))}
        return render(request, "investigations/_verb_dialog.html", context)
    return show(request, case, dialog=dialog)


def refuse(request: HttpRequest, case: Case, dialog: Dialog, refusal: Refusal | None = None) -> HttpResponse:
    """The page with the dialog as it was entered, and why nothing happened."""
    if refusal is not None:
        messages.error(request, str(refusal))
    form = entered(request, case) if ENTERED in request.POST else None
    return show(request, load(request, case.pk), form=form, dialog=dialog, status=409 if refusal else 422)


def done(request: HttpRequest, case: Case) -> HttpResponse:
    """Back on the case's page; what was entered for the decision stands there again."""
    if ENTERED in request.POST:
        return show(request, load(request, case.pk), form=entered(request, case))
    return redirect("investigations:case", pk=case.pk)


def entered(request: HttpRequest, case: Case) -> DecideForm:
    beside = panel.of(case, language=language(), at=timezone.now())
    return DecideForm(request.POST, case=case, markets=beside.decidable)
