"""Which listings offer again what may not be offered again."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast

from enforcement.enums import STANDING_DECISIONS, WAITING_DECISIONS, Origin
from enforcement.models import Decision, DecisionItem, ItemReversal, Restriction
from enforcement.queries.restrictions import in_force
from governance.policies.enums import Measure
from listings.enums import ListingState
from listings.models import Listing, ListingImage, MerchantLink
from listings.text.likeness import nearly_same

STRONG_LINK = 0.8
"""From this strength on, a linked merchant's listing counts as the merchant's own."""
MODEL = "model"
"""The attribute that names a product among its brand's."""


@dataclass(frozen=True)
class Relisted:
    """A listing that offers anew what the block's item names."""

    listing: Listing
    block: Restriction


@dataclass(frozen=True)
class Offer:
    """What is compared of a listing, stored or about to be. `listing_id` None: not stored. `pictures` are digests or addresses."""

    merchant_id: int
    listing_id: int | None
    ean: str
    product: tuple[str, str] | None
    skeleton: str
    pictures: frozenset[str]
    changed_at: datetime


def relisted(listing_ids: Collection[int]) -> list[Relisted]:
    """Those of these listings that are what a block in force is on, each with the first such block.

    A listing that a block is on itself, and one that was decided about in its present version because of it, is left out. Where no
    merchant concerned is under a block, no listing is loaded.
    """
    changed = Listing.objects.filter(pk__in=listing_ids, state=ListingState.ON_SALE)
    near = _near(set(changed.values_list("merchant_id", flat=True)))
    blocks = _blocks({key for keys in near.values() for key in keys})
    if not blocks:
        return []
    fresh = list(changed.select_related("merchant").order_by("pk"))
    done = _decided(fresh)
    pictures = _pictures([each.pk for each in fresh], addresses=False)
    was = _was(blocks)
    found = []
    for listing in fresh:
        offer = _offer(listing, pictures[listing.pk])
        for block in _of(offer, blocks, was, near):
            if (listing.pk, origin_of(block)) not in done:
                found.append(Relisted(listing, block))
                break
    return found


def blocked(offers: Sequence[Offer]) -> list[Restriction | None]:
    """For each offer, in its place, the first block in force that forbids it. Its pictures are compared by their addresses."""
    near = _near({offer.merchant_id for offer in offers})
    blocks = _blocks({key for keys in near.values() for key in keys})
    was = _was(blocks)
    return [next(_of(offer, blocks, was, near), None) for offer in offers]


def product(brand: str, attributes: Mapping[str, Any]) -> tuple[str, str] | None:
    """Brand and model, where both are given."""
    model = str(attributes.get(MODEL) or "")
    return (brand.upper(), model.upper()) if brand and model else None


def origin_of(block: Restriction) -> str:
    """How a decision names the item that it follows from."""
    return f"{block.decision.reference}/{block.item_id}"


def followers_of_reversed() -> list[Decision]:
    """Decisions that stand although what they followed from was taken back."""
    item = Cast(Func(F("origin_ref"), Value("/"), Value(2), function="split_part"), BigIntegerField())
    standing = Decision.objects.filter(
        origin_kind=Origin.RELISTING, state__in=sorted(STANDING_DECISIONS | WAITING_DECISIONS)
    )
    taken_back = ItemReversal.objects.filter(item_id=OuterRef("follows"))
    return list(standing.annotate(follows=item).filter(Exists(taken_back)).order_by("pk"))


def changed_under_blocks(since: datetime) -> list[int]:
    """Listings changed since, of merchants who are under a block, or linked to one."""
    merchants = set(in_force().filter(measure=Measure.BLOCK_RELISTING).values_list("merchant_id", flat=True))
    linked = {key for keys in _near(merchants).values() for key in keys} if merchants else set()
    rows = Listing.objects.filter(merchant_id__in=linked, changed_at__gte=since)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _near(merchants: Collection[int]) -> dict[int, set[int]]:
    """Each merchant, and those who are strongly linked to them."""
    near = {key: {key} for key in merchants}
    links = MerchantLink.objects.filter(strength__gte=STRONG_LINK, ended_at__isnull=True)
    for first, second in links.filter(Q(first__in=merchants) | Q(second__in=merchants)).values_list("first", "second"):
        near.setdefault(first, {first}).add(second)
        near.setdefault(second, {second}).add(first)
    return near


def _blocks(merchants: Collection[int]) -> list[Restriction]:
    rows = in_force().filter(measure=Measure.BLOCK_RELISTING, merchant_id__in=merchants, listing__isnull=False)
    return list(rows.select_related("listing", "decision__version__policy").order_by("pk"))


def _decided(listings: Sequence[Listing]) -> set[tuple[int, str]]:
    """(listing, origin) that were decided on in the listing's present version, whatever came of it."""
    versions = {listing.pk: listing.version for listing in listings}
    rows = DecisionItem.objects.filter(listing__in=versions, decision__origin_kind=Origin.RELISTING)
    found = rows.values_list("listing_id", "listing_version", "decision__origin_ref")
    return {(pk, origin) for pk, version, origin in found if versions[pk] == version}


def _pictures(listing_ids: Collection[int], *, addresses: bool) -> dict[int, set[str]]:
    """Of each listing the digests of its pictures, as far as they were fetched; on request also their addresses."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = ListingImage.objects.filter(listing__in=listing_ids)
    for listing, digest, address in rows.values_list("listing_id", "sha256", "url"):
        found[listing] |= {digest, address if addresses else ""} - {""}
    return found


def _was(blocks: Sequence[Restriction]) -> dict[int, Offer]:
    """What each block is on, as it is now."""
    pictures = _pictures([block.listing_id or 0 for block in blocks], addresses=True)
    return {block.pk: _offer(block.listing, pictures[block.listing.pk]) for block in blocks if block.listing}


def _offer(listing: Listing, pictures: Collection[str]) -> Offer:
    return Offer(
        merchant_id=listing.merchant_id,
        listing_id=listing.pk,
        ean=listing.ean,
        product=product(listing.brand, listing.attributes),
        skeleton=listing.text_skeleton,
        pictures=frozenset(pictures),
        changed_at=listing.changed_at,
    )


def _of(
    offer: Offer, blocks: Sequence[Restriction], was: Mapping[int, Offer], near: Mapping[int, set[int]]
) -> Iterator[Restriction]:
    """The blocks that forbid this offer: its merchant's or a linked one's, on another listing, before it was changed."""
    for block in blocks:
        applies = block.merchant_id in near[offer.merchant_id] and block.listing_id != offer.listing_id
        if applies and block.pk in was and offer.changed_at >= block.starts_at and _same(was[block.pk], offer):
            yield block


def _same(was: Offer, offer: Offer) -> bool:
    """The same number, the same brand and model, a picture in common, or nearly the same text."""
    if was.ean and was.ean == offer.ean:
        return True
    if was.product and was.product == offer.product:
        return True
    if was.pictures & offer.pictures:
        return True
    return nearly_same(was.skeleton, offer.skeleton)
