"""Listings: the list, and one listing with its versions, what was found, what is in force, and how it sells."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enforcement.enums import ViolationState
from enforcement.queries import rechecks
from governance.web import charts, formats
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from investigations import permissions
from investigations.filters import ListingFilter, language
from investigations.queries import changes, exhibits, lines
from investigations.queries import listings as queries
from investigations.text import passages
from listings.models import Listing
from listings.queries.visibility import exposures


class ListingList(ListPage):
    section, title = "listings", gettext_lazy("Listings")
    may_open = staticmethod(permissions.can_see_listings)
    template_name = "investigations/listing_list.html"
    row_template = "investigations/listing_row.html"
    filterset_class = ListingFilter
    order = ("-changed_at", "-pk")
    market_lookup = "markets__overlap"
    columns: tuple[Column, ...] = (
        Column("photo", gettext_lazy("Photo"), fit=True, quiet_head=True),
        Column("title", gettext_lazy("Title, as sold"), grow=True, value=lambda row: row.title),
        Column("id", gettext_lazy("Id"), hidden=True, value=lambda row: f"L-{row.pk}"),
        Column("merchant", gettext_lazy("Merchant"), value=lambda row: row.merchant.name),
        Column("category", gettext_lazy("Category"), extra=True, value=lambda row: row.category and row.category.code),
        Column("ean", gettext_lazy("EAN"), hidden=True, value=lambda row: row.ean),
        Column("brand", gettext_lazy("Brand"), hidden=True, value=lambda row: row.brand),
        Column("markets", gettext_lazy("Markets"), spare=True, value=lambda row: " ".join(row.markets)),
        Column("price", gettext_lazy("Price"), num=True, sort="price_eur", value=lambda row: row.price_eur),
        Column("sold", gettext_lazy("Sold, 30 d"), num=True, value=lambda row: row.sold),
        Column("standing", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("policy", gettext_lazy("Policy"), extra=True),
        Column("changed", gettext_lazy("Changed"), num=True, sort="changed_at", value=lambda row: row.changed_at),
    )

    def rows(self) -> QuerySet[Listing]:
        return queries.listing_rows(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        spoken = language()
        found = queries.lines_of(self.page.rows, language=spoken)
        for row in self.page.rows:
            row.line = found[row.pk]
            row.amount = exhibits.amount(row.price_minor, row.currency)
            names = row.category.names if row.category else {}
            row.category_name = names.get(spoken) or names.get("en", "")
        return super().get_context_data(**kwargs)


@opens(permissions.can_see_listings)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = queries.visible_listings(request.user).select_related("merchant", "category")
    listing = get_object_or_404(rows, pk=pk)
    spoken = language()
    violations = queries.violations(listing)
    decided = list(queries.decision_items(listing)[:20])
    policies = {each.policy_id for each in violations} | {each.decision.version.policy_id for each in decided}
    still_open = any(each.state == ViolationState.OPEN for each in violations)
    number = request.GET.get("version", "")
    context = {
        "listing": listing,
        "line": queries.lines_of([listing], language=spoken)[listing.pk],
        "title": passages.whole(listing.title or _("No title")),
        "description": passages.whole(listing.description),
        "amount": exhibits.amount(listing.price_minor, listing.currency),
        "category": queries.category_name(listing, spoken),
        "attributes": queries.attributes(listing, spoken),
        "photos": listing.images.count(),
        "seen": exposures(listing),
        "violations": violations,
        "may_check": still_open and permissions.can_work(request.user),
        "being_checked": still_open and bool(rechecks.owed_among([listing.pk])),
        "decided": decided,
        "restrictions": queries.in_force(listing),
        "cases": queries.cases_of(listing),
        "certificates": queries.certificates(listing),
        "orders": listing.order_lines.count(),
        "titles": lines.policy_titles(policies, language=spoken),
        "comparison": changes.compare(listing, number=int(number) if number.isdecimal() else None, language=spoken),
        "chart": sales_chart(queries.daily(listing, until=timezone.localdate())),
        "may_read_cases": permissions.can_read_cases(request.user),
        "may_collect": permissions.can_work_on_investigations(request.user),
    }
    return render(request, "investigations/listing.html", context)


def sales_chart(days: list[Any]) -> charts.Chart | None:
    """Orders and returns by day. `days` have date, orders and returns; a day without them is a gap, not a zero."""
    if not days:
        return None
    known = {(day["date"] if isinstance(day, dict) else day.date): day for day in days}
    first, last = min(known), max(known)
    dates = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]

    def value(day: Any, name: str) -> float | None:
        row = known.get(day)
        return None if row is None else float(row[name] if isinstance(row, dict) else getattr(row, name))

    def points(name: str) -> list[charts.Point]:
        return [
            charts.Point(formats.day(day), value(day, name), formats.month(day) if day.day == 1 else "")
            for day in dates
        ]

    return charts.line_chart(
        title=_("Orders and returns by day"),
        unit=_("a day"),
        series=[
            charts.Series(_("Orders"), points("orders")),
            charts.Series(_("Returns"), points("returns"), quiet=True),
        ],
    )
