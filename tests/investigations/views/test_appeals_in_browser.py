"""A senior reviewer hears an appeal by keyboard; the pages are accessible in both themes."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from enforcement.domain import appeals
from enforcement.enums import AppealChannel, AppealState
from enforcement.models import Appeal
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def appealed(ground: Ground, *titles: str) -> Appeal:
    found = [ground.violation(ground.listing(title)) for title in titles]
    decision = ground.issue(found, Measure.REMOVE, at=timezone.now())
    return appeals.file(
        decision=decision, text="These are wood.", channel=AppealChannel.PAGE, actor=None, at=timezone.now()
    )


def test_an_appeal_is_heard_without_a_mouse(page_of: Callable[..., Page], ground: Ground) -> None:
    appeal = appealed(ground, "Ball", "Cube")
    page = page_of(ground.sela)
    page.goto("/appeals/")
    page.keyboard.press("n")
    page.locator("#answer").wait_for()
    page.wait_for_load_state("load")  # the keys' scripts have run
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.get_by_role("button", name="Overturn 1 of 2 listings").wait_for()
    page.keyboard.press("o")
    page.keyboard.type("The ball is wood; the cube is not.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Overturned 1 of 2 listings").wait_for()
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == (
        AppealState.PARTLY_OVERTURNED,
        "The ball is wood; the cube is not.",
    )
    assert appeal.items.filter(restored_at__isnull=False).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(
    page_of: Callable[..., Page], ground: Ground, check_accessibility: Callable[[Page], None], scheme: str
) -> None:
    page = page_of(ground.sela, color_scheme=scheme)
    page.goto("/appeals/")
    check_accessibility(page)  # empty
    appeal = appealed(ground, "Magnetwürfel", "كرات مغناطيسية")
    page.goto("/appeals/")
    check_accessibility(page)
    page.goto(f"/appeals/{appeal.pk}/")
    check_accessibility(page)
    page.keyboard.press("Enter")
    page.locator("#answer").wait_for()
    check_accessibility(page)
    for key in ("i", "p"):
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        check_accessibility(page)
        page.keyboard.press("Escape")
