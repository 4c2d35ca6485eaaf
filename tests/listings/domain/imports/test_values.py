from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from listings.domain.imports import values
from listings.domain.imports.currencies import Unreadable
from listings.domain.imports.units import UnitUnknown, convert
from listings.enums import RowReason


@pytest.mark.parametrize(
    ("text", "currency", "minor", "found"),
    [
        ("1.299,00 €", "", 129900, "EUR"),
        ("€1,299.00", "", 129900, "EUR"),
        ("€ 1.299", "", 129900, "EUR"),
        ("1 299,00 zł", "", 129900, "PLN"),
        ("1\u00a0299,00\u00a0zł", "", 129900, "PLN"),
        ("1\u202f299,00 €", "", 129900, "EUR"),
        ("£12.50", "", 1250, "GBP"),
        ("£1,250", "", 125000, "GBP"),
        ("12.50 GBP", "", 1250, "GBP"),
        ("AED 79", "", 7900, "AED"),
        ("79 AED", "", 7900, "AED"),
        ("٧٩٫٥٠ د.إ", "", 7950, "AED"),
        ("\u200f٧٩٫٥٠\u00a0د.إ\u200f", "", 7950, "AED"),
        ("١٬٢٩٩٫٠٠", "SAR", 129900, "SAR"),
        ("۱۲۳", "EUR", 12300, "EUR"),
        ("12,5", "EUR", 1250, "EUR"),
        ("12.5", "EUR", 1250, "EUR"),
        ("12", "EUR", 1200, "EUR"),
        ("0,99", "EUR", 99, "EUR"),
        (".99", "USD", 99, "USD"),
        (",99", "EUR", 99, "EUR"),
        ("1,299", "USD", 129900, "USD"),
        ("1.299", "EUR", 129900, "EUR"),
        ("0.125", "EUR", 12, "EUR"),
        ("1.299.000", "EUR", 129900000, "EUR"),
        ("1,299,000.50", "USD", 129900050, "USD"),
        ("1,29,900.00", "EUR", 12990000, "EUR"),
        ("1'299.00", "CHF", 129900, "CHF"),
        ("1’299.–", "CHF", 129900, "CHF"),
        ("CHF 12.–", "", 1200, "CHF"),
        ("Fr. 12.50", "", 1250, "CHF"),
        ("129,-", "NOK", 12900, "NOK"),
        ("449 kr", "SEK", 44900, "SEK"),
        ("kr. 449,00", "DKK", 44900, "DKK"),
        ("1.250", "KWD", 1250, "KWD"),
        ("KWD 1.250", "", 1250, "KWD"),
        ("1,5 د.ك", "", 1500, "KWD"),
        ("990 Kč", "", 99000, "CZK"),
        ("12 990 Ft", "", 1299000, "HUF"),
        ("8.490 TL", "", 849000, "TRY"),
        ("₺8.490,00", "", 849000, "TRY"),
        ("₪79", "", 7900, "ILS"),
        ("R 1 299,99", "", 129999, "ZAR"),
        ("$19.99", "", 1999, "USD"),
        ("US$19.99", "", 1999, "USD"),
        ("4500 ISK", "", 4500, "ISK"),
        ("1.5E+02", "EUR", 15000, "EUR"),
        (12.5, "EUR", 1250, "EUR"),
        (19.99, "EUR", 1999, "EUR"),
        (12, "EUR", 1200, "EUR"),
        ("  12.00  ", "EUR", 1200, "EUR"),
        ("EUR 12 EUR", "", 1200, "EUR"),
        ("0", "EUR", 0, "EUR"),
    ],
)
def test_prices(text: Any, currency: str, minor: int, found: str) -> None:
    read = values.price(text, currency=currency)
    assert (values.minor(read), read.currency) == (minor, found)


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [("1.299", ".", 130), ("1.299", ",", 129900), ("1,299", ",", 130), ("1,299.5", ".", 129950), ("12,5", ",", 1250)],
)
def test_a_mapping_s_decimal_mark_settles_what_is_ambiguous(text: str, decimal: str, minor: int) -> None:
    assert values.minor(values.price(text, currency="EUR", decimal=decimal)) == minor


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("", "EUR", RowReason.NOT_A_PRICE),
        ("free", "EUR", RowReason.NOT_A_PRICE),
        ("from £12", "", RowReason.CURRENCY_UNKNOWN),
        ("10 - 20", "EUR", RowReason.NOT_A_PRICE),
        ("12 €/kg", "", RowReason.CURRENCY_UNKNOWN),
        ("12 USD €", "", RowReason.CURRENCY_UNKNOWN),
        ("USD 12 €", "", RowReason.NOT_A_PRICE),
        ("-5", "EUR", RowReason.NEGATIVE),
        ("−5,00 €", "", RowReason.NEGATIVE),
        (-1, "EUR", RowReason.NEGATIVE),
        ("12", "", RowReason.CURRENCY_MISSING),
        ("12 ABC", "", RowReason.CURRENCY_UNKNOWN),
        ("kr 12", "EUR", RowReason.CURRENCY_UNKNOWN),
        ("99999999999999999", "EUR", RowReason.NOT_A_PRICE),
        ("1,2,3.4.5", "EUR", RowReason.NOT_A_PRICE),
        (float("nan"), "EUR", RowReason.NOT_A_PRICE),
        (True, "EUR", RowReason.NOT_A_PRICE),
        ("=1+1", "EUR", RowReason.NOT_A_PRICE),
    ],
)
def test_what_is_no_price_says_why(text: Any, currency: str, reason: RowReason) -> None:
    with pytest.raises(Unreadable) as caught:
        values.price(text, currency=currency)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("0.75 l", "0.75", "l"),
        ("13", "13", ""),
        ("5,2", "5.2", ""),
        ("1 299,5 mg", "1299.5", "mg"),
        ("1.500", "1.500", ""),
        ("1,500", "1500", ""),
        ("-4 °C", "-4", "°C"),
        ("40% vol", "40", "% vol"),
        ('6.5"', "6.5", '"'),
        ("3e3", "3000", ""),
        ("5 EUR", "5", "EUR"),
        ("٥٠٠ ml", "500", "ml"),
        (7, "7", ""),
    ],
)
def test_measures(text: Any, amount: str, unit: str) -> None:
    assert values.measure(text) == (Decimal(amount), unit)


