"""Photos on the pages: asked for when somebody looks, shown as they were written anew, blurred where they are hard to look at."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import wellbeing
from investigations.models import Case
from listings.domain import photos
from listings.models import ListingImage
from tests.factories import cases as make
from tests.investigations.domain.test_photos import picture
from tests.investigations.views.desk import address, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(case: Case, settings: Any, tmp_path: Path) -> ListingImage:
    settings.MEDIA_ROOT = tmp_path
    item = case.items.order_by("pk")[0]
    return ListingImage.objects.create(listing_id=item.listing_id or 0, position=0, url="https://shop.example/a.png")


def kept(image: ListingImage) -> ListingImage:
    photos.keep(image=image, data=picture(), at=timezone.now())
    image.refresh_from_db()
    return image


def test_a_case_asks_for_the_photos_that_come_into_sight(
    client: Client, kim: User, case: Case, image: ListingImage
) -> None:
    client.force_login(kim)
    assert f'hx-post="{address("photos", image.listing_id)}" hx-trigger="intersect once"' in page(client, case)
    text = client.post(address("photos", image.listing_id)).content.decode()
    assert "on its way" in text
    assert 'hx-vals=\'{"turn": "1"}\'' in text
    image.refresh_from_db()
    assert image.due_at is not None


def test_a_page_does_not_ask_for_ever(client: Client, kim: User, image: ListingImage) -> None:
    client.force_login(kim)
    for turn, asks in (("19", True), ("20", False), ("x", False)):
        response = client.post(address("photos", image.listing_id), {"turn": turn})
        assert response.status_code == 200
        assert ("hx-post" in response.content.decode()) is asks


def test_a_photo_that_is_there_is_shown(client: Client, kim: User, image: ListingImage) -> None:
    client.force_login(kim)
    source = address("photo", image.listing_id, 0)
    assert client.get(source).status_code == 404
    version = kept(image).sha256[:12]
    text = client.post(address("photos", image.listing_id)).content.decode()
    assert f'src="{source}?v={version}"' in text
    response = client.get(f"{source}?v={version}")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert client.get(f"{source}?v=other").status_code == 404


def test_what_could_not_be_had_says_why(client: Client, kim: User, image: ListingImage) -> None:
    client.force_login(kim)
    photos.give_up(image=image, why="The address answered 404.", at=timezone.now())
    text = client.post(address("photos", image.listing_id)).content.decode()
    assert "could not be fetched" in text
    assert "The address answered 404." in text


@pytest.mark.parametrize("hard", [False, True])
def test_what_is_hard_to_look_at_starts_blurred_and_grey_whatever_one_prefers(
    hard: bool, client: Client, kim: User, tess: User, case: Case, image: ListingImage
) -> None:
    User.objects.filter(pk=kim.pk).update(image_blur=False, image_grey=False)
    chosen = [case.policy_id] if hard and case.policy_id else []
    wellbeing.set_rules(
        hard_a_day=None, break_after=60, break_lasts=10, hard_policies=chosen, actor=tess, at=timezone.now()
    )
    kept(image)
    client.force_login(kim)
    text = client.post(address("photos", image.listing_id)).content.decode()
    assert ("is-sharp" not in text) is hard
    assert ("is-colour" not in text) is hard
    assert ("data-reveal" in text) is hard


def test_who_sees_neither_listing_nor_case_sees_no_photo(client: Client, image: ListingImage) -> None:
    kept(image)
    client.force_login(make.person("nat", Role.MODERATOR, markets=["AT"]))
    assert client.post(address("photos", image.listing_id)).status_code == 404
    assert client.get(address("photo", image.listing_id, 0)).status_code == 404
    client.force_login(make.person("nobody"))
    assert client.post(address("photos", image.listing_id)).status_code == 403
