"""An investigator follows links by keyboard, in both themes and right to left."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from governance.accounts.enums import Role
from governance.audit.models import Entry
from tests.factories import cases as make
from tests.investigations.ring import ring, star

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1440), ("ar", "dark", 1280)])
def test_an_investigator_follows_links_by_keyboard(
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    language: str,
    scheme: str,
    width: int,
) -> None:
    cache.clear()
    members = ring()
    ivan = make.person("ivan", Role.INVESTIGATOR)
    ivan.language = language
    ivan.save(update_fields=["language"])
    page = page_of(ivan, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reverse("investigations:groups"))
    check_accessibility(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/links/")
    check_accessibility(page)

    node = page.locator(f"#node-{members[2].public_id}")
    node.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#h-chosen")).to_have_text(members[2].name)
    expect(node).to_be_focused()
    expect(node).to_have_attribute("aria-current", "true")
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.locator("#chosen form button").first.press("Enter")
    expect(page.locator("#chosen")).to_contain_text("Hauptstraße 5, 10115 Berlin")
    assert Entry.objects.filter(verb="merchant_link.seen").count() == 1

    page.keyboard.press("s")
    page.keyboard.type("Petit")
    page.keyboard.press("Enter")
    expect(page.locator("ol.way li")).to_have_count(4)
    check_accessibility(page)


def test_hundreds_open_in_place(page_of: Callable[..., Page], check_accessibility: Callable[[Page], None]) -> None:
    cache.clear()
    hub = make.merchant("Hub")
    star(400, center=hub)
    page = page_of(make.person("ivan", Role.INVESTIGATOR))
    page.goto(reverse("investigations:merchant-links", args=[hub.public_id]))
    expect(page.locator(".node")).to_have_count(14)
    more = page.locator(f"#more-{hub.public_id}")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".node")).to_have_count(32)
    expect(more).to_be_focused()
    check_accessibility(page)
