"""A merchant reads and appeals in a real browser, left to right and right to left, in both themes."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import FilePayload, Page

from enforcement.domain import links
from enforcement.models import Appeal, Decision
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db(transaction=True)
REPORT: FilePayload = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a test report"}


@pytest.fixture
def decided() -> Callable[[str], Decision]:
    cache.clear()
    ground = Ground()

    def decided(language: str) -> Decision:
        of = ground.another_merchant(f"Merchant {language}", language=language)
        titles = (("Magnetwürfel 216 Magnetkugeln", "de"), ("كرات مغناطيسية ٢١٦ قطعة", "ar"))
        found = [ground.violation(ground.listing(title, language=tag, of=of)) for title, tag in titles]
        return ground.issue(found, Measure.REMOVE, merchant=of, at=timezone.now())

    return decided


@pytest.mark.parametrize(("language", "heard"), [("en", "Received; a person will read it"), ("ar", "وصل، وسيقرؤه شخص")])
def test_a_merchant_appeals_by_keyboard_for_one_listing_with_a_report(
    page_of: Callable[..., Page], decided: Callable[[str], Decision], language: str, heard: str
) -> None:
    decision = decided(language)
    page = page_of(None)
    page.goto(f"/s/{links.token_of(decision)}/")
    boxes = page.get_by_role("checkbox")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("مغناطيس ثلاجة")
    page.locator("#files").set_input_files([REPORT])
    page.locator("form[data-once] .is-primary").focus()
    page.keyboard.press("Enter")
    page.get_by_text(heard).wait_for()
    appeal = Appeal.objects.get()
    assert appeal.text == "مغناطيس ثلاجة"
    assert [row.item.facts["title"] for row in appeal.items.all()] == ["Magnetwürfel 216 Magnetkugeln"]
    assert appeal.files.count() == 1


def test_the_language_switch_turns_the_frame(page_of: Callable[..., Page], decided: Callable[[str], Decision]) -> None:
    page = page_of(None)
    page.goto(f"/s/{links.token_of(decided('en'))}/")
    page.locator("#letter-language").select_option("ar")
    page.locator("html[dir=rtl]").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "2 of your listings were removed from sale"
    assert page.get_by_role("heading", level=1).evaluate("each => getComputedStyle(each).direction") == "ltr"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_before_and_after_an_appeal(
    page_of: Callable[..., Page],
    decided: Callable[[str], Decision],
    check_accessibility: Callable[[Page], None],
    language: str,
    scheme: str,
) -> None:
    page = page_of(None, color_scheme=scheme)
    page.goto(f"/s/{links.token_of(decided(language))}/")
    check_accessibility(page)
    page.locator("form[data-once] .is-primary").click()
    page.get_by_role("alert").wait_for()
    check_accessibility(page)
    page.locator("#text").fill("These are fridge magnets.")
    page.locator("form[data-once] .is-primary").click()
    page.get_by_text("AP-").first.wait_for()
    check_accessibility(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_over_the_side(
    page_of: Callable[..., Page], decided: Callable[[str], Decision], width: int
) -> None:
    page = page_of(None)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/s/{links.token_of(decided('pl'))}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
