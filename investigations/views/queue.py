"""The queue: what waits, why, with whom, and the next case."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enforcement.enums import OPEN_APPEALS
from enforcement.models import Appeal
from governance.accounts.enums import Place
from governance.accounts.permissions import can_open
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from investigations import permissions
from investigations.domain import golden
from investigations.enums import LIVE_CASES, CaseState
from investigations.filters import CaseFilter, language
from investigations.models import Case, Queue
from investigations.queries import lines, queues, work
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, user = timezone.now(), self.request.user
        mine = work.live_claim(user)
        following = None
        if mine is None and permissions.can_work(user):
            held = self.shows_held and permissions.can_take_held(user)
            waiting = work.next_cases(user, queue=self.queue, held=held)
            following = waiting.select_related("merchant", "queue", "policy").first()
        shown = mine.case if mine else following
        rows = [*self.page.rows, *([shown] if shown else [])]
        _describe(rows, now)
        loads = queues.loads(user, at=now)
        return super().get_context_data(
            now=now,
            loads=loads,
            held=queues.held_load(user, at=now),
            appeals=_appeals(user),
            waiting=sum(load.waiting for load in loads),
            day=queues.day_of(user, since=timezone.localtime(now).replace(hour=0, minute=0, second=0)),
            mine=mine,
            next_case=shown,
            may_work=permissions.can_work(user),
            **kwargs,
        )


@require_POST
@opens(permissions.can_work)
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent case: of the queue that the form names, else of all."""
    queue = Queue.objects.filter(key=request.POST.get("queue", "")).first()
    held = request.POST.get("held") == "1"
    case = golden.next_case(
        person=request.user,  # type: ignore[arg-type]
        queue=queue,
        held=held,
        chance=drawn(),
        at=timezone.now(),
    )
    if case is None:
        toasts.tell(request, _("Nothing waits for you here."), note=_("What you skipped or held stays with others."))
        return redirect("investigations:queue")
    return redirect("investigations:case", pk=case.pk)


def _describe(rows: list[Case], now: Any) -> None:
    found = lines.of(rows, language=language(), at=now)
    for row in rows:
        row.line = found[row.pk]  # type: ignore[attr-defined]
        row.clock = lines.clock(row.due_at, at=now)  # type: ignore[attr-defined]


def _appeals(user: Any) -> dict[str, Any] | None:
    """Appeals are queues, too: how many wait to be heard, for those who may hear them."""
    if not can_open(user, Place.APPEALS):
        return None
    waiting = Appeal.objects.filter(state__in=OPEN_APPEALS)
    oldest = waiting.order_by("filed_at").values_list("filed_at", flat=True).first()
    return {"waiting": waiting.count(), "oldest": oldest}
