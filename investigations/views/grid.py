"""A page of up to twenty listings at once: approved but for what is marked, submitted in one stroke, undone in one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from enforcement.domain.decisions import UNDO_WINDOW
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import grid as domain
from investigations.domain.grid import Answer
from investigations.enums import TileAnswer, TileFate
from investigations.filters import language
from investigations.forms import REASON_LENGTH
from investigations.models import GridPage, Queue
from investigations.queries import exhibits, work
from investigations.queries import grid as queries
from investigations.queries.grid import Tile
from investigations.views import giving


@dataclass(frozen=True)
class Mark:
    """One way to mark a tile, with its key."""

    value: str
    label: str
    key: str


OTHERS = (
    (TileAnswer.SENIOR, gettext_lazy("Senior"), "s"),
    (TileAnswer.LEAVE, gettext_lazy("Leave"), "l"),
    (TileAnswer.APPROVE, gettext_lazy("Approve"), "0"),
)


@opens(permissions.can_work)
def index(request: HttpRequest) -> HttpResponse:
    """The page that the person has before them, else the way to one."""
    if page := work.live_page(request.user):
        return redirect("investigations:grid-page", pk=page.pk)
    now = timezone.now()
    standing = work.standing(request.user, at=now)
    queue = Queue.objects.filter(key=request.GET.get("queue", "")).first()
    context = {
        "queue": queue,
        "mine": work.live_claim(request.user),
        "waits": queries.waiting(request.user, queue=queue, at=now, known=standing).exists(),
        "refused": giving.refused(standing),
    }
    return render(request, "investigations/grid_start.html", context)


@require_POST
@opens(permissions.can_work)
def draw(request: HttpRequest) -> HttpResponse:
    queue = Queue.objects.filter(key=request.POST.get("queue", "")).first()
    try:
        page = domain.draw(person=request.user, queue=queue, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:queue")
    if page is None:
        back = reverse("investigations:grid")
        return redirect(f"{back}?queue={queue.key}" if queue else back)
    return redirect("investigations:grid-page", pk=page.pk)


@opens(permissions.can_work)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page to be worked on; once it is submitted, what became of each listing."""
    page = _load(request, pk)
    tiles = queries.tiles(page, language=language()) if page.ended_at is None else []
    return _show(request, page, tiles) if tiles else _result(request, page)


@require_POST
@opens(permissions.can_work)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    page = _load(request, pk)
    unseen = request.POST.get("unseen", "")
    try:
        page = domain.submit(
            page=page,
            answers=_answers(request),
            seen=_seen(request),
            unseen=unseen,
            actor=request.user,  # type: ignore[arg-type]
            clock=timezone.now,
        )
    except domain.NotSeen as refusal:
        return _show(request, page, _entered(request, page), status=409, unseen=refusal)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        tiles = _entered(request, page)
        return _show(request, page, tiles, status=409) if tiles else redirect("investigations:grid-page", pk=pk)
    _tell(request, page)
    return redirect("investigations:grid-page", pk=pk)


