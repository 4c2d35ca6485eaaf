"""What happens with the offers day by day: impressions, visits, orders, returns, complaints, ratings."""

import datetime as dt
import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from listings.management.demo.chance import Chance
from listings.management.demo.offers import Offer

TOP_IMPRESSIONS = 900.0
TAIL = 1.0
CLICKED = 0.11
BOUGHT = 0.06
COMES_BACK_AFTER = 9
RATED = 0.12
NOISE = 1_009
WEEKEND_FRIDAY = frozenset({"SA", "AE", "BH", "KW", "OM", "QA", "EG", "JO"})
FIT = ("too_small", "too_large", "too_small", "changed_mind", "not_as_described", "style", "too_large", "quality")
GOODS = (
    "damaged",
    "defective",
    "not_as_described",
    "changed_mind",
    "wrong_item",
    "arrived_late",
    "defective",
    "quality",
)
TROUBLE = ("not_as_described", "defective", "unsafe", "counterfeit_suspected", "quality", "not_as_described")


class Day(NamedTuple):
    """One offer on one day. Money in the offer's currency."""

    offer: Offer
    date: dt.date
    impressions: int
    visits: int
    orders: int
    units: int
    revenue: float
    returns: dict[str, int]
    refunds: float
    complaints: int
    rating_sum: int
    rating_count: int


def days_of(rnd: Chance, offers: Sequence[Offer], as_of: dt.date, days: int) -> Iterator[Day]:
    """The `days` days before `as_of`, for each offer from its launch on; days without a visit or a return are left out."""
    dates = [as_of - dt.timedelta(days=back) for back in range(days, 0, -1)]
    noise = [math.exp(rnd.gauss(0, 0.35)) for _ in range(NOISE)]
    for offer in offers:
        yield from _Demand(rnd, offer, noise).over(dates)


def popularity(offer: Offer) -> float:
    """Impressions that an offer draws on a usual day: a few draw most of them."""
    return float(TOP_IMPRESSIONS * offer.rank**-TAIL * (0.4 + 0.6 * math.log1p(offer.seller.size)))


class _Demand:
    """Fractions add up from day to day, so that even a rare event comes as often as it should. An offer that nobody looks at
    has no row for the day: its impressions are counted when somebody does."""

    def __init__(self, rnd: Chance, offer: Offer, noise: Sequence[float]) -> None:
        self.offer = offer
        self.noise = noise
        self.place = rnd.randrange(NOISE)
        self.daily = popularity(offer)
        self.launch = rnd.randint(-400, 100)
        self.clicked = CLICKED * rnd.uniform(0.6, 1.5)
        self.bought = BOUGHT * rnd.uniform(0.5, 1.6)
        usual = min(offer.family.return_rate * offer.trouble, 0.35) * rnd.uniform(0.6, 1.4)
        self.back = offer.seller.return_rate or usual
        self.complains = min(offer.family.complaint_rate * offer.trouble * rnd.uniform(0.4, 1.6), 0.3)
        self.stars = max(min(rnd.gauss(4.4 - 0.35 * (offer.trouble - 1), 0.35), 5.0), 1.2)
        self.seen, self.visited, self.ordered, self.returned, self.complained, self.rated = (
            rnd.random() for _ in range(6)
        )
        fit = FIT if offer.family.name == "apparel" else GOODS
        self.reasons = (*fit, *TROUBLE) if offer.trouble > 1 else fit
        self.turn = rnd.randrange(len(self.reasons))

    def over(self, dates: Sequence[dt.date]) -> Iterator[Day]:
        factors = _factors(self.offer.product.season, self.offer.markets[0] in WEEKEND_FRIDAY, dates[0], len(dates))
        start = max(self.launch, 0)
        history = [0] * (len(dates) + COMES_BACK_AFTER)
        for place in range(start, len(dates)):
            warm = min((place - self.launch + 4) / 30, 1.0)
            drawn = self.daily * factors[place] * warm * self.noise[(self.place + 7 * place) % NOISE]
            self.seen += drawn
            self.visited += drawn * self.clicked
            arrived = history[place]
            if self.visited < 1 and not arrived:
                continue
            day = self._day(dates[place], arrived)
            history[place + COMES_BACK_AFTER] = day.orders
            yield day

    def _day(self, date: dt.date, arrived: int) -> Day:
        impressions, self.seen = _whole(self.seen)
        visits, self.visited = _whole(self.visited)
        orders, self.ordered = _whole(self.ordered + visits * self.bought)
        back, self.returned = _whole(self.returned + arrived * self.back)
        complaints, self.complained = _whole(self.complained + arrived * self.complains)
        ratings, self.rated = _whole(self.rated + arrived * RATED)
        return Day(
            self.offer, date, impressions, visits, orders, orders, round(orders * self.offer.price, 2),
            self._reasons(back), round(back * self.offer.price, 2), complaints,
            sum(self._stars(ratings)), ratings,
        )  # fmt: skip

    def _reasons(self, number: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for _ in range(number):
            self.turn = (self.turn + 1) % len(self.reasons)
            reason = self.reasons[self.turn]
            found[reason] = found.get(reason, 0) + 1
        return found

    def _stars(self, number: int) -> Iterator[int]:
        for _ in range(number):
            self.turn += 1
            yield max(min(round(self.stars + self.noise[self.turn % NOISE] - 1), 5), 1)


def _whole(amount: float) -> tuple[int, float]:
    """What can be counted, and the fraction that is left."""
    count = int(amount)
    return count, amount - count


@functools.cache
def _factors(season: str, friday: bool, first: dt.date, days: int) -> list[float]:
    """How much busier than usual each day is."""
    return [
        _season(season, first + dt.timedelta(days=place)) * _weekday(first + dt.timedelta(days=place), friday)
        for place in range(days)
    ]


def _weekday(day: dt.date, friday: bool) -> float:
    busy = {4: 1.25, 5: 1.2} if friday else {6: 1.25, 5: 1.1, 0: 1.05}
    return busy.get(day.weekday(), 0.95)


def _season(kind: str, day: dt.date) -> float:
    """Summer and winter goods swing with the year; gifts climb towards its end, with a peak late in November."""
    turn = math.cos(2 * math.pi * (day.timetuple().tm_yday - 196) / 365)
    if kind == "summer":
        return 1 + 0.6 * turn
    if kind == "winter":
        return 1 - 0.5 * turn
    if kind == "gifts":
        ahead = (dt.date(day.year, 12, 18) - day).days
        peak = 0.8 if day.month == 11 and day.day >= 20 else 0.0
        return 0.9 + peak + (1.2 * (1 - ahead / 70) if 0 <= ahead < 70 else 0.0)
    return 1.0


def order_rows(rnd: Chance, days: Sequence[Day], buyers: int) -> Iterator[dict[str, Any]]:
    """A line for each order of a day. Buyers are references that mean nothing outside the marketplace."""
    references = [f"b{rnd.getrandbits(48):012x}" for _ in range(buyers)]
    number = 0
    for day in days:
        for _ in range(day.orders):
            number += 1
            offer = day.offer
            market = offer.markets[0] if rnd.random() < 0.7 else rnd.choice(offer.markets)
            second = rnd.randrange(86_400)
            moment = f"{day.date}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
            yield {
                "order_id": f"O{number:07d}",
                "line": 1,
                "merchant_id": offer.seller.id,
                "listing_id": offer.id,
                "market": market,
                "ordered_at": moment,
                "quantity": 1,
                "amount": f"{offer.price:.2f}",
                "currency": offer.currency,
                "buyer": references[int(buyers * rnd.random() ** 1.6)],
            }
