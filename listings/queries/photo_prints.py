"""Photos nearly like others, found by the keys of their prints; no photo is looked at twice for it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from listings.models import ListingImage, PhotoPrint
from listings.text import photo_likeness as likeness

COMMON = 1_000
"""Photos by which a key is looked up; one that more have is left out: of what so many look like, the other keys find the nearest."""
MOST = 10_000
"""Photos nearly alike of which one is told, the nearest."""
NEAR = """
    WITH asked AS (
        SELECT place, ('x' || print)::bit(256) AS bits, ('x' || turned)::bit(256) AS turned
        FROM unnest(%(prints)s::text[], %(turned)s::text[]) WITH ORDINALITY AS given(print, turned, place)
    ), held AS MATERIALIZED (
        SELECT wanted.key, few.sha256, few.bits, count(*) OVER (PARTITION BY wanted.key) AS holders
        FROM (SELECT DISTINCT unnest(%(keys)s::integer[]) AS key) AS wanted
        CROSS JOIN LATERAL (
            SELECT sha256, bits FROM listings_photoprint
            WHERE keys @> ARRAY[wanted.key] AND version = %(version)s LIMIT %(common)s + 1
        ) AS few
    ), candidates AS (
        SELECT DISTINCT wanted.place, held.sha256, held.bits
        FROM unnest(%(keys)s::integer[], %(places)s::integer[]) AS wanted(key, place)
        JOIN held ON held.key = wanted.key
        WHERE held.holders <= %(common)s AND held.sha256 <> ALL(%(own)s)
    ), compared AS (
        SELECT near.sha256, asked.place,
            least(bit_count(near.bits # asked.bits), bit_count(near.bits # asked.turned)) AS apart
        FROM (SELECT place, sha256, ('x' || encode(bits, 'hex'))::bit(256) AS bits FROM candidates OFFSET 0) AS near
        JOIN asked ON asked.place = near.place
    ), nearest AS (
        SELECT DISTINCT ON (sha256) sha256, apart, place FROM compared WHERE apart <= %(alike)s ORDER BY sha256, apart, place
    ), told AS (
        SELECT * FROM nearest ORDER BY apart, sha256 LIMIT %(most)s
    )
    SELECT whole.whole, told.sha256, told.apart, told.place
    FROM (SELECT coalesce(bool_and(holders <= %(common)s), true) AS whole FROM held) AS whole LEFT JOIN told ON true
    ORDER BY told.apart, told.sha256
"""
"""Looked up one key after the other: hardly any is held by more than a few photos, which the planner cannot know of all at once.
A photo that several keys find is compared once."""


class Near(NamedTuple):
    """A photo nearly like one of those asked about: the bits in which they differ, and the content of that one."""

    apart: int
    like: str


@dataclass(frozen=True)
class Found:
    """Photos by content, the nearest first; and whether none was left out because too many look like it."""

    photos: dict[str, Near] = field(default_factory=dict)
    whole: bool = True


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


def near(prints: Mapping[str, int]) -> Found:
    """Photos nearly like one of these, by content; not these themselves. One query, whose work grows with how many look like them:
    who waits for it sets it a time."""
    if not prints:
        return Found()
    own = list(prints)
    with connection.cursor() as cursor:
        cursor.execute(NEAR, asked(prints))
        rows = cursor.fetchall()
    photos = {sha256: Near(apart, own[place - 1]) for _whole, sha256, apart, place in rows if sha256}
    return Found(photos, whole=rows[0][0] and len(photos) < MOST)


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
        "common": COMMON,
        "most": MOST,
    }
