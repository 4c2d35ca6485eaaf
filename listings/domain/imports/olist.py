"""The Olist orders data set in the neutral formats: sellers become merchants, what a seller sold of a product a listing.

Products have no title. Money is Brazilian real; cancelled and unavailable orders count as refunds, reviews of one and
two points as complaints.
"""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

CURRENCY = "BRL"
UNDONE = frozenset({"canceled", "unavailable"})
COMPLAINT = 2
PREFIX = "olist-"


@dataclass
class Sales:
    """One listing on one day."""

    orders: set[str] = field(default_factory=set)
    units: int = 0
    revenue: Decimal = Decimal(0)
    refunds: Decimal = Decimal(0)
    complaints: int = 0
    rating_sum: int = 0
    rating_count: int = 0


class Folder:
    """The data set's files, joined in memory: some ten thousand orders."""

    def __init__(self, path: Path, *, market: str) -> None:
        self.market = market
        self.sellers = _rows(path / "olist_sellers_full.csv.gz")
        self.items = _rows(path / "olist_order_items_closed.csv.gz")
        self.orders = {row["order_id"]: row for row in _rows(path / "olist_orders_closed.csv.gz")}
        customers = _rows(path / "olist_customers_closed.csv.gz")
        self.buyers = {row["customer_id"]: row["customer_unique_id"] for row in customers}
        self.reviews = _rows(path / "olist_order_reviews_closed.csv.gz")
        english = _rows(path / "product_category_name_translation.csv.gz")
        names = {row["product_category_name"]: row["product_category_name_english"] for row in english}
        self.categories = {
            row["product_id"]: names.get(row["product_category_name"], row["product_category_name"])
            for row in _rows(path / "olist_products_full.csv.gz")
        }

    def merchants(self) -> Iterator[bytes]:
        for row in self.sellers:
            place = f"{row['seller_zip_code_prefix']} {row['seller_city']} {row['seller_state']}"
            yield _line(
                merchant_id=PREFIX + row["seller_id"],
                name=f"Seller {row['seller_id'][:8]}",
                country="BR",
                language="pt",
                address=place,
            )

    def listings(self) -> Iterator[bytes]:
        latest: dict[tuple[str, str], dict[str, str]] = {}
        for row in sorted(self.items, key=lambda item: item["shipping_limit_date"]):
            latest[row["seller_id"], row["product_id"]] = row
        for (seller, product), row in latest.items():
            yield _line(
                merchant_id=PREFIX + seller,
                listing_id=product,
                category=self.categories.get(product, ""),
                language="pt",
                price=row["price"],
                currency=CURRENCY,
                markets=[self.market],
            )

    def order_lines(self) -> Iterator[bytes]:
        for row in self.items:
            order = self.orders[row["order_id"]]
            yield _line(
                order_id=PREFIX + row["order_id"],
                line=int(row["order_item_id"]),
                merchant_id=PREFIX + row["seller_id"],
                listing_id=row["product_id"],
                market=self.market,
                ordered_at=order["order_purchase_timestamp"],
                amount=row["price"],
                currency=CURRENCY,
                buyer=self.buyers.get(order["customer_id"], ""),
            )

    def metrics(self) -> Iterator[bytes]:
        for (seller, product, day), sales in sorted(self._days().items()):
            yield _line(
                merchant_id=PREFIX + seller,
                listing_id=product,
                date=day,
                orders=len(sales.orders),
                units=sales.units,
                revenue=str(sales.revenue),
                refunds=str(sales.refunds),
                currency=CURRENCY,
                complaints=sales.complaints,
                rating_sum=sales.rating_sum,
                rating_count=sales.rating_count,
            )

    def _days(self) -> dict[tuple[str, str, str], Sales]:
        days: defaultdict[tuple[str, str, str], Sales] = defaultdict(Sales)
        sold: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in self.items:
            order = self.orders[row["order_id"]]
            listing = row["seller_id"], row["product_id"]
            sold[row["order_id"]].add(listing)
            day = days[*listing, order["order_purchase_timestamp"][:10]]
            if order["order_status"] in UNDONE:
                day.refunds += Decimal(row["price"])
                continue
            day.orders.add(row["order_id"])
            day.units += 1
            day.revenue += Decimal(row["price"])
        for review in self.reviews:
            score = int(review["review_score"])
            for listing in sold[review["order_id"]]:
                day = days[*listing, review["review_creation_date"][:10]]
                day.rating_sum, day.rating_count = day.rating_sum + score, day.rating_count + 1
                day.complaints += score <= COMPLAINT
        return days


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path) as packed, io.TextIOWrapper(packed, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _line(**values: Any) -> bytes:
    return orjson.dumps(values) + b"\n"
