"""A team lead reads the figures, looks ahead, and hands a case over by keyboard; the pages are accessible in both themes."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from governance.accounts.models import User
from investigations.models import Case
from tests.factories import cases as make
from tests.investigations.team import ground

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lead_reads_and_hands_over_by_keyboard(
    page_of: Callable[..., Page], kim: User, tess: User, check_accessibility: Callable[[Page], None]
) -> None:
    ground.weeks([kim, tess], [make.policy("magnets")], now=timezone.now(), days=9)
    page = page_of(tess)
    page.goto("/team/figures/?days=7")
    page.get_by_role("link", name="28 days").wait_for()
    check_accessibility(page)
    page.locator("#queue-1").focus()
    with page.expect_response(lambda answer: "/team/figures/" in answer.url):
        page.evaluate("document.querySelector('#team-now').dispatchEvent(new CustomEvent('fresh'))")
    page.wait_for_function("document.activeElement.id === 'queue-1'")
    page.emulate_media(color_scheme="dark")
    page.goto("/team/forecast/?queue=product_safety")
    page.locator("#id_people_product_safety").fill("2")
    page.keyboard.press("Enter")
    page.get_by_text("As people are now").first.wait_for()
    check_accessibility(page)

    page.goto("/queue/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("h")
    page.get_by_role("heading", name="Hand to a person").wait_for()
    check_accessibility(page)
    page.get_by_label("Kim").check()
    page.get_by_label("What to look at").fill("You know the merchant.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Handed 1 case to Kim").wait_for()
    assert Case.objects.filter(kept_for=kim).count() == 1
    page.keyboard.press("z")
    page.get_by_text("1 case waits for everybody again").wait_for()
    assert not Case.objects.filter(kept_for=kim).exists()
