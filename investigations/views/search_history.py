"""What the team has searched for: each run with who, when and how much, to be run as it was then or now; and what was saved."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from governance.web import saved_views
from governance.web.lists import Column, ListPage
from investigations import permissions
from investigations.enums import Moment, SearchKind, Span
from investigations.filters.searches import SearchRunFilter
from investigations.models import SearchRun
from investigations.queries.search_history import visible_runs
from investigations.views.search_page import ADDRESSES, address, filters_of, kinds_for


@dataclass(frozen=True)
class Described:
    """An address in words: what was typed, and the other filters by their labels."""

    words: str
    where: str
    others: list[tuple[str, str]]


class SearchHistory(ListPage):
    section, title = "explore", _("Searches of the team")
    may_open = staticmethod(permissions.can_search)
    template_name = "investigations/search_history.html"
    row_template = "investigations/search_history_row.html"
    filterset_class: type[django_filters.FilterSet] = SearchRunFilter
    order = ("-ran_at", "-pk")
    columns = (
        Column("kind", _("In"), fit=True, value=lambda row: row.get_kind_display()),
        Column("what", _("Search"), grow=True, value=lambda row: row.query),
        Column("found", _("Found"), num=True, sort="found", value=lambda row: row.found),
        Column("person", _("Person"), value=lambda row: row.person.pseudonym),
        Column("ran", _("When"), num=True, sort="ran_at", value=lambda row: row.ran_at),
        Column("again", _("Run again"), fit=True),
    )

    def rows(self) -> QuerySet[SearchRun]:
        user = self.request.user
        return visible_runs(user, kinds_for(user)).select_related("person")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        for row in self.page.rows:
            row.said = described(row.query, row.kind)
            row.now_url = address(row.kind, _without_moment(row.query))
            row.then_url = address(row.kind, as_of(row.query, row.ran_at.isoformat()))
        return super().get_context_data(saved=self._saved(), **kwargs)

    def _saved(self) -> list[tuple[Any, SearchKind, str, Described]]:
        """What this person saved, or others shared, in each kind of search that they have: with its address and its words."""
        store = saved_views.store()
        if store is None:
            return []
        return [
            (view, kind, address(kind, view.query), described(view.query, kind))
            for kind in kinds_for(self.request.user)
            for view in store.of(user=self.request.user, page=ADDRESSES[kind])
        ]


def described(query: str, kind: str) -> Described:
    given = QueryDict(query)
    labels = {name: str(each.label) for name, each in filters_of(kind).base_filters.items()}
    words = {("span", each.value): str(each.label) for each in Span}
    words |= {("moment", each.value): str(each.label) for each in Moment}
    others = [
        (labels.get(key.rsplit("_", 1)[0] if key not in labels else key, key), words.get((key, value), value))
        for key, values in given.lists()
        for value in values
        if key not in ("q", "where", "sort") and value
    ]
    return Described(given.get("q", ""), given.get("where", ""), others)


def as_of(query: str, moment: str) -> str:
    """The same search with its spans counted back from then. One that was asked as of a moment keeps it."""
    given = QueryDict(query, mutable=True)
    given.setdefault("asof", moment)
    return given.urlencode()


def _without_moment(query: str) -> str:
    given = QueryDict(query, mutable=True)
    given.pop("asof", None)
    return given.urlencode()
