"""The page of a search, whatever is searched: what is asked, what was found, and what cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enforcement.permissions import can_read_decisions
from governance.policies.language.description import describe_records
from governance.web.choices import Option
from governance.web.keyset import KeysetPage
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.enums import SearchKind
from investigations.filters import language
from investigations.filters.explore import LONGEST_EXPRESSION, SEARCHES, SearchFilter
from investigations.queries import bounded
from investigations.queries.bounded import Unanswered

Words = str | Promise
PATIENCE = 5.0
"""Seconds that one query may take."""
ADDRESSES: Mapping[SearchKind, str] = {
    SearchKind.LISTINGS: "investigations:explore",
    SearchKind.MERCHANTS: "investigations:search-merchants",
    SearchKind.CASES: "investigations:search-cases",
    SearchKind.DECISIONS: "investigations:search-decisions",
}


def address(kind: str, query: str = "") -> str:
    found = reverse(ADDRESSES[SearchKind(kind)])
    return f"{found}?{query}" if query else found


@dataclass(frozen=True)
class Wording:
    """What the page says of one kind of search."""

    lead: Words
    words: Words
    where: str
    none_title: Words
    none_text: Words
    counted: Words


class SearchPage(ListPage):
    """Mixed into a kind's list. Verbs are its own alone: those of the list know nothing of conditions and spans."""

    section, title = "explore", gettext_lazy("Search")
    template_name = "investigations/explore.html"
    kind: ClassVar[SearchKind]
    wording: ClassVar[Wording]
    filterset_class = SearchFilter
    bulk = ()
    too_slow = ""

    @cached_property
    def page(self) -> KeysetPage:
        try:
            with bounded.at_most(PATIENCE):
                return super().page
        except Unanswered as why:
            self.too_slow = str(why)
            return KeysetPage([], None, None)

    @classmethod
    def selected(cls, request: HttpRequest) -> QuerySet[Any]:
        """Never more than was asked for: raises Refusal where the condition is wrong, or not read to the end."""
        if request.POST.get("all"):
            view = cls()
            view.setup(request)
            given = QueryDict(request.POST.get("query", ""))
            asked = cls.filterset_class(given, queryset=view.market_rows(), request=request)
            with bounded.at_most(PATIENCE):
                if why := asked.unfinished:
                    raise Refusal(why)
            found: QuerySet[Any] = asked.qs
            return found
        return super().selected(request)

    def count_text(self) -> str:
        try:
            with bounded.at_most(PATIENCE):
                return super().count_text()
        except Unanswered:
            return _("too many to count")

    def exported(self) -> list[Column]:
        """By its own form, which asks for a reason."""
        return []

    def export(self, kind: str) -> HttpResponseBase:
        """An address alone gives no file: why it is taken stands in the log."""
        raise Http404

    def kinds(self) -> list[Option]:
        """The searches that this person has, each with the words of this one."""
        kept = QueryDict(mutable=True)
        if words := self.request.GET.get("q"):
            kept["q"] = words
        return [
            Option(kind.value, kind.label, url=address(kind, kept.urlencode())) for kind in kinds_for(self.request.user)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        shown: Any = self.filterset
        records = shown.searched.about
        return context | {
            "where": self.request.GET.get("where", "")[:LONGEST_EXPRESSION],
            "problems": shown.problems,
            "reading": getattr(shown, "reading", None),
            "too_slow": self.too_slow,
            "facts": describe_records(shown.searched.records, language()) if records else (),
        }


MAY_READ = {
    SearchKind.LISTINGS: permissions.can_see_listings,
    SearchKind.MERCHANTS: permissions.can_see_merchants,
    SearchKind.CASES: permissions.can_read_cases,
    SearchKind.DECISIONS: can_read_decisions,
}


def may_search(user: Any, kind: SearchKind) -> bool:
    """Whoever may search, what they may read at all."""
    return permissions.can_search(user) and MAY_READ[kind](user)


def kinds_for(user: Any) -> list[SearchKind]:
    return [kind for kind in SearchKind if may_search(user, kind)]


def filters_of(kind: str) -> type[SearchFilter]:
    return SEARCHES[SearchKind(kind)]
