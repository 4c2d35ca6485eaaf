"""Character tables of the normaliser, written by hand. A change here raises `NORMALISER_VERSION`."""

import re
import unicodedata
from itertools import chain

ZONE_SEPARATOR = "\x1e"
"""Stands between the zones of a document. It survives normalisation and no term or token crosses it."""

_INVISIBLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors, vowel separator
    (0x200B, 0x200F),  # zero-width space, non-joiner, joiner, direction marks
    (0x202A, 0x202E),  # embeddings and overrides of direction
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates, deprecated controls
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0x1BCA0, 0x1BCA3),  # shorthand controls
    (0xE0000, 0xE0FFF),  # tags, variation selectors supplement
)
_ARABIC_MARKS = (
    (0x0610, 0x061A),
    (0x0640, 0x0640),  # tatweel
    (0x064B, 0x0652),  # harakat; maddah and hamza (0653 to 0655) belong to their letter
    (0x0656, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E4),
    (0x06E7, 0x06E8),
    (0x06EA, 0x06ED),
)
_HEBREW_MARKS = ((0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5), (0x05C7, 0x05C7))


def _points(ranges: tuple[tuple[int, int], ...]) -> chain[int]:
    return chain.from_iterable(range(first, last + 1) for first, last in ranges)


def _class(ranges: tuple[tuple[int, int], ...]) -> str:
    return "[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges) + "]"


REMOVED = re.compile(_class(_INVISIBLE + _ARABIC_MARKS + _HEBREW_MARKS) + "+")
"""What leaves no trace in the base text."""

BLANKED = re.compile("[\x00-\x1d\x1f\x7f-\x9f\u2028\u2029\u2800\ud800-\udfff]")
"""Controls, line and paragraph separators, the blank Braille cell and lone surrogates read as a space."""

_SHAPES = {"'": "‘’‚‛ʼ′´׳", '"': "“”„‟״", "-": "‐‑‒–—―−־"}
SHAPES = {char: plain for plain, chars in _SHAPES.items() for char in chars} | {
    chr(first + place): chr(ord("A") + place) for first in (0x1F150, 0x1F170) for place in range(26)
}
"""Apostrophes, quotation marks and hyphens of a typographer or of Hebrew, and the white letters in black circles and squares
that compatibility forgets → the sign on a keyboard. One code point to one."""

SHAPED = re.compile("[" + "".join(SHAPES) + "]")

OVERRIDE = re.compile("([\u202d\u202e])([^\u202a-\u202e\u2066-\u2069\n\r\u2029\x1e]+)")
"""A direction forced upon what follows: left to right, or right to left."""
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

SPACES = re.compile("(?<= ) +")
"""All but the first of several spaces: a phrase reads the same however its words are set apart."""

_COMBINING = "".join(chr(point) for point in range(0x300, 0x1F000) if unicodedata.combining(chr(point)))
PILED_MARKS = re.compile(f"(?<=[{_COMBINING}]{{16}})[{_COMBINING}]+")
"""Marks beyond the sixteenth on one letter: no script writes them, and ordering them takes time squared."""

ASCII_CONTROLS = {point: " " for point in (*range(0x20), 0x7F) if chr(point) != ZONE_SEPARATOR}

DOTTED_I = re.compile("(?<=i)\u0307")
"""İ folds to i and a combining dot; the dot goes, so that a Turkish İ is an i."""

COMPOSING_STARTERS = frozenset(
    map(
        chr,
        (
            *range(0x1161, 0x1176),  # Hangul vowels
            *range(0x11A8, 0x11C3),  # Hangul final consonants
            *(0x09BE, 0x09D7, 0x0B3E, 0x0B56, 0x0B57, 0x0BBE, 0x0BD7, 0x0CC2, 0x0CD5, 0x0CD6, 0x0D3E, 0x0D57),
            *(0x0DCF, 0x0DDF, 0x102E, 0x1B35, 0x11127, 0x1133E, 0x11357, 0x114B0, 0x114BA, 0x114BD, 0x115AF, 0x11930),
        ),
    )
)
"""Characters of combining class 0 that may join the one before them when composed."""

