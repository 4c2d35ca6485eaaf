"""A manager types a rule in Chromium and sees what it would find, by keyboard, in both themes and right to left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from enforcement.domain import snapshots
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.models import Policy
from tests.factories import cases as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager(settings: Any, tmp_path: Path) -> User:
    settings.SNAPSHOT_DIR = tmp_path
    return make.person("mara", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def magnets(manager: User) -> Policy:
    """In force, with ten listings on sale of which four cost less than five euros."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    acme, beta = make.merchant("Acme"), make.merchant("Beta")
    for number in range(10):
        price = (199, 2490, None)[number % 3]
        made = make.listing((acme, beta)[number % 2], f"Magnet cube {number}", price_minor=price, markets=["DE", "FR"])
        if number == 0:
            make.violation(made, make.policy("others", author=manager, title="Sharp edges"))
    while snapshots.make_next(at=make.NOON):
        pass
    return make.policy("magnets", author=manager)


def test_a_rule_is_previewed_while_it_is_typed(page_of: Callable[..., Page], manager: User, magnets: Policy) -> None:
    page = page_of(manager, reduced_motion="reduce")
    page.goto(reverse("enforcement:policy-edit", args=[magnets.pk]))
    answer = page.locator("#preview-answer")
    field = page.locator("#id_rule")
    field.fill("")
    field.press_sequentially("listing.price < 5.0")
    expect(answer).to_contain_text("It holds for 4 of the 10 listings in scope.")
    expect(answer).to_contain_text("3 listings lack the data to decide.")
    expect(answer).to_contain_text("Sharp edges")
    expect(answer.get_by_role("link", name="Magnet cube 0")).to_be_visible()
    expect(field).to_be_focused()
    expect(page.locator("#live")).to_contain_text("It holds for 4 of the 10")
    field.press_sequentially("0")
    field.press("Backspace")
    field.press("Backspace")
    field.press_sequentially("x")
    expect(answer).to_contain_text("waits until the rule is right")
    expect(page.locator("#rule-check")).to_contain_text("1:")


def test_its_scope_follows_the_form(page_of: Callable[..., Page], manager: User, magnets: Policy) -> None:
    page = page_of(manager, reduced_motion="reduce")
    page.goto(reverse("enforcement:policy-edit", args=[magnets.pk]))
    answer = page.locator("#preview-answer")
    page.locator("#id_rule").fill("listing.price < 5.0")
    expect(answer).to_contain_text("It holds for 4 of the 10")
    page.locator("#where summary").press("Enter")
    for name in ("France", "Germany"):
        page.get_by_role("checkbox", name=name).press("Space")
    expect(answer).to_contain_text("Nothing is in scope")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_accessible_and_fits(
    page_of: Callable[..., Page],
    manager: User,
    magnets: Policy,
    check_accessibility: Callable[[Page], None],
    scheme: str,
    language: str,
) -> None:
    User.objects.filter(pk=manager.pk).update(language=language)
    page = page_of(manager, color_scheme=scheme, reduced_motion="reduce")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for rule in ("listing.price < 5.0", "listing.price < 0.5"):
        page.goto(reverse("enforcement:policy-edit", args=[magnets.pk]))
        page.wait_for_load_state("networkidle")
        page.locator("#id_rule").fill(rule)
        expect(page.locator("#preview-summary")).to_contain_text("4" if rule.endswith("5.0") else "0")
        page.wait_for_load_state("networkidle")
        check_accessibility(page)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            sizes = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert sizes[0] <= sizes[1], width
        page.set_viewport_size({"width": 1440, "height": 900})
    assert told == []
