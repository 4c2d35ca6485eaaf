"""An order is entered, checked, carried out and answered by keyboard, in both themes, left to right and right to left."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from investigations.domain import order_following
from investigations.models import AuthorityOrder
from tests.enforcement.ground import Ground
from tests.investigations.orders import SOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_an_order_is_entered_and_carried_out_by_keyboard(
    page_of: Callable[..., Page],
    ground: Ground,
    check_accessibility: Callable[[Page], None],
    language: str,
    scheme: str,
) -> None:
    ground.sela.language = language
    ground.sela.save()
    ball = ground.listing("Magnetic ball", markets=["DE", "NL"])
    page = page_of(ground.sela, color_scheme=scheme)
    page.goto("/authority-orders/")
    check_accessibility(page)
    page.keyboard.press("n")
    page.wait_for_url("**/new/")
    check_accessibility(page)
    page.locator("#id_authority").fill("Marktwächter Nord")
    page.locator("#id_country").select_option("DE")
    page.locator("#id_number").fill("4 Js 112/26")
    page.locator("#id_lines").fill(f"L-{ball.pk}\nthe red one")
    page.locator("input[name=markets][value=DE]").check()
    page.locator("#id_legal_basis").fill("ProdSG § 8")
    page.locator("form.form [type=submit]").click()
    page.wait_for_url("**/authority-orders/OR-*/")
    check_accessibility(page)
    for box in page.locator("input[name=present]").all():
        box.check()
    page.locator("#check [type=submit]").click()
    expect(page.locator("#check")).to_have_count(0)
    page.keyboard.press("d")
    page.wait_for_url("**/act/")
    check_accessibility(page)
    page.locator("#id_policy").select_option(str(ground.policy.pk))
    page.locator("form.form [type=submit]").click()
    page.wait_for_url("**/authority-orders/OR-*/")
    order_following.follow_all(at=timezone.now() + SOON)
    page.reload()
    page.keyboard.press("e")
    expect(page.locator("#complete")).to_be_visible()
    check_accessibility(page)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.locator("#complete-text").fill("The red one is not ours.")
    page.locator("#complete [type=submit]").click()
    expect(page.locator("#complete")).to_have_count(0)
    assert AuthorityOrder.objects.get().state == "partly"
    assert ground.seen(ball) == {"DE": "hidden", "NL": "shown"}
