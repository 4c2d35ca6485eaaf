"""What is known of one listing or one merchant, as plain values; and how each fact is read from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from governance.policies.language.kinds import AttributeType
from listings.text import NORMALISER_VERSION, ListingText

NOWHERE = ("-",)
"""Where a language is accepted that no market accepts: no market's code, so that the list is there and has none in it."""
LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    type: str
    number: str | None = None
    issuer: str | None = None
    standard: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def valid_from_moment(self) -> datetime | None:
        return moment(self.valid_from)

    @property
    def valid_until_moment(self) -> datetime | None:
        return None if self.valid_until is None else datetime.combine(self.valid_until, LAST_SECOND)


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """Sums over 7, 30 or 90 days. Rates are unknown where nothing was ordered or rated."""

    visits: int = 0
    orders: int = 0
    revenue_eur: float = 0.0
    returns: int = 0
    complaints: int = 0
    rating_sum: int = 0
    rating_count: int = 0

    @property
    def return_rate(self) -> float | None:
        return self.returns / self.orders if self.orders else None

    @property
    def complaint_rate(self) -> float | None:
        return self.complaints / self.orders if self.orders else None

    @property
    def rating(self) -> float | None:
        return self.rating_sum / self.rating_count if self.rating_count else None


Windows = Mapping[int, WindowFacts]


@dataclass(frozen=True)
class MerchantFacts:
    """`id` is the merchant's key. `markets`: where their listings are on sale."""

    id: int
    reference: str
    name: str
    kind: str
    country: str
    created_at: datetime
    language: str = "en"
    email: str | None = None
    legal_name: str | None = None
    address: str | None = None
    phone: str | None = None
    register_number: str | None = None
    vat_id: str | None = None
    self_certified: bool = False
    trader_verified: bool = False
    joined_on: date | None = None
    points: int = 0
    certificates: Sequence[CertificateFacts] = ()
    windows: Windows = field(default_factory=dict)
    markets: Sequence[str] = ()

    @property
    def joined_at(self) -> datetime | None:
        return moment(self.joined_on)

    @property
    def certificate_types(self) -> list[str]:
        return [certificate.type for certificate in self.certificates]

    @property
    def identity_complete(self) -> bool:
        return all((self.legal_name, self.address, self.phone, self.email)) and self.self_certified


@dataclass(frozen=True)
class ListingFacts:
    """`id` and `version` name the listing; `attributes` holds registered keys in their registered type.

    `certificates` includes the merchant's own. `readable_in` are the markets that accept the listing's language; None if it
    is not given. `stored_base` and `stored_skeleton` are used if they are of the present normaliser.
    """

    id: int
    version: int
    reference: str
    title: str
    description: str
    created_at: datetime
    updated_at: datetime
    markets: Sequence[str] = ()
    brand: str | None = None
    sku: str | None = None
    ean: str | None = None
    language: str | None = None
    condition: str | None = None
    price: float | None = None
    currency: str | None = None
    price_eur: float | None = None
    category: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    images: Sequence[str] = ()
    certificates: Sequence[CertificateFacts] = ()
    windows: Windows = field(default_factory=dict)
    readable_in: Sequence[str] | None = None
    stored_base: str = ""
    stored_skeleton: str = ""
    stored_text_version: int = 0

    @cached_property
    def text(self) -> ListingText:
        return ListingText(self.title, self.description, self.attributes)

    @cached_property
    def base_and_skeleton(self) -> tuple[str, str]:
        if self.stored_text_version == NORMALISER_VERSION and self.text.fits(self.stored_base):
            return self.stored_base, self.stored_skeleton
        return self.text.normalised.base, self.text.normalised.skeleton

    @property
    def image_count(self) -> int:
        return len(self.images)

    @property
    def certificate_types(self) -> list[str]:
        return [certificate.type for certificate in self.certificates]

    @property
    def category_path(self) -> list[str] | None:
        """Codes from the root down: toys, toys/plush."""
        return None if self.category is None else codes_above(self.category)

    @property
    def ean_valid(self) -> bool | None:
        return None if self.ean is None else valid_gtin(self.ean)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a queue's rule sees of a case. `family` and `policy` are None where no policy is the cause."""

    severity: str
    origin: str
    opened_at: datetime
    family: str | None = None
    policy: str | None = None
    markets: Sequence[str] = ()
    languages: Sequence[str] = ()
    listings: int = 0
    orders_30d: int = 0
    views_30d: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is read for: a listing with its merchant, a merchant alone, or a case with its merchant."""

    merchant: MerchantFacts
    listing: ListingFacts | None = None
    case: CaseFacts | None = None


def codes_above(code: str) -> list[str]:
    """Return the codes from the root down to a category's own: toys, toys/plush."""
    parts = code.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def moment(day: date | None) -> datetime | None:
    """Return the beginning of a day in UTC."""
    return None if day is None else datetime.combine(day, time(tzinfo=UTC))


def valid_gtin(code: str) -> bool:
    """Whether a code is a GTIN-8, -12, -13 or -14 with its check digit. One of zeros only stands for no code at all."""
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14) and code.strip("0")):
        return False
    weighted = sum(int(figure) * (3 if place % 2 else 1) for place, figure in enumerate(reversed(code)))
    return weighted % 10 == 0


def attribute_value(attribute: AttributeType, raw: Any) -> Any:
    """Return a stored attribute as its kind's value, None where it is missing.

    Raises ValueError or TypeError for a value that is not of the registered kind.
    """
    if raw is None:
        return None
    if isinstance(raw, bool) != (attribute.kind == "boolean"):
        raise TypeError(f"attribute {attribute.key!r} is registered as {attribute.kind}, but holds {raw!r}")
    match attribute.kind:
        case "number":
            return float(raw)
        case "date":
            return moment(date.fromisoformat(raw[:10]))
        case "list":
            return [str(item) for item in raw] or None
        case "text":
            return str(raw) or None
        case _:
            return raw
