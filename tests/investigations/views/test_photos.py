"""Photos on the pages: asked for when somebody looks, shown as they were written anew, blurred where they are hard to look at."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from investigations.domain import claims, looking, wellbeing
from investigations.models import Case, PictureSeen
from investigations.queries import wellbeing as known
from investigations.queries import work
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
    assert 'hx-vals=\'{"turn": "1", "kept": "0"}\'' in text
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


# --- what is seen sharp ------------------------------------------------------------------------------


def hard_for_all(case: Case, tess: User, *, pictures: int | None = None) -> None:
    wellbeing.set_rules(
        hard_a_day=None, pictures_a_day=pictures, break_after=60, break_lasts=10,
        hard_policies=[case.policy_id or 0], actor=tess, at=timezone.now(),
    )  # fmt: skip


def uncovered(client: Client, image: ListingImage, position: object = 0) -> int:
    return client.post(address("photo-seen", image.listing_id), {"position": position}).status_code


@pytest.mark.parametrize(("blur", "counted"), [(True, 0), (False, 1)])
def test_a_photo_that_is_shown_sharp_at_once_counts_and_a_blurred_one_does_not(
    blur: bool, counted: int, client: Client, kim: User, image: ListingImage
) -> None:
    User.objects.filter(pk=kim.pk).update(image_blur=blur)
    kept(image)
    client.force_login(kim)
    for _twice in range(2):
        client.post(address("photos", image.listing_id))
    assert PictureSeen.objects.filter(person=kim, hard=False).count() == counted


def test_one_that_is_made_sharp_counts_once_a_day_and_for_its_reader(
    client: Client, kim: User, lee: User, tess: User, case: Case, image: ListingImage
) -> None:
    hard_for_all(case, tess)
    kept(image)
    for person in (kim, lee):
        client.force_login(person)
        assert [uncovered(client, image) for _twice in range(2)] == [204, 204]
    assert list(PictureSeen.objects.filter(hard=True).order_by("pk").values_list("person", flat=True)) == [
        kim.pk, lee.pk,
    ]  # fmt: skip
    assert not PictureSeen.objects.filter(mark__contains=image.sha256[:12]).exists()
    text = client.get(address("wellbeing")).content.decode()
    assert "1 today, 1 in seven days" in text


def test_what_is_not_there_or_not_theirs_is_not_counted(client: Client, kim: User, image: ListingImage) -> None:
    client.force_login(kim)
    assert [uncovered(client, image, place) for place in (0, 7, "x", "")] == [404] * 4
    kept(image)
    client.force_login(make.person("nat", Role.MODERATOR, markets=["AT"]))
    assert uncovered(client, image) == 404
    assert not PictureSeen.objects.exists()


def test_the_limit_in_photos_keeps_further_hard_cases_away(
    client: Client, kim: User, lee: User, tess: User, case: Case, image: ListingImage
) -> None:
    hard_for_all(case, tess, pictures=1)
    kept(image)
    assert case in work.next_cases(kim, at=timezone.now())
    client.force_login(kim)
    uncovered(client, image)
    now = timezone.now()
    assert case not in work.next_cases(kim, at=now)
    assert case in work.next_cases(lee, at=now)
    assert "1 of at most 1 today" in client.get(address("wellbeing")).content.decode()
    with pytest.raises(claims.Enough):
        claims.claim(case=case, person=kim, at=now)


def test_their_own_limit_in_photos_holds_for_what_is_given_and_can_be_passed_by_choice(
    client: Client, kim: User, tess: User, case: Case, image: ListingImage
) -> None:
    hard_for_all(case, tess)
    kept(image)
    client.force_login(kim)
    assert client.post(address("wellbeing"), {"pictures_a_day": "1"}).status_code == 302
    assert client.post(address("wellbeing"), {"pictures_a_day": "5001"}).status_code == 422
    uncovered(client, image)
    assert case not in work.next_cases(kim, at=timezone.now())
    assert claims.claim(case=case, person=kim, at=timezone.now()).case == case


@pytest.mark.parametrize("who", ["tess", "ada", "kim"])
def test_nobody_else_sees_how_many_photos_a_person_saw(
    who: str, client: Client, kim: User, tess: User, case: Case, image: ListingImage
) -> None:
    hard_for_all(case, tess, pictures=7)
    wellbeing.set_own(person=kim, families=[], hard_a_day=None, break_after=None, pictures_a_day=5)
    kept(image)
    client.force_login(kim)
    uncovered(client, image)
    client.force_login({"kim": kim, "tess": tess}.get(who) or make.person("ada", Role.AUDITOR))
    text = client.get(address("team-member", kim.pk)).content.decode()
    assert ("4 of 5 left" in text) is (who == "kim")
    assert ("Their photos seen sharp" in text) is (who == "kim")
    assert not Entry.objects.filter(data__has_key="pictures_seen").exists()
    assert not Entry.objects.filter(actor=kim).exclude(verb__startswith="session").exists()


def test_after_a_week_it_is_forgotten(kim: User) -> None:
    now = timezone.now()
    for days in (0, 7, 9):
        PictureSeen.objects.create(person=kim, day=(now - timedelta(days=days)).date(), mark=str(days), hard=True)
    assert looking.forget(at=now) == 1
    seen = known.pictures(kim, today=now.date())
    assert (seen.hard_today, seen.hard_week) == (1, 1)
