"""What an order means by a line: a listing by address, number, EAN or the marketplace's keys; a merchant by key. By index, each."""

from collections.abc import Iterable

from django.db.models import Q

from investigations.queries import things
from listings.models import Listing, Merchant

Thing = Listing | Merchant


def find(line: str) -> list[Thing]:
    """Empty where it means nothing here. `MERCHANT/LISTING` are the marketplace's own keys."""
    value = line.strip()
    if merchant := Merchant.objects.filter(Q(public_id=value.upper()) | Q(external_id=value)).first():
        return [merchant]
    seller, slash, key = value.partition("/")
    if slash and key and "/" not in key:
        keyed = Listing.objects.filter(merchant__external_id=seller.strip(), external_id=key.strip())
        if found := list(keyed.select_related("merchant")):
            return list(found)
    return list(things.find(value))


def find_all(lines: Iterable[str]) -> list[tuple[str, list[Thing]]]:
    """Each line that says something, with what it means; what was meant before is not repeated."""
    seen: set[tuple[str, int]] = set()
    found = []
    for line in dict.fromkeys(each.strip() for each in lines if each.strip()):
        meant = find(line)
        new = [each for each in meant if (type(each).__name__, each.pk) not in seen]
        seen |= {(type(each).__name__, each.pk) for each in new}
        if new or not meant:
            found.append((line, new))
    return found
