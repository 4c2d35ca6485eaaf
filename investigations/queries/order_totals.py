"""What a transparency report counts of orders (DSA Art. 15(1)(a); Regulation (EU) 2024/2835, Annex I, part 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.db.models import Count, Min, Q, QuerySet

from enforcement.queries import deadlines
from investigations.enums import GROUND_MATTER, NoticeGround, OrderKind, OrderLetterKind
from investigations.models import AuthorityOrder

AUTOMATIC_SECONDS = 3_600
"""A receipt that went out by itself within the hour counts as at once (Annex II)."""


@dataclass(frozen=True)
class Totals:
    """Of a member state and a category of illegal content. Medians are hours, of those that were acknowledged or given effect.

    `items` are the specific things named in orders to act. An order counts once, whatever it names.
    """

    country: str
    category: str
    act: int
    items: int
    act_receipt_hours: float | None
    act_effect_hours: float | None
    inform: int
    inform_receipt_hours: float | None
    inform_effect_hours: float | None


@dataclass(frozen=True)
class _Row:
    country: str
    category: str
    inform: bool
    named: int
    receipt: float | None
    effect: float | None


ALL, UNSPECIFIED = "TOTAL", "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER"


def totals(rows: QuerySet[AuthorityOrder], *, since: date, until: date) -> list[Totals]:
    """Of orders received within the days, both included: of all, of each member state, and of each of its categories."""
    found = rows.filter(received_at__date__gte=since, received_at__lt=deadlines.day_after(until))
    sent = Q(letters__kind=OrderLetterKind.RECEIPT, letters__sent_at__isnull=False)
    found = found.annotate(named=Count("items", distinct=True), receipt_at=Min("letters__sent_at", filter=sent))
    read = [
        _Row(
            country,
            _category(NoticeGround(ground)),
            kind == OrderKind.INFORM,
            named,
            _receipt_hours(received, receipt),
            _hours(received, effect),
        )
        for country, ground, kind, named, received, receipt, effect in found.order_by("pk").values_list(
            "country", "ground", "kind", "named", "received_at", "receipt_at", "effect_at"
        )
    ]
    keys = {(ALL, ALL)} | {(row.country, ALL) for row in read} | {(row.country, row.category) for row in read}
    order = sorted(keys, key=lambda key: (key[0] != ALL, key[0], key[1] != ALL, key[1]))
    return [
        _of(country, category, [row for row in read if _counts(row, country, category)]) for country, category in order
    ]


def _category(ground: NoticeGround) -> str:
    return UNSPECIFIED if ground == NoticeGround.OTHER else GROUND_MATTER[ground].value


def _counts(row: _Row, country: str, category: str) -> bool:
    return country in (ALL, row.country) and category in (ALL, row.category)


def _of(country: str, category: str, rows: Sequence[_Row]) -> Totals:
    act, inform = [row for row in rows if not row.inform], [row for row in rows if row.inform]
    return Totals(
        country=country,
        category=category,
        act=len(act),
        items=sum(row.named for row in act),
        act_receipt_hours=_median(row.receipt for row in act),
        act_effect_hours=_median(row.effect for row in act),
        inform=len(inform),
        inform_receipt_hours=_median(row.receipt for row in inform),
        inform_effect_hours=_median(row.effect for row in inform),
    )


def _hours(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max((end - start).total_seconds(), 0) / 3_600


def _receipt_hours(received: datetime, sent: datetime | None) -> float | None:
    hours = _hours(received, sent)
    return 0.0 if hours is not None and hours * 3_600 <= AUTOMATIC_SECONDS else hours


def _median(hours: Iterable[float | None]) -> float | None:
    known = [each for each in hours if each is not None]
    return round(median(known), 1) if known else None
