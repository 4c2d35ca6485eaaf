import csv
import datetime as dt
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from listings.management.demo import Catalogue, build
from listings.management.demo.catalogue import METRIC_COLUMNS
from listings.management.demo.planting import Plant
from listings.management.demo.sources import LANGUAGES, defects, families, merchant_defects, places, read

MONDAY = dt.date(2026, 11, 23)
SMALL = {"merchants": 60, "listings": 1_000, "days": 60}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build(seed=7, as_of=MONDAY)


@pytest.fixture(scope="module")
def small() -> Catalogue:
    return build(seed=7, as_of=MONDAY, **SMALL)


def test_the_same_seed_gives_the_same_catalogue_row_for_row(small: Catalogue) -> None:
    again = build(seed=7, as_of=MONDAY, **SMALL)
    assert list(again.merchant_rows()) == list(small.merchant_rows())
    assert list(again.listing_rows()) == list(small.listing_rows())
    assert list(again.metric_rows()) == list(small.metric_rows())
    assert list(again.order_rows()) == list(small.order_rows())
    assert again.truth == small.truth


def test_another_seed_gives_another_one(small: Catalogue) -> None:
    other = build(seed=8, as_of=MONDAY, **SMALL)
    assert list(other.listing_rows()) != list(small.listing_rows())


def test_counts_are_those_asked_for(catalogue: Catalogue) -> None:
    assert len(list(catalogue.merchant_rows())) == 300
    rows = list(catalogue.listing_rows())
    assert len(rows) == 5_000
    assert {row["merchant_id"] for row in rows} == {row["merchant_id"] for row in catalogue.merchant_rows()}
    assert 5_000 < sum(day.orders for day in catalogue.days) < 60_000


def test_it_speaks_nine_languages_and_has_every_family(catalogue: Catalogue) -> None:
    rows = list(catalogue.listing_rows())
    languages = Counter(row["language"] for row in rows)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 100
    assert {row["category"].split("/")[0] for row in rows} == set(families())
    assert len(families()) == 22


def test_keys_are_unique_and_everything_refers_to_what_is_there(small: Catalogue) -> None:
    merchants = {row["merchant_id"] for row in small.merchant_rows()}
    rows = list(small.listing_rows())
    listings = {(row["merchant_id"], row["listing_id"]) for row in rows}
    assert (len(merchants), len(listings)) == (60, 1_000)
    assert {merchant for merchant, _listing in listings} <= merchants
    assert {row["category"] for row in rows} <= read("categories.toml").keys()
    assert {key for row in rows for key in row["attributes"]} <= read("attributes.toml").keys()
    assert {code for row in rows for code in row["markets"]} <= read("markets.toml")["markets"].keys()
    assert {(row["merchant_id"], row["listing_id"]) for row in small.metric_rows()} <= listings
    orders = list(small.order_rows())
    assert {(row["merchant_id"], row["listing_id"]) for row in orders} <= listings
    assert len({(row["order_id"], row["line"]) for row in orders}) == len(orders)


def test_values_have_the_kind_that_the_register_says(small: Catalogue) -> None:
    kinds = {"number": (int, float), "text": (str,), "boolean": (bool,), "date": (str,), "list": (list,)}
    register = read("attributes.toml")
    wrong = [
        (key, value)
        for row in small.listing_rows()
        for key, value in row["attributes"].items()
        if type(value) not in kinds[register[key]["kind"]]
    ]
    assert wrong == []


def test_prices_are_in_the_sellers_currency_and_above_nothing(small: Catalogue) -> None:
    currency = {row["merchant_id"]: places()[row["country"]].currency for row in small.merchant_rows()}
    rows = list(small.listing_rows())
    assert [row["listing_id"] for row in rows if row["currency"] != currency[row["merchant_id"]]] == []
    assert min(float(row["price"]) for row in rows) > 0


def test_eans_are_examples_and_nearly_all_valid(catalogue: Catalogue) -> None:
    eans = [row["ean"] for row in catalogue.listing_rows() if row["ean"]]
    assert {ean[:3] for ean in eans} == {"952"}
    wrong = [ean for ean in eans if sum(int(figure) * (3 if place % 2 else 1) for place, figure in enumerate(ean)) % 10]
    assert 0 < len(wrong) < 30


def test_arabic_offers_are_written_in_arabic(catalogue: Catalogue) -> None:
    for row in catalogue.listing_rows():
        letters = sum("\u0600" <= char <= "\u06ff" for char in row["description"])
        assert (letters > 20) == (row["language"] == "ar")


