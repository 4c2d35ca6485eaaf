"""What a search asks for: words, a condition over the facts of its kind, a span of time, and the filters of the list."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enforcement.filters import DecisionFilter
from enforcement.models import Decision
from enforcement.queries.decisions import concerns
from governance.policies.enums import Ground
from governance.policies.language import RuleProblems
from governance.policies.language.problems import Problem
from governance.web import markets
from governance.web.references import read_reference
from investigations.domain import searching
from investigations.domain.searching import Reading
from investigations.enums import CaseOrigin, Moment, SearchKind, Span
from investigations.filters.cases import CaseFilter
from investigations.filters.choices import CASE_ID, EAN, LISTING_ID, market_choices
from investigations.filters.listings import ListingFilter
from investigations.filters.merchants import MerchantFilter
from investigations.models import Case
from investigations.queries import conditions, explore
from investigations.queries.conditions.spelled import Spelled
from investigations.queries.explore import Window
from investigations.queries.searched import CASES, DECISIONS, LISTINGS, MERCHANTS, Reader, Searched
from investigations.queries.searched.decisions import OVERTURNED
from investigations.queries.searched.merchants import POINTS, RISKS, point_band, risk_band
from listings.models import Listing, Merchant
from listings.queries.keys import among

LONGEST_EXPRESSION = 10_000
YEARS = range(1970, 2101)
NOT_ASKED = frozenset({"cursor", "sort", "count", "asof"})
"""Of an address what does not change which listings are read."""


def of_our_time(value: Any) -> None:
    """Of a moment, or a slice of two: nothing that spans cannot be counted from."""
    ends = (value.start, value.stop) if isinstance(value, slice) else (value,)
    if any(end is not None and end.year not in YEARS for end in ends):
        raise ValidationError(gettext("Choose days from 1970 to 2100."))


def _words(method: str = "search") -> django_filters.CharFilter:
    return django_filters.CharFilter(label=_("Words"), method=method, widget=forms.HiddenInput)


def _moments(searched: Searched) -> django_filters.ChoiceFilter:
    choices = [(each.value, each.label) for each in searched.moments]
    return django_filters.ChoiceFilter(label=_("What lies in the span"), choices=choices, method="later")


class SearchFilter(django_filters.FilterSet):
    """`problems` are of a condition that does not compile, which is left out."""

    searched: ClassVar[Searched]
    where = django_filters.CharFilter(
        label=pgettext_lazy("condition", "Where"),
        method="later",
        max_length=LONGEST_EXPRESSION,
        widget=forms.HiddenInput,
    )
    span = django_filters.ChoiceFilter(label=_("Span, counted back"), choices=Span.choices, method="later")
    days = django_filters.DateFromToRangeFilter(label=_("Or fixed days"), method="later", validators=[of_our_time])
    asof = django_filters.IsoDateTimeFilter(label=_("As of"), method="later", validators=[of_our_time])

    problems: tuple[Problem, ...] = ()

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
        """Why this is not what was asked for: a field or the condition is wrong. Else empty."""
        if not self.form.is_valid():
            return gettext("Something in this search was not understood. Mend it first.")
        _rows = self.both_spans
        return gettext("The condition has a mistake. Mend it first.") if self.problems else ""

    @property
    def happened(self) -> Moment:
        return Moment(self._given.get("moment") or self.searched.usual)

    @cached_property
    def both_spans(self) -> QuerySet[Any]:
        """What is found in the span and in the one before, by the same filters."""
        return self.holding(self.asked_about)

    @cached_property
    def asked_about(self) -> QuerySet[Any]:
        """What the condition is asked of: all that the words, the filters and both spans leave."""
        rows = explore.with_moment(super().filter_queryset(self.queryset), self.searched.moments[self.happened].place)
        window, dated = self.window, bool(self._given.get("moment"))
        return explore.within(rows, window.before, window.end, dated=dated)

    def holding(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows of which the condition is true; all of them where there is none, or it has a mistake."""
        held: QuerySet[Any] = rows if self.condition is None else rows.filter(self.condition)
        return held

    @cached_property
    def condition(self) -> Any:
        """As an expression over the rows; None where there is none that compiles."""
        if not self.expression:
            return None
        at = self.window.end
        places = self.searched.places(Reader.of(self.request.user, at))
        try:
            return conditions.compiled(self.expression, self.searched.records, places, at=at)
        except RuleProblems as wrong:
            self.problems = wrong.problems
            return None

    @property
    def undecided(self) -> QuerySet[Any]:
        """What the condition cannot decide, in the span: it is not shown."""
        if self.condition is None:
            return self.asked_about.none()
        window = self.window
        unknown: QuerySet[Any] = self.asked_about.filter(Spelled("({0} IS NULL)", self.condition))
        return explore.within(unknown, window.start, window.end, dated=False)

    @property
    def expression(self) -> str:
        return str(self._given.get("where") or "").strip()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        window = self.window
        return explore.within(self.both_spans, window.start, window.end, dated=False)

    def later(self, rows: QuerySet[Any], name: str, value: object) -> QuerySet[Any]:
        """Read with the others in `both_spans`."""
        return rows

    @property
    def _given(self) -> dict[str, Any]:
        return getattr(self.form, "cleaned_data", {})


