"""The pages of transparency in Chromium: full and empty, in both themes, by keyboard, right to left."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import LazySettings
from django.utils import timezone

from enforcement.domain import decisions
from enforcement.domain.transparency import reconciling, sending
from enforcement.models import TransparencySubmission
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.enforcement.transparency.database import Database
from tests.factories.cases import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from governance.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def look(page: "Page", name: str) -> None:
    """With LOOK set to a folder, what is seen is kept there."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def filled(database: Database) -> tuple["User", TransparencySubmission]:
    """One accepted and then reversed, one refused, one waiting for more than a day; counted."""
    ground, at = Ground(), timezone.now()
    for number, title in enumerate(("Ball", "Cube", "Ring")):
        violation = ground.violation(ground.listing(title, created_at=at - timedelta(days=9), ean="4006381333931"))
        ground.issue([violation], (Measure.REMOVE, Measure.AGE_GATE, Measure.REMOVE)[number], at=at - timedelta(days=2))
    rows = list(TransparencySubmission.objects.order_by("pk"))
    bad = rows[1].payload | {"decision_facts": "bad words"}
    TransparencySubmission.objects.filter(pk=rows[1].pk).update(payload=bad)
    TransparencySubmission.objects.filter(pk=rows[2].pk).update(next_try_at=at + timedelta(hours=2))
    database.objects["bad words"] = {"category": ["The selected category is invalid."]}
    sending.send_due(at=at)
    reconciling.reconcile(at=at)
    decisions.reverse(decision=rows[0].decision, actor=ground.sela, reason="A label was missed.", at=at)
    return person("manager", Role.GOVERNANCE_MANAGER), rows[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_and_one_statement(
    page_of: Callable[..., "Page"],
    check_accessibility: Callable[["Page"], None],
    database: Database,
    scheme: str,
) -> None:
    manager, refused = filled(database)
    page = page_of(manager, color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/transparency/")
    assert page.locator("[data-row]").count() == 3
    check_accessibility(page)
    look(page, f"list-{scheme}")
    page.keyboard.press("j")
    page.locator(".tabs a", has_text="Refused").click()
    page.wait_for_url("**state=refused**")
    assert page.locator("[data-row]").count() == 1
    page.locator("[data-row] a").first.click()
    page.wait_for_url(f"**/transparency/{refused.pk}/")
    check_accessibility(page)
    look(page, f"one-{scheme}")
    page.keyboard.press("s")
    page.get_by_text("Goes out again").wait_for()
    assert TransparencySubmission.objects.get(pk=refused.pk).state == "owed"


def test_narrow_empty_and_right_to_left(
    page_of: Callable[..., "Page"], database: Database, settings: LazySettings
) -> None:
    manager = person("manager", Role.GOVERNANCE_MANAGER)
    manager.language = "ar"
    manager.save(update_fields=["language"])
    settings.DSA_TDB = "off"
    page = page_of(manager)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/transparency/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(page, "empty-ar")


def test_one_that_was_accepted_and_reversed(page_of: Callable[..., "Page"], database: Database) -> None:
    manager, _refused = filled(database)
    page = page_of(manager)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/transparency/?reversed=true")
    page.locator("[data-row] a").first.click()
    page.get_by_text("takes nothing back").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(page, "reversed-1280")
