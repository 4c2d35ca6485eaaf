"""Planting defects whose truth is known: some in plain sight, some disguised, some that a rule cannot see, some that only
look wrong."""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from listings.management.demo.chance import Chance
from listings.management.demo.disguises import disguised, plain
from listings.management.demo.edits import apply
from listings.management.demo.offers import Offer, make_offer
from listings.management.demo.sellers import Seller
from listings.management.demo.sources import Defect, Edit, Product, defects, families

CATALOGUE = 5_000
"""For so many listings a defect's `count` is thinned to DENSITY of it."""
DENSITY = 0.62
HIDDEN_FROM = 3
"""Of so few violating offers none is hidden."""
SHARE_DISGUISED = 0.3
TROUBLE = 2.6


class Plant(StrEnum):
    PLAIN = "plain"
    DISGUISED = "disguised"
    HIDDEN = "hidden"
    MISREAD = "misread"
    INNOCENT = "innocent"
    ELSEWHERE = "elsewhere"

    @property
    def violates(self) -> bool:
        return self in (Plant.PLAIN, Plant.DISGUISED, Plant.HIDDEN)


@dataclass
class Planted:
    """An offer on which one policy's defect was planted; `policies` are those that it truly violates."""

    offer: Offer
    policy: str
    plant: Plant
    policies: frozenset[str]


def plant_all(rnd: Chance, sellers: Sequence[Seller], listings: int, as_of: dt.date) -> list[Planted]:
    planted: list[Planted] = []
    for place, defect in enumerate(defects()):
        bed = _Bed(rnd, defect, sellers, as_of)
        for plant in _plan(defect, place, listings):
            found = bed.plant(plant)
            if found is not None:
                planted.append(found)
    return planted


def _plan(defect: Defect, place: int, listings: int) -> Iterator[Plant]:
    """How many of which; at least one in plain sight, however small the catalogue."""
    scale = listings / CATALOGUE
    violating = max(round(defect.count * DENSITY * scale), 1)
    hidden = int(bool(defect.hidden) and place % 5 in (0, 1, 3) and violating >= HIDDEN_FROM)
    yield from [Plant.PLAIN] * (violating - hidden)
    yield from [Plant.HIDDEN] * hidden
    few = max(round(2 * scale), 1 if scale >= 0.2 else 0)
    if defect.misread and scale >= 0.2 and place % max(round(2 / scale), 2) == 0:
        yield Plant.MISREAD
    if defect.innocent:
        yield from [Plant.INNOCENT] * few
    if defect.elsewhere and scale >= 0.2:
        yield Plant.ELSEWHERE


class _Bed:
    """Where a defect can be planted: the products it concerns and the sellers who could offer them."""

    def __init__(self, rnd: Chance, defect: Defect, sellers: Sequence[Seller], as_of: dt.date) -> None:
        self.rnd = rnd
        self.defect = defect
        self.as_of = as_of
        self.sellers = [
            seller
            for seller in sellers
            if _binds(defect, seller) and (not defect.sellers or seller.place.code in defect.sellers)
        ]
        self.products = list(_under(tuple(defect.products)))
        self.used: Counter[str] = Counter()
        self.turn: Counter[Plant] = Counter()
        self.ground = {elsewhere: self._ground(elsewhere=elsewhere) for elsewhere in (False, True)}

    def plant(self, kind: Plant) -> Planted | None:
        """None where no seller of the catalogue could make such an offer."""
        edits = self._edits(kind)
        edit = edits[self.turn[kind] % len(edits)]
        self.turn[kind] += 1
        if kind is Plant.PLAIN and edit.say and self.rnd.random() < SHARE_DISGUISED:
            kind = Plant.DISGUISED
        found = self._find(edit, elsewhere=kind is Plant.ELSEWHERE)
        if found is None:
            return None
        seller, product = found
        within, above_all = self._within(seller, product, elsewhere=kind is Plant.ELSEWHERE)
        offer = make_offer(
            self.rnd, seller, product, self.as_of, within=within, above_all=above_all, maker=self.defect.maker
        )
        offer.markets += [code for code in self.defect.add_markets if code not in offer.markets]
        apply(self.rnd, offer, edit, self.as_of, self._say(kind))
        self.used[offer.language] += 1
        if kind.violates:
            offer.trouble = TROUBLE
        return Planted(offer, self.defect.policy, kind, self._truth(kind, edit, offer))

    def _edits(self, kind: Plant) -> Sequence[Edit]:
        return {
            Plant.HIDDEN: self.defect.hidden,
            Plant.MISREAD: self.defect.misread,
            Plant.INNOCENT: self.defect.innocent,
        }.get(kind, self.defect.violates)

    def _say(self, kind: Plant) -> "functools.partial[str]":
        if kind is Plant.DISGUISED:
            return functools.partial(disguised, self.rnd, kind=self.rnd.choice(list(self.defect.disguises)))
        return functools.partial(plain)

    def _ground(self, *, elsewhere: bool) -> dict[str, list[tuple[Seller, Product, float]]]:
        """By language, who could make such an offer of what, with weights: careless sellers and their own goods first."""
        markets = self.defect.markets
        found: dict[str, list[tuple[Seller, Product, float]]] = {}
        for seller in self.sellers:
            own = {family.name for family in seller.families}
            for product in self.products:
                open_to = seller.sells(product)
                fits = not markets.issuperset(open_to) if elsewhere else not markets.isdisjoint(open_to)
                if open_to and (fits or self.defect.add_markets):
                    weight = (6.0 if product.family in own else 1.0) * (0.05 + seller.neglect)
                    found.setdefault(seller.language, []).append((seller, product, weight))
        return found

    def _find(self, edit: Edit, *, elsewhere: bool) -> tuple[Seller, Product] | None:
        """Languages take turns; within one, by weight."""
        ground = self.ground[elsewhere]
        languages = {
            language: sum(weight for *_rest, weight in ground[language]) * 4.0 ** -self.used[language]
            for language in sorted(edit.languages & ground.keys())
        }
        if not languages:
            return None
        found = ground[self.rnd.weighted(languages)]
        seller, product, _weight = self.rnd.choices(found, weights=[weight for *_rest, weight in found])[0]
        return seller, product

    def _within(self, seller: Seller, product: Product, *, elsewhere: bool) -> tuple[frozenset[str] | None, str]:
        """The markets to choose from, and the one that makes it a case of this policy."""
        open_to = seller.sells(product)
        if elsewhere:
            return frozenset(open_to) - self.defect.markets, ""
        if self.defect.add_markets:
            return None, ""
        concerned = self.rnd.choice(sorted(self.defect.markets & set(open_to)))
        return frozenset(open_to), concerned

    def _truth(self, kind: Plant, edit: Edit, offer: Offer) -> frozenset[str]:
        violated = {self.defect.policy} if kind.violates else set()
        if kind.violates or kind is Plant.INNOCENT:
            violated |= {
                other
                for other in edit.also
                if _defect_of(other).markets & set(offer.markets) and _binds(_defect_of(other), offer.seller)
            }
        return frozenset(policy for policy in violated if _defect_of(policy).since <= self.as_of)


def _binds(defect: Defect, seller: Seller) -> bool:
    return not defect.kind or seller.row["kind"] == defect.kind


@functools.cache
def _under(categories: tuple[str, ...]) -> tuple[Product, ...]:
    return tuple(
        product
        for family in families().values()
        for product in family.products
        if any(f"{product.category}/".startswith(f"{code}/") for code in categories)
    )


@functools.cache
def _defect_of(policy: str) -> Defect:
    return next(defect for defect in defects() if defect.policy == policy)
