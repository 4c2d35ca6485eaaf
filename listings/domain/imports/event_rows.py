"""Rows of daily metrics and of order lines. Their listings are found when the batch is written."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from listings.domain.imports import currencies, fields, values
from listings.domain.imports.currencies import Unreadable
from listings.domain.imports.fields import Fields, Note, Unfit
from listings.domain.imports.mapping import Cells, RowMapping
from listings.domain.metrics import Day
from listings.domain.orders import Line
from listings.enums import RowReason
from listings.models import Market
from listings.queries.rates import rates_on

CENT = Decimal("0.01")
COUNTS = ("impressions", "visits", "orders", "units", "complaints", "rating_sum", "rating_count")


@dataclass(frozen=True)
class EventRow:
    """A day or an order line of a listing that is known by the marketplace's keys."""

    merchant: str
    listing: str
    key: str
    values: dict[str, Any]
    notes: list[Note]

    def day(self, listing_id: int) -> Day:
        return Day(listing_id=listing_id, **self.values)

    def line(self, listing_id: int) -> Line:
        return Line(listing_id=listing_id, **self.values)


class EventReader:
    """What metrics and orders have in common: the keys of the listing."""

    def __init__(self, mapping: RowMapping) -> None:
        self.mapping = mapping

    def fields(self, cells: Cells) -> tuple[Fields, str, str]:
        if column := self.mapping.leaves_out(cells):
            raise Unfit(RowReason.LEFT_OUT, column, cells.get(column))
        row = Fields(self.mapping.neutral(cells), self.mapping.column_of)
        told = self.mapping.merchant
        merchant = row.text("merchant_id", longest=120 - len(told.prefix), needed=not told.id)
        return (
            row,
            f"{told.prefix}{merchant}" if merchant else told.id,
            row.text("listing_id", longest=120, needed=True),
        )

    def moment(self, value: Any) -> dt.datetime:
        return values.moment(value, formats=self.mapping.dates)


class MetricReader(EventReader):
    def __init__(self, mapping: RowMapping) -> None:
        super().__init__(mapping)
        self._rates: dict[dt.date, dict[str, Decimal]] = {}

    def read(self, cells: Cells) -> EventRow:
        """Raises Unfit."""
        row, merchant, listing = self.fields(cells)
        day = row.read("date", lambda value: self.moment(value).date())
        if day is None:
            raise Unfit(RowReason.VALUE_MISSING, self.mapping.column_of("date"))
        found: dict[str, Any] = {name: row.read(name, values.whole, 0) for name in COUNTS}
        found |= {"date": day, "returns_by_reason": row.read("returns", _returns, {})}
        currency = _currency(row, "EUR")
        found["revenue_eur"] = self._euro(row, "revenue", currency, day)
        found["refunds_eur"] = self._euro(row, "refunds", currency, day)
        return EventRow(merchant, listing, f"{merchant}\x1f{listing}\x1f{day}", found, row.notes)

    def _euro(self, row: Fields, name: str, currency: str, day: dt.date) -> Decimal:
        price: values.Price | None = row.read(
            name, lambda value: values.price(value, currency=currency, decimal=self.mapping.decimal)
        )
        if price is None or not price.amount:
            return Decimal(0)
        if day not in self._rates:
            self._rates[day] = rates_on(day)
        rate: Decimal | None = self._rates[day].get(price.currency)
        if rate is None:
            raise Unfit(RowReason.RATE_MISSING, self.mapping.column_of("currency"), price.currency)
        return (price.amount / rate).quantize(CENT)


class OrderReader(EventReader):
    def __init__(self, mapping: RowMapping) -> None:
        super().__init__(mapping)
        self.currencies = dict(Market.objects.values_list("code", "currency"))

    def read(self, cells: Cells) -> EventRow:
        """Raises Unfit."""
        row, merchant, listing = self.fields(cells)
        order, line = row.text("order_id", longest=120, needed=True), row.read("line", values.whole, 1)
        market = row.read("market", fields.country, "")
        if market not in self.currencies:
            raise Unfit(RowReason.MARKET_UNKNOWN, self.mapping.column_of("market"), row.row.get("market"))
        ordered_at = row.read("ordered_at", self.moment)
        amount = self._amount(row, self.currencies[market])
        for name, value in (("ordered_at", ordered_at), ("amount", amount)):
            if value is None:
                raise Unfit(RowReason.VALUE_MISSING, self.mapping.column_of(name))
        found = {
            "order_id": order,
            "line": line,
            "market": market,
            "ordered_at": ordered_at,
            "quantity": row.read("quantity", _quantity, 1),
            "amount_minor": values.minor(amount) if amount else 0,
            "currency": amount.currency if amount else "",
            "buyer": row.text("buyer", longest=120),
        }
        return EventRow(merchant, listing, f"{order}\x1f{line}", found, row.notes)

    def _amount(self, row: Fields, usual: str) -> values.Price | None:
        currency = _currency(row, usual)
        amount: values.Price | None = row.read(
            "amount", lambda value: values.price(value, currency=currency, decimal=self.mapping.decimal)
        )
        return amount


def _currency(row: Fields, usual: str) -> str:
    code: str = row.read("currency", lambda value: currencies.code_of(fields.as_text(value)), usual)
    return code


def _returns(value: Any) -> dict[str, int]:
    """A count for each reason. Raises Unreadable."""
    if value == "{}":
        return {}  # most days
    found = fields.structure(value, dict)
    counts = {str(reason)[:60]: values.whole(count) for reason, count in found.items()}
    return {reason: count for reason, count in counts.items() if count}


def _quantity(value: Any) -> int:
    quantity = values.whole(value)
    if not quantity:
        raise Unreadable(RowReason.NOT_ALLOWED)
    return quantity
