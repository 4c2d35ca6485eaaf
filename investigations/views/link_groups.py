"""Groups of linked merchants: where an investigator begins."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.web.lists import Column, ListPage
from governance.web.tones import mark_of
from investigations import permissions
from investigations.enums import risk_level
from investigations.filters import LinkGroupFilter
from investigations.models import LinkGroup
from investigations.queries import links
from investigations.views import link_words
from listings.enums import LINK_ICON, LinkKind

NAMED = 3


class LinkGroupList(ListPage):
    section, title = "groups", _("Linked groups")
    may_open = staticmethod(permissions.can_see_merchants)
    template_name = "investigations/link_group_list.html"
    row_template = "investigations/link_group_row.html"
    filterset_class = LinkGroupFilter
    order = ("-risk", "-pk")
    columns = (
        Column("group", _("Group"), grow=True, value=lambda row: row.hub.name),
        Column("size", _("Merchants"), num=True, sort="size", value=lambda row: row.size),
        Column("stopped", _("Suspended or terminated"), num=True, sort="stopped", value=lambda row: row.stopped),
        Column("risk", _("Highest risk"), sort="risk", value=lambda row: row.risk),
        Column("kinds", _("Held together by"), value=lambda row: ", ".join(row.kinds)),
    )

    def rows(self) -> QuerySet[LinkGroup]:
        return links.visible_groups(self.request.user).select_related("hub")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = links.members(self.page.rows, self.request.user)
        for row in self.page.rows:
            members = [each.merchant for each in found[row.pk]]
            hub = next((each for each in members if each.pk == row.hub_id), None)
            row.lead = hub or members[0]
            row.named = [each for each in members if each != row.lead][:NAMED]
            row.others = row.size - 1 - len(row.named)
            row.mark = mark_of(risk_level(row.risk))
            row.held_by = [
                {"label": link_words.kind_label(kind, short=True), "icon": LINK_ICON[LinkKind(kind)], "count": count}
                for kind, count in row.kinds.items()
            ]
        return super().get_context_data(**kwargs)
