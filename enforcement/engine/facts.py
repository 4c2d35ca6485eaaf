"""Facts of listings and merchants, read in bulk: a fixed number of queries for any number of rows.

Only what the rules need is asked for: without a rule that reads certificates there is no query for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from babel.numbers import get_currency_precision
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Func, QuerySet, TextField
from django.db.models.functions import Cast

from enforcement.queries import offers, points
from enforcement.queries.offers import Known
from governance.policies.language import (
    NOWHERE,
    CertificateFacts,
    ListingFacts,
    MerchantFacts,
    Subject,
    WindowFacts,
)
from governance.policies.language.readers import MENTIONED
from governance.policies.language.vocabulary import WINDOWS
from listings.domain.drafts import ListingDraft
from listings.domain.listings import euro
from listings.enums import ListingState
from listings.models import Certificate, Listing, ListingImage, ListingWindow, Market, Merchant, MerchantWindow
from listings.queries.keys import among
from listings.queries.rates import rates_on

Needs = Collection[str]
"""Paths of stored facts, as `Rule.needs` names them."""

_LISTING = (
    "id", "version", "merchant_id", "external_id", "title", "description", "language", "brand", "sku", "ean", "condition",
    "price_minor", "currency", "price_eur", "markets", "created_at", "changed_at", "category__code",
)  # fmt: skip
_TEXTS = ("text_base", "text_skeleton", "text_version")
_MERCHANT = (
    "id", "external_id", "name", "kind", "country", "language", "email", "joined_on", "created_at", "identity__legal_name",
    "identity__address", "identity__phone", "identity__email", "identity__register_number", "identity__vat_id",
    "identity__self_certified", "identity__verified_on",
)  # fmt: skip
_CERTIFICATE = ("type", "number", "issuer", "standard", "valid_from", "valid_until")
_WINDOW = ("visits", "orders", "revenue_eur", "returns", "complaints", "rating_sum", "rating_count")

_DRAFTED = (
    "merchant_id", "external_id", "title", "description", "language", "brand", "sku", "ean", "condition", "price_minor",
    "currency", "markets", "attributes",
)  # fmt: skip
NOT_STORED = 0

Texts = tuple[str, str, int]
NO_TEXTS: Texts = ("", "", 0)
"""Of a listing whose stored texts are not at hand: they are made anew if something asks for them."""
Certificates = Mapping[int, Sequence[CertificateFacts]]
Windows = Mapping[int, Mapping[int, WindowFacts]]


@dataclass(frozen=True)
class _Parts:
    """What stands in other tables, by listing; the markets that accept a language, by language."""

    texts: Mapping[int, Texts] = field(default_factory=dict)
    images: Mapping[int, Sequence[str]] = field(default_factory=dict)
    certificates: Certificates = field(default_factory=dict)
    windows: Windows = field(default_factory=dict)
    readable: Mapping[str, Sequence[str]] = field(default_factory=dict)


def listings(
    chosen: QuerySet[Listing], *, needs: Needs, at: datetime, texts_of: Collection[int] | None = None
) -> list[Subject]:
    """Return the facts of the chosen listings and of their merchants, in the order of the listings' keys.

    `texts_of`: keys of those whose texts a term list will be looked for in, where it is known; they are long.
    """
    rows = sorted(chosen.order_by().values(*_LISTING, json=Cast("attributes", TextField())), key=itemgetter("id"))
    keys = [row["id"] for row in rows]
    sellers = sellers_of({row["merchant_id"] for row in rows}, needs=needs, at=at)
    parts = _Parts(
        texts=_texts(keys if texts_of is None else texts_of) if MENTIONED in needs else {},
        images=_images(keys) if _asked(needs, "listing.image") else {},
        certificates=_certificates("listing_id", keys) if _asked_certificates(needs, "listing") else {},
        windows=_windows(ListingWindow, "listing", keys, needs),
        readable=readable() if _asked(needs, "listing._readable") else {},
    )
    found = []
    for row in rows:
        seller = sellers[row["merchant_id"]]
        row["attributes"] = orjson.loads(row["json"])
        found.append(Subject(seller, _listing(row, parts, seller)))
    return found


def merchants(chosen: QuerySet[Merchant], *, needs: Needs, at: datetime) -> list[Subject]:
    """Return the facts of the chosen merchants, in the order of their keys, with the markets of what they have on sale."""
    keys = list(chosen.order_by("pk").values_list("pk", flat=True))
    sellers = sellers_of(keys, needs=needs, at=at, markets=_markets_of(keys))
    return [Subject(sellers[key]) for key in keys]


def drafted(
    drafts: Sequence[ListingDraft], stored: Known, accepted: Mapping[str, Sequence[str]], *, needs: Needs, at: datetime
) -> list[Subject]:
    """Return the facts that the listings would have if they were written now, in their order, without writing anything.

    `accepted` are the markets that accept a language, as `readable` returns them.
    """
    keys = [row["id"] for row in stored.listings.values()]
    parts = _Parts(
        windows=_windows(ListingWindow, "listing", keys, needs),
        readable=accepted,
    )
    rates = rates_on(at.date()) if "listing.priceEur" in needs else {}
    merchants = [stored.merchants[key] for key in {draft.merchant_id for draft in drafts}]
    held = {row["id"]: [_held(*each) for each in row[offers.CERTIFICATES] or ()] for row in merchants}
    sellers = _sellers(merchants, held, needs=needs, at=at)
    found = []
    for draft in drafts:
        row, seller = _as_stored(draft, stored.listings.get(draft.key), rates, at), sellers[draft.merchant_id]
        listing = replace(
            _listing(row, parts, seller),
            images=draft.images,
            certificates=[*(_kept(*astuple(each)) for each in draft.certificates), *seller.certificates],
        )
        found.append(Subject(seller, listing))
    return found


def known(keys: Collection[tuple[str, str]], *, needs: Needs) -> Known:
    """Merchants and listings by the marketplace's identifiers; what there is not is left out. One query."""
    return offers.known(keys, merchant=_MERCHANT, certificates=_asked_any_certificates(needs))


