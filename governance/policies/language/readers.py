"""How each fact of the vocabulary is read from the plain values, and put into the message that the runtime reads."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from governance.policies.language.descriptors import MESSAGES, Schema
from governance.policies.language.kinds import AttributeType, Fact, Kind
from governance.policies.language.rows import Subject, attribute_value
from governance.policies.language.vocabulary import WINDOWS

Read = Callable[[Subject], Any]
Fill = Callable[[Any, Any], None]
"""Puts a value, which is not None, into a message's field."""

LISTING = {
    "reference": "reference",
    "title": "title",
    "description": "description",
    "brand": "brand",
    "sku": "sku",
    "ean": "ean",
    "language": "language",
    "condition": "condition",
    "price": "price",
    "currency": "currency",
    "priceEur": "price_eur",
    "markets": "markets",
    "images": "images",
    "imageCount": "image_count",
    "certificates": "certificates",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "_eanValid": "ean_valid",
    "_readableMarkets": "readable_in",
    "_certificateTypes": "certificate_types",
    "category.code": "category",
    "category._path": "category_path",
    "text._original": "text.original",
}
MERCHANT = {
    "reference": "reference",
    "name": "name",
    "kind": "kind",
    "country": "country",
    "language": "language",
    "email": "email",
    "legalName": "legal_name",
    "address": "address",
    "phone": "phone",
    "registerNumber": "register_number",
    "vatId": "vat_id",
    "selfCertified": "self_certified",
    "identityComplete": "identity_complete",
    "traderVerified": "trader_verified",
    "joinedAt": "joined_at",
    "createdAt": "created_at",
    "points": "points",
    "certificates": "certificates",
    "_certificateTypes": "certificate_types",
}
CASE = {
    "severity": "severity",
    "family": "family",
    "policy": "policy",
    "origin": "origin",
    "markets": "markets",
    "languages": "languages",
    "listings": "listings",
    "orders30d": "orders_30d",
    "views30d": "views_30d",
    "openedAt": "opened_at",
}
CERTIFICATE = {
    "type": "type",
    "number": "number",
    "issuer": "issuer",
    "standard": "standard",
    "validFrom": "valid_from_moment",
    "validUntil": "valid_until_moment",
}
WINDOW = {
    "visits": "visits",
    "orders": "orders",
    "revenueEur": "revenue_eur",
    "returnRate": "return_rate",
    "complaintRate": "complaint_rate",
    "rating": "rating",
}
MOST_CERTIFICATES = 4_096
"""Whose messages are kept: a merchant's own are read with each of its listings."""
MENTIONED = "listing.text._mentioned"
"""The one fact that is not read but found: which term lists have a hit."""


def readers(attributes: Iterable[AttributeType]) -> Mapping[str, Read]:
    """Path → how it is read from a subject; None is missing."""
    found: dict[str, Read] = {}
    for name, attribute in LISTING.items():
        found[f"listing.{name}"] = attrgetter(f"listing.{attribute}")
    for name, attribute in MERCHANT.items():
        found[f"merchant.{name}"] = attrgetter(f"merchant.{attribute}")
    for name, attribute in CASE.items():
        found[f"case.{name}"] = attrgetter(f"case.{attribute}")
    for days in WINDOWS:
        for name, attribute in WINDOW.items():
            found[f"listing._window{days}.{name}"] = _windowed("listing", days, attribute)
            found[f"merchant._window{days}.{name}"] = _windowed("merchant", days, attribute)
    for registered in attributes:
        found[f"listing.attr.{registered.key}"] = _attribute(registered)
    return found


def _windowed(owner: str, days: int, attribute: str) -> Read:
    windows, read = attrgetter(f"{owner}.windows"), attrgetter(attribute)

    def window(subject: Subject) -> Any:
        stored = windows(subject).get(days)
        return None if stored is None else read(stored)

    return window


def _attribute(attribute: AttributeType) -> Read:
    def value(subject: Subject) -> Any:
        listing = subject.listing
        return None if listing is None else attribute_value(attribute, listing.attributes.get(attribute.key))

    return value


def filler(fact: Fact, schema: Schema) -> Fill:
    """Return how a fact's value is put into its field."""
    name = fact.name
    match fact.kind:
        case Kind.LIST:
            return lambda message, value: getattr(message, name).extend(value)
        case Kind.MOMENT:
            return lambda message, value: _set_moment(getattr(message, name), value)
        case Kind.CERTIFICATES:
            return _certificates(name, schema)
        case _ if fact.optional:
            return lambda message, value: setattr(getattr(message, name), "value", value)
        case _:
            return lambda message, value: setattr(message, name, value)


def _set_moment(timestamp: Any, value: datetime) -> None:
    timestamp.seconds = int(value.timestamp() // 1)
    timestamp.nanos = value.microsecond * 1_000


def _certificates(field: str, schema: Schema) -> Fill:
    fields = [
        (attrgetter(attribute), filler(schema.facts[Kind.CERTIFICATE, name], schema))
        for name, attribute in CERTIFICATE.items()
    ]

    @lru_cache(maxsize=MOST_CERTIFICATES)
    def made(certificate: Any) -> Any:
        entry = schema.classes[MESSAGES[Kind.CERTIFICATE]]()
        for read, put in fields:
            value = read(certificate)
            if value is not None:
                put(entry, value)
        return entry

    def fill(message: Any, certificates: Iterable[Any]) -> None:
        getattr(message, field).extend(map(made, certificates))

    return fill