@require_POST
@opens(permissions.can_work)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    page = _load(request, pk)
    try:
        back, told = domain.undo(page=page, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:grid-page", pk=pk)
    text = ngettext("%(count)s case is yours again", "%(count)s cases are yours again", back)
    toasts.tell(request, text % {"count": formats.number(back)}, note=_("Nothing was sent. Your marks are still here."))
    for each in told:
        messages.warning(request, each)
    return redirect("investigations:grid-page", pk=pk)


@require_POST
@opens(permissions.can_work)
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    page = _load(request, pk)
    count = domain.give_back(page=page, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    text = ngettext("Gave back %(count)s case", "Gave back %(count)s cases", count)
    toasts.tell(request, text % {"count": formats.number(count)}, note=_("They wait in their queue again."))
    return redirect("investigations:queue")


@require_POST
@opens(permissions.can_work)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    page = _load(request, pk)
    try:
        domain.extend(page=page, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return render(request, "investigations/_claim.html", {"claim": _claim(page)})


@require_POST
@opens(permissions.can_work)
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says that its reader is there; answers that it has run out where it has."""
    page = _load(request, pk)
    if "active" in request.POST:
        domain.beat(page=page, person=request.user, at=timezone.now())  # type: ignore[arg-type]
    return render(request, "investigations/_here.html", {"others": [], "lost": _claim(page) is None})


@opens(permissions.can_work)
def look(request: HttpRequest, pk: int, case: int) -> HttpResponse:
    """One listing in full, for the dialog: its text, and why the rule holds."""
    page = _load(request, pk)
    held = get_object_or_404(page.claims.select_related("case"), case=case, ended_at__isnull=True)
    shown = exhibits.page(exhibits.items_of(held.case), language=language())
    context = {"case": held.case, "exhibit": shown.exhibits[0] if shown.exhibits else None, "current": True}
    return render(request, "investigations/_grid_look.html", context)


# --- what is shown -------------------------------------------------------------------------------


def _load(request: HttpRequest, pk: int) -> GridPage:
    return get_object_or_404(queries.of_person(request.user), pk=pk)


def _claim(page: GridPage) -> Any:
    live = page.claims.filter(ended_at__isnull=True, expires_at__gt=timezone.now())
    return live.order_by("expires_at").first()


def _show(
    request: HttpRequest, page: GridPage, tiles: list[Tile], *, status: int = 200, unseen: domain.NotSeen | None = None
) -> HttpResponse:
    on_tiles = [tile for tile in tiles if not tile.whole]
    marked = sum(tile.answer != TileAnswer.APPROVE for tile in on_tiles)
    context = {
        "page": page,
        "tiles": tiles,
        "on_tiles": len(on_tiles),
        "marks": _marks(tiles),
        "answers": [(each.value, each.label) for each in TileAnswer],
        "claim": _claim(page),
        "approved": len(on_tiles) - marked,
        "marked": marked,
        "whole": len(tiles) - len(on_tiles),
        "unseen": [tile for tile in tiles if unseen and tile.case.pk in unseen.cases],
        "seen": _seen(request),
    }
    return render(request, "investigations/grid.html", context, status=status)


def _result(request: HttpRequest, page: GridPage) -> HttpResponse:
    rows = queries.outcomes(page, language=language())
    counts = [(fate, sum(row.fate == fate for row in rows)) for fate in TileFate]
    context = {
        "page": page,
        "rows": rows,
        "counts": [(fate, count) for fate, count in counts if count],
        "free": work.live_page(request.user) is None,
    }
    return render(request, "investigations/grid_result.html", context)


def _marks(tiles: list[Tile]) -> list[Mark]:
    """The measures that any tile can be marked with, by number; then what else there is."""
    offered = {measure for tile in tiles for measure in tile.measures}
    measures = [each for each in queries.ON_TILES if each in offered]
    numbered = [Mark(each.value, str(each.label), str(number)) for number, each in enumerate(measures, start=1)]
    return numbered + [Mark(answer.value, str(label), key) for answer, label, key in OTHERS]


def _tell(request: HttpRequest, page: GridPage) -> None:
    rows = queries.outcomes(page, language=language())
    approved = sum(row.fate == TileFate.APPROVED for row in rows)
    decided = sum(row.fate == TileFate.DECIDED for row in rows)
    numbers = {"approved": formats.number(approved), "decided": formats.number(decided)}
    undo_url = reverse("investigations:grid-undo", args=[page.pk]) if approved or decided else ""
    text = _("%(approved)s without violation, %(decided)s decided")
    seconds = int(UNDO_WINDOW.total_seconds())
    toasts.tell(request, text % numbers, note=_("What was not decided stands below."), undo=undo_url, seconds=seconds)


# --- what was posted -----------------------------------------------------------------------------


def _answers(request: HttpRequest) -> dict[int, Answer]:
    """By case, what its tile was marked with, and why; a reason belongs to a mark."""
    found = {}
    for name, value in request.POST.items():
        key = name.removeprefix("mark-")
        if key == name or not key.isdecimal() or len(key) > 18:
            continue
        reason = str(request.POST.get(f"reason-{key}", ""))[:REASON_LENGTH].strip()
        found[int(key)] = Answer(str(value)[:24], "" if value == TileAnswer.APPROVE else reason)
    return found


def _seen(request: HttpRequest) -> set[int]:
    return {int(key) for key in request.POST.getlist("seen") if key.isdecimal() and len(key) < 19}


def _entered(request: HttpRequest, page: GridPage) -> list[Tile]:
    """The tiles as they were marked."""
    given = _answers(request)
    tiles = queries.tiles(page, language=language())
    for tile in tiles:
        if answer := given.get(tile.case.pk):
            tile.answer, tile.reason = answer.answer, answer.reason or tile.reason
    return tiles


for _view in (index, detail, submit):
    _view.section = "queue"  # type: ignore[attr-defined]
