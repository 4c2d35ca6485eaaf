"""Photos on a case's page in Chromium: shown sharp by key, counted for whoever looks, and what was removed elsewhere."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import ImageOps
from playwright.sync_api import Page, Response, expect

from governance.accounts.models import User
from investigations.domain import wellbeing
from investigations.models import PictureSeen
from listings.models import ListingImage
from tests.factories import cases as make
from tests.factories.pictures import drawn
from tests.investigations.views.test_photos_like import first, removed, shown

pytestmark = pytest.mark.django_db(transaction=True)


def answering(address: re.Pattern[str], posted: str) -> Callable[[Response], bool]:
    return lambda response: bool(address.search(response.url)) and response.request.post_data == posted


def test_a_photo_is_made_sharp_and_counted_and_what_was_removed_elsewhere_is_said(
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    kim: User,
    tess: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    make.market("DE")
    policy = make.policy("magnets")
    case = make.case(policy, make.merchant("Nordlicht"), listings=1, at=timezone.now() - timedelta(hours=1))
    mine = shown(first(case), drawn(1))
    other = ListingImage.objects.get(listing=removed("Casa Serena", ImageOps.mirror(drawn(1))))
    more = ListingImage(listing=mine, position=1, url="https://a.example/2.jpg", fetched_at=timezone.now())
    more.sha256 = other.sha256
    more.save()
    wellbeing.set_rules(
        hard_a_day=None, break_after=60, break_lasts=10, hard_policies=[policy.pk], actor=tess, at=timezone.now()
    )
    page = page_of(kim)
    page.goto(reverse("investigations:case", args=[case.pk]))
    expect(page.locator(".again")).to_contain_text("of Casa Serena, removed")
    check_accessibility(page)
    assert not PictureSeen.objects.exists()

    shown_sharp = re.compile(r"/photos/seen/$")
    with page.expect_response(shown_sharp):
        page.keyboard.type("vi")
    assert PictureSeen.objects.filter(person=kim, hard=True).count() == 1
    with page.expect_response(shown_sharp):
        page.locator(".photo-strip button").nth(1).click()
    assert PictureSeen.objects.filter(person=kim, hard=True).count() == 2
    for position in range(2, 5):
        content = shown(make.listing(other.listing.merchant, "Cube"), drawn(position)).images.get().sha256
        ListingImage.objects.create(
            listing=mine, position=position, url="https://a.example/2.jpg", fetched_at=timezone.now(), sha256=content
        )
    page.reload()
    expect(page.locator(".photo-strip button")).to_have_count(5)
    page.keyboard.type("vi")
    slow = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    with ExitStack() as counted:
        for position in range(2, 5):
            counted.enter_context(page.expect_response(answering(shown_sharp, f"position={position}"), timeout=5_000))
        for position in range(2, 5):
            page.locator(".photo-strip button").nth(position).click()
    assert PictureSeen.objects.filter(person=kim, hard=True).count() == 5
