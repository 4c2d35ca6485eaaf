"""Random references: what a merchant, a letter or a link shows instead of a running number."""

import re
import secrets
from datetime import datetime

ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
"""Digits and consonants: no vowels, hence no words; no L, which reads as 1."""
MISREAD = str.maketrans("OIL", "011")
SHAPE = re.compile(rf"([A-Z]{{2}})-(\d{{4}})-([{ALPHABET}]{{4}})-([{ALPHABET}]{{4}})-([{ALPHABET}]{{4}})")


def public_id() -> str:
    """Return a merchant's public key, 12 characters, about 59 bits."""
    return _draw(12)


def random_reference(prefix: str, at: datetime) -> str:
    """Return a reference such as `SR-2026-4Q7K-0719-D2MX`: the year is shown, the count of the year is not.

    Eleven characters are drawn, about 54 bits: a million a year meet once in some 36,000 years. The twelfth checks them.
    """
    drawn = _draw(11)
    drawn += _check(drawn)
    return f"{prefix}-{at.year}-{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def read_reference(text: str) -> str | None:
    """The reference that a person typed, in its own spelling; None where it is none or a character is wrong.

    Case, spaces and O, I or L for 0 and 1 do not matter.
    """
    prefix, dash, rest = "".join(text.upper().split()).partition("-")
    shape = SHAPE.fullmatch(f"{prefix}{dash}{rest.translate(MISREAD)}")
    if shape is None:
        return None
    drawn = "".join(shape.groups()[2:])
    return shape[0] if _check(drawn[:-1]) == drawn[-1] else None


def _draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _check(drawn: str) -> str:
    """Luhn's character for an even alphabet: finds every wrong character and almost every swap of neighbours."""
    size, total = len(ALPHABET), 0
    for position, character in enumerate(reversed(drawn)):
        value = ALPHABET.index(character) * (2 - position % 2)
        total += value // size + value % size
    return ALPHABET[-total % size]
