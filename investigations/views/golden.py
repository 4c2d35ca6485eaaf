"""Test cases: kept from decided ones, listed with how people judged them, retired. What staff call a test case is a golden one."""

import secrets
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import golden
from investigations.filters import language
from investigations.models import GoldenCase
from investigations.queries import golden as queries
from investigations.queries import lines, work

OVER = timedelta(days=90)


def drawn() -> float:
    """A number from 0 to 1, that decides whether a test case comes."""
    return secrets.randbelow(10_000) / 10_000


@opens(permissions.can_open_quality)
def index(request: HttpRequest) -> HttpResponse:
    """For those who read everybody's figures the test cases; for others only what they judged otherwise."""
    since = timezone.now() - OVER
    everybody = permissions.can_read_quality(request.user)
    rows = list(queries.in_use()[:300]) if everybody else []
    found = queries.scores(since=since, person=None if everybody else request.user.pk)
    titles = lines.policy_titles({row.case.policy_id for row in rows if row.case.policy_id}, language=language())
    context = {
        "rows": [(row, titles.get(row.case.policy_id or 0, str(row))) for row in rows],
        "everybody": everybody,
        "scores": found,
        "together": queries.together(found),
        "missed": queries.missed(request.user, since=since),  # type: ignore[arg-type]
        "may_retire": permissions.can_settle_reviews(request.user),
    }
    return render(request, "investigations/golden.html", context)


@require_POST
@opens(permissions.can_settle_reviews)
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(work.visible_cases(request.user), pk=pk)
    try:
        golden.keep(case=case, why=request.POST.get("why", ""), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Kept as a test case"), note=_("It comes to people like any other case."))
    return redirect("investigations:case", pk=pk)


@require_POST
@opens(permissions.can_settle_reviews)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        golden.retire(golden=get_object_or_404(GoldenCase, pk=pk), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Retired."))
    return redirect("investigations:golden")


for _view in (index, keep, retire):
    _view.section = "quality"  # type: ignore[attr-defined]