NOT_ASCII = re.compile("[^\x00-\x7f]")
TOKEN = re.compile(r"\w+")

_STRIPPED_MARKS = frozenset(
    map(
        chr,
        _points(
            (
                (0x0300, 0x036F),
                (0x0483, 0x0487),
                (0x0653, 0x0655),
                (0x1AB0, 0x1AFF),
                (0x1DC0, 0x1DFF),
                (0x20D0, 0x20FF),
                (0xFE20, 0xFE2F),
            )
        ),
    )
)
_PLAIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n",
    "ɑ": "a", "ɡ": "g", "ɩ": "i", "ƙ": "k", "ʟ": "l", "ɴ": "n", "ʀ": "r", "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d",
    "ᴇ": "e", "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p", "ᴛ": "t", "ᴜ": "u",
    "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ȼ": "c", "ɖ": "d", "ɗ": "d", "ɇ": "e", "ɛ": "e",
    "ƒ": "f", "ǥ": "g", "ɠ": "g", "ɦ": "h", "ɨ": "i", "ɉ": "j", "ƚ": "l", "ɫ": "l", "ɬ": "l", "ɱ": "m", "ɲ": "n", "ƞ": "n",
    "ɵ": "o", "ƥ": "p", "ɋ": "q", "ɍ": "r", "ɾ": "r", "ʂ": "s", "ȿ": "s", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʋ": "v", "ⱳ": "w",
    "ɏ": "y", "ƴ": "y", "ƶ": "z", "ȥ": "z", "ى": "ي", "ة": "ه",
}  # fmt: skip


class _Plain(dict[int, str]):
    """Code point → its letter without marks, worked out once for each."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        apart = unicodedata.normalize("NFD", char)
        plain = "".join(part for part in apart if part not in _STRIPPED_MARKS)
        self[point] = char if plain == apart else _PLAIN.get(plain, plain)
        return self[point]


PLAIN = _Plain({ord(char): plain for char, plain in _PLAIN.items()})

_SHARED = {
    "ك": "کڪ", "ي": "ی", "ه": "ہھەۃ", "ا": "ٱ",
    "כ": "ך", "מ": "ם", "נ": "ן", "פ": "ף", "צ": "ץ",
}  # fmt: skip
SHARED = {char: letter for letter, chars in _SHARED.items() for char in chars}
"""Letters as a neighbour's keyboard has them (Persian kaf, Urdu he) and Hebrew final letters → the letter they stand for."""
SHARED_SHAPED = re.compile("[" + "".join(SHARED) + "]")

# A piece is what stands between separators: letters, digits and the signs that pass for letters.
SIGNS = "@$!€¢£¥"
_PIECE = rf"[^\W_]|[{SIGNS}]"
PIECE = re.compile(f"(?:{_PIECE})+")
SPELLED = re.compile(rf"(?:{_PIECE})[-_.*'`~·•/+^=]{{1,2}}(?={_PIECE})")
BINDING = frozenset("-'`")
"""Separators that belong to ordinary words: water-proof, l'eau. The others part words: brass_knuckles."""

SPACED = re.compile(
    rf"(?<!\w)(?<![{SIGNS}])(?:{_PIECE})"
    rf"(?:(?: (?:{_PIECE})){{2,}}|(?: ?[^\w\s{SIGNS}]{{1,3}} ?(?:{_PIECE})){{2,}})(?![\w{SIGNS}])"
)
"""Single characters with spaces between them, or with other signs; where one sort ends, so does the word."""
SINGLE = re.compile(_PIECE)
FEWEST_SINGLES = 3
SHORT_PIECE = 2
"""Separators go where a piece beside them is no longer than this: k-n-1-f-e, kn_ife, but not water-proof."""

REPEATED = re.compile(r"([^\W\d_])\1{2,}")
DRAWN_OUT = "ː"
"""Stands after a letter that was written three times or more in a row: how often is anybody's guess."""
