"""Transparency: what the EU's database is owed and has, one statement with its tries, and what the days add up to."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain.transparency import payloads, submissions
from enforcement.enums import DecisionState, SubmissionState
from enforcement.filters import SubmissionFilter
from enforcement.language.transparency import DUMP_COLUMNS
from enforcement.language.transparency.names import category_name
from enforcement.models import TransparencySubmission
from enforcement.queries import transparency as queries
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal

TAKEN_BACK = frozenset({DecisionState.REVERSED, DecisionState.PARTLY_REVERSED})


class SubmissionList(ListPage):
    section, title = "transparency", gettext_lazy("Transparency")
    may_open = staticmethod(permissions.can_see_transparency)
    template_name = "enforcement/submission_list.html"
    row_template = "enforcement/submission_row.html"
    filterset_class = SubmissionFilter
    order = ("-created_at", "-pk")
    columns = (
        Column("decision", gettext_lazy("Decision"), grow=True),
        Column("category", gettext_lazy("Category")),
        Column("state", gettext_lazy("State")),
        Column("attempts", gettext_lazy("Tries"), num=True),
        Column("environment", gettext_lazy("Environment"), spare=True),
        Column("sent", gettext_lazy("Accepted"), num=True),
        Column("created", gettext_lazy("Owed since"), num=True, sort="created_at"),
    )

    def rows(self) -> QuerySet[TransparencySubmission]:
        return queries.submissions(permissions.markets(self.request.user))

    def exported(self) -> list[Column]:
        """The columns of the database's own daily dump, so that the two can be held against each other."""
        return [Column(name, name, value=dumped(name)) for name in DUMP_COLUMNS]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = timezone.now()
        counts = queries.counts(at)
        for row in self.page.rows:
            row.category = category_name(row.payload["category"])
        return super().get_context_data(
            late=counts["late"],
            tabs=self._tabs(counts),
            mode=settings.DSA_TDB,
            refused_token=queries.token_refused() if queries.is_on() else None,
            goes_on_at=queries.paused_until(at) if queries.is_on() else None,
            reconciled=queries.last_reconciliation(),
            **kwargs,
        )

    def _tabs(self, counts: dict[str, int]) -> list[dict[str, Any]]:
        """Each state as a filter, with how many there are in the environment that is in use."""
        chosen = self.request.GET.getlist("state")
        here, every = reverse("enforcement:transparency"), sum(counts[each] for each in SubmissionState)
        return [
            {"href": f"{here}?clear=1", "label": _("All"), "current": not chosen, "count": every},
            *(
                {
                    "href": f"{here}?state={each}&environment={queries.environment()}",
                    "label": each.label,
                    "current": chosen == [each],
                    "count": counts[each],
                }
                for each in SubmissionState
            ),
        ]


def dumped(name: str) -> Callable[[TransparencySubmission], str]:
    """One column of the dump, of one submission. Lists are JSON text, as there."""

    def value(row: TransparencySubmission) -> str:
        if name == "created_at":
            return f"{row.sent_at:%Y-%m-%d %H:%M:%S}" if row.sent_at else ""
        own = {"uuid": row.uuid, "platform_uid": row.puid, "platform_name": row.answer.get("platform_name")}
        found = own[name] if name in own else row.payload.get(name)
        if isinstance(found, list):
            return json.dumps(found, separators=(",", ":"))
        return "" if found is None else str(found)

    return value


@opens(permissions.can_see_transparency)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = queries.submissions(permissions.markets(request.user)).select_related("decision__merchant")
    row = get_object_or_404(rows, pk=pk)
    context = {
        "submission": row,
        "category": category_name(row.payload["category"]),
        "tries": row.tries.order_by("-pk"),
        "sent": _written(payloads.as_sent(row.payload)),
        "stored": _written(row.answer) if row.answer else "",
        "taken_back": row.state == SubmissionState.SENT and row.decision.state in TAKEN_BACK,
        "may_send": permissions.can_send_statements(request.user) and row.state == SubmissionState.REFUSED,
        "mode": settings.DSA_TDB,
    }
    return render(request, "enforcement/submission_detail.html", context)


def _written(fields: dict[str, Any]) -> str:
    """In the order of the dump, so that two can be compared line by line."""
    known = ("puid", *DUMP_COLUMNS)
    ordered = sorted(fields, key=lambda name: (known.index(name) if name in known else len(known), name))
    return json.dumps({name: fields[name] for name in ordered}, indent=2, ensure_ascii=False)


@require_POST
@opens(permissions.can_send_statements)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again what was refused."""
    row = get_object_or_404(queries.submissions(permissions.markets(request.user)), pk=pk)
    try:
        submissions.retry(submission=row, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        flash.error(request, str(refusal))
    else:
        toasts.tell(request, _("Goes out again"), note=row.decision.reference)
    return redirect("enforcement:transparency-submission", pk=pk)
