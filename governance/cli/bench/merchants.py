"""Merchants: how each presents itself, the trader's file, sums of three windows, and certificates for all it sells."""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from governance.cli.bench.register import CERTIFICATES, PLACES

DAY = "BENCH_DAY"
AS_OF = date.fromisoformat(os.environ.get(DAY, "2026-11-22"))
"""The catalogue's own today: what is expired or new is so on this day. The environment may name another."""
LISTINGS_EACH, MOST, FEWEST = 10, 20_000, 50
PRIVATE, VERIFIED, CERTIFIED = 0.15, 0.75, 0.2
LONGEST = 3_000
"""Days since the oldest merchant joined."""
WINDOWS = (7, 30, 90)


class Merchant(NamedTuple):
    """Rows of a merchant, each in the order of its columns."""

    merchant: Sequence[object]
    identity: Sequence[object] | None
    windows: Sequence[Sequence[object]]
    certificates: Sequence[Sequence[object]]


def count_for(listings: int) -> int:
    return min(MOST, max(FEWEST, listings // LISTINGS_EACH))


def merchants(count: int, *, seed: int) -> Iterator[Merchant]:
    chance = random.Random(f"{seed} merchants")
    for key in range(1, count + 1):
        place = chance.choice(PLACES)
        private = chance.random() < PRIVATE
        joined = AS_OF - timedelta(days=chance.randint(1, LONGEST))
        yield Merchant(
            (key, f"bench{key:07}", f"m{key}", f"Merchant {key}", "private" if private else "business", place.code,
             place.language, f"m{key}@merchants.test", joined),
            None if private else _identity(key, chance),
            [_window(key, days, chance) for days in WINDOWS],
            list(_certificates(key, chance)),
        )  # fmt: skip


def certificate_dates(chance: random.Random) -> tuple[date, date]:
    """First and last day: one in five is over."""
    until = AS_OF + timedelta(days=int(chance.random() * 1_000) - 200)
    return until - timedelta(days=1_095), until


def _identity(key: int, chance: random.Random) -> Sequence[object]:
    verified = AS_OF - timedelta(days=chance.randint(1, 400)) if chance.random() < VERIFIED else None
    return key, f"Merchant {key} Ltd", f"{key} Market Street", "+49 30 1", f"m{key}@merchants.test", True, verified


def _window(key: int, days: int, chance: random.Random) -> Sequence[object]:
    orders = int(days * 20 * chance.random() ** 2)
    returns, complaints = int(orders * 0.3 * chance.random() ** 2), int(orders * 0.1 * chance.random() ** 3)
    ratings = orders // 3
    return key, days, AS_OF, orders * 40, orders, orders * 30, returns, complaints, ratings * 4, ratings


def _certificates(key: int, chance: random.Random) -> Iterator[Sequence[object]]:
    if chance.random() < CERTIFIED:
        for kind in chance.sample(CERTIFICATES, chance.randint(1, 3)):
            yield key, None, kind, f"{kind}-M{key}", *certificate_dates(chance)
