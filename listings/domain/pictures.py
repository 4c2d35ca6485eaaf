"""Pictures from outside, made safe to show: read by Pillow, made smaller, written anew, so that nothing of the original's bytes, place
or camera is left. Kept under the hash of what was found."""

import hashlib
import io
import warnings
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from governance.web.refusals import Refusal

FOLDER = "photos"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1_200
QUALITY = 82
PAPER = (255, 255, 255)
"""What shows through where a picture is transparent."""


class NotAPicture(Refusal):
    """Bytes that cannot be shown; the text says why."""


def keep(data: bytes) -> str:
    """Write the picture in `data` anew as JPEG of at most LONGEST_SIDE pixels; returns the SHA-256 of `data`, under which it is
    found. Raises NotAPicture."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = path_of(sha256)
    if path.exists():
        return sha256
    made = _made(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{hashlib.sha256(made).hexdigest()[:8]}")
    partial.write_bytes(made)
    partial.replace(path)
    return sha256


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256[:2] / f"{sha256}.jpg"


def _made(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise NotAPicture(_("It has more than 50 million pixels."))
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                return _written(ImageOps.exif_transpose(found))
    except NotAPicture:
        raise
    except UnidentifiedImageError:
        raise NotAPicture(_("It is no picture in JPEG, PNG, WebP or GIF.")) from None
    except Exception:
        raise NotAPicture(_("The picture is damaged.")) from None


def _written(found: Image.Image) -> bytes:
    found.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # before anything else: a large one is held in memory once
    shown = found.convert("RGBA")
    flat = Image.new("RGB", shown.size, PAPER)
    flat.paste(shown, mask=shown.getchannel("A"))
    written = io.BytesIO()
    flat.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
