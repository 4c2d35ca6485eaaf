"""Stored texts that another version of the normaliser made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from django.db.models import Max, Min

from listings.models import Listing

_OUTDATED = """
    SELECT id, title, description, attributes::text, content_hash
    FROM listings_listing WHERE text_version = %s ORDER BY id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a merchant wrote in one listing. `content_hash` is of the content that these words belong to."""

    id: int
    title: str
    description: str
    attributes: Mapping[str, Any]
    content_hash: str


def outdated_version(current: int) -> int | None:
    """A version other than `current` that has made stored texts, None if there is none.

    Both ends of the index `listing_by_text_version` are looked at, so the answer costs the same for any catalogue.
    """
    ends = Listing.objects.aggregate(lowest=Min("text_version"), highest=Max("text_version"))
    return next((end for end in ends.values() if end not in (None, current)), None)


def written(*, version: int, limit: int) -> list[Written]:
    """Listings with texts of one version, the lowest keys first."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, [version, limit])
        return [
            Written(pk, title, description, orjson.loads(attributes), content_hash)
            for pk, title, description, attributes, content_hash in cursor.fetchall()
        ]


def highest_key() -> int:
    return Listing.objects.aggregate(highest=Max("id"))["highest"] or 0
