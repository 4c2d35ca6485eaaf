"""Letters that pass for Latin ones, written by hand. A change here raises `NORMALISER_VERSION`."""

import re

_LOOKALIKES = {
    # Cyrillic
    "гГ": "r", "иИ": "u", "шШ": "w", "ьЬ": "b",
    "аАӑӒӓ": "a", "вВ": "b", "сСҫ": "c", "ԁ": "d", "еЕёЁѐ": "e", "ғ": "f", "ԍ": "g", "нНңһҺ": "h", "іІїЇ": "i",
    "јЈ": "j", "кКқҚ": "k", "ӏӀ": "l", "мМ": "m", "пП": "n", "оОӧ": "o", "рР": "p", "ԛ": "q", "ѕЅ": "s", "тТ": "t",
    "уУүҮў": "y", "ѵѴ": "v", "ԝ": "w", "хХҳ": "x",
    # Greek
    "αΑά": "a", "βΒ": "b", "ϲϹ": "c", "εΕέ": "e", "ϝϜ": "f", "Η": "h", "ιΙίϊ": "i", "ϳͿ": "j", "κΚ": "k", "Μ": "m",
    "Ά": "a", "Έ": "e", "Ή": "h", "Ίΐ": "i", "ή": "n", "Ό": "o", "ΰϋ": "u", "ώ": "w", "Ύ": "y",
    "ηΝ": "n", "οΟό": "o", "ρΡ": "p", "τΤ": "t", "υύ": "u", "ν": "v", "ω": "w", "χΧ": "x", "Υ": "y", "Ζ": "z",
    # Armenian
    "ց": "g", "հ": "h", "Լ": "l", "ո": "n", "օՕ": "o", "զ": "q", "Տ": "s", "ս": "u", "ա": "w",
    # Cherokee
    "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮐ": "g", "Ꮋ": "h", "Ꭵ": "i", "Ꭻ": "j", "Ꮶ": "k", "Ꮮ": "l", "Ꮇ": "m",
    "Ꮲ": "p", "Ꭱ": "r", "Ꮪ": "s", "Ꭲ": "t", "Ꮩ": "v", "Ꮃ": "w", "Ꮓ": "z",
}  # fmt: skip
LOOKALIKES = {ord(char): latin for chars, latin in _LOOKALIKES.items() for char in chars}
"""Non-Latin letter → the Latin letter it passes for. One code point to one; nothing in ASCII is a key."""

IN_CYRILLIC = str.maketrans("abcdehijklmnopqstvwxy", "авсԁеніјкӏмпорԛѕтѵԝху")
IN_GREEK = str.maketrans("abehikmnoptxyz", "αβεηικμνορτχυζ")
"""Latin letter → the letter that passes for it, in Greek as a capital: a word may be disguised as a whole."""

HAS_LOOKALIKE = re.compile("[" + "".join(map(chr, LOOKALIKES)) + "]")
_ALPHABETS = (
    re.compile("[a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]"),
    re.compile("[\u0400-\u052f]"),
    re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    re.compile("[\u0531-\u0587]"),
    re.compile("[\u13a0-\u13ff\uab70-\uabbf]"),
)


def mixed(text: str) -> bool:
    """Whether letters of more than one of the alphabets that look alike stand in a text."""
    return sum(1 for alphabet in _ALPHABETS if alphabet.search(text)) > 1
