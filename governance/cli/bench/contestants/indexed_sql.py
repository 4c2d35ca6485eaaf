"""Fully indexed SQL: every rule a SELECT, all of them one INSERT."""

from collections.abc import Sequence

from django.db import connection, transaction

from governance.cli.bench.contestants.contestant import NOW, SAMPLE, Contestant, InForce, in_force
from governance.cli.bench.forms.sql import ZONES, PostgreSQL, text
from governance.cli.bench.searching import mentioned
from listings.domain.copying import copy_rows
from listings.models import Listing

VIEWS = """
    CREATE OR REPLACE VIEW category AS SELECT id, code FROM listings_category;
    CREATE OR REPLACE VIEW certificate AS
        SELECT merchant_id, listing_id, type, valid_from, valid_until FROM listings_certificate;
    CREATE TABLE IF NOT EXISTS mention (list_key text, listing_id bigint, PRIMARY KEY (list_key, listing_id));
"""
INDEXES = f"""
    CREATE INDEX IF NOT EXISTS bench_attributes ON listings_listing USING gin (attributes jsonb_path_ops);
    CREATE INDEX IF NOT EXISTS bench_keys ON listings_listing USING gin (attributes);
    CREATE INDEX IF NOT EXISTS bench_words ON listings_listing USING gin (({ZONES.replace("l.", "")}) gin_trgm_ops);
    CREATE INDEX IF NOT EXISTS bench_price ON listings_listing (price_eur);
    CREATE INDEX IF NOT EXISTS bench_certificate ON listings_certificate (listing_id, type) INCLUDE (valid_from, valid_until);
    CREATE INDEX IF NOT EXISTS bench_seller_certificate ON listings_certificate (merchant_id, type) WHERE listing_id IS NULL;
"""
_FROM = """
    FROM listings_listing l JOIN listings_merchant m ON m.id = l.merchant_id
    LEFT JOIN listings_traderidentity t ON t.merchant_id = l.merchant_id
    LEFT JOIN listings_merchantwindow w ON w.merchant_id = l.merchant_id AND w.days = 30
"""


class IndexedSQL(Contestant):
    name = "sql"
    told = "PostgreSQL alone: a SELECT for each rule with every index that helps, one transaction"
    prepared = (
        "GIN on attributes, trigrams of the words, prices, certificates, and a table of the terms in each listing"
    )

    def prepare(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(VIEWS)
            fill_mentions()
            cursor.execute(INDEXES)
            cursor.execute("ANALYZE")

    def run(self, *, sample: bool) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for each in in_force():
                cursor.execute(insertion(each, sample=sample))


def fill_mentions() -> None:
    """What the term lists find in each listing, worked out beforehand: an index like any other."""
    columns = [("list_key", "text"), ("listing_id", "bigint")]
    texts = Listing.objects.order_by("pk").values_list("pk", "text_base", "text_skeleton", "language")
    rows: Sequence[tuple[str, int]] = [
        (key, listing)
        for listing, base, skeleton, language in texts.iterator(chunk_size=5_000)
        for key in sorted(mentioned(base, skeleton, language))
    ]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE mention")
        copy_rows(cursor, table="mention", columns=columns, rows=rows)


def counting(of: InForce) -> str:
    """The statement that counts what violates a rule."""
    return f"SELECT count(*) {_FROM} WHERE l.state = 'on_sale' AND {PostgreSQL().condition(of.rule)}"


def insertion(of: InForce, *, sample: bool) -> str:
    """The statement that writes a rule's violations."""
    codes = ", ".join(map(text, of.rule.jurisdictions))
    only = f" AND l.id IN (SELECT id FROM {SAMPLE})" if sample else ""
    return f"""
        INSERT INTO enforcement_violation (policy_id, version_id, merchant_id, listing_id, listing_version, markets,
            explanation, mode, state, owed, found_at, seen_at, closed_because)
        SELECT {of.policy}, {of.version}, l.merchant_id, l.id, l.version,
            ARRAY(SELECT k FROM unnest(l.markets) k WHERE k IN ({codes})), '{{}}', 'shadow', 'open', 'nothing',
            '{NOW.isoformat()}', '{NOW.isoformat()}', ''
        {_FROM} WHERE l.state = 'on_sale' AND {PostgreSQL().condition(of.rule)}{only}
    """
