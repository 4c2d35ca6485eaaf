"""Times, money, numbers and names in the active language, by CLDR. Digits are Latin everywhere, as in ids and prices."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from babel.units import format_unit
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float | Decimal
RTL_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa"})
MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTH, YEAR = 2_629_800, 31_557_600
NOW = timedelta(seconds=45)
LEFT_TO_RIGHT = "\u200e"
LETTER_THEN_DIGIT = re.compile(r"([^\W\d_])(?=\d)")
LATIN_SYMBOL = re.compile(r"[A-Z]+[$£¥]$")
ARABIC_SCRIPT = frozenset({"ar", "fa", "ur"})
UNITS_OF_SIZE = ("byte", "kilobyte", "megabyte", "gigabyte")


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse({"en": "en_GB"}.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def active_locale() -> Locale:
    return _locale(get_language() or "en")


@lru_cache(maxsize=256)
def direction(language: str) -> str:
    """`rtl` or `ltr` of a language tag, by its likely script."""
    tag = language.replace("-", "_")
    likely = get_global("likely_subtags").get(tag) or get_global("likely_subtags").get(tag.split("_")[0], tag)
    return "rtl" if RTL_SCRIPTS & set(likely.split("_")) else "ltr"


def _units(seconds: int) -> list[tuple[int, str]]:
    """The amounts of a length, largest first, each with its short unit in the active language."""
    patterns = (
        (YEAR, _("%(n)d y")),
        (MONTH, _("%(n)d mo")),
        (DAY, _("%(n)d d")),
        (HOUR, _("%(n)d h")),
        (MINUTE, _("%(n)d min")),
        (1, _("%(n)d s")),
    )
    found = []
    for size, pattern in patterns:
        amount, seconds = divmod(seconds, size)
        found.append((amount, pattern % {"n": amount}))
    return found


def span(length: timedelta, *, units: int = 2) -> str:
    """A length of time in its largest units: `2 h 6 min`."""
    found = _units(abs(int(length.total_seconds())))
    first = next((index for index, (amount, _text) in enumerate(found) if amount), len(found) - 1)
    chosen = found[first : first + units]
    return "\u00a0".join(text for index, (amount, text) in enumerate(chosen) if amount or index == 0)


def is_rtl() -> bool:
    return direction(get_language() or "en") == "rtl"


def relative(moment: datetime, *, now: datetime | None = None) -> str:
    """`18 min ago`, `in 3 h`, `now`; rounded to the minute before the largest unit is taken."""
    delta = moment - (now or timezone.now())
    if abs(delta) < NOW:
        return _("now")
    pattern = _("in %(span)s") if delta > timedelta(0) else _("%(span)s ago")
    return pattern % {"span": span(abs(delta) + timedelta(seconds=30), units=1)}


def exact(moment: datetime | date) -> str:
    if not isinstance(moment, datetime):
        return day(moment)
    local = timezone.localtime(moment)
    return f"{_moment(local, 'HH:mm:ss')} {local.tzname()}"


def minute(moment: datetime) -> str:
    """Day and time without seconds or zone."""
    return _moment(timezone.localtime(moment), "HH:mm")


def _moment(local: datetime, clock: str) -> str:
    locale = active_locale()
    pattern = str(get_datetime_format("medium", locale=locale))
    return pattern.format(format_time(local, clock, locale=locale), day(local))


def day(moment: datetime | date) -> str:
    local = timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment
    return format_date(local, "medium", locale=active_locale())


def short_day(moment: date) -> str:
    """Day and month, for the marks of an axis."""
    return format_skeleton("MMMd", moment, locale=active_locale())


def month(moment: date) -> str:
    return format_date(moment, "MMM", locale=active_locale())


def money(amount: Number, currency: str) -> str:
    text = format_currency(amount, currency, locale=active_locale())
    text = LETTER_THEN_DIGIT.sub("\\1\u00a0", text)
    return text + LEFT_TO_RIGHT if is_rtl() and LATIN_SYMBOL.search(text) else text


def money_rounded(amount: Number, currency: str) -> str:
    """`€403,210`: for sums of many prices, of which nobody wants the cents."""
    locale = active_locale()
    whole = locale.currency_formats["standard"].pattern.replace("0.00", "0")
    return format_currency(round(amount), currency, format=whole, locale=locale, currency_digits=False)


def number(value: Number, *, digits: int | None = None) -> str:
    """Grouped by thousands; `digits` fixes the places after the decimal mark."""
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=active_locale())


def compact(value: Number) -> str:
    """`41.9M`, `48K`: for places where the exact number would not fit."""
    return format_compact_decimal(value, locale=active_locale(), fraction_digits=1)


def signed(value: Number, *, digits: int | None = None) -> str:
    """With its sign, a true minus: `+271`, `−63`. In right-to-left text a mark keeps the sign before the digits."""
    magnitude: Number = -value if value < 0 else value
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{LEFT_TO_RIGHT if sign and is_rtl() else ''}{sign}{number(magnitude, digits=digits)}"


def percent(share: Number, *, digits: int = 1) -> str:
    """A share between 0 and 1 as per cent."""
    locale = active_locale()
    places = "." + "0" * digits if digits else ""
    pattern = locale.percent_formats[None].pattern.replace("#,##0", f"#,##0{places}")
    return format_percent(share, format=pattern, locale=locale)


def size(octets: int) -> str:
    """Of a file, in units of 1,024: `140.4 kB`, `379 bytes`."""
    amount, steps = float(octets), 0
    while amount >= 1024 and steps < len(UNITS_OF_SIZE) - 1:
        amount, steps = amount / 1024, steps + 1
    unit = f"digital-{UNITS_OF_SIZE[steps]}"
    return str(format_unit(round(amount, 1), unit, length="short" if steps else "long", locale=active_locale()))


def comma() -> str:
    """What stands between words in a row, with its space."""
    return "، " if active_locale().language in ARABIC_SCRIPT else ", "


def series(words: Iterable[str]) -> str:
    """`Germany, France, Italy`: where an `and` would be too much."""
    return comma().join(words)


def clauses(sentences: Iterable[str]) -> str:
    """`price: €5.00; brand: none`: parts that have commas of their own."""
    return ("؛ " if active_locale().language in ARABIC_SCRIPT else "; ").join(sentences)


def listed(words: Sequence[str]) -> str:
    """`Germany, France and Italy`."""
    return str(format_list(words, locale=active_locale()))


def within(label: str) -> str:
    """A label inside a sentence: its first letter small, the rest as it is (German nouns keep theirs)."""
    return label[:1].lower() + label[1:]


def country(code: str) -> str:
    return str(active_locale().territories.get(code.upper(), code))


def language_name(tag: str) -> str:
    name = str(active_locale().languages.get(tag.split("-")[0].lower(), tag))
    return name[:1].upper() + name[1:]
