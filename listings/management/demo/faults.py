"""Merchants who are themselves at fault, or only seem to be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from listings.management.demo.chance import Chance
from listings.management.demo.demand import popularity
from listings.management.demo.offers import Offer
from listings.management.demo.planting import Plant
from listings.management.demo.sellers import Seller
from listings.management.demo.sources import MerchantDefect, merchant_defects

CATALOGUE = 300
"""For so many merchants a defect's `count` is meant."""
BUSIEST = 40
RETURN_RATE = 0.47

Fault = tuple[Seller, str, Plant]


def fault_all(rnd: Chance, sellers: Sequence[Seller], offers: Sequence[Offer]) -> list[Fault]:
    """Change the rows of some sellers; each has at most one fault."""
    free = list(sellers)
    rnd.shuffle(free)
    markets = _markets(offers)
    found: list[Fault] = []
    for defect in merchant_defects():
        fit = [seller for seller in free if _fits(defect, seller, markets.get(seller.id, frozenset()))]
        if defect.returns:
            fit = _busiest(fit, offers)
        for seller, plant, change in _chosen(defect, fit, free, len(sellers)):
            seller.row.update(change)
            if defect.returns:
                seller.return_rate = RETURN_RATE
            free.remove(seller)
            found.append((seller, defect.policy, plant))
    return found


def _chosen(
    defect: MerchantDefect, fit: list[Seller], free: list[Seller], merchants: int
) -> Iterator[tuple[Seller, Plant, Mapping[str, Any]]]:
    scale = merchants / CATALOGUE
    violating = max(round(defect.count * scale), 1)
    hidden = round(defect.hidden_count * scale)
    usual = list(fit)
    for place, seller in enumerate(usual[:violating]):
        if place < hidden:
            yield seller, Plant.HIDDEN, defect.hidden[0]
        else:
            yield seller, Plant.PLAIN, defect.violates[place % len(defect.violates)]
    if defect.innocent:
        others = [seller for seller in free if seller.row["kind"] == defect.innocent_kind]
        for seller in others[:2]:
            yield seller, Plant.INNOCENT, defect.innocent[0]


def _fits(defect: MerchantDefect, seller: Seller, markets: frozenset[str]) -> bool:
    return (
        bool(markets & defect.markets)
        and (not defect.kind or seller.row["kind"] == defect.kind)
        and (not defect.country or seller.place.code == defect.country)
    )


def _busiest(sellers: list[Seller], offers: Sequence[Offer]) -> list[Seller]:
    drawn: dict[str, float] = {}
    for offer in offers:
        drawn[offer.seller.id] = drawn.get(offer.seller.id, 0.0) + popularity(offer)
    busy = set(sorted(drawn, key=lambda key: -drawn[key])[:BUSIEST])
    return [seller for seller in sellers if seller.id in busy]


def _markets(offers: Sequence[Offer]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for offer in offers:
        found.setdefault(offer.seller.id, set()).update(offer.markets)
    return {key: frozenset(codes) for key, codes in found.items()}
