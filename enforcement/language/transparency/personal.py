"""What identifies somebody is not told to the database (DSA Art. 24(5)): found by its shape, or known from a file."""

import re
from collections.abc import Iterable

LEFT_OUT = "[…]"
EMAIL = re.compile(r"[^\s@<>(){}\[\],;:\"']+@[^\s@<>(){}\[\],;:\"']+\.\w{2,}")
PHONE = re.compile(
    r"(?<![\w+])(?:"
    r"(?:\+|00)[1-9](?:[\s().\u2009/-]*\d){6,14}"  # with the code of a country
    r"|\(?0\d{1,5}\)?[\s/-]+\d(?:[\s/-]*\d){4,}"  # with the prefix of a place
    r")(?!\w)"
)
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
SHORTEST_NAME = 3


def has_personal_data(text: str) -> bool:
    """Whether an e-mail address or a telephone number stands in it."""
    return bool(EMAIL.search(text) or PHONE.search(text))


def without_personal_data(text: str, *, known: Iterable[str] = ()) -> str:
    """The text without addresses, telephone numbers and the `known` names, whatever their case; the longest first."""
    for pattern in (EMAIL, ADDRESS, PHONE):
        text = pattern.sub(LEFT_OUT, text)
    names = sorted({name.strip() for name in known if len(name.strip()) >= SHORTEST_NAME}, key=len, reverse=True)
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", LEFT_OUT, text, flags=re.IGNORECASE)
    return text
