"""A file of listings taken in by plain Django: a line at a time to objects, a batch at a time by `bulk_create`."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from listings.domain.drafts import CertificateDraft, Key, ListingDraft
from listings.enums import minor_digits
from listings.models import Category, Certificate, Listing, ListingImage, ListingVersion, Merchant
from listings.queries.rates import rates_on
from listings.text import NORMALISER_VERSION, ListingText

BATCH = 1_000
_FIELDS = (
    "state", "category_id", "title", "description", "language", "brand", "sku", "ean", "condition", "price_minor",
    "currency", "attributes", "content_hash",
)  # fmt: skip
_KEPT = ("markets", "price_eur", "text_base", "text_skeleton", "text_version", "version", "change", "changed_at")


def take_in(path: str) -> None:
    """Create what is new, replace what differs, each with a new version; leave alone what is equal."""
    merchants = dict(Merchant.objects.values_list("external_id", "pk"))
    categories = dict(Category.objects.values_list("code", "pk"))
    rates = rates_on(timezone.now().date())
    with Path(path).open(encoding="utf-8") as file:
        while lines := list(itertools.islice(file, BATCH)):
            drafts = [_draft(json.loads(line), merchants, categories) for line in lines]
            with transaction.atomic():
                _write(drafts, rates)


def _draft(row: Mapping[str, Any], merchants: Mapping[str, int], categories: Mapping[str, int]) -> ListingDraft:
    draft = ListingDraft(
        merchant_id=merchants[row["merchant_id"]],
        external_id=row["listing_id"],
        category_id=categories[row["category"]],
        category_code=row["category"],
        markets=tuple(sorted(row["markets"])),
        images=tuple(row["images"]),
        certificates=tuple(map(_certificate, row["certificates"])),
        attributes=row["attributes"],
        **{name: row[name] for name in ("title", "description", "language", "brand", "condition")},
    )
    if "price" not in row:
        return draft
    minor = int(Decimal(str(row["price"])).scaleb(minor_digits(row["currency"])))
    return replace(draft, price_minor=minor, currency=row["currency"])


def _certificate(row: Mapping[str, Any]) -> CertificateDraft:
    days: dict[str, Any] = {
        name: date.fromisoformat(row[name]) for name in ("valid_from", "valid_until") if name in row
    }
    return CertificateDraft(type=row["type"], number=row["number"], issuer=row["issuer"], **days)


def _write(drafts: Sequence[ListingDraft], rates: Mapping[str, Decimal]) -> None:
    stored = _stored(drafts)
    differing = [draft for draft in drafts if draft.key not in stored or stored[draft.key][1] != draft.content_hash]
    changes = _changes(len(differing))
    listings = Listing.objects.bulk_create(
        [_listing(draft, stored.get(draft.key, (0, ""))[0] + 1, next(changes), rates) for draft in differing],
        update_conflicts=True,
        unique_fields=["merchant", "external_id"],
        update_fields=[*_FIELDS, *_KEPT],
    )
    at = timezone.now()
    pairs = list(zip(listings, differing, strict=True))
    ListingVersion.objects.bulk_create(
        ListingVersion(
            listing=listing,
            number=listing.version,
            content=json.loads(draft.content),
            content_hash=draft.content_hash,
            source="bench",
            created_at=at,
        )
        for listing, draft in pairs
    )
    replaced = [listing for listing in listings if listing.version > 1]
    for model in (Certificate, ListingImage):
        model._default_manager.filter(listing__in=replaced).delete()
    Certificate.objects.bulk_create(
        Certificate(
            listing=listing,
            merchant_id=listing.merchant_id,
            changed_at=at,
            **{name: getattr(held, name) for name in CertificateDraft.__slots__},
        )
        for listing, draft in pairs
        for held in draft.certificates
    )
    ListingImage.objects.bulk_create(
        ListingImage(listing=listing, position=nth, url=url)
        for listing, draft in pairs
        for nth, url in enumerate(draft.images)
    )


def _stored(drafts: Sequence[ListingDraft]) -> dict[Key, tuple[int, str]]:
    """Version and hash of those that are there."""
    found = Listing.objects.filter(
        merchant_id__in={draft.merchant_id for draft in drafts}, external_id__in=[draft.external_id for draft in drafts]
    )
    rows = found.values_list("merchant_id", "external_id", "version", "content_hash")
    return {(merchant, external): (version, kept) for merchant, external, version, kept in rows}


def _changes(count: int) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('listings_change') FROM generate_series(1, %s)", [count])
        return iter([number for (number,) in cursor.fetchall()])


def _listing(draft: ListingDraft, version: int, change: int, rates: Mapping[str, Decimal]) -> Listing:
    at = timezone.now()
    text = ListingText(draft.title, draft.description, draft.attributes).normalised
    euro = None
    if draft.price_minor is not None:
        amount = Decimal(draft.price_minor).scaleb(-minor_digits(draft.currency))
        euro = (amount / rates[draft.currency]).quantize(Decimal("0.01"))
    return Listing(
        merchant_id=draft.merchant_id,
        external_id=draft.external_id,
        markets=list(draft.markets),
        price_eur=euro,
        text_base=text.base,
        text_skeleton=text.skeleton,
        text_version=NORMALISER_VERSION,
        version=version,
        change=change,
        created_at=at,
        changed_at=at,
        **{name: getattr(draft, name) for name in _FIELDS},
    )
