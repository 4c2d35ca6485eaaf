from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from governance.web import formats

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(seconds=-20), "now"),
        (timedelta(minutes=-18), "18 min ago"),
        (timedelta(hours=-3), "3 h ago"),
        (timedelta(hours=2, minutes=59, seconds=59), "in 3 h"),
        (timedelta(days=-2), "2 d ago"),
        (timedelta(days=-95), "3 mo ago"),
        (timedelta(days=-800), "2 y ago"),
    ],
)
def test_relative(delta: timedelta, words: str) -> None:
    assert formats.relative(NOW + delta, now=NOW).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (157, "2 min 37 s"), (7560, "2 h 6 min"), (7200, "2 h"), (200_000, "2 d 7 h")]
)
def test_span_has_the_two_largest_units(seconds: int, words: str) -> None:
    assert formats.span(timedelta(seconds=seconds)).replace("\u00a0", " ") == words


def test_exact_is_in_the_zone_of_the_person() -> None:
    with timezone.override("Europe/Berlin"):
        assert formats.exact(NOW) == "23 Nov 2026, 13:00:00 CET"
        assert formats.minute(NOW) == "23 Nov 2026, 13:00"
    assert formats.exact(date(2026, 11, 23)) == "23 Nov 2026"


@pytest.mark.parametrize(
    ("language", "money", "number", "share"),
    [
        ("en", "€1,299.00", "27,558,600", "8.3%"),
        ("de", "1.299,00\u00a0€", "27.558.600", "8,3\u00a0%"),
        ("fr", "1\u202f299,00\u00a0€", "27\u202f558\u202f600", "8,3\u202f%"),
    ],
)
def test_numbers_in_the_active_language(language: str, money: str, number: str, share: str) -> None:
    with translation.override(language):
        assert formats.money(Decimal(1299), "EUR") == money
        assert formats.number(27_558_600) == number
        assert formats.percent(0.083).replace("\u00a0%", "\u202f%" if language == "fr" else "\u00a0%") == share


def test_arabic_keeps_latin_digits() -> None:
    with translation.override("ar"):
        assert "1,299.00" in formats.money(Decimal(1299), "SAR")


def test_a_currency_of_letters_stands_apart() -> None:
    assert formats.money(89, "SAR") == "SAR\u00a089.00"


def test_signed_and_compact() -> None:
    assert [formats.signed(271), formats.signed(-63), formats.signed(0)] == ["+271", "−63", "0"]
    assert formats.compact(41_900_000) == "41.9M"


def test_a_sign_stays_before_its_digits_in_arabic() -> None:
    with translation.override("ar"):
        assert (formats.signed(626), formats.signed(0)) == ("\u200e+626", "0")


def test_names() -> None:
    assert (formats.country("DE"), formats.country("ZZZ"), formats.language_name("pt-BR")) == (
        "Germany",
        "ZZZ",
        "Portuguese",
    )
    with translation.override("de"):
        assert formats.country("FR") == "Frankreich"


@pytest.mark.parametrize(
    ("tag", "direction"),
    [("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("ur", "rtl"), ("en", "ltr"), ("de-AT", "ltr"), ("x", "ltr")],
)
def test_direction(tag: str, direction: str) -> None:
    assert formats.direction(tag) == direction


def test_words_in_a_row_have_the_comma_of_their_language() -> None:
    assert formats.series(["Germany", "France"]) == "Germany, France"
    assert formats.clauses(["price: €5.00", "brand: none"]) == "price: €5.00; brand: none"
    with translation.override("ar"):
        assert formats.series(["ألمانيا", "فرنسا"]) == "ألمانيا، فرنسا"
        assert formats.clauses(["أ", "ب"]) == "أ؛ ب"
        assert formats.minute(NOW).endswith("، 12:00")


def test_a_currency_of_latin_letters_and_a_sign_is_kept_in_order_in_arabic() -> None:
    with translation.override("ar"):
        assert formats.money(Decimal("47.95"), "GBP").endswith("UK£\u200e")
        assert not formats.money(Decimal("47.95"), "EUR").endswith("\u200e")


@pytest.mark.parametrize(
    ("octets", "words"), [(0, "0 bytes"), (900, "900 bytes"), (143_770, "140.4 kB"), (20 * 1024 * 1024, "20 MB")]
)
def test_size_of_a_file(octets: int, words: str) -> None:
    assert formats.size(octets) == words
