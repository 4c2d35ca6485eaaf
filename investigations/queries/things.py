"""What somebody outside means: listings by the marketplace's address, our number or an EAN, a merchant by address or public id.
Every look-up goes by an index."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from listings.enums import ListingState
from listings.models import Listing, Merchant
from listings.queries import merchants

Thing = Listing | Merchant

NUMBER = re.compile(r"(?<![A-Za-z0-9])[Ll]-?(\d{1,18})(?![A-Za-z0-9])")
EAN = re.compile(r"(?<![A-Za-z0-9])(\d{8}|\d{12,14})(?![A-Za-z0-9])")
PUBLIC_ID = re.compile(r"[A-Za-z0-9-]{6,20}")
OF_ONE_EAN = 51
"""One more than a notice takes."""


def find_all(lines: Iterable[str]) -> tuple[list[Thing], list[str]]:
    """What the lines mean, each once in their order, and the lines that mean nothing here."""
    found: dict[Thing, None] = {}
    unknown = []
    for line in lines:
        meant = find_any(line)
        found |= dict.fromkeys(meant)
        if not meant:
            unknown.append(line)
    return list(found), unknown


def find_any(text: str) -> list[Thing]:
    """The merchant as a whole that one line means, by the address of their page or their public id; else its listings."""
    value = text.strip()
    by_address = re.search(settings.MERCHANT_ADDRESS, value) if settings.MERCHANT_ADDRESS else None
    if by_address and not _in_address(value):
        return list(Merchant.objects.filter(external_id=by_address["merchant"]))
    if PUBLIC_ID.fullmatch(value) and (merchant := Merchant.objects.filter(public_id=value.upper()).first()):
        return [merchant]
    return list(find(value))


def markets_of(thing: Thing) -> list[str]:
    """Where it is offered; of a merchant, where they are established or sell."""
    return sorted(merchants.markets_of([thing.pk])[thing.pk]) if isinstance(thing, Merchant) else thing.markets


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
