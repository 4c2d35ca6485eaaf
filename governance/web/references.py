"""Random references: what a merchant, a letter or a link shows instead of a running number."""

import secrets
from datetime import datetime

ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
"""Digits and consonants: no vowels, hence no words; no L, which reads as 1."""


def _draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def public_id() -> str:
    """Return a merchant's public key, 12 characters, about 59 bits."""
    return _draw(12)


def random_reference(prefix: str, at: datetime) -> str:
    """Return a reference such as `SR-2026-4Q7K-0719`: the year is shown, the count of the year is not."""
    return f"{prefix}-{at.year}-{_draw(4)}-{_draw(4)}"
