"""The audit log: every verb, by whom, to what; and the proof that nobody touched it."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.accounts import queries
from governance.accounts.enums import Place
from governance.accounts.filters import EntryFilter
from governance.accounts.permissions import opens_place
from governance.accounts.views.acting import carry_out
from governance.audit import queries as log
from governance.audit.domain import checks
from governance.audit.models import Entry
from governance.web.access import opens
from governance.web.lists import Column, ListPage

can_read_log = opens_place(Place.AUDIT)

# Where a subject is read, by address name only: the pages belong to rooms above. Those of merchants go by reference.
PAGES = {
    "appeal": "investigations:appeal",
    "case": "investigations:case",
    "decision": "investigations:decision",
    "import": "listings:import",
    "listing": "investigations:listing",
    "person": "accounts:person",
    "policy": "enforcement:policy",
    "sweep": "enforcement:sweep",
}
PAGES_BY_REFERENCE = {"merchant": "investigations:merchant"}


class LogList(ListPage):
    section, title = "entries", gettext_lazy("Audit log")
    may_open = staticmethod(can_read_log)
    filterset_class = EntryFilter
    order = ("-at", "-pk")
    columns = (
        Column("at", gettext_lazy("When"), fit=True, sort="at", value=lambda row: row.at),
        Column("actor", gettext_lazy("By whom"), value=lambda row: row.actor_label),
        Column("verb", gettext_lazy("What was done"), value=lambda row: row.verb),
        Column(
            "subject", gettext_lazy("To what"), value=lambda row: f"{row.subject_kind} {row.subject_id or ''}".strip()
        ),
        Column("reference", gettext_lazy("Reference"), value=lambda row: row.subject_ref),
        Column("data", gettext_lazy("Details"), grow=True, value=lambda row: row.data_text),
        Column("id", gettext_lazy("Entry"), num=True, value=lambda row: row.pk),
    )
    row_template = "accounts/entry_row.html"
    template_name = "accounts/log.html"

    def rows(self) -> QuerySet[Entry]:
        return queries.entries()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(standing=log.standing(), **kwargs)


@opens(can_read_log)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: a drawer over the list, or a page of its own."""
    shown = get_object_or_404(queries.entries(), pk=pk)
    context = {
        "entry": shown,
        "data": json.dumps(shown.data, ensure_ascii=False, indent=2, sort_keys=True),
        "seal": log.seal_of(shown),
        "subject_url": subject_url(shown),
    }
    name = "accounts/_entry_drawer.html" if request.htmx else "accounts/entry.html"  # type: ignore[attr-defined]
    return render(request, name, context)


def subject_url(entry: Entry) -> str:
    """Where the subject is read, when there is such a page."""
    try:
        if entry.subject_kind in PAGES and entry.subject_id:
            return reverse(PAGES[entry.subject_kind], args=[entry.subject_id])
        if entry.subject_kind in PAGES_BY_REFERENCE and entry.subject_ref:
            return reverse(PAGES_BY_REFERENCE[entry.subject_kind], args=[entry.subject_ref])
    except NoReverseMatch:
        return ""
    return ""


@opens(can_read_log)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    return carry_out(request, checks.ask, _("The whole log is being read again"), "audit:entries")


@opens(can_read_log)
def standing(request: HttpRequest) -> HttpResponse:
    """How a check is getting on; the list asks for it every two seconds while one is under way."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("audit:entries")
    return render(request, "accounts/_log_standing.html", {"standing": log.standing(), "now": timezone.now()})
