"""Barcodes, brands, models and words of a product, so that two ways of writing one thing are one key."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from listings.domain.imports import fields
from listings.domain.imports.currencies import Unreadable
from listings.text.base import base_text

PLACEHOLDERS = frozenset(
    [
        "nincs",
        "none",
        "nobrand",
        "unknown",
        "na",
        "sansmarque",
        "ohnemarke",
        "brak",
        "unbranded",
        "senzamarca",
        "sinmarca",
        "keine",
        "keineangabe",
        "generic",
        "notspecified",
        "neznama",
        "neznamy",
        "nezname",
        "unknownbrand",
        "inconnu",
        "inconnue",
        "desconocido",
        "sconosciuto",
        "onbekend",
    ]
)
"""What stands in the field of a brand where there is none, without spaces and signs."""
SHORT_MODEL = 4
"""Letters and digits: a shorter model says something only beside its brand."""
SHORTEST_MODEL, LONGEST_KEY = 2, 60
GTIN_LENGTHS = frozenset({8, 12, 13, 14})
IN_STORE = re.compile(r"^(?:2\d|02|04)\d{11}$")
"""Numbers that every shop gives out for itself: the same one stands on many things."""
WORD = re.compile(r"[^\W_]+")
SIGNS = re.compile(r"[^a-z0-9]+")
DIGIT = re.compile(r"\d")
LETTER = re.compile(r"[^\W\d_]")
LEAST_LETTERS = 3
COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "set",
        "pack",
        "pcs",
        "piece",
        "pieces",
        "size",
        "colour",
        "color",
        "new",
        "black",
        "white",
        "blue",
        "red",
        "green",
        "pink",
        "grey",
        "gray",
        "item",
        "der",
        "die",
        "das",
        "und",
        "mit",
        "fur",
        "für",
        "von",
        "ein",
        "eine",
        "les",
        "des",
        "une",
        "avec",
        "pour",
        "par",
        "dans",
        "sur",
        "per",
        "con",
        "del",
        "della",
        "dei",
        "uno",
        "una",
        "and",
        "met",
        "voor",
        "van",
        "een",
        "dla",
        "oraz",
        "produkt",
        "product",
        "products",
        "model",
        "type",
        "various",
        "different",
        "sold",
        "recall",
        "recalls",
        "recalled",
        "involves",
        "this",
        "these",
        "were",
        "are",
        "was",
    ]
)
"""Words that say nothing about which product it is."""


def compact(text: str) -> str:
    """Letters and digits alone, without accents, in one case: `GSR 12V-15` and `gsr12v15` are one."""
    plain = base_text(text)
    if plain.isascii():
        return SIGNS.sub("", plain)
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if char.isalnum())


def gtin(text: str) -> str:
    """The number as listings keep it (8, 13 or 14 digits; a UPC is an EAN with a zero before it), empty where it is none."""
    digits = re.sub(r"[\s\-]", "", text)
    if len(digits) not in GTIN_LENGTHS:
        return ""
    try:
        return fields.ean(digits)
    except Unreadable:
        return ""


def is_in_store(number: str) -> bool:
    return IN_STORE.match(number) is not None


def gtins(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(gtin, texts)))


def brands(texts: Iterable[str]) -> dict[str, str]:
    """Key to brand as written, without placeholders and without what is too short to be known again."""
    keyed = {compact(text): text.strip() for text in texts}
    return {
        key: text
        for key, text in keyed.items()
        if SHORTEST_MODEL <= len(key) <= LONGEST_KEY and key not in PLACEHOLDERS
    }


def models(texts: Iterable[str]) -> dict[str, str]:
    """Key to model as written. A field may hold several: `A2347 JY-888` is read as a whole and by its parts."""
    found: dict[str, str] = {}
    for text in texts:
        for part in (text, *_parts(text)):
            key = compact(part)
            if SHORTEST_MODEL <= len(key) <= LONGEST_KEY and DIGIT.search(key):
                found.setdefault(key, part.strip())
    return found


def _parts(text: str) -> Iterator[str]:
    """Parts of a field that look like a model of their own: letters and digits, or many digits."""
    for part in re.split(r"[\s,;/|]+", text):
        key = compact(part)
        if len(key) >= SHORT_MODEL and any(char.isdigit() for char in key):
            yield part


def is_telling(key: str) -> bool:
    """Whether a model says something without its brand: long enough, and letters as well as digits."""
    return len(key) >= SHORT_MODEL and any(char.isdigit() for char in key) and any(char.isalpha() for char in key)


def words(text: str) -> frozenset[str]:
    """The words of a name that tell what it is."""
    return frozenset(
        word
        for word in WORD.findall(base_text(text))
        if len(word) <= LONGEST_KEY and len(LETTER.findall(word)) >= LEAST_LETTERS and word not in COMMON
    )


def grams(text: str, *, most: int = 3) -> frozenset[str]:
    """Neighbouring words joined, up to `most`: a brand or model of several words is found by one key."""
    found = [_plain(word) for word in WORD.findall(base_text(text))]
    return frozenset(
        "".join(found[start : start + length]) for length in range(1, most + 1) for start in range(len(found))
    )


def numbers(text: str, *, most: int = 3) -> frozenset[str]:
    """The same of words with a digit and their neighbours: what may be a model."""
    found = [_plain(word) for word in WORD.findall(base_text(text))]
    places = [place for place, word in enumerate(found) if DIGIT.search(word)]
    return frozenset(
        "".join(found[start : start + length])
        for place in places
        for length in range(1, most + 1)
        for start in range(max(0, place - length + 1), place + 1)
    )


def _plain(word: str) -> str:
    """`compact` of a word that has been through the base text."""
    return word if word.isascii() else compact(word)
