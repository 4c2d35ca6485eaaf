"""The statements that merge a batch of listings. All of them read the temporary table `incoming`."""

from typing import Any

import orjson

LOCK = "SELECT pg_advisory_xact_lock(7236003)"  # one merge at a time: change numbers follow the commits

INCOMING = (
    ("merchant_id", "bigint"), ("external_id", "text"), ("state", "text"), ("category_id", "bigint"),
    ("title", "text"), ("description", "text"), ("language", "text"), ("brand", "text"), ("sku", "text"),
    ("ean", "text"), ("condition", "text"), ("price_minor", "bigint"), ("currency", "text"),
    ("price_eur", "numeric"), ("markets", "text[]"), ("attributes", "jsonb"), ("text_base", "text"),
    ("text_skeleton", "text"), ("text_version", "smallint"), ("content_hash", "text"), ("content", "jsonb"),
    ("created_at", "timestamptz"),
)  # fmt: skip
IMAGES = (("listing_id", "bigint"), ("position", "smallint"), ("url", "text"))
CERTIFICATES = (
    ("listing_id", "bigint"), ("merchant_id", "bigint"), ("type", "text"), ("number", "text"), ("issuer", "text"),
    ("standard", "text"), ("valid_from", "date"), ("valid_until", "date"),
)  # fmt: skip
CONTENT = [name for name, _type in INCOMING if name not in ("merchant_id", "external_id", "content", "created_at")]

STORED = """
    SELECT l.merchant_id, l.external_id, l.id, l.content_hash
    FROM unnest(%s::bigint[], %s::text[]) AS k(merchant_id, external_id)
    JOIN listings_listing l ON l.merchant_id = k.merchant_id AND l.external_id = k.external_id
"""
UPDATE = f"""
    UPDATE listings_listing l
    SET {", ".join(f"{name} = i.{name}" for name in CONTENT)},
        version = l.version + 1, change = nextval('listings_change'), changed_at = %(at)s
    FROM incoming i
    WHERE l.merchant_id = i.merchant_id AND l.external_id = i.external_id AND l.content_hash <> i.content_hash
    RETURNING l.id, l.merchant_id, l.external_id, l.change
"""  # noqa: S608 -- names from the tuple above
INSERT = f"""
    WITH room AS MATERIALIZED (
        SELECT m.id, m.new_listings_a_day - (
            SELECT count(*) FROM listings_listing l
            JOIN listings_listingversion v ON v.listing_id = l.id AND v.number = 1
            WHERE l.merchant_id = m.id AND v.created_at >= date_trunc('day', %(at)s::timestamptz, 'UTC')
        ) AS left_today
        FROM listings_merchant m
        WHERE m.new_listings_a_day IS NOT NULL AND m.id IN (SELECT merchant_id FROM incoming)
    ), fresh AS (
        SELECT i.*, room.left_today, row_number() OVER (PARTITION BY i.merchant_id ORDER BY i.external_id) AS nth
        FROM incoming i
        JOIN listings_merchant m ON m.id = i.merchant_id AND m.listing_rights_suspended_at IS NULL
        LEFT JOIN room ON room.id = i.merchant_id
        WHERE NOT EXISTS (
            SELECT 1 FROM listings_listing l WHERE l.merchant_id = i.merchant_id AND l.external_id = i.external_id
        )
    )
    INSERT INTO listings_listing
        (merchant_id, external_id, created_at, {", ".join(CONTENT)}, version, change, changed_at)
    SELECT merchant_id, external_id, created_at, {", ".join(CONTENT)}, 1, nextval('listings_change'), %(at)s
    FROM fresh
    WHERE left_today IS NULL OR nth <= left_today
    RETURNING id, merchant_id, external_id, change
"""  # noqa: S608 -- names from the tuple above
VERSIONS = """
    INSERT INTO listings_listingversion (listing_id, number, content, content_hash, source, created_at)
    SELECT l.id, l.version, i.content, i.content_hash, %(source)s, %(at)s
    FROM incoming i
    JOIN listings_listing l ON l.merchant_id = i.merchant_id AND l.external_id = i.external_id
    WHERE l.id = ANY(%(ids)s)
"""
REPLACE_IMAGES = """
    DELETE FROM listings_listingimage m
    WHERE m.listing_id = ANY(%(ids)s)
      AND NOT EXISTS (
        SELECT 1 FROM incoming_image i WHERE i.listing_id = m.listing_id AND i.position = m.position
      );
    INSERT INTO listings_listingimage AS m (listing_id, position, url, sha256)
    SELECT listing_id, position, url, '' FROM incoming_image
    ON CONFLICT (listing_id, position) DO UPDATE
    SET url = excluded.url, sha256 = '', fetched_at = NULL, due_at = NULL, tries = 0, why = ''
    WHERE m.url <> excluded.url
"""
REPLACE_CERTIFICATES = """
    DELETE FROM listings_certificate c
    WHERE c.listing_id = ANY(%(ids)s)
      AND NOT EXISTS (
        SELECT 1 FROM incoming_certificate i
        WHERE i.listing_id = c.listing_id AND i.type = c.type AND i.number = c.number
      );
    INSERT INTO listings_certificate AS c
        (listing_id, merchant_id, type, number, issuer, standard, valid_from, valid_until, changed_at)
    SELECT listing_id, merchant_id, type, number, issuer, standard, valid_from, valid_until, %(at)s
    FROM incoming_certificate
    ON CONFLICT (merchant_id, listing_id, type, number) DO UPDATE
    SET issuer = excluded.issuer, standard = excluded.standard, valid_from = excluded.valid_from,
        valid_until = excluded.valid_until, changed_at = excluded.changed_at
    WHERE (c.issuer, c.standard, c.valid_from, c.valid_until)
        IS DISTINCT FROM (excluded.issuer, excluded.standard, excluded.valid_from, excluded.valid_until)
"""


def as_json(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
