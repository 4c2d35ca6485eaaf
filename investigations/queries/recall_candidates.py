"""Which listings may be the product of an alert, and which alerts a listing may be: found by indexes, never all against all."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from investigations.enums import KeyKind
from investigations.models import RecallAlert
from investigations.text import identifiers
from investigations.text.likeness import Alert, Offer

CHUNK = 500
MOST_ALIKE = 400
"""Titles looked at for one alert where neither barcode nor model nor brand leads."""
MOST_OF_A_BRAND = 2_000
COMMON_WORD = 300
"""A word of so many alerts leads to none of them."""
SIMILAR = 0.5
NAMED = ("model", "mpn", "model_number", "part_number")
"""Attributes that name the model."""

MODEL = "coalesce({}, '')".format(", ".join(f"l.attributes->>'{name}'" for name in NAMED))
PLAIN = "regexp_replace(lower({0}), '[^a-z0-9]', '', 'g')"
UPPER = "ARRAY(SELECT upper(given) FROM unnest(%({0})s::text[]) AS given)"
"""By the database, as the indexes are: it knows which letters have capitals."""
OF_THE_BRAND = f"upper(l.brand) = ANY({UPPER.format('brands')}) AND l.brand <> ''"
NAMES_IT = f"upper(l.title) LIKE ANY({UPPER.format('words')})"
SUREST = "ORDER BY word_similarity(upper(%(text)s), upper(l.title)) DESC, l.id LIMIT"
FIELDS = f"l.id, l.version, l.title, l.description, l.brand, l.ean, {MODEL}"
LISTINGS = "SELECT l.id FROM listings_listing l WHERE"

BY_BARCODE = f"{LISTINGS} l.ean = ANY(%(gtins)s) AND l.ean <> ''"
BY_MODEL = f"{LISTINGS} upper(l.title) LIKE ANY({UPPER.format('models')})"
OF_BRAND = f"""
    {LISTINGS} {OF_THE_BRAND}
    AND ({PLAIN.format(MODEL)} = ANY(%(keys)s) OR {PLAIN.format("l.description")} LIKE ANY(%(in_text)s))
"""
LIKE_OF_BRAND = f"{LISTINGS} {OF_THE_BRAND} AND {NAMES_IT} {SUREST} %(most)s"
BRAND_IN_TITLE = f"{LISTINGS} upper(l.title) LIKE ANY({UPPER.format('named')}) AND {NAMES_IT} {SUREST} %(most)s"
ALIKE = f"{LISTINGS} upper(l.title) %%> upper(%(text)s) {SUREST} %(alike)s"
LOAD = f"SELECT {FIELDS} FROM listings_listing l WHERE l.id = ANY(%s) ORDER BY l.id"  # noqa: S608 -- names from above
CHANGED = f"SELECT {FIELDS}, l.change FROM listings_listing l WHERE l.change > %s ORDER BY l.change LIMIT %s"  # noqa: S608
OF_KEYS = """
    WITH asked AS (
        SELECT * FROM unnest(%(listings)s::bigint[], %(kinds)s::text[], %(keys)s::text[]) AS a(listing_id, kind, key)
    ), common AS (
        SELECT k.key FROM investigations_recallkey k
        WHERE k.kind = 'word' AND k.key IN (SELECT key FROM asked WHERE kind = 'word')
        GROUP BY k.key HAVING count(*) > %(common)s
    )
    SELECT a.listing_id, k.alert_id
    FROM asked a JOIN investigations_recallkey k ON k.kind = a.kind AND k.key = a.key
    WHERE a.kind <> 'word' OR a.key NOT IN (SELECT key FROM common)
    GROUP BY a.listing_id, k.alert_id
    HAVING bool_or(a.kind IN ('gtin', 'model')) OR (bool_or(a.kind = 'brand') AND count(*) > 1)
        OR count(*) FILTER (WHERE a.kind = 'word') >= %(shared)s
"""


def offers_like(facts: Alert) -> Iterator[list[Offer]]:
    """Listings of the whole catalogue that may be the product, a chunk at a time."""
    keys = sorted(_keys_like(facts))
    for start in range(0, len(keys), CHUNK):
        yield load(keys[start : start + CHUNK])


def load(keys: Sequence[int]) -> list[Offer]:
    with connection.cursor() as cursor:
        cursor.execute(LOAD, [list(keys)])
        return [Offer(*row) for row in cursor.fetchall()]


def changed_after(mark: int, *, limit: int = CHUNK) -> tuple[list[Offer], int]:
    """The next listings by change, and the change of the last of them."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [mark, limit])
        rows = cursor.fetchall()
    return [Offer(*row[:-1]) for row in rows], rows[-1][-1] if rows else mark


