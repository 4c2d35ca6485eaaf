"""Reading prices, numbers, dates and yes-or-no as people in EMEA write them.

A price or number with a single separator is ambiguous when three digits follow it. Without `decimal` ("." or ","), a
price reads it as thousands (unless its currency has three decimals), a number reads a comma as thousands and a point
as decimals.
"""

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from listings.domain.imports.currencies import Unreadable, of_mark
from listings.enums import RowReason, minor_digits


class Price(NamedTuple):
    amount: Decimal
    currency: str


PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,2})?", re.ASCII)
PRICE = re.compile(
    r"(?P<before>[^\d,'’\-−–]*?)\s*(?P<number>[\-−–]?\s*(?:\d|[.,](?=\d))[\d.,'’\s]*(?:[\-−–]{1,2})?)\s*(?P<after>[^\d]*)"
)
MEASURE = re.compile(r"([+\-−]?[\d.,'’][\d.,'’\s]*(?:[eE][+\-]?\d{1,2}(?![\w]))?)\s*(\D.*)?", re.DOTALL)
SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]+")
INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
EXPONENT = re.compile(r"[+\-]?\d+(?:\.\d+)?[eE][+\-]?\d{1,2}", re.ASCII)
LARGEST = Decimal(10) ** 13
SAFELY_WHOLE = 9  # digits
YES = frozenset(
    [
        "true",
        "t",
        "yes",
        "y",
        "1",
        "on",
        "x",
        "ja",
        "j",
        "oui",
        "o",
        "si",
        "sí",
        "s",
        "sì",
        "tak",
        "evet",
        "sim",
        "da",
        "nai",
        "ναι",
        "ano",
        "áno",
        "igen",
        "kyllä",
        "jah",
        "jā",
        "taip",
        "نعم",
        "כן",
    ]
)
NO = frozenset(
    [
        "false",
        "f",
        "no",
        "n",
        "0",
        "off",
        "-",
        "nein",
        "non",
        "nee",
        "nie",
        "hayır",
        "não",
        "nu",
        "όχι",
        "ne",
        "nem",
        "ei",
        "nē",
        "não",
        "لا",
        "לא",
    ]
)
DATE_FORMATS = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y")


def price(value: Any, *, currency: str = "", decimal: str = "") -> Price:
    """Read a price; `currency` is what holds where the value names none. Raises Unreadable."""
    if isinstance(value, bool):
        raise Unreadable(RowReason.NOT_A_PRICE)
    if isinstance(value, int | float | Decimal):
        return _checked(_exact(value), currency)
    return _price(str(value), currency, decimal)


@lru_cache(maxsize=65_536)
def _price(text: str, currency: str, decimal: str) -> Price:
    if PLAIN.fullmatch(text) and decimal != ",":
        return _checked(Decimal(text), currency)
    text = digits(text)
    if EXPONENT.fullmatch(text):
        return _checked(Decimal(text), currency)
    match = PRICE.fullmatch(text)
    if not match or not any(map(str.isdigit, match["number"])):
        raise Unreadable(RowReason.NOT_A_PRICE)
    before, after = match["before"].strip(), match["after"].strip()
    if before and after and of_mark(before, currency) != of_mark(after, currency):
        raise Unreadable(RowReason.NOT_A_PRICE)
    found = of_mark(before or after, currency) if before or after else currency
    number = re.sub(r"[.,][\-−–]{1,2}$", "", match["number"].strip())  # "129,-" and "12.–"
    three = minor_digits(found) == 3
    return _checked(_decimal(number, decimal, RowReason.NOT_A_PRICE, thousands=not three), found)


def _checked(amount: Decimal, currency: str) -> Price:
    if amount < 0:
        raise Unreadable(RowReason.NEGATIVE)
    if amount >= LARGEST:
        raise Unreadable(RowReason.NOT_A_PRICE)
    if not currency:
        raise Unreadable(RowReason.CURRENCY_MISSING)
    return Price(amount, currency)


