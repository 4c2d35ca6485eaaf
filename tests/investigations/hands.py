"""A page by its keyboard alone, as somebody works who never reaches for the mouse."""

from playwright.sync_api import Locator, Page, expect

from investigations.models import Case


class Hands:
    """A page by its keyboard alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def press(self, keys: str) -> None:
        """Once the page's scripts have run: nobody is quicker than that."""
        self.page.wait_for_load_state("load")
        for key in keys.split():
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def reach(self, target: Locator, *, within: int = 40) -> None:
        """By Tab, as somebody who does not see the page would."""
        expect(target.first).to_be_visible()
        for _step in range(within):
            if target.first.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached by Tab: {target}")

    def confirm(self, target: Locator, *, within: int = 40) -> None:
        self.reach(target, within=within)
        self.page.keyboard.press("Enter")

    def say(self, words: str, *, choose: bool = False) -> None:
        """In the dialog that has just opened: the first of what it offers, where `choose` asks for one, and why."""
        if choose:
            self.reach(self.dialog.locator(".choices input").first)
            self.page.keyboard.press("Space")
        self.reach(self.dialog.locator("textarea, input[type=text]").last)
        self.write(words)
        self.press("Control+Enter")

    def at(self, case: Case) -> None:
        """On the case's page, claimed."""
        self.page.wait_for_url(f"**/cases/{case.pk}/")
        expect(self.page.locator("[data-claim]")).to_be_visible()