def newest_change() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(change), 0) FROM listings_listing")
        return int(cursor.fetchone()[0])


def alerts_like(offers: Sequence[Offer]) -> dict[int, list[int]]:
    """By alert, the listings that may be its product."""
    asked = [(offer.id, kind, key) for offer in offers for kind, key in _keys_of(offer)]
    listings, kinds, keys = zip(*asked, strict=True) if asked else ((), (), ())
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "listings": list(listings),
            "kinds": list(kinds),
            "keys": list(keys),
            "common": COMMON_WORD,
            "shared": 3,
        }
        cursor.execute(OF_KEYS, given)
        for listing_id, alert_id in cursor.fetchall():
            found.setdefault(alert_id, []).append(listing_id)
    return found


def owed(limit: int) -> list[int]:
    """Alerts that are to be held against the catalogue, the longest waiting first."""
    rows = RecallAlert.objects.filter(owed_at__isnull=False).order_by("owed_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def _keys_of(offer: Offer) -> Iterator[tuple[str, str]]:
    if offer.gtin:
        yield KeyKind.GTIN.value, offer.gtin
    brands = {offer.brand_key, identifiers.compact(offer.brand.split()[0])} if offer.brand_key else set()
    yield from (
        (KeyKind.BRAND.value, key) for key in sorted(brands | offer.grams) if len(key) >= identifiers.SHORTEST_MODEL
    )
    numbers = {
        key for key in offer.grams | identifiers.grams(offer.model) | _numbers(offer) if any(map(str.isdigit, key))
    }
    yield from ((KeyKind.MODEL.value, key) for key in sorted(numbers) if len(key) >= identifiers.SHORTEST_MODEL)
    yield from ((KeyKind.WORD.value, word) for word in offer.words)


def _numbers(offer: Offer) -> frozenset[str]:
    """Words of the description that may be a model, with their neighbours."""
    return frozenset(key for key in identifiers.numbers(offer.description) if identifiers.SHORT_MODEL <= len(key) <= 30)


def _keys_like(facts: Alert) -> set[int]:
    found: set[int] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(SIMILAR)])
        for query, given in _asked(facts):
            cursor.execute(query, given)
            found.update(pk for (pk,) in cursor.fetchall())
    return found


def _asked(facts: Alert) -> Iterator[tuple[str, dict[str, Any]]]:
    """The queries that this alert's facts allow, each by an index of the catalogue."""
    brands = sorted(_spellings(facts))
    words = sorted({_holding(word) for words in facts.words for word in words})
    text = " ".join(filter(None, (facts.name, facts.product)))
    base: dict[str, Any] = {
        "brands": brands,
        "words": words,
        "text": text[:200],
        "most": MOST_OF_A_BRAND,
        "alike": MOST_ALIKE,
    }
    if facts.gtins:
        yield BY_BARCODE, {"gtins": sorted(facts.gtins)}
    if models := sorted({_holding(part) for written in facts.model_keys.values() if (part := _longest_part(written))}):
        yield BY_MODEL, {"models": models}
    if brands and facts.model_keys:
        keys = sorted(facts.model_keys)
        yield OF_BRAND, base | {"keys": keys, "in_text": [f"%{key}%" for key in keys]}
    if brands and words:
        yield LIKE_OF_BRAND, base
        if named := [_holding(brand) for brand in facts.brand_keys.values() if len(brand) >= 3]:
            yield BRAND_IN_TITLE, base | {"named": named}
    if text and max((len(each) for each in facts.words), default=0) >= 3:
        yield ALIKE, base


def _spellings(facts: Alert) -> set[str]:
    firsts = {brand.split()[0] for brand in facts.brand_keys.values() if len(brand.split()) > 1}
    return set(facts.brand_keys.values()) | {each for each in firsts if len(each) >= identifiers.SHORT_MODEL}


def _longest_part(model: str) -> str:
    """Of `601-1004` the part that an index finds quickest, where it is long enough for one."""
    parts: Iterable[str] = identifiers.WORD.findall(model)
    longest = max(parts, key=len, default="")
    return longest if len(longest) >= 3 else ""


def _holding(text: str) -> str:
    """The pattern of titles with these characters in them."""
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
