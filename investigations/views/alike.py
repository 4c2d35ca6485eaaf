"""What is like a listing of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from governance.web.access import opens
from investigations import permissions
from investigations.filters import language
from investigations.models import CaseItem
from investigations.queries import alike, exhibits
from investigations.queries import listings as queries
from investigations.views.case import load


@opens(permissions.can_open_case)
def look(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Into the case's dialog."""
    case = load(request, pk)
    row = get_object_or_404(CaseItem.objects.select_related("listing"), pk=item, case=case, listing__isnull=False)
    assert row.listing is not None  # noqa: S101 -- by the query
    found = alike.of(row.listing, request.user)
    lines = queries.lines_of([each.listing for each in found.rows], language=language())
    shown = [
        (each, lines[each.listing.pk], exhibits.amount(each.listing.price_minor, each.listing.currency))
        for each in found.rows
    ]
    context = {"shown": shown, "compared": found, "of": row.listing}
    return render(request, "investigations/_alike.html", context)