@pytest.mark.parametrize(
    ("amount", "unit", "to", "result"),
    [
        ("0.75", "l", "ml", "750"),
        ("0.75", "L", "ml", "750"),
        ("1", "inch", "cm", "2.54"),
        ("6.5", '"', "in", "6.5"),
        ("40", "% vol", "%", "40"),
        ("2", "years", "months", "24"),
        ("1.5", "kg", "g", "1500"),
        ("5", "mW", "mW", "5"),
        ("20", "Wh", "Wh", "20"),
        ("5", "", "V", "5"),
    ],
)
def test_units(amount: str, unit: str, to: str, result: str) -> None:
    assert convert(Decimal(amount), unit, to) == Decimal(result)


def test_a_unit_of_another_kind_is_not_converted() -> None:
    with pytest.raises(UnitUnknown):
        convert(Decimal(1), "kg", "ml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("yes", True), ("Ja", True), ("نعم", True), ("0", False), ("Nein", False), ("1.0", True), (False, False)],
)
def test_yes_and_no(text: Any, expected: bool) -> None:
    assert values.yes(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "04.03.2026",
        "04/03/2026",
        "2026/03/04",
        "20260304",
        "2026-03-04T10:00:00Z",
        datetime(2026, 3, 4, tzinfo=UTC),
    ],
)
def test_days(text: Any) -> None:
    assert values.day(text) == date(2026, 3, 4)


def test_a_mapping_s_own_form_of_dates_comes_first() -> None:
    assert values.day("03/04/2026", formats=("%m/%d/%Y",)) == date(2026, 3, 4)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "31.31.2026", ""])
def test_what_is_no_date_says_so(text: str) -> None:
    with pytest.raises(Unreadable):
        values.day(text)
