"""Where a word begins and ends, by script."""

import re
import unicodedata

ARABIC_PARTICLES = frozenset(
    {
        "ال",
        "و",
        "ف",
        "ب",
        "ك",
        "ل",
        "لل",
        "وال",
        "فال",
        "بال",
        "كال",
        "ولل",
        "فلل",
        "وبال",
        "فبال",
        "وكال",
        "وب",
        "ول",
        "فب",
        "فل",
    }
)
"""Article, conjunctions and prepositions that Arabic writes joined to the word after them."""

HEBREW_PARTICLES = frozenset(
    {"ה", "ו", "ב", "ל", "מ", "כ", "ש", "וה", "וב", "ול", "ומ", "וכ", "וש", "שה", "שב", "מה", "כש", "לכ"}
)

WORD = re.compile(r"[^\W_]+")
_ARABIC = ("\u0600", "\u06ff")
_HEBREW = ("\u0590", "\u05ff")
_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Myanmar
    ("\u1780", "\u17ff"),  # Khmer
    ("\u2e80", "\u312f"),  # Han radicals, kana, bopomofo
    ("\u31a0", "\u9fff"),  # kana extensions, Han
    ("\uf900", "\ufaff"),  # Han compatibility
    ("\U00020000", "\U0003ffff"),  # Han extensions
)


def is_letter(char: str) -> bool:
    """Whether a character continues a word: letter, digit or mark."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def stands_alone(text: str, start: int, end: int, *, stem: bool = False) -> bool:
    """Whether text[start:end] is a word, or a row of words, of its own; a stem may go on: waffe in waffenschrank."""
    return _begins(text, start) and (stem or _ends(text, end))


def _begins(text: str, start: int) -> bool:
    if not start or not is_letter(text[start - 1]) or not is_letter(text[start]) or _written_joined(text, start):
        return True
    if _ARABIC[0] <= text[start] <= _ARABIC[1]:
        return _run_before(text, start) in ARABIC_PARTICLES
    if _HEBREW[0] <= text[start] <= _HEBREW[1]:
        return _run_before(text, start) in HEBREW_PARTICLES
    return False


def _ends(text: str, end: int) -> bool:
    return end == len(text) or not is_letter(text[end]) or not is_letter(text[end - 1]) or _written_joined(text, end)


def _run_before(text: str, end: int) -> str:
    start = end
    while start and end - start < 5 and is_letter(text[start - 1]):
        start -= 1
    return text[start:end]


def _written_joined(text: str, place: int) -> bool:
    """Whether the script on either side of this place writes words without spaces."""
    return any(first <= char <= last for char in text[place - 1 : place + 1] for first, last in _UNSPACED)
