"""The pages of a grid: who may open them, what they say, and at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import claims, grid
from investigations.enums import CaseState
from investigations.models import Case, CaseDecision, GridPage
from tests.factories import cases as make
from tests.investigations.at_once import waiting
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, kim: User) -> Client:
    client.force_login(kim)
    return client


def page_of(kim: User, count: int) -> GridPage:
    waiting.cases(count, at=timezone.now() - timedelta(hours=1))
    page = grid.draw(person=kim, queue=None, at=timezone.now())
    assert page is not None
    return page


def marked(page: GridPage, *measures: str, seen: int | None = None, **more: Any) -> dict[str, Any]:
    """The form as the page would post it: the first cases marked so, the rest approved; so many seen, else all."""
    keys = list(page.claims.order_by("case").values_list("case", flat=True))
    answers = [*measures, *["approve"] * (len(keys) - len(measures))]
    return (
        {f"mark-{key}": answer for key, answer in zip(keys, answers, strict=True)}
        | {f"reason-{key}": "Loose balls" for key in keys}
        | {"seen": keys[:seen]}
        | more
    )


def test_from_the_queue_to_a_page_and_to_what_became_of_it(desk: Client, kim: User) -> None:
    waiting.cases(3, at=timezone.now() - timedelta(hours=1))
    assert (
        desk.get(address("queue"), {"as": "grid", "queue": "product_safety"})
        .headers["Location"]
        .endswith("/queue/grid/?queue=product_safety")
    )
    assert "Take a page and start" in desk.get(address("grid")).content.decode()

    location = desk.post(address("grid-draw")).headers["Location"]
    page = GridPage.objects.get()
    assert location == address("grid-page", page.pk)
    assert desk.get(address("grid")).headers["Location"] == location
    assert desk.post(address("queue-next")).headers["Location"] == location
    shown = desk.get(location).content.decode()
    assert shown.count("data-tile ") == 3
    assert "You have a page of listings before you" in desk.get(address("queue")).content.decode()

    response = desk.post(address("grid-submit", page.pk), marked(page, Measure.REMOVE), follow=True)
    text = response.content.decode()
    assert "2 without violation, 1 decided" in text
    assert address("grid-undo", page.pk) in text
    assert "Next page" in text

    back = desk.post(address("grid-undo", page.pk), follow=True).content.decode()
    assert "3 cases are yours again" in back
    assert 'value="Loose balls"' in back


def test_what_was_not_seen_is_asked_about_with_the_marks_kept(desk: Client, kim: User) -> None:
    page = page_of(kim, 3)

    response = desk.post(address("grid-submit", page.pk), marked(page, Measure.REMOVE, seen=2))

    text = response.content.decode()
    assert response.status_code == 409
    assert "1 listing that you have not seen" in text
    assert 'value="remove" selected' in text
    assert not CaseDecision.objects.exists()

    desk.post(address("grid-submit", page.pk), marked(page, Measure.REMOVE, seen=2, unseen="leave"))
    assert CaseDecision.objects.count() == 2


def test_a_mark_without_a_reason_comes_back_as_it_was(desk: Client, kim: User) -> None:
    page = page_of(kim, 1)
    case = Case.objects.get()

    response = desk.post(address("grid-submit", page.pk), marked(page, "senior") | {f"reason-{case.pk}": ""})

    assert response.status_code == 409
    assert f"Say why {case} is marked" in response.content.decode()


def test_a_page_that_has_run_out_says_so(desk: Client, kim: User) -> None:
    page = page_of(kim, 2)
    page.claims.update(expires_at=timezone.now() - timedelta(minutes=1))
    claims.lapse_due(at=timezone.now())

    response = desk.post(address("grid-submit", page.pk), marked(page), follow=True)

    text = response.content.decode()
    assert "Your page has run out" in text
    assert text.count("Not yours any more: nothing was decided") >= 2


def test_a_page_that_was_broken_off_says_so(desk: Client, kim: User) -> None:
    page = page_of(kim, 1)
    GridPage.objects.update(submitted_at=timezone.now(), answers={})

    assert "it was broken off" in desk.get(address("grid-page", page.pk)).content.decode()


def test_given_back_extended_and_heard_of(desk: Client, kim: User) -> None:
    page = page_of(kim, 2)
    assert "Yours for" in desk.post(address("grid-extend", page.pk)).content.decode()
    desk.post(address("grid-here", page.pk), {"active": "1", "mine": "1"})
    assert page.claims.filter(seen_at__isnull=False).count() == 2

    assert "Gave back 2 cases" in desk.post(address("grid-give-back", page.pk), follow=True).content.decode()
    assert "Not yours any more" in desk.post(address("grid-here", page.pk), {"mine": "1"}).content.decode()
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.OPEN}


def test_a_listing_in_full(desk: Client, kim: User) -> None:
    page = page_of(kim, 1)
    case = Case.objects.get()

    text = desk.get(address("grid-look", page.pk, case.pk)).content.decode()

    assert f"Open {case}" in text
    assert "Magnet cube" in text


def test_a_case_opened_out_of_a_page_is_the_persons_and_leads_back(desk: Client, kim: User) -> None:
    page = page_of(kim, 2)
    case = Case.objects.order_by("pk")[0]
    assert 'id="decision"' in desk.get(address("case", case.pk)).content.decode()

    response = desk.post(address("case-release", case.pk))

    assert response.headers["Location"] == address("grid-page", page.pk)


def test_who_holds_a_case_is_told_to_finish_it_first(desk: Client, kim: User) -> None:
    case = waiting.cases(1, at=timezone.now())[0]
    claims.claim(case=case, person=kim, at=timezone.now())

    assert f"You hold {case}" in desk.get(address("grid")).content.decode()
    assert f"You hold {case}" in desk.post(address("grid-draw"), follow=True).content.decode()


def test_nothing_waits(desk: Client) -> None:
    assert "Nothing waits for you here" in desk.get(address("grid")).content.decode()
    assert desk.post(address("grid-draw")).headers["Location"] == address("grid")


def test_pages_are_for_those_who_work_and_each_sees_their_own(client: Client, kim: User, lee: User, mara: User) -> None:
    page = page_of(kim, 1)
    client.force_login(mara)
    assert client.get(address("grid")).status_code == 403
    assert client.post(address("grid-draw")).status_code == 403
    client.force_login(lee)
    assert client.get(address("grid-page", page.pk)).status_code == 404
    for name in ("submit", "undo", "give-back", "extend", "here"):
        assert client.post(address(f"grid-{name}", page.pk)).status_code == 404


@pytest.mark.parametrize("tiles", [1, 3])
def test_a_page_costs_the_same_however_many_tiles(
    desk: Client, kim: User, tiles: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.market("DE")
    page = page_of(kim, tiles)
    desk.get(address("grid-page", page.pk))

    with django_assert_num_queries(13):
        desk.get(address("grid-page", page.pk))


@pytest.mark.parametrize("tiles", [1, 3])
def test_so_does_what_became_of_it(
    desk: Client, kim: User, tiles: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = page_of(kim, tiles)
    desk.post(address("grid-submit", page.pk), marked(page, Measure.REMOVE))
    desk.get(address("grid-page", page.pk))

    with django_assert_num_queries(9):
        desk.get(address("grid-page", page.pk))
