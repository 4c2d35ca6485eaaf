"""A reporter reads and appeals in a real browser, left to right and right to left; staff answer by keyboard."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page

from enforcement.domain import appeals, links
from enforcement.enums import AppealChannel
from enforcement.models import ClarificationAnswer
from governance.policies.enums import Measure
from investigations.domain import notice_intake, notice_mail, notices
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround, NoticeState
from investigations.models import NoticeItem
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def ended(ground: Ground, language: str = "en") -> NoticeItem:
    notice = notice_intake.receive(
        things=[ground.listing("Magnetwürfel")], ground=NoticeGround.UNSAFE, reason="Loose.", language=language,
        sender=Sender(name="Rina", email="rina@reporter.example"), actor=ground.mona, at=timezone.now(),
    )  # fmt: skip
    return notices.no_action(item=notice.items.get(), reasons="It is welded.", actor=ground.mona, at=timezone.now())


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_a_reporter_appeals_by_keyboard_and_another_person_answers(
    page_of: Callable[..., Page],
    ground: Ground,
    check_accessibility: Callable[[Page], None],
    language: str,
    scheme: str,
) -> None:
    notice = ended(ground, language)
    reporter = page_of(None, color_scheme=scheme)
    reporter.goto(f"/n/{notice_mail.token_of(notice.notice)}/")
    check_accessibility(reporter)
    reporter.locator("textarea").focus()
    reporter.keyboard.type("It fell apart.")
    reporter.keyboard.press("Tab")
    reporter.keyboard.press("Enter")
    reporter.locator(".banner").wait_for()
    check_accessibility(reporter)
    page = page_of(ground.sela, color_scheme=scheme)
    for path in ("/notices/", "/notices/new/", f"/notices/{notice.notice.reference}/"):
        page.goto(path)
        check_accessibility(page)
    page.keyboard.press("r")
    page.locator("#reopen-reasons").fill("You are right.")
    check_accessibility(page)
    page.get_by_role("button", name="Decide it anew").click()
    page.get_by_text("To be decided anew").first.wait_for()
    assert NoticeItem.objects.get().state == NoticeState.RECEIVED


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("ar", "light")])
def test_a_question_is_asked_and_answered_by_keyboard(
    page_of: Callable[..., Page],
    ground: Ground,
    check_accessibility: Callable[[Page], None],
    language: str,
    scheme: str,
) -> None:
    of = ground.another_merchant("Souk", language=language)
    rows = [ground.violation(ground.listing(title, of=of)) for title in ("Ball", "Cube")]
    now = timezone.now()
    first, _second = (ground.issue([row], Measure.REMOVE, merchant=of, origin_ref="7", at=now) for row in rows)
    merchant = page_of(None, color_scheme=scheme)
    merchant.goto(f"/s/{links.token_of(first)}/")
    merchant.locator("#whole-event").check()
    check_accessibility(merchant)
    appeal = appeals.file(
        decision=first, whole_event=True, text="Wood.", channel=AppealChannel.PAGE, actor=None, at=now
    )
    appeals.take(appeal=appeal, actor=ground.sela, at=now)
    page = page_of(ground.sela, color_scheme=scheme)
    page.goto(f"/appeals/{appeal.pk}/")
    page.wait_for_load_state("load")
    page.keyboard.press("q")
    page.locator("#question").fill("Which magnet?")
    check_accessibility(page)
    page.get_by_role("button", name="Send the question").click()
    page.get_by_text("Waits for the merchant; the clock stands").wait_for()
    check_accessibility(page)
    merchant.goto(f"/s/{links.token_of(first)}/")
    check_accessibility(merchant)
    merchant.locator("#answer-text").fill("M3.")
    merchant.locator("form:has(#answer-text) .is-primary").focus()
    merchant.keyboard.press("Enter")
    merchant.locator(".turns .is-theirs").wait_for()
    check_accessibility(merchant)
    assert ClarificationAnswer.objects.get().text == "M3."
