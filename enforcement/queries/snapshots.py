"""What a snapshot of the catalogue is made of, and what has changed since one was."""

from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from enforcement.enums import SweepKind, SweepState
from enforcement.models import CatalogueSnapshot, Sweep
from listings.enums import ListingState
from listings.models import Listing

_RANGES = """
    SELECT min(id), max(id), count(*) FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS part FROM listings_listing WHERE state = %(state)s
    ) AS numbered GROUP BY part ORDER BY part
"""


def on_sale() -> QuerySet[Listing]:
    return Listing.objects.filter(state=ListingState.ON_SALE)


def ranges(size: int) -> list[tuple[int, int, int]]:
    """The listings on sale cut into ranges of `size`: (first key, last key, how many)."""
    with connection.cursor() as cursor:
        cursor.execute(_RANGES, {"size": size, "state": ListingState.ON_SALE})
        return list(cursor.fetchall())


def changed_since(mark: int) -> list[int]:
    """Keys of listings that are new or differ, on sale or not."""
    return list(Listing.objects.filter(change__gt=mark).order_by("pk").values_list("pk", flat=True))


def has_changed_much(mark: int, limit: int) -> bool:
    """Whether more than `limit` listings have; it does not count on."""
    return Listing.objects.filter(change__gt=mark).order_by("change")[limit : limit + 1].exists()


def full_sweep_ended_since(moment: datetime) -> bool:
    ended = Q(state=SweepState.FINISHED, kind=SweepKind.FULL, ended_at__gt=moment)
    return Sweep.objects.filter(ended).exists()


def is_known(name: str) -> bool:
    """Whether the database has seen it finished."""
    return CatalogueSnapshot.objects.filter(name=name).exists()
