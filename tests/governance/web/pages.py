"""Addresses for the tests of the interface kit: its own pages, signing in, and a list of saved views."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from governance.accounts.models import SavedView
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Bulk, Column, ListPage


class SavedViewFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    shared = django_filters.BooleanFilter(label="Shared")
    page = django_filters.MultipleChoiceFilter(label="List", choices=[("cases", "Cases"), ("sweeps", "Sweeps")])
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label="Kept")

    class Meta:
        model = SavedView
        fields = ()


class SavedViewList(ListPage):
    section, title = "views", "Views"
    filterset_class = SavedViewFilter
    order = ("-created_at", "-pk")
    columns = (
        Column("name", "Name", grow=True, sort="name", value=lambda row: row.name),
        Column("page", "List", value=lambda row: row.page),
        Column("owner", "Owner", extra=True, value=lambda row: row.user.pseudonym),
        Column("created", "Kept", num=True, sort="created_at", value=lambda row: row.created_at),
        Column("query", "Filters", hidden=True),
    )
    row_template = "saved_view_row.html"
    bulk = (Bulk("look", "Look at", url_name="look", key="o"),)
    page_size = 10
    market_lookup = "query__in"

    def rows(self) -> QuerySet[SavedView]:
        return SavedView.objects.select_related("user")


def nobody(user: object, /) -> bool:
    return False


@opens(nobody)
def closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never")


def look(request: HttpRequest) -> HttpResponse:
    names = SavedViewList.selected(request).order_by("name").values_list("name", flat=True)
    return HttpResponse("\n".join(names), content_type="text/plain")


def tell(request: HttpRequest) -> HttpResponse:
    toasts.tell(request, "Removed 3 listings", note="They are told now", undo="/undone/")
    return redirect("saved-views")


def undone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"undone by {request.method}")


urlpatterns = [
    path("", include("governance.web.urls")),
    path("accounts/", include("governance.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("views/", SavedViewList.as_view(), name="saved-views"),
    path("look/", look, name="look"),
    path("closed/", closed, name="closed"),
    path("tell/", tell),
    path("undone/", undone),
]
