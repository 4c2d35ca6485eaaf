"""Named people do their real tasks on these pages, in Chromium; each state is checked in light and dark."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.urls import reverse

from governance.accounts.models import ApiKey, User
from governance.audit.domain.entries import record

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PageOf = Callable[..., "Page"]
Check = Callable[["Page"], None]


@pytest.fixture
def both_themes(check_accessibility: Check) -> Check:
    def both_themes(page: "Page") -> None:
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            check_accessibility(page)

    return both_themes


def test_amira_adds_a_person_by_keyboard_and_gives_a_role(page_of: PageOf, both_themes: Check, amira: User) -> None:
    page = page_of(amira, reduced_motion="reduce")
    page.goto(reverse("accounts:people"))
    both_themes(page)
    page.keyboard.press("n")
    page.keyboard.type("kofi")
    page.keyboard.press("Tab")
    page.keyboard.type("kofi@example.org")
    page.get_by_role("dialog").get_by_label("Moderator").check()
    both_themes(page)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sign-in link for Moderator").wait_for()
    assert "/password/reset/key/" in page.locator("#sign-in-link").inner_text()
    both_themes(page)
    page.get_by_role("link", name="Go on to the person").click()
    page.get_by_label("Role", exact=True).select_option("approver")
    page.get_by_label("Answers for").select_option("legal")
    page.get_by_label("Markets optional").fill("DE AT")
    page.get_by_role("button", name="Give the role").click()
    page.get_by_role("cell", name="Approver for Legal", exact=True).wait_for()
    both_themes(page)
    assert sorted(User.objects.get(username="kofi").grants.values_list("role", flat=True)) == ["approver", "moderator"]


def test_amira_makes_a_key_copies_it_and_revokes_it(page_of: PageOf, both_themes: Check, amira: User) -> None:
    page = page_of(amira, reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
    page.goto(reverse("accounts:keys"))
    page.keyboard.press("n")
    page.keyboard.type("listing service")
    page.get_by_label("listings:write").check()
    both_themes(page)
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#api-key").inner_text()
    page.get_by_role("button", name="Copy the key").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    both_themes(page)
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("button", name="Revoke “listing service”").click()
    page.get_by_role("button", name="Revoke the key").click()
    page.get_by_text("Requests with it are refused from now on.").first.wait_for()
    assert ApiKey.objects.get().revoked_at is not None


def test_ines_finds_an_entry_reads_it_and_has_the_log_checked(
    page_of: PageOf, both_themes: Check, ines: User, jonas: User
) -> None:
    cache.clear()
    for number in range(3):
        record(
            verb="case.closed",
            actor=jonas,
            subject_kind="case",
            subject_id=number,
            data={"reason": "corrected"},
            at=NOON,
        )
    page = page_of(ines, reduced_motion="reduce")
    page.goto(reverse("audit:entries"))
    both_themes(page)
    page.keyboard.press("f")
    both_themes(page)
    page.locator("#filters").get_by_label("case.closed").check()
    page.get_by_role("button", name="Show what matches").click()
    page.get_by_role("button", name="Save this view").wait_for()
    assert page.locator("tbody tr").count() == 3
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Entry")
    drawer.get_by_text('"reason": "corrected"').wait_for()
    both_themes(page)
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    page.get_by_role("button", name="Check the whole log").click()
    page.get_by_text("The whole log is being read again:").wait_for()
    both_themes(page)


def test_jonas_chooses_arabic_and_dark_and_the_page_follows(page_of: PageOf, both_themes: Check, jonas: User) -> None:
    page = page_of(jonas)
    page.goto(reverse("accounts:preferences"))
    both_themes(page)
    page.locator("#id_theme").select_option("dark")
    page.locator("#id_time_zone").select_option("Asia/Dubai")
    page.locator("#id_language").select_option("ar")
    page.locator("main form button[type=submit]").click()
    page.locator("html[lang=ar][dir=rtl][data-theme=dark]").wait_for()
    both_themes(page)
    jonas.refresh_from_db()
    assert (jonas.language, jonas.time_zone, jonas.theme) == ("ar", "Asia/Dubai", "dark")
