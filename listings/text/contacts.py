"""Names, addresses, numbers and accounts as they are compared: written in any way, they come out the same. Pure.

Each function returns an empty text for what says too little to compare by.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

FOLDER = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "ar", "tr")
WORD = re.compile(r"[^\W_]+")
TWICE = re.compile(r"(.)\1+")
PHONE_DIGITS = range(7, 16)
"""Digits of a number with its country's code (E.164: fifteen at most)."""
LEAST_ADDRESS, LEAST_NAME, LEAST_ACCOUNT = 3, 5, 8
"""Words of an address, letters of a name, characters of an account or a device, below which they say nothing."""
LATIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


def phone(written: str, country: str) -> str:
    """A number in E.164, read as one of this country where it names none: `+493012345678`."""
    codes = _table("calling_codes")
    digits = "".join(str(unicodedata.decimal(each)) for each in written.replace("(0)", "") if each.isdecimal())
    if written.strip().startswith("+"):
        whole = digits
    elif digits.startswith("00"):
        whole = digits[2:]
    elif country in codes["codes"]:
        whole = codes["codes"][country] + digits.removeprefix(codes["trunk"].get(country, "0"))
    else:
        return ""
    return f"+{whole}" if len(whole) in PHONE_DIGITS else ""


def address(written: str) -> str:
    """The words of an address in the order of the alphabet, short forms in full, without the country. It has a number in it."""
    words = {_in_full(word) for word in WORD.findall(_plain(written))} - _countries()
    known = {word for word in words if word}
    has_number = any(character.isdigit() for word in known for character in word)
    return " ".join(sorted(known)) if len(known) >= LEAST_ADDRESS and has_number else ""


def mail(written: str) -> str:
    """The domain of an address; of a provider that gives mailboxes to anybody, the whole address without what comes after a plus."""
    name, _at, domain = written.strip().casefold().rpartition("@")
    if not name or "." not in domain:
        return ""
    return f"{name.partition('+')[0]}@{domain}" if domain in _providers() else domain


def name(written: str) -> str:
    """A name in its letters: without case, accents, digits, spaces, doubled letters and what says only which form a company has."""
    idle = frozenset(_table("contact_words")["names"]["idle"])
    words = [word for word in WORD.findall(_plain(written).replace(".", "")) if word not in idle]
    letters = "".join(character for word in words for character in word if not character.isdigit())
    single = TWICE.sub(r"\1", letters)
    return single if len(single) >= LEAST_NAME else ""


def account(written: str) -> str:
    """A bank account, or the mark of a device, in its letters and digits."""
    plain = "".join(WORD.findall(unicodedata.normalize("NFKC", written))).upper()
    return plain if len(plain) >= LEAST_ACCOUNT else ""


def _plain(written: str) -> str:
    """Lower case and without accents; umlauts as they are written where the keyboard has none."""
    folded = unicodedata.normalize("NFKC", written).casefold().translate(UMLAUTS).translate(LATIN)
    return "".join(each for each in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(each))


def _in_full(word: str) -> str:
    streets = _table("contact_words")["streets"]
    if word in streets:
        return str(streets[word])
    return f"{word}asse" if word.endswith("str") else word


@cache
def _countries() -> frozenset[str]:
    """Countries of which we know the calling code, by their one-word names."""
    codes = _table("calling_codes")["codes"]
    named = {_plain(Locale(language).territories.get(code, "")) for language in LANGUAGES for code in codes}
    return frozenset(named)


@cache
def _providers() -> frozenset[str]:
    return frozenset(domain for domains in _table("mail_providers")["providers"].values() for domain in domains)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())
