"""Search over listings: words and an expression of the rule language, narrowed by what was found, over a span of time."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.web import exports
from governance.web.access import opens
from governance.web.keyset import KeysetPage
from governance.web.lists import Bulk, Column
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import search_runs
from investigations.domain.searching import MOST
from investigations.filters.explore import LONGEST_EXPRESSION, ExploreFilter
from investigations.queries import bounded, search_figures
from investigations.queries.bounded import TooSlow
from investigations.views import search_panel
from investigations.views.listings import ListingList
from listings.models import Listing

PATIENCE = 5.0
"""Seconds that one query may take."""
VERBS = (
    (
        Bulk(
            "collect", gettext_lazy("Add to an investigation"), url_name="investigations:collect", key="a", icon="plus"
        ),
        permissions.can_work_on_investigations,
    ),
    (
        Bulk(
            "act",
            gettext_lazy("Act on their open cases"),
            url_name="investigations:explore-cases",
            key="b",
            icon="layers",
        ),
        permissions.can_act_in_bulk,
    ),
)


class Explore(ListingList):
    section, title = "explore", gettext_lazy("Search")
    may_open = staticmethod(permissions.can_search)
    template_name = "investigations/explore.html"
    filterset_class = ExploreFilter
    columns: tuple[Column, ...] = tuple(column for column in ListingList.columns if column.name != "photo")
    too_slow = ""

    @property
    def bulk(self) -> tuple[Bulk, ...]:  # type: ignore[override]
        """The verbs that this person has."""
        return tuple(verb for verb, may in VERBS if may(self.request.user))

    @cached_property
    def page(self) -> KeysetPage:
        try:
            with bounded.at_most(PATIENCE):
                return super().page
        except TooSlow as slow:
            self.too_slow = str(slow)
            return KeysetPage([], None, None)

    @classmethod
    def selected(cls, request: HttpRequest) -> QuerySet[Listing]:
        """Never more than was asked for: raises Refusal where the condition is wrong, or not read to the end."""
        if request.POST.get("all"):
            view = cls()
            view.setup(request)
            given = QueryDict(request.POST.get("query", ""))
            asked = ExploreFilter(given, queryset=view.market_rows(), request=request)
            if why := asked.unfinished:
                raise Refusal(why)
            found: QuerySet[Listing] = asked.qs
            return found
        return super().selected(request)

    def count_text(self) -> str:
        try:
            with bounded.at_most(PATIENCE):
                return super().count_text()
        except TooSlow:
            return _("too many to count")

    def exported(self) -> list[Column]:
        """By its own form, which asks for a reason."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        shown = self.filterset
        return context | {
            "where": self.request.GET.get("where", "")[:LONGEST_EXPRESSION],
            "problems": shown.problems,
            "reading": shown.reading,
            "most": MOST,
            "too_slow": self.too_slow,
            "is_near": self.request.GET.get("near") == "true",
        }


@require_POST
@opens(permissions.can_search)
def figures(request: HttpRequest) -> HttpResponse:
    """What was found, counted; and the team's history gets a line."""
    view = _view(request)
    shown = view.filterset
    if not shown.form.is_valid():
        return render(request, "investigations/_explore_figures.html", {"found": None})
    try:
        with bounded.at_most(PATIENCE):
            found = search_figures.count(shown.both_spans, shown.window, zone=timezone.get_current_timezone())
    except TooSlow as slow:
        return render(request, "investigations/_explore_figures.html", {"found": None, "too_slow": str(slow)})
    run = None
    if not shown.problems and (shown.reading is None or shown.reading.done):
        run = search_runs.ran(query=view.query, found=found, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    panel = search_panel.panel(found, shown, QueryDict(view.query))
    return render(
        request,
        "investigations/_explore_figures.html",
        {"found": found, "panel": panel, "run": run if permissions.can_work_on_investigations(request.user) else None},
    )


@opens(permissions.can_search)
def progress(request: HttpRequest) -> HttpResponse:
    """How far the expression has been read; reads on. When it is through, the list is asked for again."""
    view = _view(request)
    shown = view.filterset
    _rows = shown.both_spans
    address = f"{reverse('investigations:explore')}?{view.query}"
    return render(
        request,
        "investigations/_explore_progress.html",
        {"reading": shown.reading, "query": view.query, "again": address},
    )


@require_POST
@opens(permissions.can_search)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that was found, as a file; why, stands in the log."""
    view = _view(request)
    kind = "xlsx" if request.POST.get("kind") == "xlsx" else "csv"
    back = redirect(f"{reverse('investigations:explore')}?{view.query}")
    try:
        if why := view.filterset.unfinished:
            raise Refusal(why)
        with bounded.at_most(PATIENCE):
            found = view.filterset.qs.order_by().count()
        search_runs.export(
            query=view.query, found=found, kind=kind, reason=request.POST.get("reason", ""),
            actor=request.user, at=timezone.now(),  # type: ignore[arg-type]
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return back
    columns = [column for column in view.columns if column.value]
    rows = exports.rows_of(view.filterset.qs.order_by(*view.ordering), columns)
    write = exports.xlsx_response if kind == "xlsx" else exports.csv_response
    return write(rows, head=[str(column.label) for column in columns], name=f"search-{timezone.localdate():%Y-%m-%d}")


def _view(request: HttpRequest) -> Explore:
    """The search of this address."""
    view = Explore()
    view.setup(request)
    return view


for _part in (figures, progress, export):
    _part.section = "explore"  # type: ignore[attr-defined]
