"""Prints of pictures: what of a picture's fates they survive, measured, and that they tell different pictures apart."""

import io
import sys
from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from listings.text.photo_likeness import ALIKE, BITS, difference, keys, keys_near, marks, print_of
from tests.factories.pictures import drawn, written

Change = Callable[[Image.Image], Image.Image]
EACH = 12
"""Pictures of things on white, and as many scenes."""


def saved(quality: int) -> Change:
    return lambda picture: Image.open(io.BytesIO(written(picture, "JPEG", quality=quality)))


def scaled(wide: float, high: float) -> Change:
    return lambda picture: picture.resize((int(picture.width * wide), int(picture.height * high)))


def cropped(share: float) -> Change:
    """So much off every side."""
    return lambda picture: ImageOps.crop(picture, int(picture.width * share))


def inscribed(words: str, share: float) -> Change:
    """Words across the picture, in letters of this share of its width."""

    def write(picture: Image.Image) -> Image.Image:
        found = picture.copy()
        place = (0.08 * found.width, 0.45 * found.height)
        ImageDraw.Draw(found).text(place, words, fill=(150, 60, 60), font_size=int(found.width * share))
        return found

    return write


CHANGES: dict[str, tuple[Change, float]] = {
    "saved as JPEG of quality 90": (saved(90), 1.0),
    "saved as JPEG of quality 70": (saved(70), 1.0),
    "saved as JPEG of quality 40": (saved(40), 1.0),
    "half as large": (scaled(0.5, 0.5), 1.0),
    "a quarter as large": (scaled(0.25, 0.25), 1.0),
    "squeezed by a fifth": (scaled(1, 0.8), 1.0),
    "a fifth brighter": (lambda picture: ImageEnhance.Brightness(picture).enhance(1.2), 1.0),
    "a quarter darker": (lambda picture: ImageEnhance.Brightness(picture).enhance(0.75), 1.0),
    "more contrast": (lambda picture: ImageEnhance.Contrast(picture).enhance(1.3), 1.0),
    "in grey": (ImageOps.grayscale, 1.0),
    "mirrored": (ImageOps.mirror, 1.0),
    "with a small inscription": (inscribed("www.shop.example", 0.06), 1.0),
    "with a large inscription": (inscribed("SALE -50%", 0.15), 0.5),
    "1% off every side": (cropped(0.01), 1.0),
    "2% off every side": (cropped(0.02), 0.5),
    "5% off every side": (cropped(0.05), 0.0),
}
"""What may happen to a picture, and the share that is found at least. What is cropped more than a little is another picture."""


@pytest.fixture(scope="module")
def pictures() -> list[Image.Image]:
    return [drawn(seed, scene=scene) for scene in (False, True) for seed in range(EACH)]


@pytest.fixture(scope="module")
def prints(pictures: list[Image.Image]) -> list[int]:
    found = [print_of(each) for each in pictures]
    assert None not in found
    return [each for each in found if each is not None]


def test_how_many_are_found_after_what(
    pictures: list[Image.Image], prints: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    lines, short = [], {}
    for name, (change, least) in CHANGES.items():
        changed = [print_of(change(each)) or 0 for each in pictures]
        apart = sorted(difference(one, other) for one, other in zip(prints, changed, strict=True))
        found = [found_by_keys(one, other) for one, other in zip(prints, changed, strict=True)]
        marked = [bool({*marks(one)} & {*marks(other)}) for one, other in zip(prints, changed, strict=True)]
        recall, tied = (sum(each) / len(pictures) for each in (found, marked))
        lines.append(f"{name:28} {recall:5.0%} {tied:7.0%} {apart[len(apart) // 2]:7} {apart[-1]:6}")
        if recall < least:
            short[name] = recall
    different = [difference(one, other) for one, other in combinations(prints, 2)]
    false = sum(found_by_keys(one, other) for one, other in combinations(prints, 2))
    with capsys.disabled():
        sys.stdout.write("\n".join(["", f"{'':28} {'found':>5} {'a mark':>7} {'bits':>7} {'most':>6}", *lines, ""]))
        sys.stdout.write(
            f"{len(different)} pairs of different pictures: {min(different)} bits at least, {false} found\n"
        )
    assert not short
    assert false == 0
    assert min(different) > 1.5 * ALIKE


def found_by_keys(wanted: int, stored: int) -> bool:
    """As the database finds it: by a key in common, then bit by bit."""
    return bool({*keys_near(wanted)} & {*keys(stored)}) and difference(wanted, stored) <= ALIKE


def test_a_mirrored_picture_has_the_same_keys_and_marks(pictures: list[Image.Image], prints: list[int]) -> None:
    mirrored = print_of(ImageOps.mirror(pictures[0])) or 0
    assert (prints[0] ^ mirrored).bit_count() > 100
    assert difference(prints[0], mirrored) == 0
    assert (keys(prints[0]), marks(prints[0])) == (keys(mirrored), marks(mirrored))


def test_whatever_31_bits_differ_a_key_leads_there(prints: list[int]) -> None:
    """Spread over all pieces as evenly as can be, two to a piece but for one: the worst that 31 bits can do."""
    spread = sum(0b11 << 16 * place for place in range(15)) | 1 << 16 * 15
    assert spread.bit_count() == 31
    assert {*keys_near(prints[0])} & {*keys(prints[0] ^ spread)}


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (300, 300), "white"),
        Image.linear_gradient("L"),
        Image.radial_gradient("L"),
        saved(60)(Image.new("RGB", (400, 300), (200, 30, 60))),
        Image.effect_noise((300, 300), 8),
    ],
    ids=["white", "gradient", "radial gradient", "one colour saved badly", "noise"],
)
def test_what_has_no_detail_has_no_print(picture: Image.Image) -> None:
    assert print_of(picture) is None


def test_a_print_has_about_as_many_of_either_sign(prints: list[int]) -> None:
    assert all(0.3 * BITS < each.bit_count() < 0.7 * BITS for each in prints)
