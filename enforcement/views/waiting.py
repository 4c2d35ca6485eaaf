"""What a person does with a decision that waits: say the second word, give more time, withdraw it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain import taking_effect
from enforcement.forms.waiting import Extend
from enforcement.models import Decision
from enforcement.queries import decisions as queries
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal


@require_POST
@opens(permissions.can_say_second_word)
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    return _verb(request, reference, taking_effect.approve, _("Approved"), _("It goes on as it was decided."))


@require_POST
@opens(permissions.can_say_second_word)
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    note = _("Nothing happens to the merchant. What was found goes to a case.")
    return _verb(request, reference, taking_effect.refuse, _("Refused"), note)


@require_POST
@opens(permissions.can_reverse)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    note = _("It never takes effect. What was found goes to a case.")
    return _verb(request, reference, taking_effect.withdraw, _("Withdrawn"), note)


@require_POST
@opens(permissions.can_reverse)
def extend(request: HttpRequest, reference: str) -> HttpResponse:
    form = Extend(request.POST)
    if not form.is_valid():
        flash.error(request, _("Enter a day and a reason. Nothing was changed."))
        return redirect("enforcement:decision", reference=reference)
    day = form.cleaned_data["correct_by"]
    return _verb(
        request, reference, taking_effect.extend, _("More time given"), _("The merchant is told."), correct_by=day
    )


def _verb(
    request: HttpRequest, reference: str, verb: Callable[..., Any], told: str, note: str, **more: Any
) -> HttpResponse:
    rows: Any = queries.decisions(permissions.markets(request.user))
    decision: Decision = get_object_or_404(rows, reference=reference)
    reason = request.POST.get("reason", "")[:5_000]
    try:
        verb(decision=decision, actor=request.user, reason=reason, at=timezone.now(), **more)
    except Refusal as refusal:
        flash.error(request, str(refusal))
    else:
        toasts.tell(request, told, note=note)
    return redirect("enforcement:decision", reference=reference)
