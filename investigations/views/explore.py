"""Searches over listings, merchants, cases and decisions: words and a condition of the rule language, narrowed by what was found,
over a span of time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement.views.decisions import DecisionList
from governance.web import exports
from governance.web.access import opens
from governance.web.lists import Bulk, Column
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import search_runs
from investigations.enums import SearchKind
from investigations.filters.explore import (
    CaseSearchFilter,
    DecisionSearchFilter,
    ExploreFilter,
    MerchantSearchFilter,
)
from investigations.queries import bounded, search_figures
from investigations.queries.bounded import Unanswered
from investigations.views import search_panel
from investigations.views.cases import CaseList
from investigations.views.listings import ListingList
from investigations.views.merchants import MerchantList
from investigations.views.search_page import PATIENCE, SearchPage, Wording, address, may_search

EXPORT_PATIENCE = 30.0
"""Seconds that one query may take whose rows go into a file."""
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


class Explore(SearchPage, ListingList):
    kind = SearchKind.LISTINGS
    may_open = staticmethod(partial(may_search, kind=SearchKind.LISTINGS))
    filterset_class = ExploreFilter
    columns: tuple[Column, ...] = tuple(column for column in ListingList.columns if column.name != "photo")
    wording = Wording(
        lead=gettext_lazy("Words, and any condition of the rule language, over all listings."),
        words=gettext_lazy("power bank -case “fast charge” magnet*"),
        where='listing.price > 100 && merchant.country != "DE"',
        none_title=gettext_lazy("No listing has these words"),
        none_text=gettext_lazy(
            "Every word is looked for as a word of its own, whatever its accents, its case and how it was disguised. An asterisk lets a word go on."
        ),
        counted=gettext_lazy(
            "What is found is counted here: by category, merchant, market, brand, policy, state and price, and over time."
        ),
    )

    @property
    def bulk(self) -> tuple[Bulk, ...]:  # type: ignore[override]
        """The verbs that this person has."""
        return tuple(verb for verb, may in VERBS if may(self.request.user))


class SearchMerchants(SearchPage, MerchantList):
    kind = SearchKind.MERCHANTS
    may_open = staticmethod(partial(may_search, kind=SearchKind.MERCHANTS))
    filterset_class = MerchantSearchFilter
    wording = Wording(
        lead=gettext_lazy("Words of the name, and any condition, over all merchants."),
        words=gettext_lazy("nordlicht -gmbh"),
        where='merchant.country != "DE" && merchant.openViolations > 3',
        none_title=gettext_lazy("No merchant has these words in the name"),
        none_text=gettext_lazy("Every word is looked for as a word of its own. An asterisk lets a word go on."),
        counted=gettext_lazy("What is found is counted here: by country, state, kind, points and risk, and over time."),
    )


class SearchCases(SearchPage, CaseList):
    kind = SearchKind.CASES
    may_open = staticmethod(partial(may_search, kind=SearchKind.CASES))
    filterset_class = CaseSearchFilter
    wording = Wording(
        lead=gettext_lazy("Words of merchants' names and policies' titles, and any condition, over all cases."),
        words=gettext_lazy("nordlicht magnets, or C-123"),
        where='case.priority > 80 && case.policy == "loose-magnets"',
        none_title=gettext_lazy("No case has these words"),
        none_text=gettext_lazy(
            "Every word is looked for in the merchant's name and in the policy's title. An asterisk lets a word go on."
        ),
        counted=gettext_lazy(
            "What is found is counted here: by state, queue, policy, market, origin and outcome, and over time."
        ),
    )


class SearchDecisions(SearchPage, DecisionList):
    kind = SearchKind.DECISIONS
    may_open = staticmethod(partial(may_search, kind=SearchKind.DECISIONS))
    filterset_class = DecisionSearchFilter
    wording = Wording(
        lead=gettext_lazy(
            "Words of reasons, merchants' names and policies' titles, and any condition, over all decisions."
        ),
        words=gettext_lazy("“sold as diamond” nordlicht"),
        where='decision.measure == "remove" && decision.automated && decision.overturned',
        none_title=gettext_lazy("No decision has these words"),
        none_text=gettext_lazy(
            "Every word is looked for in the decider's reason, the merchant's name and the policy's title. An asterisk lets a word go on."
        ),
        counted=gettext_lazy(
            "What is found is counted here: by measure, state, policy, market, who decided, appeals and ground, and over time."
        ),
    )


PAGES: Mapping[str, type[SearchPage]] = {
    each.kind.value: each for each in (Explore, SearchMerchants, SearchCases, SearchDecisions)
}


@require_POST
@opens(permissions.can_search)
def figures(request: HttpRequest, kind: str) -> HttpResponse:
    """What was found, counted; and the team's history gets a line."""
    view = _view(request, kind)
    shown: Any = view.filterset
    if not shown.form.is_valid():
        return render(request, "investigations/_explore_figures.html", {"found": None, "view": view})
    try:
        with bounded.at_most(PATIENCE):
            zone = timezone.get_current_timezone()
            own = permissions.markets(request.user)
            found = search_figures.count(shown.both_spans, shown.searched, shown.window, zone=zone, markets=own)
            undecided = search_figures.number_of(shown.undecided) if shown.condition is not None else 0
    except Unanswered as why:
        return render(request, "investigations/_explore_figures.html", {"found": None, "too_slow": str(why)})
    run = None
    if not shown.unfinished:
        run = search_runs.ran(
            kind=view.kind, query=view.query, found=found, actor=request.user, at=timezone.now()  # type: ignore[arg-type]
        )  # fmt: skip
    panel = search_panel.panel(found, shown, QueryDict(view.query))
    return render(
        request,
        "investigations/_explore_figures.html",
        {
            "view": view,
            "found": found,
            "panel": panel,
            "undecided": undecided,
            "run": run if permissions.can_work_on_investigations(request.user) else None,
        },
    )


