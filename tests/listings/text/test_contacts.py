"""What is written in several ways compares as one; what says too little compares with nothing."""

import pytest

from listings.text import contacts, likeness


@pytest.mark.parametrize(
    ("written", "country", "read"),
    [
        ("+49 (0)30 / 1234-5678", "DE", "+493012345678"),
        ("030 12345678", "DE", "+493012345678"),
        ("0049 30 12345678", "FR", "+493012345678"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("06 30 123 4567", "HU", "+36301234567"),
        ("٠٥٠ ١٢٣ ٤٥٦٧", "AE", "+971501234567"),
        ("123", "DE", ""),
        ("030 12345678", "XX", ""),
        ("", "DE", ""),
        ("call us", "DE", ""),
    ],
)
def test_a_phone_number(written: str, country: str, read: str) -> None:
    assert contacts.phone(written, country) == read


@pytest.mark.parametrize(
    "written",
    [
        "Hauptstraße 5, 10115 Berlin",
        "10115 BERLIN\nHauptstr. 5",
        "Hauptstrasse 5 – 10115 Berlin, Deutschland",
        "hauptstr 5 10115 berlin germany",
    ],
)
def test_an_address_in_any_order_and_spelling(written: str) -> None:
    assert contacts.address(written) == "10115 5 berlin hauptstrasse"


@pytest.mark.parametrize("written", ["", "Berlin", "10115 Berlin", "Am Markt, Köln"])
def test_half_an_address_says_nothing(written: str) -> None:
    assert contacts.address(written) == ""


def test_another_house_is_another_address() -> None:
    assert contacts.address("Hauptstr. 5, 10115 Berlin") != contacts.address("Hauptstr. 7, 10115 Berlin")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Sales@Nordlicht.example", "nordlicht.example"),
        ("nina+shop2@gmail.com", "nina@gmail.com"),
        ("Nina@GMAIL.com ", "nina@gmail.com"),
        ("nobody", ""),
        ("", ""),
    ],
)
def test_a_mail_address_or_its_domain(written: str, read: str) -> None:
    assert contacts.mail(written) == read


@pytest.mark.parametrize(
    "written", ["Nordlicht Spielwaren GmbH", "NORDLICHT-Spielwaren 24", "Nordlichtt Spielwaren Ltd."]
)
def test_a_name_without_what_says_nothing(written: str) -> None:
    assert contacts.name(written) == "nordlichtspielwaren"


def test_a_name_of_nothing_but_forms_says_nothing() -> None:
    assert contacts.name("The Trading Company GmbH & Co. KG") == ""


def test_an_account_in_groups() -> None:
    assert contacts.account("de89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert contacts.account("123") == ""


WORDS = [
    "a",
    "small",
    "wooden",
    "owl",
    "with",
    "bright",
    "eyes",
    "for",
    "the",
    "desk",
    "of",
    "a",
    "child",
    "who",
    "likes",
    "to",
    "read",
    "at",
    "night",
    "when",
    "the",
    "house",
    "is",
    "quiet",
]


def test_nearly_the_same_text_has_a_mark_in_common_and_another_text_has_none() -> None:
    text = " ".join(WORDS * 3)
    other = text.replace("bright", "shiny", 1)
    assert set(likeness.bands(text)) & set(likeness.bands(other))
    assert not set(likeness.bands(text)) & set(likeness.bands(" ".join(f"{word}x" for word in WORDS)))
    assert list(likeness.bands("an owl")) == []


def test_nearly_the_same_is_told_by_letters() -> None:
    text = " ".join(WORDS)
    assert likeness.nearly_same(text, text.replace("owl", "awl"))
    assert not likeness.nearly_same(text, " ".join(reversed(WORDS)))
    assert not likeness.nearly_same("owl", "owl")
