"""Figures and signs that are read as letters, by script. A change here raises `NORMALISER_VERSION`."""

import re

_LATIN = str.maketrans("0134578@$!|€¢£¥", "oieastbasilecly")
_BY_SCRIPT = (
    ("\u0370", "\u03ff", str.maketrans("01348@$!|€", "οιεαθασιιε")),
    ("\u0400", "\u04ff", str.maketrans("0134678@$!|€¢", "оизчбтвасиіес")),
    ("\u0590", "\u05ff", str.maketrans("01@|", "סואו")),
    ("\u0600", "\u06ff", str.maketrans("1@|!١٥", "ااااا" + "ه")),
)

BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[0-9@$!|€¢£¥١٥]+(?=[^\W\d_])")
"""Read as letters between letters only: 5mg stays, c0ca1ne does not."""

AT_AN_EDGE = {
    "a": "4@", "b": "8", "c": "¢", "e": "3€", "i": "1", "l": "1|", "o": "0", "s": "5$", "t": "7", "y": "¥",
    "α": "4@", "ε": "3€", "ι": "1", "ο": "0",
    "а": "4@", "б": "6", "в": "8", "е": "3€", "з": "3", "о": "0", "с": "$", "ч": "4",
    "ا": "1@", "א": "@",
}  # fmt: skip
"""Letter → what may stand for it at the beginning or the end of a word, where a text keeps its figures: vap3, $nus."""


def read(signs: str, before: str) -> str:
    """Return signs as the letters that they pass for in the script of the letter before them."""
    for first, last, letters in _BY_SCRIPT:
        if first <= before <= last:
            return signs.translate(letters)
    return signs.translate(_LATIN)
