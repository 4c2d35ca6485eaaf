"""The same word in another alphabet: *nozh* as *нож*, *нож* as *nozh* and *noz*. Readings to look for, not translations.

Sources: Bulgaria's Transliteration Act (2009); ICAO Doc 9303 and BGN/PCGN for Russian; resolution 55 (2010) of Ukraine's
Cabinet; Gaj's alphabet for Serbian; ELOT 743 for Greek. Each table also has what people type who know no standard.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

Table = Mapping[str, tuple[str, ...]]

SHORTEST = 3
"""Words of fewer letters are other words in every language."""
MOST = 16
"""Readings of a word by one table: the likeliest are kept."""

_SHARED = "а a|б b|в v|д d|з z|и i|к k|л l|м m|н n|о o|п p|р r|с s|т t|у u|ф f"
_SOFT = "ль l|нь n|ть t|рь r|сь s|дь d"
_TABLES = (
    f"{_SHARED}|г g|е e|ж zh j|й y i j|х h kh|ц ts c|ч ch|ш sh|щ sht|ъ a u y|ь y|ю yu iu ju|я ya ia ja|ия ia iya|кс x",
    f"{_SHARED}|{_SOFT}|г g|е e ye|э e|ё e yo|ж zh|й y i j|х kh h|ц ts c|ч ch|ш sh|щ shch sch|ы y|ю yu iu ju|я ya ia ja"
    "|ый y yy|ий y iy|ия iya ia|кс x ks",
    f"{_SHARED}|{_SOFT}|г h g|ґ g|е e|є ie ye|ж zh|и y|і i|ї i yi|й i y|х kh|ц ts|ч ch|ш sh|щ shch|ю iu yu|я ia ya|зг zgh"
    "|ць ts|ий y yi yy|иї yi",
    f"{_SHARED}|г g|ђ đ dj|е e|ж ž zh z|ј j|љ lj|њ nj|х h|ћ ć c|ц c|ч č ch c|џ dž dz|ш š sh s",
    "α a|β v b|γ g|δ d|ε e|ζ z|η i|θ th|ι i|κ k|λ l|μ m|ν n|ξ x ks|ο o|π p|ρ r|σ s|τ t|υ y i|φ f ph|χ ch h kh x|ψ ps|ω o w"
    "|ου ou u|αι ai e|ει ei i|οι oi i|αυ av af|ευ ev ef|μπ b mp|ντ nt d|γκ gk g|γγ ng|τζ tz|τσ ts ch|ββ v",
)


def readings(word: str) -> list[str]:
    """A word, or words with spaces between, in the other alphabets; the likeliest first. None where a letter is in no table."""
    text = "".join(map(_without_accent, unicodedata.normalize("NFC", word.casefold())))
    if sum(map(str.isalpha, text)) < SHORTEST:
        return []
    return list(dict.fromkeys(found for table in _both_ways() for found in _by(table, text) if found != text))


def _by(table: Table, text: str) -> list[str]:
    """The likeliest readings of all its letters: at each the first that a table names costs nothing, each further one more."""
    known: list[tuple[int, str]] = [(0, "")]
    at = 0
    while at < len(text):
        chunk, choices = _next(table, text, at)
        if not chunk:
            return []
        known = sorted(
            ((cost + extra, read + choice) for cost, read in known for extra, choice in enumerate(choices)),
            key=lambda each: each[0],
        )[:MOST]
        at += len(chunk)
    return [read for _cost, read in known]


def _next(table: Table, text: str, at: int) -> tuple[str, tuple[str, ...]]:
    """The longest piece of the text that the table has, and what it may be."""
    for length in range(4, 0, -1):
        chunk = text[at : at + length]
        if len(chunk) == length and chunk in table:
            return chunk, table[chunk]
    return (text[at], (text[at],)) if text[at].isdigit() or text[at] in " -" else ("", ())


def _without_accent(char: str) -> str:
    """Greek without its accents; what a Cyrillic or a Latin letter wears makes it another one."""
    return unicodedata.normalize("NFD", char)[0] if "\u0370" <= char <= "\u03ff" else char


@cache
def _both_ways() -> tuple[Table, ...]:
    return tuple(found for lines in _TABLES for found in (_into(lines), _out_of(lines)))


def _out_of(lines: str) -> Table:
    """From the letters to Latin; a soft sign is not written."""
    return {"ь": ("",)} | {letter: tuple(latin) for letter, latin in _rows(lines) if letter[1:] != "ь"}


def _into(lines: str) -> Table:
    """From Latin to letters, as the index has them: those whose usual spelling it is come first, single ones before pairs."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for letter, spellings in _rows(lines):
        bare = "".join(unicodedata.normalize("NFD", each)[0] for each in letter)
        for rank, latin in enumerate(spellings):
            found.setdefault(latin, []).append((rank, len(letter), bare))
    return {
        latin: tuple(dict.fromkeys(letter for *_rank, letter in sorted(each, key=lambda one: one[:2])))
        for latin, each in found.items()
    }


def _rows(lines: str) -> Iterator[tuple[str, list[str]]]:
    for line in lines.split("|"):
        letter, *spellings = line.split()
        yield letter, spellings
