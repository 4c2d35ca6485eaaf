"""zen-engine: one compiled expression of all rules, evaluated for each listing, with the texts matched beforehand."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import zen
from django.db import connection, transaction

from governance.cli.bench.contestants.contestant import (
    NOW,
    SAMPLE,
    TODAY,
    Contestant,
    InForce,
    in_force,
)
from governance.cli.bench.contestants.plain_django import paths
from governance.cli.bench.forms.sql import PostgreSQL, text
from governance.cli.bench.forms.zen import expression, pattern_key
from governance.cli.bench.rules import PATTERNS
from listings.domain.copying import Column, array, copy_rows

BATCH = 2_000
_COLUMNS: Sequence[Column] = (
    ("policy_id", "bigint"), ("version_id", "bigint"), ("merchant_id", "bigint"), ("listing_id", "bigint"),
    ("listing_version", "int"), ("markets", "text[]"), ("explanation", "jsonb"), ("mode", "text"), ("state", "text"),
    ("owed", "text"), ("found_at", "timestamptz"), ("seen_at", "timestamptz"), ("closed_because", "text"),
)  # fmt: skip
_VALID = f"(valid_from IS NULL OR valid_from <= '{TODAY}') AND (valid_until IS NULL OR valid_until >= '{TODAY}')"
_SELLERS = f"""
    SELECT m.id, m.kind, m.country, m.joined_on, coalesce(t.verified_on <= '{TODAY}', false),
        w.returns / NULLIF(w.orders, 0)::float8, w.complaints / NULLIF(w.orders, 0)::float8,
        ARRAY(SELECT type FROM listings_certificate WHERE merchant_id = m.id AND listing_id IS NULL AND {_VALID})
    FROM listings_merchant m LEFT JOIN listings_traderidentity t ON t.merchant_id = m.id
    LEFT JOIN listings_merchantwindow w ON w.merchant_id = m.id AND w.days = 30
"""
_LISTINGS = f"""
    SELECT l.id, l.version, l.merchant_id, k.code, l.markets, l.price_eur::float8, l.attributes,
        ARRAY(SELECT type FROM listings_certificate WHERE listing_id = l.id AND {_VALID}),
        ARRAY(SELECT list_key FROM bench_text_found WHERE listing_id = l.id AND of_list),
        ARRAY(SELECT list_key FROM bench_text_found WHERE listing_id = l.id AND NOT of_list)
    FROM listings_listing l JOIN listings_category k ON k.id = l.category_id WHERE l.state = 'on_sale'
"""


class ZenEngine(Contestant):
    name = "zen"
    by_row = True
    told = "zen-engine: all rules as one compiled expression, a listing at a time, rows by a cursor, results by COPY"
    prepared = "term lists and patterns are matched beforehand: it is given their names"

    def prepare(self) -> None:
        """Needs the table of mentions, which SQL has prepared."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_text_found")
            cursor.execute(
                "CREATE TABLE bench_text_found AS SELECT listing_id, list_key::text, true AS of_list FROM mention"
            )
            for pattern, any_case in PATTERNS:
                matches = PostgreSQL().matches(pattern, any_case)
                cursor.execute(
                    f"INSERT INTO bench_text_found SELECT l.id, {text(pattern_key(pattern))}, false FROM listings_listing l WHERE {matches}"
                )
            cursor.execute("CREATE INDEX ON bench_text_found (listing_id, of_list)")
            cursor.execute("ANALYZE bench_text_found")

    def run(self, *, sample: bool) -> None:
        rules = in_force()
        compiled = zen.compile_expression("[" + ", ".join(expression(each.rule) for each in rules) + "]")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SELLERS)
            sellers = {row[0]: row[1:] for row in cursor.fetchall()}
            found: list[Sequence[Any]] = []
            for row in _rows(sample=sample):
                answers = compiled.evaluate(_context(row, sellers[row[2]]))
                found += [_written(each, row) for each, held in zip(rules, answers, strict=True) if held]
            copy_rows(cursor, table="enforcement_violation", columns=_COLUMNS, rows=found)


def _rows(*, sample: bool) -> Iterator[Sequence[Any]]:
    only = f" AND l.id IN (SELECT id FROM {SAMPLE})" if sample else ""
    with connection.connection.cursor(name="bench") as cursor:
        cursor.itersize = BATCH
        cursor.execute(_LISTINGS + only)
        yield from cursor


def _context(row: Sequence[Any], seller: Sequence[Any]) -> dict[str, Any]:
    _key, _version, _merchant, code, markets, price, attributes, certificates, mentioned, matched = row
    kind, country, joined, verified, returns, complaints, held = seller
    return {
        "path": list(paths(code)),
        "markets": markets,
        "price": price,
        "attributes": orjson.loads(attributes),
        "certificates": [*certificates, *held],
        "mentioned": mentioned,
        "matched": matched,
        "seller": {
            "kind": kind,
            "country": country,
            "joined": joined.toordinal() if joined else 0,
            "verified": verified,
            "return_rate": returns,
            "complaint_rate": complaints,
        },
    }


def _written(of: InForce, row: Sequence[Any]) -> Sequence[Any]:
    listing, version, merchant, markets = row[0], row[1], row[2], row[4]
    where = array(market for market in markets if market in of.rule.jurisdictions)
    return (
        of.policy, of.version, merchant, listing, version, where, "{}", "shadow", "open", "nothing", NOW, NOW, "",
    )  # fmt: skip