@opens(permissions.can_search)
def progress(request: HttpRequest, kind: str) -> HttpResponse:
    """How far the expression has been read; reads on. When it is through, the list is asked for again."""
    view = _view(request, kind)
    shown: Any = view.filterset
    too_slow = ""
    try:
        with bounded.at_most(PATIENCE):
            _why = shown.unfinished
    except Unanswered as why:
        too_slow = str(why)
    return render(
        request,
        "investigations/_explore_progress.html",
        {
            "reading": getattr(shown, "reading", None),
            "view": view,
            "again": address(kind, view.query),
            "too_slow": too_slow,
        },
    )


@require_POST
@opens(permissions.can_search)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All that was found, as a file; why, stands in the log."""
    view = _view(request, kind)
    file = "xlsx" if request.POST.get("kind") == "xlsx" else "csv"
    back = redirect(address(kind, view.query))
    shown: Any = view.filterset
    try:
        reason = search_runs.reason_given(request.POST.get("reason", ""))
        with bounded.at_most(EXPORT_PATIENCE):
            if why := shown.unfinished:
                raise Refusal(why)
            found = shown.qs.order_by().count()
            written = _file(view, file, name=f"{kind}-{timezone.localdate():%Y-%m-%d}")
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return back
    search_runs.export(
        kind=view.kind, query=view.query, found=found, file=file, reason=reason, actor=request.user, at=timezone.now()  # type: ignore[arg-type]
    )  # fmt: skip
    return written


def _file(view: SearchPage, file: str, *, name: str) -> HttpResponseBase:
    """Written to its end before any of it is given out: it may take too long."""
    columns = [column for column in view.columns if column.value]
    rows = exports.rows_of(view.filterset.qs.order_by(*view.ordering), columns)
    write = exports.xlsx_response if file == "xlsx" else exports.whole_csv_response
    return write(rows, head=[str(column.label) for column in columns], name=name)


def _view(request: HttpRequest, kind: str) -> SearchPage:
    """The search of this address; Http404 where there is none of this kind, or not for this person."""
    if kind not in PAGES or not may_search(request.user, SearchKind(kind)):
        raise Http404
    view = PAGES[kind]()
    view.setup(request)
    return view


for _part in (figures, progress, export):
    _part.section = "explore"  # type: ignore[attr-defined]
