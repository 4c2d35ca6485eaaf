"""A page of listings in Chromium, by keyboard alone: marked, asked about what was not in view, submitted, undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.models import Case, CaseDecision, GridPage
from tests.factories import cases as make
from tests.investigations.at_once import waiting
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_by_keyboard(
    page_of: Callable[..., Page], check_accessibility: Callable[[Page], None], kim: User
) -> None:
    make.market("DE")
    waiting.cases(19, at=timezone.now() - timedelta(hours=1))
    large = make.case(make.policy("cords", title="Cords in hoods"), make.merchant("Sud"), listings=2)
    desk = page_of(kim)
    desk.set_viewport_size({"width": 1280, "height": 600})
    desk.goto(address("queue"))
    desk.keyboard.press("d")
    desk.get_by_role("button", name="Take a page and start").wait_for()
    desk.keyboard.press("n")
    desk.wait_for_url("**/queue/grid/*/")
    page = GridPage.objects.get()
    tiles = desk.locator("[data-row]")
    expect(tiles).to_have_count(20)
    expect(desk.locator(".tiles-bar")).to_contain_text("19 approved, 0 marked")
    expect(desk.locator(".tiles-bar")).to_contain_text("not in view yet")
    check_accessibility(desk)

    row = desk.locator("[data-tile]").first.get_attribute("data-row")
    while desk.locator("[aria-current=true][data-row]").get_attribute("data-row") != row:
        desk.keyboard.press("ArrowRight")
    desk.keyboard.press("1")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("l")
    expect(desk.locator(".tiles-bar")).to_contain_text("17 approved, 2 marked")
    desk.keyboard.press("Enter")
    expect(desk.locator("#look-body")).to_contain_text("Open C-")
    desk.keyboard.press("Escape")

    desk.evaluate("scrollTo(0, 0)")
    desk.keyboard.press("Control+Enter")
    unseen = desk.locator("#unseen")
    expect(unseen).to_contain_text("that you have not seen")
    check_accessibility(desk)
    assert not CaseDecision.objects.exists()
    desk.keyboard.press("Escape")
    for _step in range(20):
        desk.keyboard.press("ArrowDown")
        desk.keyboard.press("j")
    expect(desk.locator("[data-unseen]")).to_be_hidden()
    expect(desk.locator(".tiles-bar")).to_contain_text("17 approved, 2 marked")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator("#toasts")).to_contain_text("17 without violation, 1 decided")
    check_accessibility(desk)
    assert CaseDecision.objects.get(decision__isnull=False).decision.measure == Measure.REMOVE  # type: ignore[union-attr]
    assert Case.objects.get(pk=large.pk).closed_at is None
    desk.keyboard.press("z")
    expect(desk.locator("#toasts")).to_contain_text("18 cases are yours again")
    expect(desk.locator(".tiles-bar")).to_contain_text("17 approved, 1 marked")
    assert not CaseDecision.objects.filter(undone_at__isnull=True).exists()
    assert page.claims.filter(ended_at__isnull=True).count() == 18
