"""Pictures made up for tests: things on white as shops show them, and scenes."""

import io
import random
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

SIDE = 400


def drawn(seed: int, *, scene: bool = False) -> Image.Image:
    """Another picture for every seed, always the same for one: some shapes and words, on white or all over the picture."""
    lots = random.Random(seed)
    edge = 0.0 if scene else 0.15
    picture = Image.new("RGB", (SIDE, lots.choice([300, 400, 500])), _colour(lots) if scene else (255, 255, 255))
    wide, high = picture.size
    pen = ImageDraw.Draw(picture)
    for _shape in range(lots.randint(10, 25) if scene else lots.randint(4, 9)):
        left, top = lots.uniform(edge, 0.7) * wide, lots.uniform(edge, 0.7) * high
        right = min(left + lots.uniform(0.1, 0.45) * wide, (1 - edge) * wide)
        low = min(top + lots.uniform(0.1, 0.45) * high, (1 - edge) * high)
        shape = lots.choice([pen.ellipse, pen.rectangle])
        shape([left, top, right, low], fill=_colour(lots))
    pen.text((lots.uniform(0.2, 0.5) * wide, 0.6 * high), f"No {lots.randrange(9999)}", fill=(0, 0, 0), font_size=30)
    return picture.filter(ImageFilter.GaussianBlur(1))


def written(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def _colour(lots: random.Random) -> tuple[int, int, int]:
    return lots.randrange(220), lots.randrange(220), lots.randrange(220)
