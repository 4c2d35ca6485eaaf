"""Searching: by words, and by when something happened to what is searched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from enforcement.models import Decision
from governance.policies.models import PolicyText
from governance.web.fulltext import written
from investigations.queries.lines import SPOKEN
from investigations.text import search_words
from listings.models import Listing, Merchant
from listings.queries.keys import among

ALIKE = 2_000
"""Listings whose titles are nearly so: of more, some."""
NAMED = 200
"""Merchants whose names have the words: of more, the first by key."""
SHORTEST_NAME = 3
WORDS = SearchVector("text_skeleton", "brand", config="simple")
"""As the index `listing_by_words` has it."""


@dataclass(frozen=True)
class Window:
    """From `start` until before `end`; without a start, since ever."""

    start: datetime | None
    end: datetime

    @property
    def before(self) -> datetime | None:
        """Where the span before began, which is as long."""
        return None if self.start is None else self.start - (self.end - self.start)

    @property
    def length(self) -> timedelta | None:
        return None if self.start is None else self.end - self.start


def with_words(rows: QuerySet[Listing], words: str, *, near: bool = False) -> QuerySet[Listing]:
    """Listings with all these words in their text or as their brand, or of a merchant so called; with `near`, also those whose
    title has something much alike."""
    asked = search_words.tsquery(words)
    if not asked:
        return rows
    condition = Q(words=SearchQuery(asked, config="simple", search_type="raw"))
    rows = rows.alias(words=WORDS)
    named = _merchants(search_words.wanted(words))
    if named:
        condition |= Q(merchant__in=named)
    if near:
        condition |= Q(pk__in=among(_alike(search_words.wanted(words))))
    return rows.filter(condition)


def each_word(rows: QuerySet[Any], words: str, found: Callable[[SearchQuery], Q]) -> QuerySet[Any]:
    """Rows that have each part of the words somewhere, and none of those with a minus: `found` says where one is looked for."""
    for asked, without in search_words.one_by_one(words):
        condition = found(SearchQuery(asked, config="simple", search_type="raw"))
        rows = rows.exclude(condition) if without else rows.filter(condition)
    return rows


def merchants_named(query: SearchQuery) -> QuerySet[Merchant, Any]:
    """Keys of those who have it in their name."""
    return Merchant.objects.alias(words=written("name")).filter(words=query).values("pk")


def policies_titled(query: SearchQuery) -> QuerySet[PolicyText, Any]:
    """Keys of policies that have it in a title, in any language."""
    spoken = PolicyText.objects.filter(version__state__in=SPOKEN).alias(words=written("title"))
    return spoken.filter(words=query).values("version__policy")


def reasoned(query: SearchQuery) -> QuerySet[Decision, Any]:
    """Keys of decisions whose deciders wrote it."""
    return Decision.objects.alias(words=written("reason")).filter(words=query).values("pk")


def with_moment(rows: QuerySet[Any], place: Any) -> QuerySet[Any]:
    """With `moment`: when what is asked about happened, which stands at `place`; null where it never did."""
    dated: QuerySet[Any] = rows.annotate(moment=place)
    return dated


def within(rows: QuerySet[Any], start: datetime | None, end: datetime, *, dated: bool) -> QuerySet[Any]:
    """Of rows with a moment those between the two. `dated`: without a start, still only those to which it happened."""
    if start is not None:
        return rows.filter(moment__gte=start, moment__lt=end)
    return rows.filter(moment__isnull=False) if dated else rows


def _alike(words: list[str]) -> list[int]:
    """Looked for by themselves: beside other conditions the database would compare every title."""
    shouted = Listing.objects.alias(shouted=Upper("title"))
    alike = shouted.filter(shouted__trigram_word_similar=" ".join(words).upper())
    return list(alike.order_by().values_list("pk", flat=True)[:ALIKE])


def _merchants(words: list[str]) -> list[int]:
    """Those whose name has all the words."""
    if not words or min(map(len, words)) < SHORTEST_NAME:
        return []
    condition = Q()
    for word in words:
        condition &= Q(name__icontains=word)
    return list(Merchant.objects.filter(condition).order_by("pk").values_list("pk", flat=True)[:NAMED])
