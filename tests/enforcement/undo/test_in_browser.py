"""Mass reversals in Chromium: chosen from the list by keyboard, a second person's yes, the run live, full and empty, in both themes."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from enforcement.domain import decisions, undo
from enforcement.enums import UndoState
from enforcement.models import Decision, Undo
from governance.accounts.enums import Role
from tests.enforcement.ground import Ground
from tests.enforcement.undo.swept import prepared, run_all, swept

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def look(page: "Page", name: str) -> None:
    """With LOOK set to a folder, what is seen is kept there."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_a_run_is_readable(
    page_of: Callable[..., "Page"], check_accessibility: Callable[["Page"], None], ground: Ground, scheme: str
) -> None:
    sweep = swept(ground, merchants=4, listings=3)
    other = ground.person("otto", Role.GOVERNANCE_MANAGER)
    page = page_of(other, color_scheme=scheme, reduced_motion="reduce")
    at = timezone.now()
    for path, name in (
        ("/undo/", "empty"),
        (f"/sweeps/{sweep.pk}/undo/", "new"),
    ):
        page.goto(path)
        check_accessibility(page)
        look(page, f"undo-{name}-{scheme}")
    page.get_by_label("Why").fill("")
    page.get_by_role("button", name="Look at what would happen").click()
    page.get_by_text("This field is required").first.wait_for()
    look(page, f"undo-error-{scheme}")
    first, second = Decision.objects.order_by("pk")[:2]
    decisions.reverse(decision=second, actor=ground.sela, reason="Wrong.", at=at)
    run = prepared(sweep, ground.tilda, at=at)
    later = ground.issue(
        [each.violation for each in first.items.all() if each.violation],
        first.measure,  # type: ignore[arg-type]
        version=first.version,
        merchant=first.merchant,
        supersedes=first,
    )
    assert later.pk
    for state, name in ((UndoState.PREPARED, "prepared"), (UndoState.HELD, "held"), (UndoState.FINISHED, "finished")):
        if state == UndoState.HELD:
            Undo.objects.filter(pk=run.pk).update(state=state)
        elif state == UndoState.FINISHED:
            run_all(undo.approve(undo=run, actor=other, at=at))
        page.goto(f"/undo/{run.pk}/")
        check_accessibility(page)
        for width in (1440, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            look(page, f"undo-{name}-{width}-{scheme}")
    page.goto("/undo/")
    look(page, f"undo-list-{scheme}")


def test_ticked_by_keyboard_and_reversed_by_two(
    page_of: Callable[..., "Page"], ground: Ground, settings: object
) -> None:
    settings.SECOND_PERSON_UNDO = 2  # type: ignore[attr-defined]
    swept(ground, merchants=2)
    first = page_of(ground.tilda)
    first.goto("/decisions/")
    first.locator("table[data-cursor] tbody tr").first.wait_for()
    first.keyboard.press("j")
    first.keyboard.press("x")
    first.keyboard.press("j")
    first.keyboard.press("x")
    first.get_by_role("button", name="Reverse together").click()
    first.get_by_label("Why").fill("Our rule was wrong.")
    first.keyboard.press("Tab")
    first.get_by_role("button", name="Look at what would happen").click()
    first.get_by_role("heading", name="What would be reversed").wait_for()
    first.keyboard.press("b")
    first.get_by_text("You prepared this").wait_for()
    second = page_of(ground.person("otto", Role.GOVERNANCE_MANAGER))
    second.goto(first.url)
    second.keyboard.press("a")
    second.get_by_text("You may close this page; it goes on.").wait_for()
    run_all(Undo.objects.get())
    first.goto(first.url)
    first.get_by_text("2 reversed").wait_for()
    assert not Decision.objects.exclude(state="reversed").exists()
