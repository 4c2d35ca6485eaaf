"""From a search to an act on the open cases of what was found: the step before `bulk.new`."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from governance.web import formats
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.filters import language
from investigations.forms.bulk import BulkForm
from investigations.queries import bounded, bulk, found_cases
from investigations.queries.found_cases import FoundCases
from investigations.views.bulk import TICKED_MOST
from investigations.views.explore import Explore
from investigations.views.search_page import PATIENCE


@require_POST
@opens(permissions.can_act_in_bulk)
def ask(request: HttpRequest) -> HttpResponse:
    """The cases are those of this moment, as if they had been ticked; what is to be done to them is asked for here."""
    query = request.POST.get("query", "")
    back = reverse("investigations:explore") + (f"?{query}" if query else "")
    try:
        found = _found(request)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    context = {
        "form": BulkForm(None, verbs=bulk.verbs_of(request.user), language=language()),
        "count": len(found.cases),
        "ticked": found.cases,
        "found": found,
        "back": back,
    }
    return render(request, "investigations/bulk_new.html", context)


def _found(request: HttpRequest) -> FoundCases:
    """Raises Refusal where there is nothing to act on, too much, it takes too long, or the search is not read to the end."""
    with bounded.at_most(PATIENCE):
        found = found_cases.of_listings(Explore.selected(request), request.user, most=TICKED_MOST)
    if not found.listings:
        raise Refusal(_("Tick the listings whose cases something is to be done to."))
    if not found.cases:
        raise Refusal(
            ngettext(
                "This listing waits in no open case that you may see. Nothing was done.",
                "None of these %(n)s listings waits in an open case that you may see. Nothing was done.",
                found.listings,
            )
            % {"n": formats.number(found.listings)}
        )
    if len(found.cases) > TICKED_MOST:
        raise Refusal(
            _(
                "These listings wait in more than %(most)s cases, which is the most at once. Narrow the search, or tick fewer."
            )
            % {"most": formats.number(TICKED_MOST)}
        )
    return found


ask.section = "cases"  # type: ignore[attr-defined]
