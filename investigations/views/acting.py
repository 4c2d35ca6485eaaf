"""One act upon several merchants from a form: what each view of it says is the same."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from governance.policies.models import Policy
from governance.web import toasts
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain.acting import Acted


def act_upon_merchants(
    request: HttpRequest, form: forms.Form, verb: Callable[..., Acted], *, note: str, **more: Any
) -> bool:
    """Do what the form asks for, under the policy in force, and say it with `note`; whether anything was decided.

    Merchants about whom nothing could be decided are named: on the form where there are no others, else beside what was done.
    """
    given = form.cleaned_data
    version = Policy.objects.select_related("live__policy").get(pk=given["policy"]).live
    try:
        acted = verb(
            version=version,
            measure=given["measure"],
            reason=given["reason"],
            only_in=permissions.markets(request.user),
            actor=request.user,
            at=timezone.now(),
            **more,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    refused = [f"{merchant}: {why}" for merchant, why in acted.refused]
    if not acted.decisions:
        for said in refused:
            form.add_error(None, said)
        return False
    for said in refused:
        messages.error(request, said)
    text = ngettext("%(n)s merchant decided about", "%(n)s merchants decided about", len(acted.decisions))
    toasts.tell(request, text % {"n": len(acted.decisions)}, note=note)
    return True