def minor(found: Price) -> int:
    """The price in its currency's minor unit, rounded to it."""
    return int(found.amount.scaleb(minor_digits(found.currency)).to_integral_value())


def number(value: Any, *, decimal: str = "") -> Decimal:
    """Read a plain number. Raises Unreadable."""
    found, unit = measure(value, decimal=decimal)
    if unit:
        raise Unreadable(RowReason.NOT_A_NUMBER)
    return found


def measure(value: Any, *, decimal: str = "") -> tuple[Decimal, str]:
    """Read a number and the unit behind it, if any: "0.75 l", "1 299,5 mg", "13". Raises Unreadable."""
    if isinstance(value, bool):
        raise Unreadable(RowReason.NOT_A_NUMBER)
    if isinstance(value, int | float | Decimal):
        return _exact(value, RowReason.NOT_A_NUMBER), ""
    match = MEASURE.fullmatch(digits(str(value)))
    if not match:
        raise Unreadable(RowReason.NOT_A_NUMBER)
    text = match[1].strip()
    found = Decimal(text) if EXPONENT.fullmatch(text) else _decimal(text, decimal, RowReason.NOT_A_NUMBER)
    return found, (match[2] or "").strip()


def whole(value: Any) -> int:
    """Read a whole number, zero or more. Raises Unreadable."""
    if isinstance(value, str) and len(value) < SAFELY_WHOLE and value.isascii() and value.isdigit():
        return int(value)  # nearly every count is written so, and there are millions of them
    found = number(value)
    if found != found.to_integral_value():
        raise Unreadable(RowReason.NOT_A_NUMBER)
    if found < 0:
        raise Unreadable(RowReason.NEGATIVE)
    if found > 2_147_483_647:
        raise Unreadable(RowReason.NOT_A_NUMBER)
    return int(found)


def digits(text: str) -> str:
    """Latin digits and separators, without marks of direction."""
    text = text.strip()
    if text.isascii():
        return text
    text = INVISIBLE.sub("", text).replace("٫", ".").replace("٬", "'").strip()
    return "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in text)


def _exact(value: float | Decimal, reason: RowReason = RowReason.NOT_A_PRICE) -> Decimal:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable(reason)
        return Decimal(repr(value))
    found = Decimal(value)
    if not found.is_finite():
        raise Unreadable(reason)
    return found


def _decimal(text: str, decimal: str, reason: RowReason, *, thousands: bool = False) -> Decimal:
    """`thousands` says what a single point before exactly three digits is."""
    text = SPACES.sub("", text).replace("−", "-").replace("–", "-")
    mark = decimal or _mark(text, thousands)
    other = "," if mark == "." else "."
    text = text.replace(other, "").replace(mark, ".")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Unreadable(reason) from None


def _mark(text: str, thousands: bool) -> str:
    point, comma = text.rfind("."), text.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    mark = "." if point >= 0 else ","
    if text.count(mark) > 1:
        return "," if mark == "." else "."
    whole_part, _mark, rest = text.partition(mark)
    grouped = len(rest) == 3 and whole_part.lstrip("+-") not in ("", "0") and len(whole_part.lstrip("+-")) <= 3
    if grouped and (thousands or mark == ","):
        return "," if mark == "." else "."
    return mark


def yes(value: Any) -> bool:
    """Read a yes or a no in the languages of the markets. Raises Unreadable."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold().removesuffix(".0")
    if text in YES:
        return True
    if text in NO:
        return False
    raise Unreadable(RowReason.NOT_YES_OR_NO)


def day(value: Any, *, formats: tuple[str, ...] = ()) -> date:
    """Read a date; between day and month first, the day. Raises Unreadable."""
    return moment(value, formats=formats).date()


def moment(value: Any, *, formats: tuple[str, ...] = ()) -> datetime:
    """Read a moment; one without a zone is UTC. Raises Unreadable."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return _moment(str(value), formats)


@lru_cache(maxsize=8_192)
def _moment(text: str, formats: tuple[str, ...]) -> datetime:
    text = digits(text)
    for form in formats:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        pass
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise Unreadable(RowReason.NOT_A_DATE)
