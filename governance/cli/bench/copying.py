"""Blocks of listings into the tables by COPY. Runs in processes of its own, which need no Django."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg2

from governance.cli.bench.listings import WRITTEN, Made, block, blocks
from listings.domain.copying import Column, array, copy_rows
from listings.text import NORMALISER_VERSION

LISTINGS: Sequence[Column] = (
    ("id", "bigint"), ("merchant_id", "bigint"), ("external_id", "text"), ("version", "int"), ("state", "text"),
    ("category_id", "bigint"), ("title", "text"), ("description", "text"), ("language", "text"), ("brand", "text"),
    ("sku", "text"), ("ean", "text"), ("condition", "text"), ("price_minor", "bigint"), ("currency", "text"),
    ("price_eur", "numeric"), ("markets", "text[]"), ("attributes", "jsonb"), ("text_base", "text"),
    ("text_skeleton", "text"), ("text_version", "smallint"), ("content_hash", "text"), ("change", "bigint"),
    ("created_at", "timestamptz"), ("changed_at", "timestamptz"),
)  # fmt: skip
CERTIFICATES: Sequence[Column] = (
    ("merchant_id", "bigint"), ("listing_id", "bigint"), ("type", "text"), ("number", "text"), ("issuer", "text"),
    ("standard", "text"), ("valid_from", "date"), ("valid_until", "date"), ("changed_at", "timestamptz"),
)  # fmt: skip
IMAGES: Sequence[Column] = (("listing_id", "bigint"), ("position", "smallint"), ("url", "text"), ("sha256", "text"))


class Part(NamedTuple):
    """Which blocks a process copies: every `of`th, from `first` on."""

    first: int
    of: int
    listings: int
    merchants: int
    seed: int


def copy_part(url: str, part: Part) -> None:
    """In a process of its own, on a connection of its own."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            copy_blocks(cursor, part)
    finally:
        connection.close()


def copy_blocks(cursor: Any, part: Part) -> None:
    for number in range(part.first, blocks(part.listings), part.of):
        _copy(cursor, list(block(number, count=part.listings, merchants=part.merchants, seed=part.seed)))


def _copy(cursor: Any, made: Sequence[Made]) -> None:
    at = WRITTEN
    copy_rows(cursor, table="listings_listing", columns=LISTINGS, rows=(_listing(each, at) for each in made))
    copy_rows(cursor, table="listings_certificate", columns=CERTIFICATES, rows=_certificates(made, at))
    images = ((each.key, nth, url, "") for each in made for nth, url in enumerate(each.draft.images))
    copy_rows(cursor, table="listings_listingimage", columns=IMAGES, rows=images)


def _listing(made: Made, at: datetime) -> Sequence[Any]:
    draft = made.draft
    return (
        made.key, draft.merchant_id, draft.external_id, 1, draft.state.value, draft.category_id, draft.title,
        draft.description, draft.language, draft.brand, draft.sku, draft.ean, draft.condition, draft.price_minor,
        draft.currency, made.price_eur, array(draft.markets), made.attributes, made.base, made.skeleton,
        NORMALISER_VERSION, draft.content_hash, made.key, draft.created_at, at,
    )  # fmt: skip


def _certificates(made: Sequence[Made], at: datetime) -> Iterable[Sequence[Any]]:
    for each in made:
        for held in each.draft.certificates:
            yield (
                each.draft.merchant_id, each.key, held.type, held.number, held.issuer, held.standard, held.valid_from,
                held.valid_until, at,
            )  # fmt: skip