def test_saudi_arabia_is_offered_arabic_texts_but_for_the_planted_ones(catalogue: Catalogue) -> None:
    foreign = {
        (row["merchant_id"], row["listing_id"])
        for row in catalogue.listing_rows()
        if "SA" in row["markets"] and row["language"] != "ar"
    }
    known = {key for key, policies in catalogue.truth.items() if "saudi-arabic-description" in policies}
    assert foreign == known


def test_metrics_add_up_with_orders_and_stay_before_the_day(small: Catalogue) -> None:
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in small.metric_rows():
        counted[row["listing_id"], row["date"]] += row["orders"]
        assert row["visits"] <= row["impressions"] + 1
        assert row["orders"] <= row["visits"]
        assert row["rating_sum"] <= 5 * row["rating_count"]
    ordered = Counter((row["listing_id"], row["ordered_at"][:10]) for row in small.order_rows())
    assert {key: count for key, count in counted.items() if count} == dict(ordered)
    dates = {day.date for day in small.days}
    assert (min(dates), max(dates)) == (MONDAY - dt.timedelta(days=60), MONDAY - dt.timedelta(days=1))


def test_demand_is_a_long_tail_with_seasons(catalogue: Catalogue) -> None:
    per_listing: Counter[str] = Counter()
    toys: Counter[dt.date] = Counter()
    for day in catalogue.days:
        per_listing[day.offer.id] += day.impressions
        if day.offer.product.season == "gifts":
            toys[day.date] += day.impressions
    busiest = [count for _listing, count in per_listing.most_common(500)]
    assert sum(busiest) > 0.5 * sum(per_listing.values())
    november = sum(count for date, count in toys.items() if date.month == 11)
    august = sum(count for date, count in toys.items() if date.month == 8)
    assert november / 22 > 1.3 * august / 31


def test_certificates_are_valid_or_ending_or_over(catalogue: Catalogue) -> None:
    left = [
        (dt.date.fromisoformat(held["valid_until"]) - MONDAY).days
        for row in catalogue.listing_rows()
        for held in row["certificates"]
    ]
    assert sum(days < 0 for days in left) > 5
    assert sum(0 <= days <= 30 for days in left) > 20
    assert sum(days > 30 for days in left) > 1_000


def test_every_defect_is_planted_in_plain_sight(catalogue: Catalogue) -> None:
    planted = {item.policy for item in catalogue.planted if item.plant in (Plant.PLAIN, Plant.DISGUISED)}
    assert planted == {defect.policy for defect in defects()}
    faults = {policy for _seller, policy, plant in catalogue.faults if plant is Plant.PLAIN}
    assert faults == {defect.policy for defect in merchant_defects()}


def test_plants_of_every_kind_are_there(catalogue: Catalogue) -> None:
    kinds = Counter(item.plant for item in catalogue.planted)
    assert set(kinds) == set(Plant)
    assert kinds[Plant.HIDDEN] < 0.12 * sum(count for plant, count in kinds.items() if plant.violates)


def test_a_small_catalogue_has_every_defect_too(small: Catalogue) -> None:
    planted = {item.policy for item in small.planted if item.plant.violates}
    missing = {defect.policy for defect in defects()} - planted
    assert missing <= {"nigeria-nafdac-number"}


def test_what_only_looks_wrong_is_not_in_the_truth(catalogue: Catalogue) -> None:
    innocent = [item for item in catalogue.planted if not item.plant.violates]
    assert [item for item in innocent if item.policy in item.policies] == []
    keys = {(item.offer.seller.id, item.offer.id) for item in innocent}
    assert keys.isdisjoint(catalogue.truth)


def test_files_hold_the_rows_and_never_the_truth(small: Catalogue, tmp_path: Path) -> None:
    paths = small.write(tmp_path)
    months = sorted({f"metrics-{row['date'][:7]}" for row in small.metric_rows()})
    assert len(months) > 1
    assert {path.name for path in tmp_path.iterdir()} == {
        "listings.ndjson",
        "merchants.ndjson",
        "orders.ndjson",
        *(f"{month}.csv" for month in months),
    }
    listings = [json.loads(line) for line in paths["listings"].read_text(encoding="utf-8").splitlines()]
    assert listings == list(small.listing_rows())
    days = []
    for month in months:
        with paths[month].open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            days += list(reader)
            assert tuple(reader.fieldnames or ()) == METRIC_COLUMNS
    written = {(row["listing_id"], row["date"]): json.loads(row["returns"]) for row in days}
    assert written == {(row["listing_id"], str(row["date"])): row["returns"] for row in small.metric_rows()}
    assert len(days) == len(written)


def test_the_truth_can_be_written_apart(small: Catalogue) -> None:
    rows = list(small.truth_rows())
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row["violates"]:
            found[row["merchant_id"], row["listing_id"]] |= set(row["violates"])
    assert {key: frozenset(policies) for key, policies in found.items()} == small.truth
