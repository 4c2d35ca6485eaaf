"""The specimen page of all components, in a real browser: accessible, within the window, and within the browser's policy."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import ConsoleMessage, Page

from governance.accounts.models import SavedView, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.governance.web.pages")]

PAGES = (
    "/design/?errors",
    "/design/work/",
    "/design/letter/",
    "/views/",
    "/nowhere/",
    "/accounts/password/change/",
    "/accounts/2fa/",
)


@pytest.fixture
def nadia() -> User:
    return User.objects.create_user("nadia", "nadia@example.org", "a long pass phrase", pseudonym="Manager M4")


def watch(page: Page) -> list[str]:
    """What the browser's console complains of, with the policy's violations among it."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "404 (Not Found)" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "en"), ("light", "ar"), ("dark", "ar")])
def test_every_page_of_the_kit_holds(
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    nadia: User,
    theme: str,
    language: str,
) -> None:
    User.objects.filter(pk=nadia.pk).update(language=language)
    for name in ("Toys", "Chargers"):
        SavedView.objects.create(user=nadia, page="cases", name=name, query="q=1", created_at=timezone.now())
    page = page_of(nadia, color_scheme=theme)
    complaints = watch(page)
    for address in PAGES:
        page.goto(address)
        check_accessibility(page)
        for width in (1440, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, width)
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_doors_hold(
    page_of: Callable[..., Page], check_accessibility: Callable[[Page], None], settings: object, theme: str, width: int
) -> None:
    settings.DEMO_LOGINS = [["Moderator", "k7", "pass"]]  # type: ignore[attr-defined]
    page = page_of(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    complaints = watch(page)
    for address in ("/accounts/login/", "/accounts/password/reset/", "/nowhere/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        check_accessibility(page)
    assert complaints == []


def test_the_demo_logins_fill_the_form(page_of: Callable[..., Page], nadia: User, settings: object) -> None:
    settings.DEMO_LOGINS = [["Manager", "nadia", "a long pass phrase"]]  # type: ignore[attr-defined]
    settings.LOGIN_REDIRECT_URL = "/views/"  # type: ignore[attr-defined]
    page = page_of()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Manager").click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/views/")
    assert page.get_by_role("heading", level=1).inner_text() == "Views"
