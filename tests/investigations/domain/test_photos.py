"""Photos of listings: fetched when somebody looks, through the guarded connection, and written anew before anybody sees them."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from investigations.domain import photo_fetch
from listings.domain import photos, pictures
from listings.models import Listing, ListingImage
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", *, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, options.pop("colour", (200, 30, 60))).save(written, kind, **options)
    return written.getvalue()


class Shop(BaseHTTPRequestHandler):
    """Answers by the last part of the path: a status, or a file of `files`."""

    files: dict[str, bytes] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        self.asked.append(name)
        body = self.files.get(name, b"")
        self.send_response(int(name) if name.isdecimal() else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def shop(settings: Any, tmp_path: Path) -> Iterator[type[Shop]]:
    settings.PHOTOS_ALLOW_PRIVATE = True
    settings.MEDIA_ROOT = tmp_path
    kind = type("Here", (Shop,), {"files": {}, "asked": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    kind.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield kind
    server.shutdown()
    server.server_close()


def offered(shop: Any, *names: str) -> Listing:
    listing = make.listing(make.merchant("Nordlicht"), "Cube")
    ListingImage.objects.bulk_create(
        ListingImage(listing=listing, position=place, url=f"{shop.address}/{name}") for place, name in enumerate(names)
    )
    return listing


def fetch(at: datetime = NOON) -> bool:
    return photo_fetch.fetch_due(clock=lambda: at)


def test_nothing_is_fetched_before_somebody_looks(shop: Any) -> None:
    offered(shop, "a.png")
    fetch()
    assert shop.asked == []


def test_a_photo_is_written_anew_and_kept_under_its_hash(shop: Any) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of the camera"
    shop.files["a.jpg"] = picture("JPEG", size=(3000, 1500), exif=exif)
    listing = offered(shop, "a.jpg")
    assert photos.ask(listing=listing, at=NOON) == 1
    fetch()
    image = listing.images.get()
    kept = pictures.path_of(image.sha256).read_bytes()
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (1200, 600), {})
    assert (image.due_at, image.fetched_at, image.why) == (None, NOON, "")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_what_is_transparent_is_shown_on_white(kind: str, shop: Any) -> None:
    shop.files["a"] = picture(kind, mode="RGBA", colour=(0, 0, 0, 0))
    listing = offered(shop, "a")
    photos.ask(listing=listing, at=NOON)
    fetch()
    with Image.open(pictures.path_of(listing.images.get().sha256)) as shown:
        assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_asked_twice_is_fetched_once(shop: Any) -> None:
    shop.files["a.png"] = picture()
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    assert photos.ask(listing=listing, at=NOON) == 0
    fetch()
    assert photos.ask(listing=listing, at=NOON + timedelta(days=3)) == 0
    assert shop.asked == ["a.png"]


def test_no_more_than_are_shown_are_fetched(shop: Any) -> None:
    shop.files["a.png"] = picture()
    listing = offered(shop, *["a.png"] * (photos.SHOWN + 3))
    assert photos.ask(listing=listing, at=NOON) == photos.SHOWN


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture in JPEG"),
        ("a.html", b"<html>", "no picture in JPEG"),
        ("a.tiff", picture("TIFF"), "no picture in JPEG"),
        ("cut.png", picture(size=(400, 300))[:200], "damaged"),
        ("none.png", b"", "no picture in JPEG"),
        ("404", b"", "The address answered 404."),
    ],
)
def test_what_is_no_picture_is_given_up_at_once(name: str, content: bytes, why: str, shop: Any) -> None:
    shop.files[name] = content
    listing = offered(shop, name)
    photos.ask(listing=listing, at=NOON)
    fetch()
    image = listing.images.get()
    assert why in image.why
    assert (image.sha256, image.due_at, image.fetched_at) == ("", None, NOON)
    assert not list(Path(pictures.path_of("aa")).parent.parent.glob("*/*"))


def test_a_picture_of_too_many_pixels_is_not_opened(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1_000)
    shop.files["a.png"] = picture()
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    fetch()
    assert "more than 50 million pixels" in listing.images.get().why


def test_one_that_is_too_large_is_not_kept(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_fetch, "MOST_BYTES", 20)
    shop.files["a.png"] = picture()
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    fetch()
    assert "more than 12 MB" in listing.images.get().why


def test_a_server_that_fails_is_tried_again_and_given_up_in_the_end(shop: Any) -> None:
    listing = offered(shop, "503")
    photos.ask(listing=listing, at=NOON)
    at, tries = NOON, 0
    while (image := listing.images.get()).due_at:
        at, tries = image.due_at, tries + 1
        fetch(at)
    assert tries == len(photos.WAITS) + 1 == len(shop.asked)
    assert image.why == "The address answered 503."
    assert photos.ask(listing=listing, at=at + timedelta(hours=1)) == 0
    assert photos.ask(listing=listing, at=at + timedelta(days=2)) == 1


def test_an_address_inside_is_not_asked(shop: Any, settings: Any) -> None:
    settings.PHOTOS_ALLOW_PRIVATE = False
    settings.WEBHOOK_ALLOW_PRIVATE = True  # which is about addresses that administrators enter
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    fetch()
    assert shop.asked == []
    assert "not a public address" in listing.images.get().why


def test_a_photo_that_the_merchant_changed_meanwhile_stays_owed(shop: Any) -> None:
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    [image] = photos.lease(most=5, at=NOON)
    listing.images.update(url=f"{shop.address}/other.png", due_at=None, tries=0)
    photos.keep(image=image, data=picture(), at=NOON)
    assert listing.images.get().sha256 == ""


def test_two_who_fetch_take_different_ones(shop: Any) -> None:
    listing = offered(shop, "a.png", "b.png")
    photos.ask(listing=listing, at=NOON)
    first, second = photos.lease(most=1, at=NOON), photos.lease(most=5, at=NOON)
    assert {each.position for each in (*first, *second)} == {0, 1}
    assert photos.lease(most=5, at=NOON) == []
    assert len(photos.lease(most=5, at=NOON + photos.LEASE)) == 2


def test_who_comes_late_takes_nothing_from_who_was_quicker(shop: Any) -> None:
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    [slow] = photos.lease(most=1, at=NOON)
    [quick] = photos.lease(most=1, at=NOON + photos.LEASE)
    photos.keep(image=quick, data=picture(), at=NOON + photos.LEASE)
    photos.give_up(image=slow, why="The address answered 404.", at=NOON + photos.LEASE)
    photos.failed(image=slow, why="Too late", at=NOON + photos.LEASE)
    image = listing.images.get()
    assert image.sha256
    assert image.due_at is None


def test_what_breaks_the_reader_keeps_nobody_else_waiting(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.files |= {"a.png": picture(), "b.png": picture(colour=(1, 2, 3))}
    listing = offered(shop, "a.png", "b.png")
    photos.ask(listing=listing, at=NOON)
    kept = pictures.keep
    monkeypatch.setattr(pictures, "keep", lambda data: kept(data) if data == shop.files["b.png"] else 1 / 0)
    fetch()
    broken, whole = listing.images.order_by("position")
    assert (broken.sha256, broken.why) == ("", "ZeroDivisionError")
    assert whole.sha256


def test_one_that_ends_its_worker_each_time_is_given_up(shop: Any) -> None:
    listing = offered(shop, "a.png")
    photos.ask(listing=listing, at=NOON)
    at = NOON
    for _each in range(len(photos.WAITS) + 2):
        assert photos.lease(most=1, at=at)
        at += photos.LEASE
    assert photos.lease(most=1, at=at) == []
    assert listing.images.get().why == "It could not be read."


def test_a_turn_ends_in_time_and_says_that_more_is_left(shop: Any) -> None:
    shop.files["a.png"] = picture()
    listing = offered(shop, *["a.png"] * 7)
    photos.ask(listing=listing, at=NOON)
    times = iter([NOON + photo_fetch.TURN * step for step in range(40)])
    assert photo_fetch.fetch_due(clock=lambda: next(times)) is True
    assert listing.images.exclude(sha256="").count() == photo_fetch.AT_ONCE
