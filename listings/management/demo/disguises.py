"""How merchants hide a word from a machine while people still read it. Marked [terms] of planted sentences only."""

import re
from collections.abc import Callable

from listings.management.demo.chance import Chance

MARKED = re.compile(r"\[([^\]]+)\]")
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0"})
CYRILLIC = str.maketrans({"a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х"})
WORD = re.compile(r"[^\W_]+")
ZERO_WIDTH_SPACE = "\u200b"
TATWEEL = "\u0640"
INNER = re.compile(r"(?<=[a-z])[aeio](?=[a-z])", re.IGNORECASE)
ARABIC = re.compile(r"[\u0600-\u06ff]")


def plain(text: str) -> str:
    return MARKED.sub(r"\1", text)


def disguised(rnd: Chance, text: str, kind: str) -> str:
    """Disguise every marked term. Arabic knows only invisible signs: figures and Cyrillic letters would show."""
    change = _zero_width if kind == "zero_width" or ARABIC.search(text) else _CHANGES[kind]
    return MARKED.sub(lambda match: change(rnd, match.group(1)), text)


def _leet(rnd: Chance, term: str) -> str:
    """Some vowels inside words as figures, as people do it."""
    return INNER.sub(lambda match: match.group().translate(LEET) if rnd.random() < 0.6 else match.group(), term)


def _lookalike(rnd: Chance, term: str) -> str:
    """One or two Latin letters as Cyrillic ones that look the same."""
    places = [place for place, char in enumerate(term) if char.translate(CYRILLIC) != char]
    for place in rnd.sample(places, min(2, len(places))):
        term = term[:place] + term[place].translate(CYRILLIC) + term[place + 1 :]
    return term


def _spaced(rnd: Chance, term: str) -> str:
    """The longest word spelled out: r-e-p-l-i-c-a."""
    longest = max(WORD.findall(term), key=len)
    return term.replace(longest, rnd.choice("-.").join(longest))


def _zero_width(rnd: Chance, term: str) -> str:
    place = rnd.randint(1, max(len(term) - 1, 1))
    return term[:place] + (TATWEEL if ARABIC.search(term) else ZERO_WIDTH_SPACE) + term[place:]


_CHANGES: dict[str, Callable[[Chance, str], str]] = {
    "leet": _leet,
    "lookalike": _lookalike,
    "spaced": _spaced,
    "zero_width": _zero_width,
}
