"""The queue: what waits, why, with whom, and the next case."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.accounts.enums import Place
from governance.accounts.permissions import can_open
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Bulk, Column, ListPage
from investigations import permissions
from investigations.domain import golden
from investigations.enums import LIVE_CASES, CaseState
from investigations.filters import CaseFilter, language
from investigations.models import Case, Queue
from investigations.queries import lines, queues, work
from investigations.queries.work import Standing
from investigations.views import giving
from investigations.views.golden import drawn


class QueuePage(ListPage):
    section, title = "queue", gettext_lazy("Queue")
    may_open = staticmethod(permissions.can_see_queue)
    template_name = "investigations/queue.html"
    row_template = "investigations/queue_row.html"
    filterset_class = CaseFilter
    order = ("-priority", "pk")
    market_lookup = "markets__overlap"
    columns = (
        Column("priority", gettext_lazy("Priority"), fit=True, sort="priority", value=lambda row: row.priority),
        Column("case", gettext_lazy("Case"), grow=True, value=str),
        Column("why", gettext_lazy("Why it is here"), value=lambda row: row.orders_30d),
        Column("markets", gettext_lazy("Markets"), spare=True, value=lambda row: " ".join(row.markets)),
        Column("due", gettext_lazy("Decide by"), num=True, sort="due_at", value=lambda row: row.due_at),
        Column("holder", gettext_lazy("With"), fit=True),
    )

    leading = (
        Bulk("hand", gettext_lazy("Hand to a person"), url_name="investigations:team-hand", key="h", icon="hand"),
        Bulk("take-back", gettext_lazy("Take back"), url_name="investigations:team-take-back", key="b", icon="undo"),
    )

    @property
    def bulk(self) -> tuple[Bulk, ...]:  # type: ignore[override]
        return self.leading if permissions.can_lead(self.request.user) else ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """`?as=grid`: the same queue as a page of listings."""
        if request.GET.get("as") == "grid":
            queue = request.GET.get("queue", "")
            return redirect(reverse("investigations:grid") + (f"?{urlencode({'queue': queue})}" if queue else ""))
        return super().get(request, *args, **kwargs)

    def rows(self) -> QuerySet[Case]:
        rows = work.visible_cases(self.request.user).filter(state__in=LIVE_CASES)
        return rows.select_related("merchant", "queue", "policy")

    @cached_property
    def queue(self) -> Queue | None:
        """The one queue that is shown, when it is one."""
        keys = self.request.GET.getlist("queue")
        return Queue.objects.filter(key=keys[0]).first() if len(keys) == 1 else None

    @property
    def shows_held(self) -> bool:
        return self.request.GET.getlist("state") == [CaseState.HELD]

    @property
    def shows_reading(self) -> bool:
        return self.request.GET.getlist("state") == [CaseState.IN_REVIEW]

    @property
    def shows_unfit(self) -> bool:
        return self.request.GET.get("unfit") == "true"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, user = timezone.now(), self.request.user
        works = permissions.can_work(user)
        standing = work.standing(user, at=now) if works else None
        mine = work.live_claim(user)
        grid = work.live_page(user) if works else None
        following = self._following(standing, now) if mine is None and grid is None and standing else None
        shown = mine.case if mine else following
        rows = [*self.page.rows, *([shown] if shown else [])]
        _describe(rows, now, user)
        leads = permissions.can_see_team(user)
        return super().get_context_data(
            now=now,
            loads=queues.loads(user),
            sees_appeals=can_open(user, Place.APPEALS),
            leads=leads,
            unfit=queues.unfit() if leads else 0,
            day=queues.day_of(user, since=work.day_of(user, now)[1]),
            mine=mine,
            grid=grid,
            next_case=shown,
            standing=standing,
            limits=giving.limits(standing) if standing else [],
            tired=giving.tired(user, standing, at=now) if standing else None,
            refused=giving.refused(standing) if standing and not shown and not grid else "",
            may_work=works,
            may_edit=permissions.can_edit_queues(user),
            **kwargs,
        )

    def _following(self, standing: Standing, now: datetime) -> Case | None:
        user = self.request.user
        held = self.shows_held and permissions.can_take_held(user)
        waiting = work.next_cases(user, at=now, queue=self.queue, held=held, known=standing)
        return waiting.select_related("merchant", "queue", "policy").first()


@require_POST
@opens(permissions.can_work)
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent case: of the queue that the form names, else of all. Whoever has a page of listings goes on with that."""
    if page := work.live_page(request.user):
        return redirect("investigations:grid-page", pk=page.pk)
    queue, now = Queue.objects.filter(key=request.POST.get("queue", "")).first(), timezone.now()
    held = request.POST.get("held") == "1"
    case = golden.next_case(person=request.user, queue=queue, held=held, chance=drawn(), at=now)  # type: ignore[arg-type]
    if case is None:
        toasts.tell(request, giving.refused(work.standing(request.user, at=now)))
        return redirect("investigations:queue")
    return redirect("investigations:case", pk=case.pk)


def _describe(rows: list[Case], now: Any, user: Any) -> None:
    found = lines.of(rows, language=language(), at=now)
    for row in rows:
        row.line = found[row.pk]  # type: ignore[attr-defined]
        row.clock = lines.clock(row.due_at, at=now)  # type: ignore[attr-defined]
        row.score = lines.score(row)  # type: ignore[attr-defined]
        row.reckoning = lines.reckoning(row, reader=user.pk)  # type: ignore[attr-defined]
