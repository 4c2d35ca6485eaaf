"""Which listings somebody outside means: by the marketplace's address, our number or an EAN. Every look-up goes by an index."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from listings.enums import ListingState
from listings.models import Listing

NUMBER = re.compile(r"(?<![A-Za-z0-9])[Ll]-?(\d{1,18})(?![A-Za-z0-9])")
EAN = re.compile(r"(?<![A-Za-z0-9])(\d{8}|\d{12,14})(?![A-Za-z0-9])")
OF_ONE_EAN = 51
"""One more than a notice takes."""


def find_all(lines: Iterable[str]) -> tuple[list[Listing], list[str]]:
    """The listings that the lines mean, each once in their order, and the lines that mean none."""
    found: dict[int, Listing] = {}
    unknown = []
    for line in lines:
        listings = find(line)
        found |= {listing.pk: listing for listing in listings if listing.pk not in found}
        if not listings:
            unknown.append(line)
    return list(found.values()), unknown


def find(text: str) -> list[Listing]:
    """What one line means: an address as `LISTING_ADDRESS` has it, else a number or an EAN in it. An EAN means all on sale with it."""
    value = text.strip()
    rows = Listing.objects.select_related("merchant")
    if named := _in_address(value):
        return list(rows.filter(named).order_by("pk")[:OF_ONE_EAN])
    if number := NUMBER.search(value):
        return list(rows.filter(pk=int(number[1])))
    if ean := EAN.search(value):
        return list(rows.filter(ean=ean[1], state=ListingState.ON_SALE).order_by("pk")[:OF_ONE_EAN])
    return []


def _in_address(value: str) -> Q | None:
    pattern = settings.LISTING_ADDRESS
    found = re.search(pattern, value) if pattern else None
    if found is None:
        return None
    parts = found.groupdict()
    if parts.get("number"):
        return Q(pk=int(parts["number"]))
    if parts.get("ean"):
        return Q(ean=parts["ean"], state=ListingState.ON_SALE)
    return Q(merchant__external_id=parts["merchant"], external_id=parts["listing"])
