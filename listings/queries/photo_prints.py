"""Photos nearly like others, found by the keys of their prints; no photo is looked at twice for it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from listings.models import ListingImage, PhotoPrint
from listings.text import photo_likeness as likeness

MOST = 1_000
"""Photos nearly alike of which one is told, the nearest."""
NEAR = """
    WITH asked AS (
        SELECT place, ('x' || print)::bit(256) AS bits, ('x' || turned)::bit(256) AS turned
        FROM unnest(%(prints)s::text[], %(turned)s::text[]) WITH ORDINALITY AS given(print, turned, place)
    ), compared AS (
        SELECT near.sha256, least(bit_count(near.bits # asked.bits), bit_count(near.bits # asked.turned)) AS apart
        FROM unnest(%(keys)s::integer[], %(places)s::integer[]) AS wanted(key, place)
        JOIN asked ON asked.place = wanted.place
        CROSS JOIN LATERAL (
            SELECT sha256, ('x' || encode(bits, 'hex'))::bit(256) AS bits FROM listings_photoprint
            WHERE keys @> ARRAY[wanted.key] AND version = %(version)s OFFSET 0
        ) AS near
    )
    SELECT sha256, min(apart) FROM compared WHERE apart <= %(alike)s AND sha256 <> ALL(%(own)s)
    GROUP BY sha256 ORDER BY min(apart), sha256 LIMIT %(most)s
"""
"""Looked up one key after the other: hardly any is held by more than a few photos, which the planner cannot know of all at once."""


def of_listings(listing_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Of each listing the prints of its photos, by their content; one without any is left out. Two queries."""
    shown = ListingImage.objects.filter(listing__in=listing_ids).exclude(sha256="").values_list("listing_id", "sha256")
    held = list(shown)
    prints = of_photos({sha256 for _listing, sha256 in held})
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for listing, sha256 in held:
        if sha256 in prints:
            found[listing][sha256] = prints[sha256]
    return dict(found)


def of_photos(contents: Collection[str]) -> dict[str, int]:
    """The prints of these, as far as they are made and the photo has something in it."""
    rows = PhotoPrint.objects.filter(sha256__in=contents, version=likeness.VERSION, bits__isnull=False)
    return {sha256: int.from_bytes(bits or b"") for sha256, bits in rows.values_list("sha256", "bits")}


def near(prints: Mapping[str, int]) -> dict[str, int]:
    """Photos nearly like one of these, by content, with the bits in which they differ; not these themselves. One query."""
    if not prints:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NEAR, asked(prints))
        return dict(cursor.fetchall())


def asked(prints: Mapping[str, int]) -> dict[str, Any]:
    """What NEAR is told: each key with the place of the print that it is of."""
    wanted = [(key, place) for place, each in enumerate(prints.values(), 1) for key in likeness.keys_near(each)]
    return {
        "prints": [f"{each:064x}" for each in prints.values()],
        "turned": [f"{likeness.mirrored(each):064x}" for each in prints.values()],
        "keys": [key for key, _place in wanted],
        "places": [place for _key, place in wanted],
        "own": list(prints),
        "version": likeness.VERSION,
        "alike": likeness.ALIKE,
        "most": MOST,
    }
