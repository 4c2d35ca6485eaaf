"""Values of attributes, identifiers and prices, from their specs."""

import csv
import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from listings.management.demo.chance import Chance
from listings.management.demo.makers import Maker
from listings.management.demo.sources import DATA, words

GTIN_PREFIX = "952"  # kept free for examples: no real product has it
FIBRES = 100


class Setting(NamedTuple):
    """What a value may depend on beside its spec."""

    rnd: Chance
    language: str
    maker: Maker
    as_of: dt.date


def value(setting: Setting, spec: Any) -> Any:
    """A constant; [low, high]; or a table with one of the keys of `_SPECS`."""
    if isinstance(spec, list):
        return setting.rnd.between(spec[0], spec[1])
    if not isinstance(spec, dict):
        return spec
    (kind, of), *_rest = spec.items()
    return _SPECS[kind](setting, of)


def _words(setting: Setting, group: str) -> str:
    texts = words()
    groups = texts["colors"] if group == "color" else texts["groups"][group]
    return str(setting.rnd.choice(groups[setting.language]))


def _day(setting: Setting, days: list[int]) -> str:
    return str(setting.as_of + dt.timedelta(days=setting.rnd.randint(days[0], days[1])))


def _fibres(setting: Setting, number: int) -> str:
    names = setting.rnd.sample(words()["groups"]["fabric"][setting.language], number)
    if number == 1:
        return f"100 % {names[0]}"
    first = setting.rnd.choice((50, 60, 65, 80, 95))
    return f"{first} % {names[0]}, {FIBRES - first} % {names[1]}"


_SPECS: dict[str, Callable[[Setting, Any], Any]] = {
    "any": lambda setting, of: setting.rnd.choice(of),
    "code": lambda setting, of: setting.rnd.filled(of),
    "words": _words,
    "list": lambda _setting, of: list(of),
    "days": _day,
    "fibres": _fibres,
    "maker": lambda setting, _of: f"{setting.maker.name}, {setting.maker.address}",
    "contact": lambda setting, of: setting.maker.email.replace("product@", f"{of}@"),
}


def values(setting: Setting, specs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value(setting, spec) for key, spec in specs.items()}


def gtin(rnd: Chance) -> str:
    body = GTIN_PREFIX + "".join(str(rnd.randrange(10)) for _ in range(9))
    return body + str(_check_figure(body))


def wrong_gtin(rnd: Chance) -> str:
    """Thirteen figures of which the last does not fit."""
    right = gtin(rnd)
    return right[:-1] + str((int(right[-1]) + rnd.randint(1, 9)) % 10)


def _check_figure(body: str) -> int:
    total = sum(int(figure) * (3 if place % 2 else 1) for place, figure in enumerate(body))
    return -total % 10


def price(rnd: Chance, low: float, high: float, currency: str, as_of: dt.date) -> float:
    """As shops write prices in that currency."""
    amount = rnd.spread(low, high) * rate(currency, as_of)
    if amount >= 1_000:
        return float(round(amount / 10) * 10 - 1)
    if amount >= 100:
        return round(amount) - rnd.choice((0.0, 0.01, 0.1))
    return max(round(amount) - rnd.choice((0.01, 0.05, 0.5)), 0.49)


def rate(currency: str, as_of: dt.date) -> float:
    """Units of the currency for one euro, from the demonstration rates."""
    if currency == "EUR":
        return 1.0
    rates = _rates()[currency]
    day = max((day for day in rates if day <= as_of), default=min(rates))
    return rates[day]


@functools.cache
def _rates() -> dict[str, dict[dt.date, float]]:
    lines = [line for line in (DATA / "rates.csv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found: dict[str, dict[dt.date, float]] = {}
    for row in csv.DictReader(lines):
        found.setdefault(row["currency"], {})[dt.date.fromisoformat(row["date"])] = float(row["per_eur"])
    return found
