"""Photos of what waits in cases, drawn here: the demo has no internet to fetch them from."""

import io
import random

from PIL import Image, ImageDraw

from governance.cli.world.days import World
from investigations.enums import LIVE_CASES
from investigations.models import CaseItem
from listings.domain import photos
from listings.models import Listing, ListingImage

MOST = 150
"""Listings that get theirs, of the most urgent cases."""
SIDE = 420
GROUNDS = ("#f3efe7", "#e8eef2", "#eef2e6", "#f4e9e9", "#ece8f4", "#f7f3dc")
INKS = ("#7a3b2e", "#24507a", "#3d6b3a", "#8a6d1f", "#5b3a78", "#2d5e63", "#9b4a6a")
SHAPES = ("box", "bottle", "round", "device", "garment", "ring")
BY_FAMILY = {
    "drinks": "bottle", "beauty": "bottle", "household": "bottle", "food": "box", "toys": "round", "baby": "round",
    "electronics": "device", "appliances": "device", "batteries": "device", "tobacco": "device", "apparel": "garment",
    "jewellery": "ring", "mobility": "round", "automotive": "round", "sport": "round",
}  # fmt: skip


def is_there() -> bool:
    return ListingImage.objects.exclude(sha256="").exists()


def make(world: World) -> None:
    waiting = CaseItem.objects.filter(case__state__in=LIVE_CASES, listing__isnull=False).order_by(
        "-case__priority", "pk"
    )
    keys = list(dict.fromkeys(waiting.values_list("listing", flat=True)[:MOST]))
    listings = {each.pk: each for each in Listing.objects.filter(pk__in=keys).select_related("category")}
    for key in keys:
        photos.ask(listing=listings[key], at=world.now)
    while leased := photos.lease(most=100, at=world.now):
        for image in leased:
            if image.listing_id in listings:
                photos.keep(image=image, data=_drawn(listings[image.listing_id], image.position), at=world.now)


def _drawn(listing: Listing, position: int) -> bytes:
    """A studio picture of a kind of goods, different for each listing and place."""
    chance = random.Random(f"{listing.external_id}:{position}")  # noqa: S311 -- a picture
    family = listing.category.code.partition("/")[0] if listing.category else ""
    shape = BY_FAMILY.get(family) or SHAPES[sum(family.encode()) % len(SHAPES)]
    picture = Image.new("RGB", (SIDE, SIDE), chance.choice(GROUNDS))
    draw = ImageDraw.Draw(picture)
    ink, other = chance.sample(INKS, 2)
    draw.ellipse((70, 330, 350, 385), fill="#d9d4cb")
    shift = chance.randint(-25, 25)
    DRAWINGS[shape](draw, 210 + shift, chance.randint(78, 100), ink, other)
    label = (listing.brand or listing.title)[:16]
    if label.isascii():
        draw.text((150 + shift, 238), label, fill="#ffffff")
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _box(draw: ImageDraw.ImageDraw, x: int, size: int, ink: str, other: str) -> None:
    draw.polygon([(x - size, 170), (x, 130), (x + size, 170), (x, 210)], fill=other)
    draw.polygon([(x - size, 170), (x, 210), (x, 360), (x - size, 320)], fill=ink)
    draw.polygon([(x + size, 170), (x, 210), (x, 360), (x + size, 320)], fill=ink, outline=other)


def _bottle(draw: ImageDraw.ImageDraw, x: int, size: int, ink: str, other: str) -> None:
    draw.rounded_rectangle((x - size * 0.65, 165, x + size * 0.65, 362), 26, fill=ink)
    draw.rectangle((x - 18, 110, x + 18, 170), fill=ink)
    draw.rectangle((x - 24, 84, x + 24, 114), fill=other)
    draw.rectangle((x - size * 0.65, 215, x + size * 0.65, 300), fill=other)


def _round(draw: ImageDraw.ImageDraw, x: int, size: int, ink: str, other: str) -> None:
    draw.ellipse((x - size * 1.2, 130, x + size * 1.2, 130 + size * 2.4), fill=ink)
    draw.ellipse((x - size * 0.55, 190, x + size * 0.55, 190 + size * 1.1), fill=other)


def _device(draw: ImageDraw.ImageDraw, x: int, size: int, ink: str, other: str) -> None:
    draw.rounded_rectangle((x - size, 120, x + size, 360), 22, fill="#2b2f36")
    draw.rounded_rectangle((x - size + 14, 140, x + size - 14, 310), 10, fill=ink)
    draw.ellipse((x - 12, 322, x + 12, 346), fill=other)


def _garment(draw: ImageDraw.ImageDraw, x: int, size: int, ink: str, other: str) -> None:
    body = [
        (x - 40, 110),
        (x + 40, 110),
        (x + 120, 170),
        (x + 95, 215),
        (x + 65, 195),
        (x + 65, 360),
        (x - 65, 360),
        (x - 65, 195),
    ]
    draw.polygon([*body, (x - 95, 215), (x - 120, 170)], fill=ink)
    draw.arc((x - 40, 85, x + 40, 140), 0, 180, fill=other, width=8)
    draw.rectangle((x - 65, 320 - size // 3, x + 65, 330), fill=other)


def _ring(draw: ImageDraw.ImageDraw, x: int, size: int, ink: str, other: str) -> None:
    draw.ellipse((x - size, 170, x + size, 170 + 2 * size), outline="#b8963e", width=22)
    draw.polygon([(x - 34, 150), (x + 34, 150), (x + 22, 196), (x - 22, 196)], fill=ink, outline=other)


DRAWINGS = {"box": _box, "bottle": _bottle, "round": _round, "device": _device, "garment": _garment, "ring": _ring}
