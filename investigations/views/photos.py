"""Photos of a listing: asked for when somebody looks, shown when they are there."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.web.access import opens
from investigations import permissions
from investigations.domain import looking
from investigations.queries import photos as queries
from investigations.queries import photos_again
from listings.domain import pictures

TURNS = 20
"""How often a page asks whether they have come."""
A_YEAR = 31_536_000


def _may_see(user: object) -> bool:
    return permissions.can_see_listings(user) or permissions.can_open_case(user)  # type: ignore[arg-type]


@require_POST
@opens(_may_see)
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """What is there of a listing's photos; what is not is fetched meanwhile, and the page asks again."""
    listing = get_object_or_404(queries.visible(request.user), pk=pk)
    found = looking.look(listing=listing, person=request.user, at=timezone.now())  # type: ignore[arg-type]
    turn = request.POST.get("turn", "0")
    turn_number = int(turn) if turn.isdecimal() else TURNS
    coming = any(each.due_at and not each.sha256 for each in found.images)
    more = request.POST.get("kept") != str(len(found.kept))  # than when the page asked last
    context = {
        "listing_id": listing.pk,
        "kept": found.kept,
        "missing": [each for each in found.images if not each.sha256 and not each.due_at],
        "count": len(found.images),
        "hard": found.hard,
        "coming": coming,
        "again": photos_again.of(listing, request.user) if more else None,
        "next_turn": turn_number + 1 if coming and turn_number < TURNS else None,
    }
    return render(request, "investigations/_photos.html", context)


@opens(_may_see)
def photo(request: HttpRequest, pk: int, position: int) -> HttpResponseBase:
    """One photo as it was written anew; never the merchant's own bytes."""
    listing = get_object_or_404(queries.visible(request.user), pk=pk)
    image = get_object_or_404(listing.images.exclude(sha256=""), position=position)
    path = pictures.path_of(image.sha256)
    if request.GET.get("v") != image.sha256[:12] or not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    return response


@require_POST
@opens(_may_see)
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Said by the page when its reader makes a photo sharp."""
    listing = get_object_or_404(queries.visible(request.user), pk=pk)
    place = request.POST.get("position", "")
    shown = listing.images.exclude(sha256="").select_related("listing")
    image = get_object_or_404(shown, position=int(place) if place.isdecimal() and len(place) < 5 else -1)
    looking.uncover(image=image, person=request.user, at=timezone.now())  # type: ignore[arg-type]
    return HttpResponse(status=204)