def _as_stored(
    draft: ListingDraft, stored: Mapping[str, Any] | None, rates: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    same = stored is not None and stored["content_hash"] == draft.content_hash
    was = stored or {"id": NOT_STORED, "version": 0, "created_at": draft.created_at or at}
    return {
        **{name: getattr(draft, name) for name in _DRAFTED},
        "id": was["id"],
        "version": was["version"] + (not same),
        "created_at": was["created_at"],
        "changed_at": was["changed_at"] if same else at,
        "price_eur": euro(draft, rates),
        "category__code": draft.category_code or None,
    }


def _listing(row: Mapping[str, Any], parts: _Parts, seller: MerchantFacts) -> ListingFacts:
    key, language = row["id"], row["language"]
    base, skeleton, text_version = parts.texts.get(key, NO_TEXTS)
    return ListingFacts(
        id=key,
        version=row["version"],
        reference=row["external_id"],
        title=row["title"],
        description=row["description"],
        created_at=row["created_at"],
        updated_at=row["changed_at"],
        markets=row["markets"],
        brand=row["brand"] or None,
        sku=row["sku"] or None,
        ean=row["ean"] or None,
        language=language or None,
        condition=row["condition"] or None,
        price=_amount(row["price_minor"], row["currency"]),
        currency=row["currency"] or None,
        price_eur=None if row["price_eur"] is None else float(row["price_eur"]),
        category=row["category__code"],
        attributes=row["attributes"],
        images=parts.images.get(key, ()),
        certificates=[*parts.certificates.get(key, ()), *seller.certificates],
        windows=parts.windows.get(key, {}),
        readable_in=accepted_in(language, parts.readable) if language else None,
        stored_base=base,
        stored_skeleton=skeleton,
        stored_text_version=text_version,
    )


def sellers_of(
    keys: Collection[int], *, needs: Needs, at: datetime, markets: Mapping[int, Sequence[str]] | None = None
) -> dict[int, MerchantFacts]:
    """Return the facts of merchants by their keys."""
    rows = list(Merchant.objects.filter(pk__in=among(keys)).order_by("pk").values(*_MERCHANT))
    certificates = _certificates("merchant_id", keys) if _asked_any_certificates(needs) else {}
    return _sellers(rows, certificates, needs=needs, at=at, markets=markets)


def _sellers(
    rows: Sequence[Mapping[str, Any]],
    certificates: Certificates,
    *,
    needs: Needs,
    at: datetime,
    markets: Mapping[int, Sequence[str]] | None = None,
) -> dict[int, MerchantFacts]:
    keys = [row["id"] for row in rows]
    windows = _windows(MerchantWindow, "merchant", keys, needs)
    balances = points.balances(keys, at) if "merchant.points" in needs else {}
    offered, today = markets or {}, at.date()
    return {
        row["id"]: _merchant(
            row,
            today,
            points=balances.get(row["id"], 0),
            certificates=certificates.get(row["id"], ()),
            windows=windows.get(row["id"], {}),
            markets=offered.get(row["id"], ()),
        )
        for row in rows
    }


def _merchant(row: Mapping[str, Any], today: date, **elsewhere: Any) -> MerchantFacts:
    """`elsewhere` are the facts that stand in other tables."""
    verified_on = row["identity__verified_on"]
    return MerchantFacts(
        id=row["id"],
        reference=row["external_id"],
        name=row["name"],
        kind=row["kind"],
        country=row["country"],
        language=row["language"],
        created_at=row["created_at"],
        joined_on=row["joined_on"],
        email=row["identity__email"] or row["email"] or None,
        legal_name=row["identity__legal_name"] or None,
        address=row["identity__address"] or None,
        phone=row["identity__phone"] or None,
        register_number=row["identity__register_number"] or None,
        vat_id=row["identity__vat_id"] or None,
        self_certified=bool(row["identity__self_certified"]),
        trader_verified=verified_on is not None and verified_on <= today,
        **elsewhere,
    )


def _asked(needs: Needs, beginning: str) -> bool:
    return any(path.startswith(beginning) for path in needs)


def _asked_certificates(needs: Needs, owner: str) -> bool:
    return _asked(needs, f"{owner}.certificates") or _asked(needs, f"{owner}._certificate")


def _asked_any_certificates(needs: Needs) -> bool:
    """Those of a merchant count for each of its listings."""
    return _asked_certificates(needs, "merchant") or _asked_certificates(needs, "listing")


def _texts(keys: Collection[int]) -> dict[int, Texts]:
    rows = Listing.objects.filter(pk__in=among(keys)).values_list("pk", *_TEXTS) if keys else []
    return {key: (base, skeleton, version) for key, base, skeleton, version in rows}


def _images(keys: Iterable[int]) -> dict[int, list[str]]:
    rows = ListingImage.objects.filter(listing_id__in=among(keys)).values("listing_id").order_by("listing_id")
    return dict(rows.annotate(urls=ArrayAgg("url", order_by="position")).values_list("listing_id", "urls"))


def _certificates(owner: str, keys: Collection[int]) -> dict[int, list[CertificateFacts]]:
    """Certificates by listing, or those of a merchant that belong to no one listing."""
    rows = Certificate.objects.filter(**{f"{owner}__in": among(keys)}).order_by(owner, "type", "pk")
    if owner == "merchant_id":
        rows = rows.filter(listing__isnull=True)
    found: dict[int, list[CertificateFacts]] = defaultdict(list)
    for key, *values in rows.values_list(owner, *_CERTIFICATE):
        found[key].append(_kept(*values))
    return found


def _kept(
    kind: str, number: str, issuer: str, standard: str, valid_from: date | None, valid_until: date | None
) -> CertificateFacts:
    return CertificateFacts(kind, number or None, issuer or None, standard or None, valid_from, valid_until)


def _held(kind: str, number: str, issuer: str, standard: str, *days: str | None) -> CertificateFacts:
    """A merchant's certificate as JSON has it: its days are texts."""
    return _kept(kind, number, issuer, standard, *(date.fromisoformat(day) if day else None for day in days))


def _windows(model: type[ListingWindow | MerchantWindow], owner: str, keys: Collection[int], needs: Needs) -> Windows:
    """Windows by their days; no query where none is needed."""
    wanted = [days for days in WINDOWS if _asked(needs, f"{owner}._window{days}.")]
    if not wanted or not keys:
        return {}
    rows = model._default_manager.filter(**{f"{owner}_id__in": among(keys)}, days__in=wanted)
    found: dict[int, dict[int, WindowFacts]] = defaultdict(dict)
    for key, days, visits, orders, revenue, *counts in rows.values_list(f"{owner}_id", "days", *_WINDOW):
        found[key][days] = WindowFacts(visits, orders, float(revenue), *counts)
    return found


def accepted_in(language: str, accepted: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the markets that accept a language, of `readable`; NOWHERE if none does."""
    return accepted.get(language.split("-")[0]) or NOWHERE


def readable() -> dict[str, list[str]]:
    """Language → the markets in which it is accepted for consumer information."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, languages in Market.objects.order_by("pk").values_list("code", "languages"):
        for language in languages:
            found[language].append(code)
    return found


def _markets_of(keys: Collection[int]) -> dict[int, list[str]]:
    """Merchant → every market in which they have something on sale."""
    on_sale = Listing.objects.filter(merchant_id__in=among(keys), state=ListingState.ON_SALE)
    single = Func("markets", function="unnest", output_field=TextField())
    pairs = on_sale.annotate(market=single).order_by("merchant_id", "market").values_list("merchant_id", "market")
    found: dict[int, list[str]] = defaultdict(list)
    for key, market in pairs.distinct():
        found[key].append(market)
    return found


@lru_cache(maxsize=512)
def _minor_units(currency: str) -> int:
    return int(10 ** get_currency_precision(currency))


def _amount(minor: int | None, currency: str) -> float | None:
    """An amount in the currency's own unit: 1299 EUR cents are 12.99, 1299 yen are 1299."""
    return None if minor is None else minor / _minor_units(currency)
