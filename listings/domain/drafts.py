"""What a listing is to become: checked values, ready to be compared with what is stored."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson

from listings.enums import ListingState

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class CertificateDraft:
    type: str
    number: str = ""
    issuer: str = ""
    standard: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListingDraft:
    """The whole content of a listing. `price_minor` in the currency's minor unit; `attributes` as the register types them."""

    merchant_id: int
    external_id: str
    state: ListingState = ListingState.ON_SALE
    category_id: int | None = None
    category_code: str = ""
    title: str = ""
    description: str = ""
    language: str = ""
    brand: str = ""
    sku: str = ""
    ean: str = ""
    condition: str = ""
    price_minor: int | None = None
    currency: str = ""
    markets: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    certificates: tuple[CertificateDraft, ...] = ()
    created_at: datetime | None = None

    @property
    def key(self) -> Key:
        return self.merchant_id, self.external_id

    @cached_property
    def content(self) -> bytes:
        """What a version keeps, as canonical JSON."""
        kept = {
            "state": self.state,
            "category": self.category_code,
            "title": self.title,
            "description": self.description,
            "language": self.language,
            "brand": self.brand,
            "sku": self.sku,
            "ean": self.ean,
            "condition": self.condition,
            "price_minor": self.price_minor,
            "currency": self.currency,
            "markets": self.markets,
            "attributes": self.attributes,
            "images": self.images,
            "certificates": self.certificates,
        }
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)

    @cached_property
    def content_hash(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()
