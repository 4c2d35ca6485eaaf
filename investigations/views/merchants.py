"""Merchants: the list, and one merchant with identity, points, cases, decisions, appeals and sales."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from enforcement.domain import links
from enforcement.permissions import can_share_accounts
from enforcement.queries import accounts, ladders
from enforcement.queries import points as ledger
from enforcement.queries.health import Health
from governance.web import charts, formats, heat
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from investigations import permissions
from investigations.filters import MerchantFilter, language
from investigations.queries import lines, merchants, work
from investigations.queries import listings as listing_queries
from investigations.views import link_words, words
from investigations.views.listings import sales_chart
from listings.models import Merchant


class MerchantList(ListPage):
    section, title = "merchants", _("Merchants")
    may_open = staticmethod(permissions.can_see_merchants)
    template_name = "investigations/merchant_list.html"
    row_template = "investigations/merchant_row.html"
    filterset_class = MerchantFilter
    order = ("name", "pk")
    columns = (
        Column("name", _("Merchant"), grow=True, sort="name", value=lambda row: row.name),
        Column("external_id", _("Key"), extra=True, value=lambda row: row.external_id),
        Column("country", _("Country"), value=lambda row: row.country),
        Column("kind", _("Kind"), extra=True, value=lambda row: row.get_kind_display()),
        Column("identity", _("Identity"), spare=True, value=lambda row: merchants.verified_on(row)),
        Column("points", _("Points"), num=True, sort="points", value=lambda row: row.points),
        Column("listings", _("Listings"), num=True, value=lambda row: row.listings_on_sale),
        Column("violations", _("Violations"), num=True, value=lambda row: row.open_violations),
        Column("cases", _("Open cases"), num=True, value=lambda row: row.open_cases),
        Column("decisions", _("In force"), num=True, value=lambda row: row.decisions_standing),
        Column("orders", _("Sold, 30 d"), num=True, value=lambda row: row.orders),
        Column("joined", _("Since"), num=True, sort="joined_on", spare=True, value=lambda row: row.joined_on),
    )

    def rows(self) -> QuerySet[Merchant]:
        return merchants.merchant_rows(self.request.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        for row in self.page.rows:
            row.verified_on = merchants.verified_on(row)
        return super().get_context_data(**kwargs)


@opens(permissions.can_see_merchants)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = merchants.visible_merchants(request.user).select_related("link_risk")
    merchant = get_object_or_404(rows, public_id=public_id.upper())
    now, spoken = timezone.now(), language()
    past = merchants.history(merchant)
    cases = list(
        work.visible_cases(request.user)
        .filter(merchant=merchant)
        .select_related("merchant", "policy", "queue")
        .order_by("-opened_at", "-id")[:10]
    )
    titles = lines.policy_titles({each.decision.version.policy_id for each in past}, language=spoken)
    case_lines = lines.of(cases, language=spoken, at=now)
    for case in cases:
        case.line = case_lines[case.pk]  # type: ignore[attr-defined]
    context = {
        "merchant": merchant,
        "standing": merchants.standing(merchant, request.user, at=now),
        "steps": list(ledger.steps(merchant.pk, now)),
        "history": words.history(past, titles),
        "cases": cases,
        **link_words.strongest(request.user, merchant),
        "windows": merchants.windows(merchant),
        "chart": sales_chart(listing_queries.daily_of_merchant(merchant.pk, until=timezone.localdate())),
        "may_read_cases": permissions.can_read_cases(request.user),
        "may_collect": permissions.can_work_on_investigations(request.user),
        **_account(request, merchant, now),
    }
    return render(request, "investigations/merchant.html", context)


def _account(request: HttpRequest, merchant: Merchant, now: datetime) -> dict[str, Any]:
    """Their health with what would restore it, the steps that are due, and the link by which they see it themselves."""
    found = accounts.health_of(merchant.pk, now)
    share = can_share_accounts(request.user)
    return {
        "health": found,
        "health_chart": _health_chart(found) if found else None,
        "health_gauge": heat.gauge(
            found.score, top=found.start, bounds=(found.start * 0.4, found.start * 0.8), label=str(found.score)
        )
        if found
        else None,
        "cures": [each for each in accounts.matters(merchant, now) if each.off] if found else [],
        "steps_due": list(ladders.open_steps(merchant.pk)) if found else [],
        "account_link": links.account_address_of(merchant, now) if share else "",
    }


def _health_chart(found: Health) -> charts.Chart:
    points = [
        charts.Point(
            label=formats.day(moment.date()), value=score, tick=formats.day(moment.date()) if index % 45 == 0 else ""
        )
        for index, (moment, score) in enumerate(found.history)
    ]
    return charts.line_chart(
        title=now_in_words("Account health, 180 days"),
        unit=now_in_words("of %(start)s") % {"start": formats.number(found.start)},
        series=[charts.Series(now_in_words("Account health"), points)],
        width=360,
        height=140,
    )
