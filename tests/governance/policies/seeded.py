"""The seed rules read over a demo catalogue row by row, without a database."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from governance.policies.domain.seeds import EVERYWHERE, SeedPolicy, seed_policies, seed_term_lists
from governance.policies.enums import Subject as About
from governance.policies.language import (
    AttributeType,
    CertificateFacts,
    Environment,
    ListingFacts,
    MerchantFacts,
    Rule,
    Subject,
    TermListSpec,
    WindowFacts,
)
from listings.management.demo import Catalogue
from listings.management.demo.sources import read

Hits = set[tuple[str, str, str]]
"""(merchant, listing or empty, policy)."""


def environment() -> Environment:
    attributes = [
        AttributeType(key, entry["kind"], entry.get("unit", "")) for key, entry in read("attributes.toml").items()
    ]
    lists = [
        TermListSpec(
            key=seed.key,
            version=1,
            terms=seed.content.terms,
            names=seed.names,
            reads=seed.content.reads,
            exceptions=seed.content.exceptions,
            context=seed.content.context,
            context_words=seed.content.context_words,
            stems=seed.content.stems,
        )
        for seed in seed_term_lists()
    ]
    markets: dict[str, dict[str, str]] = {code: {} for code in read("markets.toml")["markets"]}
    return Environment(attributes=attributes, term_lists=lists, categories=read("categories.toml"), markets=markets)


def hits(catalogue: Catalogue) -> Hits:
    """What a sweep of all seed policies, in whatever mode, would find: those that apply on the catalogue's day."""
    world = environment()
    rules = [
        (seed, world.compile(seed.terms.rule, about=seed.subject))
        for seed in seed_policies()
        if (seed.terms.effective_from or catalogue.as_of) <= catalogue.as_of
    ]
    now = dt.datetime.combine(catalogue.as_of, dt.time(6), tzinfo=dt.UTC)
    merchants = _merchants(catalogue, now)
    found: Hits = set()
    for row in catalogue.listing_rows():
        merchant = merchants[row["merchant_id"]]
        cells = world.row(Subject(merchant, _listing(row, now)), now)
        for seed, rule in rules:
            if seed.subject == About.LISTINGS and _applies(seed, row) and rule.evaluate(cells):
                found.add((row["merchant_id"], row["listing_id"], seed.slug))
    found |= set(_merchant_hits(world, rules, merchants, now))
    return found


def _merchant_hits(
    world: Environment, rules: list[tuple[SeedPolicy, Rule]], merchants: dict[str, MerchantFacts], now: dt.datetime
) -> Iterator[tuple[str, str, str]]:
    for key, merchant in merchants.items():
        cells = world.row(Subject(merchant), now)
        for seed, rule in rules:
            meets = seed.jurisdictions == (EVERYWHERE,) or set(seed.jurisdictions) & set(merchant.markets)
            if seed.subject == About.MERCHANTS and meets and rule.evaluate(cells):
                yield key, "", seed.slug


def _applies(seed: SeedPolicy, row: dict[str, Any]) -> bool:
    meets = seed.jurisdictions == (EVERYWHERE,) or set(seed.jurisdictions) & set(row["markets"])
    category = f"{row['category']}/"
    return bool(meets) and (
        not seed.terms.categories or any(category.startswith(f"{code}/") for code in seed.terms.categories)
    )


def _listing(row: dict[str, Any], now: dt.datetime) -> ListingFacts:
    return ListingFacts(
        id=0,
        version=1,
        reference=row["listing_id"],
        title=row["title"],
        description=row["description"],
        created_at=now,
        updated_at=now,
        markets=row["markets"],
        brand=row["brand"] or None,
        sku=row["sku"] or None,
        ean=row["ean"] or None,
        language=row["language"],
        condition=row["condition"],
        price=float(row["price"]),
        currency=row["currency"],
        category=row["category"],
        attributes=row["attributes"],
        images=row["images"],
        certificates=[_certificate(held) for held in row["certificates"]],
    )


def _certificate(held: dict[str, str]) -> CertificateFacts:
    return CertificateFacts(
        held["type"],
        held["number"],
        held["issuer"],
        held["standard"],
        dt.date.fromisoformat(held["valid_from"]),
        dt.date.fromisoformat(held["valid_until"]),
    )


def _merchants(catalogue: Catalogue, now: dt.datetime) -> dict[str, MerchantFacts]:
    markets: dict[str, set[str]] = defaultdict(set)
    for row in catalogue.listing_rows():
        markets[row["merchant_id"]].update(row["markets"])
    windows = _windows(catalogue)
    return {
        row["merchant_id"]: MerchantFacts(
            id=0,
            reference=row["merchant_id"],
            name=row["name"],
            kind=row["kind"],
            country=row["country"],
            created_at=now,
            language=row["language"],
            email=row["email"] or None,
            legal_name=row["legal_name"] or None,
            address=row["address"] or None,
            phone=row["phone"] or None,
            register_number=row["register_number"] or None,
            vat_id=row["vat_id"] or None,
            self_certified=row["self_certified"],
            trader_verified=bool(row["verified_at"]),
            windows={30: windows[row["merchant_id"]]} if row["merchant_id"] in windows else {},
            markets=sorted(markets[row["merchant_id"]]),
        )
        for row in catalogue.merchant_rows()
    }


def _windows(catalogue: Catalogue) -> dict[str, WindowFacts]:
    first = catalogue.as_of - dt.timedelta(days=30)
    orders: dict[str, int] = defaultdict(int)
    returns: dict[str, int] = defaultdict(int)
    for day in catalogue.days:
        if day.date >= first:
            orders[day.offer.seller.id] += day.orders
            returns[day.offer.seller.id] += sum(day.returns.values())
    return {key: WindowFacts(orders=count, returns=returns[key]) for key, count in orders.items()}
