"""What a person is told in the console: their inbox, and the number beside the bell."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.lists import Bulk, Column, ListPage
from investigations import permissions
from investigations.domain import telling
from investigations.filters import TellingFilter
from investigations.models import Telling
from investigations.queries import inbox as queries
from investigations.views import words


class InboxPage(ListPage):
    section, title = "inbox", gettext_lazy("Inbox")
    may_open = staticmethod(permissions.can_open_case)
    template_name = "investigations/inbox.html"
    row_template = "investigations/inbox_row.html"
    filterset_class = TellingFilter
    order = ("-told_at", "-pk")
    columns = (
        Column("what", gettext_lazy("What"), grow=True, value=lambda row: row.get_kind_display()),
        Column("case", gettext_lazy("Case"), fit=True, value=lambda row: str(row.case)),
        Column("who", gettext_lazy("Who"), fit=True, value=lambda row: str(row.actor or "")),
        Column("when", gettext_lazy("When"), num=True, value=lambda row: row.told_at),
    )
    bulk = (Bulk("read", gettext_lazy("Mark as read"), url_name="investigations:inbox-read", key="m", icon="check"),)

    def rows(self) -> QuerySet[Telling]:
        return queries.of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        for row in self.page.rows:
            row.said = words.news(row)
        return super().get_context_data(unread=queries.unread(self.request.user), **kwargs)


@require_POST
@opens(permissions.can_open_case)
def mark_read(request: HttpRequest) -> HttpResponse:
    """The chosen lines; all of them, where none was chosen."""
    chosen = None
    if request.POST.get("all") or "ids" in request.POST:
        chosen = list(InboxPage.selected(request).values_list("pk", flat=True))
    count = telling.mark_read(person=request.user, ids=chosen, at=timezone.now())  # type: ignore[arg-type]
    text = ngettext("Marked %(count)s line as read", "Marked %(count)s lines as read", count)
    toasts.tell(request, text % {"count": formats.number(count)} if count else _("All of it was read already"))
    return redirect("investigations:inbox")


@opens(permissions.can_open_case)
def count(request: HttpRequest) -> HttpResponse:
    """The number beside the bell, alone."""
    return render(request, "investigations/_inbox_count.html", {"unread": queries.unread(request.user)})
