"""All cases, whatever their state."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.web.lists import Bulk, Column, ListPage
from investigations import permissions
from investigations.filters import CaseFilter, language
from investigations.models import Case
from investigations.queries import lines, work


class CaseList(ListPage):
    section, title = "cases", _("Cases")
    may_open = staticmethod(permissions.can_read_cases)
    template_name = "investigations/case_list.html"
    row_template = "investigations/case_row.html"
    filterset_class = CaseFilter
    order = ("-opened_at", "-pk")
    market_lookup = "markets__overlap"
    columns = (
        Column("case", _("Case"), grow=True, value=str),
        Column("merchant", _("Merchant"), hidden=True, value=lambda row: row.merchant.name),
        Column("policy", _("Policy"), hidden=True, value=lambda row: row.policy.number if row.policy else ""),
        Column("queue", _("Queue"), extra=True, value=lambda row: row.queue.name_in(language())),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("why", _("Why it is here"), spare=True, value=lines.factors),
        Column("outcome", _("Outcome"), hidden=True, value=lambda row: row.get_outcome_display()),
        Column("markets", _("Markets"), extra=True, value=lambda row: " ".join(row.markets)),
        Column("priority", _("Priority"), num=True, sort="priority", spare=True, value=lambda row: row.priority),
        Column("opened", _("Opened"), num=True, sort="opened_at", value=lambda row: row.opened_at),
        Column("due", _("Decide by"), num=True, sort="due_at", value=lambda row: row.due_at),
        Column("closed", _("Closed"), num=True, extra=True, value=lambda row: row.closed_at),
        Column("holder", _("With"), fit=True, spare=True),
    )

    @property
    def bulk(self) -> tuple[Bulk, ...]:  # type: ignore[override]
        """For those who may act on many cases at once."""
        if not permissions.can_act_in_bulk(self.request.user):
            return ()
        return (Bulk("act", _("Act on them"), url_name="investigations:bulk-new", key="b", icon="layers"),)

    def rows(self) -> QuerySet[Case]:
        return work.visible_cases(self.request.user).select_related("merchant", "queue", "policy")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        found = lines.of(self.page.rows, language=language(), at=now)
        for row in self.page.rows:
            row.line = found[row.pk]
            row.clock = lines.clock(row.due_at, at=now)
            row.standing, row.factors = lines.standing(row), lines.factors(row)
            row.score = lines.score(row)
            row.calendar = lines.calendar(row)
        return super().get_context_data(
            now=now,
            may_keep=permissions.can_keep_reasons(self.request.user),
            sees_bulk=permissions.can_see_bulk(self.request.user),
            **kwargs,
        )
