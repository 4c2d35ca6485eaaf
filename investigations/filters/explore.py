"""What a search of listings asks for: words, an expression over the facts of rules, a span of time, and the filters of the list."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from governance.policies.language import RuleProblems
from governance.policies.language.problems import Problem
from governance.web import markets
from investigations.domain import searching
from investigations.domain.searching import Reading
from investigations.enums import Moment, Span
from investigations.filters.choices import EAN, LISTING_ID
from investigations.filters.listings import ListingFilter
from investigations.queries import explore
from investigations.queries.explore import Window
from listings.models import Listing
from listings.queries.keys import among

LONGEST_EXPRESSION = 10_000
NOT_ASKED = frozenset({"cursor", "sort", "count", "asof"})
"""Of an address what does not change which listings are read."""


class ExploreFilter(ListingFilter):
    """`problems` are of an expression that does not compile, which is left out; `reading` is how far one that does was read."""

    q = django_filters.CharFilter(label=_("Words"), method="search", widget=forms.HiddenInput)
    where = django_filters.CharFilter(
        label=pgettext_lazy("condition", "Where"),
        method="later",
        max_length=LONGEST_EXPRESSION,
        widget=forms.HiddenInput,
    )
    near = django_filters.BooleanFilter(label=_("Also titles that are nearly so"), method="later")
    brand = django_filters.CharFilter(label=_("Brand"), field_name="brand", lookup_expr="iexact")
    moment = django_filters.ChoiceFilter(label=_("What lies in the span"), choices=Moment.choices, method="later")
    span = django_filters.ChoiceFilter(label=_("Span, counted back"), choices=Span.choices, method="later")
    days = django_filters.DateFromToRangeFilter(label=_("Or fixed days"), method="later")
    asof = django_filters.IsoDateTimeFilter(label=_("As of"), method="later")
    changed = None

    problems: tuple[Problem, ...] = ()
    reading: Reading | None = None

    @cached_property
    def window(self) -> Window:
        """The span that is asked for, back from now or from `asof`."""
        given = self._given
        now: datetime = given.get("asof") or timezone.now()
        if days := given.get("span"):
            return Window(now - timedelta(days=int(days)), now)
        if fixed := given.get("days"):
            until = fixed.stop or now
            start = fixed.start or datetime(1970, 1, 1, tzinfo=until.tzinfo)
            return Window(start, until)
        return Window(None, now)

    @property
    def unfinished(self) -> str:
        """Why this is not what was asked for: a field or the expression is wrong, or has not been read to the end. Else empty."""
        if not self.form.is_valid():
            return gettext("Something in this search was not understood. Mend it first.")
        _rows = self.both_spans
        if self.problems:
            return gettext("The condition has a mistake. Mend it first.")
        if self.reading is not None and not self.reading.done:
            return gettext("The condition is still being read. Try again when it is through.")
        return ""

    @property
    def happened(self) -> Moment:
        return Moment(self._given.get("moment") or Moment.CHANGED)

    @cached_property
    def both_spans(self) -> QuerySet[Listing]:
        """What is found in the span and in the one before, by the same filters."""
        rows = explore.with_moment(super().filter_queryset(self.queryset), self.happened)
        window, dated = self.window, bool(self._given.get("moment"))
        rows = explore.within(rows, window.before, window.end, dated=dated)
        expression = (self._given.get("where") or "").strip()
        if not expression:
            return rows
        try:
            self.reading = searching.read(expression, rows, asked=self._asked(), at=window.end)
        except RuleProblems as wrong:
            self.problems = wrong.problems
            return rows
        return rows.filter(pk__in=among(self.reading.found))

    def filter_queryset(self, queryset: QuerySet[Listing]) -> QuerySet[Listing]:
        window = self.window
        return explore.within(self.both_spans, window.start, window.end, dated=False)

    def search(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        value = value.strip()
        if LISTING_ID.match(value) or EAN.match(value):
            return super().search(rows, name, value)
        return explore.with_words(rows, value, near=bool(self._given.get("near")))

    def later(self, rows: QuerySet[Listing], name: str, value: object) -> QuerySet[Listing]:
        """Read with the others in `both_spans`."""
        return rows

    @property
    def _given(self) -> dict[str, Any]:
        return getattr(self.form, "cleaned_data", {})

    def _asked(self) -> list[str]:
        """A span that goes back from now begins at the full hour for this, so that one page after the other is the same search."""
        user = self.request.user
        given = [
            f"{key}={value}" for key, values in sorted(self.data.lists()) for value in values if key not in NOT_ASKED
        ]
        hour = self.window.end.replace(minute=0, second=0, microsecond=0).isoformat()
        return [str(user.pk), hour, str(self._given.get("asof") or ""), *markets.chosen(self.request), "", *given]
