"""The evidence of a case: its listings as they were when the rule held, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from enforcement.enums import ViolationState
from enforcement.models import Violation
from governance.web import formats
from investigations.enums import LIVE_CASES, Verdict
from investigations.models import Case, CaseItem, HandTranslation
from investigations.queries import family, work
from investigations.text import explanations, passages
from listings.enums import minor_digits
from listings.models import AttributeDefinition, Listing, ListingImage, ListingVersion, ListingWindow

PAGE = 25


@dataclass(frozen=True)
class Hint:
    """One thing worth seeing before the listing is opened."""

    tone: str
    icon: str
    text: str


@dataclass
class Exhibit:
    """One item of a case. `content` is the listing as it was in the version that the violation names."""

    number: int
    item: CaseItem
    content: Mapping[str, Any]
    seen_at: datetime | None
    sold: int
    photos: int
    labels: Mapping[str, str]
    translations: Sequence[HandTranslation] = ()
    explanation: explanations.Explanation = field(init=False)

    def __post_init__(self) -> None:
        found = self.item.violation.explanation if self.item.violation else {}
        self.explanation = explanations.read(found)

    @property
    def listing(self) -> Listing | None:
        return self.item.listing

    @property
    def violation(self) -> Violation | None:
        return self.item.violation

    @property
    def verdict(self) -> Verdict | None:
        return Verdict(self.item.verdict) if self.item.verdict else None

    @property
    def corrected(self) -> bool:
        """It no longer holds, so that nothing is left to decide."""
        known = self.item.answer or self.item.settled_by_id
        return bool(self.violation and self.violation.state == ViolationState.CLOSED and not known)

    @property
    def outdated(self) -> bool:
        """The merchant has changed the listing since."""
        return bool(self.listing and self.violation and self.listing.version != self.violation.listing_version)

    @property
    def name(self) -> str:
        if self.listing is None:
            return _("The merchant itself")
        return str(self.content.get("title") or "").strip() or _("No title")

    @property
    def plain_name(self) -> str:
        """The name with what cannot be seen made visible, where marks have no place."""
        return "".join(f"[{part.text}]" if part.kind == "control" else part.text for part in passages.whole(self.name))

    @property
    def text_language(self) -> str:
        return str(self.content.get("language") or "")

    @property
    def markets(self) -> list[str]:
        return list(self.content.get("markets") or [])

    @property
    def amount(self) -> Decimal | None:
        return amount(self.content.get("price_minor"), str(self.content.get("currency") or ""))

    @property
    def currency(self) -> str:
        return str(self.content.get("currency") or "")

    @cached_property
    def title(self) -> list[passages.Part]:
        return passages.whole(self.name, self.explanation.spans("title"))

    @cached_property
    def description(self) -> list[passages.Part]:
        return passages.passages(str(self.content.get("description") or ""), self.explanation.spans("description"))

    @cached_property
    def quote(self) -> list[passages.Part]:
        return passages.quote(str(self.content.get("description") or ""), self.explanation.spans("description"))

    @property
    def whole_text(self) -> list[passages.Part]:
        return passages.whole(str(self.content.get("description") or ""), self.explanation.spans("description"))

    @property
    def is_cut(self) -> bool:
        return any(part.kind == "gap" for part in self.description)

    @cached_property
    def attributes(self) -> list[tuple[str, list[passages.Part]]]:
        """The attributes in which something matched, with the place marked."""
        values = self.content.get("attributes") or {}
        return [
            (
                self.labels.get(key, key),
                passages.passages(written(values[key]), self.explanation.spans("attribute", key)),
            )
            for key in self.explanation.attributes()
            if key in values
        ]

    @cached_property
    def notes(self) -> list[Hint]:
        """What the conditions do not say: where else it is sold, and that it has changed since."""
        found = []
        if self.violation and self.violation.markets and set(self.violation.markets) < set(self.markets):
            where = formats.series(formats.country(code) for code in self.violation.markets)
            found.append(Hint("neutral", "info", _("holds in %(markets)s only") % {"markets": where}))
        if self.outdated:
            found.append(Hint("caution", "history", _("changed by the merchant since")))
        return found

    @cached_property
    def hints(self) -> list[Hint]:
        """In one line: the first conditions with what was seen, and the notes."""
        leaves = [Hint(_TONES[leaf.held], _ICONS[leaf.held], leaf.summary) for leaf in self.explanation.leaves[:3]]
        return [*leaves, *self.notes]


_TONES = {True: "ok", False: "critical", None: "neutral"}
_ICONS = {True: "check", False: "x", None: "unknown"}


@dataclass(frozen=True)
class Page:
    """Exhibits, and the key after which the next page begins (None: there is none)."""

    exhibits: list[Exhibit]
    after: int | None
    first_number: int


def items_of(case: Case, *, settled: bool = False) -> QuerySet[CaseItem]:
    """Of a live case what waits, or what is settled already; of a closed one everything. With what was merged into it."""
    if case.state in LIVE_CASES and not settled:
        return work.unsettled(case)
    items = CaseItem.objects.filter(case__in=family.keys(case)).order_by("id")
    return items if case.state not in LIVE_CASES else items.filter(settled_at__isnull=False)


def page(items: QuerySet[CaseItem], *, language: str, after: int = 0, size: int = PAGE) -> Page:
    """A page of a case's items in eight queries, however many there are."""
    before = items.filter(pk__lte=after).count() if after else 0
    rows = list(
        items.filter(pk__gt=after).select_related(
            "listing__category", "listing__merchant", "violation__version", "settled_by"
        )[: size + 1]
    )
    shown = rows[:size]
    exhibits = _exhibits(shown, first=before + 1, language=language)
    return Page(exhibits, shown[-1].pk if len(rows) > size else None, before + 1)


