"""Pictures that are nearly the same: what is kept of one to find it again however it was saved, scaled or mirrored. Pure.

A print is the signs of the 16 × 16 slowest waves (a cosine transform) in the picture in grey at 64 × 64: 256 bits, the slowest waves
first. What lifts the whole picture is left out, so that brightness changes little. Mirroring turns the waves of odd number across
and nothing else, so that the print of the mirrored picture is known from the print.
"""

from collections.abc import Iterator, Mapping
from math import cos, pi
from operator import mul

from PIL import Image

VERSION = 1
"""Of how a print is made: with another one all are made anew."""
SIDE, WAVES = 64, 16
BITS = WAVES * WAVES
ALIKE = 40
"""Bits in which two prints of one picture may differ; those of different pictures differ in some 128, hardly ever in fewer than 80."""
FAINT = 0.3
"""Shades of grey of 255 below which a wave says nothing: saving a picture anew moves it as much."""
LEAST_CLEAR = BITS // 2
"""Waves that must be clear; a blank, a plain gradient or a dot on white has fewer, and would be like everything of its kind."""
KEY_BITS, MARK_BITS = 16, 32
"""A print is found by its keys, 16 pieces of 16 bits; two merchants' by its marks, 8 pieces of 32."""

_ACROSS = [[cos(pi * wave * (2 * x + 1) / (2 * SIDE)) for x in range(SIDE)] for wave in range(1, WAVES + 1)]
_ORDER = sorted(((x, y) for x in range(WAVES) for y in range(WAVES)), key=lambda at: (at[0] + at[1], at))


def _number(signs: Iterator[bool]) -> int:
    found = 0
    for sign in signs:
        found = found << 1 | sign
    return found


_MIRROR = _number(x % 2 == 0 for x, _y in _ORDER)  # the first wave has the number one, which is odd


def print_of(picture: Image.Image) -> int | None:
    """256 bits; None where the picture has too little in it to be told from others."""
    waves = _waves(picture)
    if sum(abs(wave) >= FAINT for wave in waves) < LEAST_CLEAR:
        return None
    return _number(wave > 0 for wave in waves)


def mirrored(print_: int) -> int:
    """The print of the mirrored picture."""
    return print_ ^ _MIRROR


def difference(one: int, other: int) -> int:
    """Bits in which two prints differ, 0 to 256, the other mirrored where that is nearer."""
    return min((one ^ other).bit_count(), (one ^ mirrored(other)).bit_count())


def nearly_alike(ones: Mapping[str, int], others: Mapping[str, int]) -> list[tuple[str, str]]:
    """By content, which of these and of those are nearly alike, the nearest first; a photo is not like itself."""
    apart = ((difference(ones[one], others[other]), one, other) for one in ones for other in others if one != other)
    return [(one, other) for bits, one, other in sorted(apart) if bits <= ALIKE]


def keys(print_: int) -> list[int]:
    """By what a print is found: each piece with its place, the same for the mirrored picture."""
    return [place << KEY_BITS | _either(piece, turned) for place, piece, turned in _pieces(print_, KEY_BITS)]


def keys_near(print_: int) -> list[int]:
    """Every key of the print, and what it would be with any one bit different. A print that differs in 31 bits has one of these in any
    case (of 16 pieces one differs in at most one bit), one that differs in ALIKE hardly ever has none."""
    flips = (0, *(1 << bit for bit in range(KEY_BITS)))
    found = {
        place << KEY_BITS | _either(piece ^ flip, turned)
        for place, piece, turned in _pieces(print_, KEY_BITS)
        for flip in flips
    }
    return sorted(found)


def marks(print_: int) -> list[str]:
    """A few marks of a print, each rare enough to be looked for by itself; prints that differ in 7 bits share one in any case."""
    return [f"{place}:{_either(piece, turned):08x}" for place, piece, turned in _pieces(print_, MARK_BITS)]


def _waves(picture: Image.Image) -> list[float]:
    """How much of each wave is in the picture, in shades of grey of 255, in the order of the bits."""
    shades = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3.0).tobytes()
    rows = [shades[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)]
    across = [[sum(map(mul, row, wave)) for row in rows] for wave in _ACROSS]
    return [4 * sum(map(mul, across[x], _ACROSS[y])) / (SIDE * SIDE) for x, y in _ORDER]


def _pieces(print_: int, bits: int) -> Iterator[tuple[int, int, int]]:
    """The pieces of the print: place, bits, and the bits that mirroring turns."""
    least = (1 << bits) - 1
    for place in range(BITS // bits):
        yield place, print_ >> place * bits & least, _MIRROR >> place * bits & least


def _either(piece: int, turned: int) -> int:
    return min(piece, piece ^ turned)
