"""What the small modules do, by keyboard, as a person would."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from governance.accounts.models import SavedView, User

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.governance.web.pages")]


@pytest.fixture
def nadia() -> User:
    return User.objects.create_user("nadia", "nadia@example.org", "a long pass phrase", pseudonym="Manager M4")


@pytest.fixture
def page(page_of: Callable[..., Page], nadia: User) -> Page:
    SavedView.objects.bulk_create(
        SavedView(
            user=nadia,
            page=("cases", "sweeps")[i % 2],
            name=f"View {i:02}",
            query="q",
            created_at=AT - timedelta(hours=i),
        )
        for i in range(14)
    )
    page = page_of(nadia)
    page.goto("/views/")
    return page


def ticked(page: Page) -> list[str]:
    return page.locator("tr[aria-selected=true] [data-row-link]").all_inner_texts()


def test_j_and_k_move_x_selects_and_enter_opens(page: Page) -> None:
    for key in ("j", "j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    assert ticked(page) == ["View 01", "View 02", "View 03"]
    expect(page.locator("[data-selection] [data-when-page]").first).to_have_text("3 selected")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.url.endswith(page.locator("tr.is-cursor [data-row-link]").get_attribute("href") or "?")


def test_the_selection_goes_to_its_verb(page: Page) -> None:
    for key in ("j", "x", "o"):
        page.keyboard.press(key)
    page.wait_for_url("**/look/")
    assert page.inner_text("body") == "View 00"


def test_all_that_the_filter_shows_can_be_selected(page: Page) -> None:
    page.locator("[data-select-all]").check()
    page.get_by_role("button", name="Select all that the filters show").click()
    expect(page.get_by_text("All that the filters show", exact=True)).to_be_visible()
    page.keyboard.press("o")
    page.wait_for_url("**/look/")
    assert len(page.inner_text("body").split("\n")) == 14


def test_a_filter_narrows_in_place_and_stays(page: Page) -> None:
    page.keyboard.press("f")
    page.get_by_label("Sweeps").check()
    page.get_by_role("button", name="Show what matches").click()
    expect(page.locator(".chip")).to_have_text("List Sweeps Remove the filter List")
    expect(page.locator("#count")).to_have_text("7 found")
    assert page.url.endswith("/views/?page=sweeps")
    page.goto("/views/")
    assert page.url.endswith("/views/?page=sweeps")
    page.get_by_role("link", name="Remove the filter List").click()
    expect(page.locator("#count")).to_have_text("14 found")


def test_sorting_keeps_the_focus(page: Page) -> None:
    page.locator("#sort-name").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    assert page.evaluate("document.activeElement.id") == "sort-name"


def test_back_returns_to_the_page_before(page: Page) -> None:
    page.keyboard.press(".")
    expect(page.locator("[data-row-link]").first).to_have_text("View 10")
    page.go_back()
    expect(page.locator("[data-row-link]").first).to_have_text("View 00")


def test_the_keys_of_the_page_are_listed(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    told = [" ".join(line.split()) for line in page.locator("[data-keys-list] li").all_inner_texts()]
    assert told == [
        "S Search this list",
        "F Filter",
        "O Look at",
        ". Next page",
        "? Keys of this page",
        "j Next row",
        "k Previous row",
        "x Select",
        "↵ Open",
        "Ctrl K Any place, any act",
        *[line for line in told if line.startswith("G ")],
    ]
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_be_hidden()


def test_no_key_acts_while_typing(page: Page) -> None:
    page.keyboard.press("s")
    page.keyboard.type("jxf?")
    assert page.input_value("#q") == "jxf?"
    assert ticked(page) == []


def test_the_palette_finds_a_verb_of_the_page(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("colum")
    expect(page.locator("#palette [role=option]")).to_have_text(["Columns"])
    page.keyboard.press("Enter")
    expect(page.locator("#columns")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("filter")
    page.keyboard.press("Enter")
    expect(page.locator("#filters")).to_be_visible()


def test_a_menu_is_walked_with_the_arrows_and_gives_the_focus_back(page: Page) -> None:
    page.get_by_role("button", name="Export").focus()
    page.keyboard.press("Enter")
    focused = page.locator(":focus")
    expect(focused).to_have_text("CSV")
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_text("XLSX")
    page.keyboard.press("Escape")
    expect(focused).to_have_text("Export")


def test_the_theme_is_kept(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_an_undo_counts_down_and_goes_back(page: Page) -> None:
    page.goto("/tell/")
    expect(page.locator(".toast")).to_contain_text("Removed 3 listings")
    page.keyboard.press("z")
    page.wait_for_url("**/undone/")
    assert page.inner_text("body") == "undone by POST"


def test_a_dialog_closes_by_escape_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/design/")
    button = page.get_by_role("button", name="Open a dialog")
    button.click()
    expect(page.get_by_role("dialog", name="Release case C-20719")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_a_claim_counts_down(page: Page) -> None:
    page.goto("/design/")
    expect(page.locator("[data-left]")).not_to_have_text("13:42")


def test_leaving_with_changes_asks_first(page: Page) -> None:
    asked: list[str] = []
    page.goto("/accounts/password/change/")
    page.evaluate("document.querySelector('main form').dataset.unsaved = 'x'")
    page.locator("main input[type=password]").first.fill("abc")

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.goto("/views/")
    assert asked == ["beforeunload"]


def test_everything_turns_in_arabic(page: Page, nadia: User) -> None:
    User.objects.filter(pk=nadia.pk).update(language="ar")
    page.goto("/views/")
    rail, main = page.locator(".rail").bounding_box(), page.locator("main").bounding_box()
    assert rail is not None
    assert main is not None
    assert rail["x"] > main["x"]
    page.keyboard.press("j")
    assert page.locator("tr.is-cursor").count() == 1
