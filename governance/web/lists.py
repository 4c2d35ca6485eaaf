"""The one list page: filters in the URL and remembered, sorting, columns, keyset paging, a count that nobody waits for,
saved views, exports and bulk selection. A screen names its rows, its filter set and its columns."""

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OrderBy, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from django_filters import FilterSet

from governance.web import access, exports, formats, keyset, markets, saved_views, toasts
from governance.web.chips import Chip, chips, plain_widgets
from governance.web.columns import Bulk, Column, Head
from governance.web.refusals import Refusal

__all__ = ["Bulk", "Column", "ListPage"]

COUNTED_UP_TO = 100_000
NOT_FILTERS = frozenset({"cursor", "count", "export", "clear"})
FILTERS_KEY, COLUMNS_KEY = "list_filters", "list_columns"


class ListPage(AccessMixin, TemplateView, ABC):
    template_name = "web/list.html"
    row_template = ""
    section = ""
    title: str | Promise = ""
    may_open: Any = staticmethod(access.signed_in)
    filterset_class: type[FilterSet]
    order: tuple[str | OrderBy, ...] = ("-pk",)
    columns: tuple[Column, ...] = ()
    bulk: tuple[Bulk, ...] = ()
    page_size = 50
    market_lookup = ""  # such as `markets__overlap`: the rows follow the topbar's market filter

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """What this person may see, with everything a row shows loaded."""

    def market_rows(self) -> QuerySet[Any]:
        """The rows of the markets that the topbar shows."""
        chosen = markets.chosen(self.request) if self.market_lookup else ()
        return self.rows().filter(**{self.market_lookup: list(chosen)}) if chosen else self.rows()

    # --- requests --------------------------------------------------------------------------------

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not self.may_open(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if "clear" in request.GET:
            self._remember(QueryDict())
            return HttpResponseRedirect(request.path)
        remembered = request.session.get(FILTERS_KEY, {}).get(self.page_name)
        if not request.GET and remembered:
            return HttpResponseRedirect(f"{request.path}?{remembered}")
        if "count" in request.GET:
            return HttpResponse(self.count_text())
        if "export" in request.GET:
            return self.export(request.GET["export"])
        self._remember(request.GET)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "save_view" in request.POST:
            return self._save_view(request)
        if "delete_view" in request.POST:
            return self._delete_view(request)
        if "columns" in request.POST:
            self._choose_columns(request)
        return HttpResponseRedirect(self._here(request.POST.get("query", "")))

    def _here(self, query: str) -> str:
        return f"{self.request.path}?{query}" if query else self.request.path

    # --- rows --------------------------------------------------------------------------------------

    @property
    def page_name(self) -> str:
        """What saved views, columns and remembered filters belong to."""
        match = self.request.resolver_match
        return match.view_name if match else self.request.path

    @cached_property
    def filterset(self) -> FilterSet:
        found = self.filterset_class(self.request.GET, queryset=self.market_rows(), request=self.request)
        plain_widgets(found.form)
        return found

    @cached_property
    def sorting(self) -> str:
        """The chosen `sort`, when a column offers it."""
        wanted = self.request.GET.get("sort", "")
        offered = {column.sort for column in self.columns if column.sort}
        return wanted if wanted.removeprefix("-") in offered else ""

    @property
    def ordering(self) -> tuple[str | OrderBy, ...]:
        if not self.sorting:
            return self.order
        return (self.sorting, "-pk" if self.sorting.startswith("-") else "pk")

    @cached_property
    def page(self) -> keyset.KeysetPage:
        rows, order = self.filterset.qs, self.ordering
        try:
            return keyset.page(rows, order=order, cursor=self.request.GET.get("cursor"), size=self.page_size)
        except keyset.BrokenCursor as broken:
            first = _("These are the first rows.")
            messages.info(self.request, f"{broken} {first}")
            return keyset.page(rows, order=order, size=self.page_size)

    def count_text(self) -> str:
        found = self.filterset.qs.order_by().values("pk")[: COUNTED_UP_TO + 1].count()
        if found > COUNTED_UP_TO:
            return _("more than %(count)s found") % {"count": formats.number(COUNTED_UP_TO)}
        return ngettext("%(count)s found", "%(count)s found", found) % {"count": formats.number(found)}

    @classmethod
    def selected(cls, request: HttpRequest) -> QuerySet[Any]:
        """The rows that a bulk form posted: those ticked (`ids`), or with `all` every row that its filter (`query`) shows."""
        view = cls()
        view.setup(request)
        if request.POST.get("all"):
            given = QueryDict(request.POST.get("query", ""))
            found: QuerySet[Any] = cls.filterset_class(given, queryset=view.market_rows(), request=request).qs
            return found
        rows = view.rows()
        return rows.filter(pk__in=_keys(rows, request.POST.getlist("ids")))

    # --- columns -----------------------------------------------------------------------------------

    @cached_property
    def shown(self) -> dict[str, Column]:
        hidden = self.request.session.get(COLUMNS_KEY, {}).get(self.page_name)
        if hidden is None:
            hidden = [column.name for column in self.columns if column.hidden]
        return {column.name: column for column in self.columns if column.name not in hidden}

    def heads(self) -> list[Head]:
        first = self.ordering[0]
        now = first if isinstance(first, str) else ""
        return [self._head(column, now) for column in self.shown.values()]

    def _head(self, column: Column, now: str) -> Head:
        if not column.sort:
            return Head(column, "", "")
        params = self.request.GET.copy()
        params.pop("cursor", None)
        falling = now == f"-{column.sort}"
        rising = now == column.sort
        params["sort"] = column.sort if falling or (not rising and not column.num) else f"-{column.sort}"
        return Head(column, f"?{params.urlencode()}", "descending" if falling else "ascending" if rising else "")

    def _choose_columns(self, request: HttpRequest) -> None:
        wanted = set(request.POST.getlist("columns"))
        hidden = [column.name for column in self.columns if column.name not in wanted]
        chosen = request.session.get(COLUMNS_KEY, {})
        request.session[COLUMNS_KEY] = {**chosen, self.page_name: hidden}

    # --- filters and views -------------------------------------------------------------------------

    @property
    def query(self) -> str:
        """The filters and the sorting in force, without what only pages or exports."""
        return _filters_only(self.request.GET).urlencode()

    def _remember(self, given: QueryDict) -> None:
        kept = self.request.session.get(FILTERS_KEY, {})
        query = _filters_only(given).urlencode()
        if kept.get(self.page_name, "") != query:
            self.request.session[FILTERS_KEY] = {**kept, self.page_name: query}

    def chips(self) -> list[Chip]:
        self.filterset.is_valid()
        return chips(self.filterset.form, self.request.GET)

    def views(self) -> list[saved_views.View]:
        store = saved_views.store()
        return list(store.of(user=self.request.user, page=self.page_name)) if store else []

    def _save_view(self, request: HttpRequest) -> HttpResponseBase:
        store, query, name = saved_views.store(), request.POST.get("query", ""), request.POST.get("name", "")
        if store:
            try:
                store.save(
                    user=request.user, page=self.page_name, name=name, query=query, shared="shared" in request.POST
                )
                toasts.tell(request, _("Saved the view “%(name)s”") % {"name": name})
            except Refusal as refusal:
                messages.error(request, str(refusal))
        return HttpResponseRedirect(self._here(query))

    def _delete_view(self, request: HttpRequest) -> HttpResponseBase:
        store, pk = saved_views.store(), request.POST["delete_view"]
        if store and pk.isdecimal():
            store.delete(user=request.user, pk=int(pk))
            toasts.tell(request, _("Deleted the saved view"))
        return HttpResponseRedirect(self._here(request.POST.get("query", "")))

    # --- exports -------------------------------------------------------------------------------------

    def exported(self) -> list[Column]:
        return [column for column in self.columns if column.value]

    def export(self, kind: str) -> HttpResponseBase:
        columns = self.exported()
        rows = exports.rows_of(self.filterset.qs.order_by(*self.ordering), columns)
        name = f"{slugify(str(self.title)) or 'list'}-{timezone.localdate():%Y-%m-%d}"
        write = exports.xlsx_response if kind == "xlsx" else exports.csv_response
        return write(rows, head=[str(column.label) for column in columns], name=name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page=self.page,
            shown=self.shown,
            heads=self.heads(),
            chips=self.chips(),
            views=self.views(),
            can_save=saved_views.store() is not None,
            **kwargs,
        )


def _keys(rows: QuerySet[Any], given: list[str]) -> list[Any]:
    """The posted keys that can be keys at all."""
    keys = []
    for value in given:
        with suppress(ValidationError):
            keys.append(rows.model._meta.pk.to_python(value))
    return keys


def _filters_only(given: QueryDict) -> QueryDict:
    kept = given.copy()
    for key in list(kept):
        values = [value for value in kept.getlist(key) if value]
        if key in NOT_FILTERS or not values:
            del kept[key]
        else:
            kept.setlist(key, values)
    return kept
