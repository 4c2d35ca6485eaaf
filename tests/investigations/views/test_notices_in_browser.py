"""A reporter reads and appeals in a real browser, left to right and right to left; staff answer by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page

from enforcement.domain import appeals, links
from enforcement.enums import AppealChannel
from enforcement.models import ClarificationAnswer
from governance.policies.enums import Measure
from investigations.domain import claims, notice_intake, notice_mail, notices
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround, NoticeState
from investigations.models import Case, NoticeItem, Reporter
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n what was seen"


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


@pytest.mark.parametrize(("language", "scheme", "script"), [("en", "light", False), ("ar", "dark", True)])
def test_anybody_reports_and_reads_the_receipt(
    page_of: Callable[..., Page],
    ground: Ground,
    check_accessibility: Callable[[Page], None],
    settings: LazySettings,
    tmp_path: Path,
    language: str,
    scheme: str,
    script: bool,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    listing = ground.listing("Magnetwürfel")
    page = page_of(None, color_scheme=scheme, java_script_enabled=script)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/report/?lang={language}&listing=L-{listing.pk}")
    page.locator("#id_ground").select_option("unsafe")
    page.locator("#id_reason").fill("A magnet came loose.")
    page.locator("#id_proof").set_input_files({"name": "seen.png", "mimeType": "image/png", "buffer": PNG})
    page.locator("#id_name").fill("Rina")
    page.locator("#id_email").fill("rina@reporter.example")
    page.locator("form .is-primary").click()
    assert page.locator("#id_reason").input_value() == "A magnet came loose."
    if script:
        check_accessibility(page)
    page.locator("#id_good_faith").check()
    page.locator("#id_proof").set_input_files({"name": "seen.png", "mimeType": "image/png", "buffer": PNG})
    page.wait_for_timeout(3_200)  # a person is not so quick
    page.locator("form .is-primary").click()
    page.get_by_text("NT-").first.wait_for()
    if script:
        check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if script else True
    assert NoticeItem.objects.get().notice.files.get().name == "seen.png"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reporter_is_warned_and_a_case_judged_under_a_policy_by_keyboard(
    page_of: Callable[..., Page], ground: Ground, check_accessibility: Callable[[Page], None], scheme: str
) -> None:
    item = ended(ground)
    notices.call_unfounded(item=item, actor=ground.mona, at=timezone.now())
    notice_intake.receive(
        things=[ground.listing("Ball"), ground.listing("Cube")], ground=NoticeGround.UNSAFE, reason="Loose.",
        language="en", sender=Sender(name="Omar", email="omar@x.example"), actor=ground.mona, at=timezone.now(),
    )  # fmt: skip
    case = Case.objects.exclude(state="closed").get()
    claims.claim(case=case, person=ground.tilda, at=timezone.now())
    page = page_of(ground.tilda, color_scheme=scheme)
    for path in ("/reporters/", "/reporters/new/", f"/cases/{case.pk}/notices/", f"/cases/{case.pk}/"):
        page.goto(path)
        check_accessibility(page)
    page.locator("select[name=policy]").select_option(str(ground.policy.pk))
    page.get_by_role("button", name="Judge it under this policy").press("Enter")
    page.get_by_text("is judged under").first.wait_for()
    check_accessibility(page)
    assert item.notice.reporter is not None
    page.goto(f"/reporters/{item.notice.reporter.pk}/")
    check_accessibility(page)
    page.keyboard.press("w")
    page.locator("#warn-reasons").fill("There was nothing in it.")
    check_accessibility(page)
    page.get_by_role("button", name="Warn", exact=True).last.press("Enter")
    page.get_by_text("They are told by mail.").first.wait_for()
    assert Reporter.objects.get(pk=item.notice.reporter.pk).state == "warned"
