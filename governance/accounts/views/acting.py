"""How the administrators' pages carry out a verb."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from governance.accounts.models import User
from governance.web import toasts
from governance.web.refusals import Refusal


def person(request: HttpRequest) -> User:
    """Who acts, after `opens` let them in."""
    return cast(User, request.user)


def carry_out(
    request: HttpRequest, verb: Callable[..., Any], said: str, back: str, *to: Any, **what: Any
) -> HttpResponse:
    """Call `verb` as this person, say what was done or why not, and go back to the page named `back`."""
    try:
        verb(**what, actor=person(request), at=timezone.now())
        toasts.tell(request, said)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(back, *to)