class ExploreFilter(SearchFilter, ListingFilter):
    """Listings: `reading` is how far a condition that compiles was read."""

    searched = LISTINGS
    q = _words()
    near = django_filters.BooleanFilter(label=_("Also titles that are nearly so"), method="later")
    brand = django_filters.CharFilter(label=_("Brand"), field_name="brand", lookup_expr="iexact")
    moment = _moments(LISTINGS)
    changed = None

    reading: Reading | None = None

    @cached_property
    def condition(self) -> None:
        """Not the database's to read: `holding` has the engine of sweeps read it."""

    @property
    def unfinished(self) -> str:
        """Also where it has not been read to the end."""
        if why := super().unfinished:
            return why
        if self.reading is not None and not self.reading.done:
            return gettext("The condition is still being read. Try again when it is through.")
        return ""

    def holding(self, rows: QuerySet[Listing]) -> QuerySet[Listing]:
        if not self.expression:
            return rows
        try:
            self.reading = searching.read(self.expression, rows, asked=self._asked(), at=self.window.end)
        except RuleProblems as wrong:
            self.problems = wrong.problems
            return rows
        return rows.filter(pk__in=among(self.reading.found))

    def search(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        value = value.strip()
        if LISTING_ID.match(value) or EAN.match(value):
            return super().search(rows, name, value)
        return explore.with_words(rows, value, near=bool(self._given.get("near")))

    def _asked(self) -> list[str]:
        """A span that goes back from now begins at the full hour for this, so that one page after the other is the same search."""
        user = self.request.user
        given = [
            f"{key}={value}" for key, values in sorted(self.data.lists()) for value in values if key not in NOT_ASKED
        ]
        hour = self.window.end.replace(minute=0, second=0, microsecond=0).isoformat()
        return [str(user.pk), hour, str(self._given.get("asof") or ""), *markets.chosen(self.request), "", *given]


class CaseSearchFilter(SearchFilter, CaseFilter):
    searched = CASES
    q = _words("with_words")
    origin = django_filters.MultipleChoiceFilter(label=_("Where it came from"), choices=CaseOrigin.choices)
    moment = _moments(CASES)
    opened = None

    def with_words(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Each word in the merchant's name or in the policy's title; or the case's number."""
        if CASE_ID.match(value.strip()):
            return self.search(rows, name, value)
        return explore.each_word(rows, value, _of_merchant_or_policy("policy"))


class DecisionSearchFilter(SearchFilter, DecisionFilter):
    searched = DECISIONS
    q = _words("with_words")
    market = django_filters.MultipleChoiceFilter(label=_("Markets"), choices=market_choices, method="in_markets")
    overturned = django_filters.BooleanFilter(label=_("Overturned on appeal"), method="only_overturned")
    ground = django_filters.MultipleChoiceFilter(
        label=_("Legal ground"), field_name="version__ground", choices=Ground.choices
    )
    origin = django_filters.CharFilter(label=_("Where it came from"), field_name="origin_kind")
    moment = _moments(DECISIONS)
    decided = None

    def with_words(self, rows: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        """Each word in the decider's reason, the merchant's name or the policy's title; or the reference."""
        if read_reference(value):
            return self.search(rows, name, value)
        elsewhere = _of_merchant_or_policy("version__policy")

        def found(query: SearchQuery) -> Q:
            return Q(pk__in=explore.reasoned(query)) | elsewhere(query)

        return explore.each_word(rows, value, found)

    def in_markets(self, rows: QuerySet[Decision], name: str, value: list[str]) -> QuerySet[Decision]:
        return rows.filter(concerns(value)) if value else rows

    def only_overturned(self, rows: QuerySet[Decision], name: str, value: bool) -> QuerySet[Decision]:
        return rows.filter(OVERTURNED) if value else rows.exclude(OVERTURNED)


class MerchantSearchFilter(SearchFilter, MerchantFilter):
    searched = MERCHANTS
    q = _words("with_words")
    points_band = django_filters.ChoiceFilter(
        label=_("Points"), choices=lambda: [(number, point_band(number)) for number in POINTS], method="with_points"
    )
    risk_band = django_filters.ChoiceFilter(
        label=_("Risk by links"), choices=lambda: [(number, risk_band(number)) for number in RISKS], method="at_risk"
    )
    moment = _moments(MERCHANTS)

    def with_words(self, rows: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        """Each word in the name; or the marketplace's key, or ours."""
        value = value.strip()
        keyed = rows.filter(Q(external_id=value) | Q(public_id=value.upper()))
        named = explore.each_word(rows, value, lambda query: Q(pk__in=explore.merchants_named(query)))
        return keyed if " " not in value and keyed.exists() else named

    def with_points(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        low, high = POINTS[value]
        rows = rows.filter(points__gte=low) if low else rows
        return rows if high is None else rows.filter(points__lte=high)

    def at_risk(self, rows: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        low, high = RISKS[value]
        rows = rows.filter(link_risk__risk__gte=low)
        return rows if high is None else rows.filter(link_risk__risk__lt=high)


def _of_merchant_or_policy(policy: str) -> Callable[[SearchQuery], Q]:
    """Where a word is looked for: `policy` leads from the rows to their policy."""

    def found(query: SearchQuery) -> Q:
        named = Q(merchant__in=explore.merchants_named(query))
        return named | Q(**{f"{policy}__in": explore.policies_titled(query)})

    return found


SEARCHES: Mapping[SearchKind, type[SearchFilter]] = {
    each.searched.kind: each for each in (ExploreFilter, MerchantSearchFilter, CaseSearchFilter, DecisionSearchFilter)
}
