"""What a decision writes down about each of its subjects: the facts as they were, and what shoppers saw until then."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from enforcement.domain.proposals import Proposal, Proposed
from listings.domain import rights
from listings.models import Category, Listing, ListingVersion, ListingVisibility, Merchant
from listings.queries.visibility import Met

MET = ("exposure", "minimum_age", "demoted", "labels")
"""Fields of `ListingVisibility` that say what a shopper meets."""
KEPT = ("title", "language", "price_minor", "currency", "markets", "ean", "brand")


def of(item: Proposed, content: dict[str, Any] | None, names: dict[str, Any]) -> dict[str, Any]:
    """The facts of one subject. `content` is the listing's version if it has moved on since; `names` of its category."""
    found: dict[str, Any] = {"explanation": item.violation.explanation if item.violation else {}}
    if item.violation is not None:
        found["found_at"] = item.violation.found_at.isoformat()
    listing = item.listing
    if listing is None:
        return found
    found["listing"] = listing.external_id
    for name in KEPT:
        found[name] = (content or {}).get(name, getattr(listing, name))
    if listing.category_id is not None:
        found["category"] = names
    return found


def contents(items: Sequence[Proposed]) -> dict[int, dict[str, Any]]:
    """The content of those listings that have changed since the version that is decided on, by listing."""
    moved_on = {
        item.listing.pk: item.listing_version
        for item in items
        if item.listing and item.listing.version != item.listing_version
    }
    rows = ListingVersion.objects.filter(listing_id__in=moved_on).values_list("listing_id", "number", "content")
    return {pk: content for pk, number, content in rows if moved_on[pk] == number} if moved_on else {}


def category_names(items: Sequence[Proposed]) -> dict[int, dict[str, Any]]:
    keys = {item.listing.category_id for item in items if item.listing and item.listing.category_id}
    return dict(Category.objects.filter(pk__in=keys).values_list("pk", "names")) if keys else {}


def before(proposal: Proposal, *, points: int) -> dict[int, dict[str, Any]]:
    """By listing (0 is the merchant): what shoppers and the ledger showed, and which restrictions were in force."""
    rest = {"points": points, "rights": _rights(proposal.merchant)}
    visibility = visibility_of([item.listing for item in proposal.items if item.listing])
    standing: dict[int, list[int]] = defaultdict(list)
    for restriction in proposal.standing:
        standing[restriction.listing_id or 0].append(restriction.pk)
    return {
        pk: {"visibility": visibility.get(pk, []), "restrictions": standing.get(pk, []), **rest}
        for pk in (item.listing.pk if item.listing else 0 for item in proposal.items)
    }


def visibility_of(listings: Sequence[Listing]) -> dict[int, list[list[Any]]]:
    """By listing, the markets in which it is not simply shown: market, exposure, minimum age, demoted, labels."""
    found: dict[int, list[list[Any]]] = defaultdict(list)
    rows = ListingVisibility.objects.filter(listing__in=[listing.pk for listing in listings]).order_by("market")
    for listing_id, *row in rows.values_list("listing_id", "market", *MET):
        found[listing_id].append(row)
    return dict(found)


def met(seen: Met) -> tuple[Any, ...]:
    """The same of what should be seen."""
    return (seen.exposure.value, seen.minimum_age, seen.demoted, [label.value for label in seen.labels])


def _rights(merchant: Merchant) -> dict[str, Any]:
    """What was taken from the merchant; days as text."""
    taken = asdict(rights.of(merchant)).items()
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in taken if value is not None
    }
