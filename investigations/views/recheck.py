"""Check again now: a person reads corrected listings anew without waiting for a sweep, and is told what came of it."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement.domain import rechecks
from enforcement.domain.rechecks import Answer
from enforcement.enums import Rechecked
from enforcement.views import throttle
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.queries import listings as queries
from investigations.queries import work
from investigations.views.case import load
from listings.models import Listing


@require_POST
@opens(permissions.can_work)
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.visible_listings(request.user), pk=pk)
    _check(request, [found])
    return redirect("investigations:listing", pk=pk)


@require_POST
@opens(permissions.can_work)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """All listings of the case that something is still open about."""
    found = load(request, pk)
    _check(request, list(work.listings_of(found)))
    return redirect("investigations:case", pk=pk)


def _check(request: HttpRequest, listings: Collection[Listing]) -> None:
    if throttle.exceeded(throttle.RECHECKS, str(request.user.pk)):
        messages.error(request, _("Nothing was checked: that was often enough for a minute. Try again shortly."))
        return
    try:
        answer = rechecks.check_now(listings=listings, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return
    toasts.tell(request, _("Checked again. %(outcome)s") % {"outcome": said(answer)}, note=_note(answer))


def said(answer: Answer) -> str:
    """How many came to what, each outcome that there is."""
    counts = [(each, answer.count(each)) for each in Rechecked]
    return " · ".join(f"{each.label}: {formats.number(count)}" for each, count in counts if count)


def _note(answer: Answer) -> str:
    if answer.left:
        left = formats.number(answer.left)
        return _("Still being checked: %(left)s. Load the page again in a moment.") % {"left": left}
    if answer.count(Rechecked.CLOSED):
        return _("What ends with it ends by itself, and the merchant is told.")
    return ""
