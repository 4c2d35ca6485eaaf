"""From a search to an act on the open cases of what was found: the step before `bulk.new`."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
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
from investigations.filters.explore import ExploreFilter
from investigations.forms.bulk import BulkForm
from investigations.queries import bounded, found_cases
from investigations.queries.found_cases import FoundCases
from investigations.views.bulk import TICKED_MOST
from investigations.views.explore import PATIENCE, Explore
from listings.models import Listing


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
        "form": BulkForm(None, language=language()),
        "count": len(found.cases),
        "ticked": found.cases,
        "found": found,
        "back": back,
    }
    return render(request, "investigations/bulk_new.html", context)


def _found(request: HttpRequest) -> FoundCases:
    """Raises Refusal where there is nothing to act on, too much, or it takes too long."""
    with bounded.at_most(PATIENCE):
        found = found_cases.of_listings(_listings(request), request.user, most=TICKED_MOST)
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


def _listings(request: HttpRequest) -> QuerySet[Listing]:
    """What was ticked, or all that the search finds. Raises Refusal where a part of it means nothing or is still being read."""
    if not request.POST.get("all"):
        return Explore.selected(request)
    view = Explore()
    view.setup(request)
    asked = ExploreFilter(QueryDict(request.POST.get("query", "")), queryset=view.market_rows(), request=request)
    rows: QuerySet[Listing] = asked.qs
    if not asked.is_valid() or asked.problems:
        raise Refusal(_("The search was not understood in every part. Look at what it shows, then choose again."))
    if asked.reading and not asked.reading.done:
        raise Refusal(_("The condition is still being read. Wait until it is through, then choose again."))
    return rows


ask.section = "cases"  # type: ignore[attr-defined]
