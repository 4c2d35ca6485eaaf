"""What was sent to whom, and what came back."""

import json

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy

from enforcement import permissions
from enforcement.filters import DeliveryFilter
from enforcement.models import Delivery
from enforcement.queries import deliveries as queries
from governance.web.access import opens
from governance.web.lists import Column, ListPage

SHOWN = 50


class DeliveryList(ListPage):
    section, title = "delivery", gettext_lazy("Delivery log")
    may_open = staticmethod(permissions.can_manage_delivery)
    filterset_class = DeliveryFilter
    order = ("-pk",)
    columns = (
        Column("event", gettext_lazy("Event"), grow=True, value=lambda row: row.event.type),
        Column("subject", gettext_lazy("About"), value=lambda row: row.event.listing or row.event.merchant),
        Column("endpoint", gettext_lazy("Endpoint"), value=lambda row: row.endpoint.name),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("attempts", gettext_lazy("Attempts"), num=True, value=lambda row: row.attempts),
        Column("when", gettext_lazy("Accepted or next try"), num=True, value=lambda row: row.accepted_at),
        Column("happened", gettext_lazy("Happened"), num=True, value=lambda row: row.event.occurred_at),
    )
    row_template = "enforcement/delivery_row.html"
    template_name = "enforcement/delivery_list.html"

    def rows(self) -> QuerySet[Delivery]:
        return queries.log()


@opens(permissions.can_manage_delivery)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(queries.log(), pk=pk)
    context = {
        "delivery": delivery,
        "body": json.dumps(queries.envelope(delivery.event), indent=2, ensure_ascii=False),
        "tries": delivery.tries.order_by("-number")[:SHOWN],
    }
    return render(request, "enforcement/delivery_detail.html", context)


detail.section = "delivery"  # type: ignore[attr-defined]