def of(items: list[CaseItem], *, language: str) -> list[Exhibit]:
    """These items, numbered from one."""
    return _exhibits(items, first=1, language=language)


def one(item: CaseItem, *, number: int, language: str) -> Exhibit:
    return _exhibits([item], first=number, language=language)[0]


def amount(minor: int | None, currency: str) -> Decimal | None:
    """A price in the currency's own unit."""
    return None if minor is None or not currency else Decimal(minor).scaleb(-minor_digits(currency))


def written(value: Any) -> str:
    """An attribute's value as the matcher read it."""
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _exhibits(items: list[CaseItem], *, first: int, language: str) -> list[Exhibit]:
    listings = [item.listing_id for item in items if item.listing_id]
    versions = _versions(items)
    sold = dict(ListingWindow.objects.filter(listing__in=listings, days=30).values_list("listing", "orders"))
    photos = dict(ListingImage.objects.filter(listing__in=listings).values_list("listing").annotate(count=Count("id")))
    labels, translations = _labels(items, language), _translations(items)
    found = []
    for number, item in enumerate(items, start=first):
        content, seen_at = versions.get(item.pk, ({}, None))
        found.append(
            Exhibit(
                number=number,
                item=item,
                content=content or _content_of(item.listing),
                seen_at=seen_at,
                sold=sold.get(item.listing_id or 0, 0),
                photos=photos.get(item.listing_id or 0, 0),
                labels=labels,
                translations=translations.get((item.listing_id or 0, item.read_version), ()),
            )
        )
    return found


def _versions(items: Iterable[CaseItem]) -> dict[int, tuple[dict[str, Any], datetime]]:
    """By item, the content of the version that its violation names, and when the merchant wrote it."""
    wanted = {
        (item.listing_id, item.violation.listing_version): item.pk
        for item in items
        if item.listing_id and item.violation and item.violation.listing_version
    }
    rows = ListingVersion.objects.filter(
        listing__in={listing for listing, _number in wanted}, number__in={number for _listing, number in wanted}
    ).values_list("listing_id", "number", "content", "created_at")
    return {
        wanted[listing, number]: (content, created_at)
        for listing, number, content, created_at in rows
        if (listing, number) in wanted
    }


def _translations(items: Iterable[CaseItem]) -> dict[tuple[int, int], list[HandTranslation]]:
    """By listing and version, what people wrote of it, in each language the newest."""
    listings = {item.listing_id for item in items if item.listing_id}
    rows = HandTranslation.objects.filter(listing__in=listings).select_related("author")
    found: dict[tuple[int, int], list[HandTranslation]] = {}
    newest = rows.order_by("listing", "version", "language", "-written_at", "-pk")
    for each in newest.distinct("listing", "version", "language"):
        found.setdefault((each.listing_id, each.version), []).append(each)
    return found


def _content_of(listing: Listing | None) -> dict[str, Any]:
    if listing is None:
        return {}
    fields = ("title", "description", "language", "brand", "ean", "price_minor", "currency", "markets", "attributes")
    return {name: getattr(listing, name) for name in fields}


def _labels(items: Iterable[CaseItem], language: str) -> dict[str, str]:
    keys = {
        match["key"]
        for item in items
        if item.violation
        for match in explanations.matches(item.violation.explanation)
        if match.get("key")
    }
    rows = AttributeDefinition.objects.filter(key__in=keys).values_list("key", "labels")
    return {key: labels.get(language) or labels.get("en") or key for key, labels in rows}
