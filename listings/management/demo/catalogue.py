"""The whole demo catalogue, from a seed: rows in the neutral formats, and apart from them the truth about the defects."""

import csv
import datetime as dt
import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from listings.management.demo.chance import Chance, chance
from listings.management.demo.demand import Day, days_of, order_rows
from listings.management.demo.faults import Fault, fault_all
from listings.management.demo.offers import Offer, make_offer
from listings.management.demo.planting import Planted, plant_all
from listings.management.demo.sellers import Seller, make_sellers

METRIC_COLUMNS = (
    "merchant_id", "listing_id", "date", "impressions", "visits", "orders", "units", "revenue", "currency", "returns",
    "refunds", "complaints", "rating_sum", "rating_count",
)  # fmt: skip
BUYERS_PER_LISTING = 1.6

Row = dict[str, Any]
Truth = dict[tuple[str, str], frozenset[str]]
"""(merchant, listing) → policies that it truly violates. The listing is empty for what the merchant violates itself."""


@dataclass(frozen=True)
class Catalogue:
    """`as_of` is its day: metrics end the day before, certificates are valid or not on it."""

    seed: int
    as_of: dt.date
    sellers: list[Seller]
    offers: list[Offer]
    planted: list[Planted]
    faults: list[Fault]
    length: int

    def merchant_rows(self) -> Iterator[Row]:
        return (dict(seller.row) for seller in self.sellers)

    def listing_rows(self) -> Iterator[Row]:
        return (offer.row() for offer in self.offers)

    def metric_rows(self) -> Iterator[Row]:
        for values in _metric_values(self.days):
            yield dict(zip(METRIC_COLUMNS, values, strict=True))

    def order_rows(self) -> Iterator[Row]:
        buyers = max(int(len(self.offers) * BUYERS_PER_LISTING), 1)
        return order_rows(chance(self.seed, "orders"), self.days, buyers)

    @functools.cached_property
    def days(self) -> list[Day]:
        return list(days_of(chance(self.seed, "demand"), self.offers, self.as_of, self.length))

    @functools.cached_property
    def truth(self) -> Truth:
        found: Truth = {}
        for plant in self.planted:
            if plant.policies:
                key = (plant.offer.seller.id, plant.offer.id)
                found[key] = found.get(key, frozenset()) | plant.policies
        for seller, policy, plant_kind in self.faults:
            if plant_kind.violates:
                found[seller.id, ""] = found.get((seller.id, ""), frozenset()) | {policy}
        return found

    def truth_rows(self) -> Iterator[Row]:
        """One row per plant: what was planted, and which policies it truly violates (none for what only looks wrong)."""
        for item in self.planted:
            yield {
                "merchant_id": item.offer.seller.id,
                "listing_id": item.offer.id,
                "planted_for": item.policy,
                "plant": item.plant.value,
                "violates": sorted(item.policies),
            }
        for seller, policy, plant in self.faults:
            yield {
                "merchant_id": seller.id,
                "listing_id": "",
                "planted_for": policy,
                "plant": plant.value,
                "violates": [policy] if plant.violates else [],
            }

    def write(self, folder: Path) -> dict[str, Path]:
        """Write merchants, listings and orders as NDJSON and metrics as CSV, a file a month: paths by the file's stem.

        The truth is not among them.
        """
        folder.mkdir(parents=True, exist_ok=True)
        parts = {"merchants": self.merchant_rows(), "listings": self.listing_rows(), "orders": self.order_rows()}
        paths = {name: folder / f"{name}.ndjson" for name in parts}
        for name, rows in parts.items():
            write_ndjson(paths[name], rows)
        months: dict[str, list[Day]] = defaultdict(list)
        for day in self.days:
            months[f"metrics-{day.date:%Y-%m}"].append(day)
        for name in sorted(months):
            paths[name] = folder / f"{name}.csv"
            with paths[name].open("w", encoding="utf-8", newline="") as file:
                write_metrics(file, months[name])
        return paths


def write_metrics(file: IO[str], days: Iterable[Day]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(METRIC_COLUMNS)
    place = METRIC_COLUMNS.index("returns")
    for values in _metric_values(days):
        writer.writerow((*values[:place], json.dumps(values[place]), *values[place + 1 :]))


def _metric_values(days: Iterable[Day]) -> Iterator[tuple[Any, ...]]:
    for day in days:
        offer = day.offer
        yield (
            offer.seller.id, offer.id, day.date.isoformat(), day.impressions, day.visits, day.orders, day.units,
            day.revenue, offer.currency, day.returns, day.refunds, day.complaints, day.rating_sum, day.rating_count,
        )  # fmt: skip


def build(*, seed: int, as_of: dt.date, merchants: int = 300, listings: int = 5_000, days: int = 120) -> Catalogue:
    """The same arguments give the same catalogue, row for row. It has each defect once, so never fewer than some 90 listings."""
    sellers = make_sellers(chance(seed, "sellers"), merchants, as_of)
    planted = plant_all(chance(seed, "planting"), sellers, listings, as_of)
    offers = [item.offer for item in planted]
    offers += _proper(chance(seed, "offers"), sellers, max(listings - len(offers), 0), as_of)
    _number(chance(seed, "numbers"), offers)
    faults = fault_all(chance(seed, "faults"), sellers, offers)
    return Catalogue(seed, as_of, sellers, offers, planted, faults, days)


def _proper(rnd: Chance, sellers: list[Seller], count: int, as_of: dt.date) -> Iterator[Offer]:
    """Everybody has at least one; big sellers have many."""
    able = [(seller, products) for seller in sellers if (products := _assortment(seller))]
    weights = [seller.size for seller, _products in able]
    chosen = able[:count] + rnd.choices(able, weights=weights, k=max(count - len(able), 0))
    for seller, products in chosen:
        product = rnd.choices(products, weights=[product.weight for product in products])[0]
        yield make_offer(rnd, seller, product, as_of)


def _assortment(seller: Seller) -> list[Any]:
    return [product for family in seller.families for product in family.products if seller.sells(product)]


def _number(rnd: Chance, offers: list[Offer]) -> None:
    """Shuffle, then give each its number within its seller's assortment and its rank among all."""
    rnd.shuffle(offers)
    count: dict[str, int] = {}
    ranks = list(range(1, len(offers) + 1))
    rnd.shuffle(ranks)
    for offer, rank in zip(offers, ranks, strict=True):
        count[offer.seller.id] = count.get(offer.seller.id, 0) + 1
        offer.id = f"{offer.seller.id}-{count[offer.seller.id]:04d}"
        offer.rank = rank


def write_ndjson(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
