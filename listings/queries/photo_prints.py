"""Photos nearly like others, found by the keys of their prints; no photo is looked at twice for it."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import connection

from listings.models import ListingImage, PhotoPrint
from listings.text import photo_likeness as likeness

MOST_COMPARED = 5_000
"""Photos with a key in common that are compared, bit by bit: far more than a catalogue of some millions has by chance."""

SHARING_A_KEY = """
    SELECT DISTINCT near.sha256, near.bits FROM unnest(%(keys)s) AS wanted(key) CROSS JOIN LATERAL (
        SELECT sha256, bits FROM listings_photoprint WHERE keys @> ARRAY[wanted.key] AND version = %(version)s OFFSET 0
    ) AS near
    LIMIT %(most)s
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
    wanted = sorted({key for each in prints.values() for key in likeness.keys_near(each)})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SHARING_A_KEY, {"keys": wanted, "version": likeness.VERSION, "most": MOST_COMPARED})
        rows = cursor.fetchall()
    found = {}
    for sha256, bits in rows:
        least = min(likeness.difference(int.from_bytes(bits), each) for each in prints.values())
        if least <= likeness.ALIKE and sha256 not in prints:
            found[sha256] = least
    return found
