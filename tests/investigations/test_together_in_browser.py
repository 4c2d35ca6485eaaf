"""Working on cases together in Chromium, by keyboard: the menu of the head, deciding in parts, names in notes, the bell."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import arranging, asking, canned, claims, files, resting, watching
from investigations.enums import AskedOf, CaseOutcome, ReasonFor, WakeOn
from investigations.models import CannedUse, Case, CaseDecision, Note, Question, Snooze, Telling, Watch
from tests.factories import cases as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cords(case: Case) -> Case:
    return make.case(make.policy("cords", title="Cords in hoods"), case.merchant, listings=2)


@pytest.fixture
def desk(page_of: Callable[..., Page], kim: User, case: Case, cords: Case, mara: User) -> Page:
    """Kim's browser, on the case that they hold."""
    claims.claim(case=case, person=kim, at=timezone.now())
    canned.create(
        name="Loose magnets", policy=None, purpose=ReasonFor.VIOLATES, texts={"en": "Loose magnets of {merchant}"},
        actor=mara, at=timezone.now(),
    )  # fmt: skip
    page = page_of(kim)
    page.goto(reverse("investigations:case", args=[case.pk]))
    return page


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def verdict(page: Page, number: int) -> str:
    return page.locator("article.evidence").nth(number - 1).locator("[data-verdict-of]").inner_text().strip()


def test_part_is_decided_with_a_canned_reason_and_the_case_kept(desk: Page, case: Case, cords: Case) -> None:
    press(desk, "1 i")
    expect(desk.locator("#canned")).to_contain_text("Loose magnets of Nordlicht")
    desk.keyboard.press("1")
    expect(desk.locator("#reason")).to_have_value("Loose magnets of Nordlicht")
    expect(desk.locator("#reason")).to_be_focused()
    desk.locator("#reason").blur()
    expect(desk.locator("#decide-part")).to_contain_text("Decide 1, keep the case")
    expect(desk.locator("#decide-part")).to_be_in_viewport()
    desk.keyboard.press("n")
    expect(desk.locator(".toast")).to_contain_text("still yours: decide the rest")
    expect(desk.locator("article.evidence")).to_have_count(2)
    assert CannedUse.objects.get().used_for == str(case)

    desk.locator("#also").select_option("warn")
    desk.keyboard.press("Escape")
    desk.locator("#also").blur()
    desk.keyboard.press("Shift+Digit1")
    expect(desk.locator("#decide")).to_contain_text("Remove 2 listings in 2 markets; Warn about 2 listings")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(f"**/cases/{cords.pk}/")
    assert [each.also.count() for each in CaseDecision.objects.order_by("pk")] == [0, 1]


def test_a_case_is_merged_by_keyboard_and_the_merge_undone(desk: Page, case: Case, cords: Case) -> None:
    press(desk, "v m")
    dialog = desk.locator("#verb-dialog")
    expect(dialog).to_contain_text("Cords in hoods")
    dialog.locator("input[type=radio]").check()
    dialog.locator("textarea").fill("One and the same toy")
    dialog.locator(".is-primary").click()
    desk.wait_for_url(f"**/cases/{cords.pk}/")
    expect(desk.locator("article.evidence")).to_have_count(5)
    case.refresh_from_db()
    assert case.outcome == CaseOutcome.MERGED
    desk.keyboard.press("z")
    desk.wait_for_url(f"**/cases/{case.pk}/")
    expect(desk.locator("article.evidence")).to_have_count(3)


def test_splitting_and_linking_keep_the_verdicts(desk: Page, case: Case, cords: Case) -> None:
    press(desk, "1 v s")
    dialog = desk.locator("#verb-dialog")
    dialog.locator("input[type=checkbox]").nth(2).check()
    dialog.locator("textarea").fill("Another maker")
    dialog.locator(".is-primary").click()
    expect(desk.locator("article.evidence")).to_have_count(2)
    assert verdict(desk, 1) == "Violates"

    press(desk, "v l")
    dialog.locator("input[type=text]").first.fill(str(cords))
    dialog.locator("input[type=text]").nth(1).fill("Same factory")
    dialog.locator(".is-primary").click()
    expect(desk.locator(".together")).to_contain_text("Same factory")
    assert verdict(desk, 1) == "Violates"

    desk.keyboard.press("f")
    expect(desk.locator(".toast").last).to_contain_text("You watch")
    assert verdict(desk, 1) == "Violates"
    assert Watch.objects.count() == 1


def test_a_refused_dialog_stays_open_with_what_was_entered(desk: Page) -> None:
    press(desk, "1 v z")
    dialog = desk.locator("#verb-dialog")
    dialog.locator("textarea").fill("The lab answers")
    dialog.locator("input[type=date]").fill("2020-01-01")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_visible()
    expect(dialog.locator("textarea")).to_have_value("The lab answers")
    expect(desk.locator(".toast")).to_contain_text("within the next 90 days")
    dialog.locator("input[type=date]").fill((timezone.localdate() + timedelta(days=3)).isoformat())
    dialog.locator(".is-primary").click()
    expect(desk.locator(".toast").last).to_contain_text("aside until")
    assert Snooze.objects.get().reason == "The lab answers"


def test_a_question_comes_back_with_its_answer_on_top(
    desk: Page, page_of: Callable[..., Page], case: Case, sana: User
) -> None:
    desk.keyboard.press("q")
    desk.locator("#verb-dialog textarea").fill("Is it a toy?")
    desk.locator("#verb-dialog .is-primary").click()
    expect(desk.locator(".toast")).to_contain_text("Asked about")
    assert Question.objects.get().asker.username == "kim"

    senior = page_of(sana)
    senior.goto(reverse("investigations:listings"))
    expect(senior.locator(".bell-count")).to_have_text("1")
    press(senior, "g w")
    senior.wait_for_url("**/inbox/")
    senior.get_by_role("link", name="A question for you").click()
    senior.get_by_label("Answer", exact=True).fill("Only for children")
    senior.get_by_role("button", name="Answer, and give the case back").click()
    expect(senior.locator(".toast")).to_contain_text("comes back to Kim first")

    desk.goto(reverse("investigations:inbox"))
    desk.get_by_role("link", name="Your question is answered").click()
    desk.wait_for_url(f"**/cases/{case.pk}/")
    expect(desk.locator(".together")).to_contain_text("Only for children")
    expect(desk.locator(".bell-count")).to_have_count(0)


def test_a_colleague_is_named_by_keyboard(desk: Page, lee: User) -> None:
    desk.keyboard.press("c")
    field = desk.locator("textarea[data-mentions]")
    field.focus()
    desk.keyboard.type("Ask @le")
    expect(desk.locator("#mentions li")).to_have_text(["Lee"])
    desk.keyboard.press("Tab")
    expect(field).to_have_value("Ask @Lee ")
    expect(field).to_be_focused()
    desk.get_by_role("button", name="Add the note").click()
    expect(desk.locator("#pane .mention")).to_have_text("@Lee")
    assert Note.objects.get().text == "Ask @Lee"
    assert Telling.objects.get().person == lee


def test_the_keys_and_the_palette_know_the_verbs(desk: Page) -> None:
    desk.keyboard.press("?")
    for words in (
        "Merge into another case",
        "Split listings off",
        "Put aside until …",
        "Watch",
        "Put in a canned reason",
    ):
        expect(desk.locator("#keys")).to_contain_text(words)
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("split")
    expect(desk.get_by_role("option", name="Split listings off")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator("#verb-dialog")).to_contain_text("Listings for the new case")


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1280)])
def test_every_page_is_accessible_and_fits(
    theme: str,
    width: int,
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    case: Case,
    cords: Case,
    kim: User,
    lee: User,
    mara: User,
) -> None:
    now = timezone.now()
    tess = make.person("tess", Role.TEAM_LEAD)
    reason = canned.create(
        name="Loose",
        policy=case.policy,
        purpose=ReasonFor.VIOLATES,
        texts={"en": "Loose", "ar": "سائبة"},
        actor=mara,
        at=now,
    )
    claims.claim(case=case, person=kim, at=now)
    asking.ask(case=case, asked_of=AskedOf.SENIOR, text="Is it a toy?", actor=kim, at=now)
    watching.link(case=case, other=cords, why="Same factory", actor=kim, at=now)
    files.note(case=case, actor=lee, text="@Tess look", at=now)
    rest = make.case(make.policy("paint"), case.merchant)
    claims.claim(case=rest, person=kim, at=now)
    resting.snooze(case=rest, actor=kim, reason="Lab", until=now + timedelta(days=2), wake_on=WakeOn.ANSWER, at=now)
    new = arranging.split(
        case=cords, items=[cords.items.order_by("pk")[0].pk], actor=kim, reason="Another maker", at=now
    )
    page = page_of(tess, color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 800})
    paths = [reverse(f"investigations:{name}") for name in ("inbox", "reasons", "reason-new", "cases")]
    paths += [reverse("investigations:reason", args=[reason.pk])]
    paths += [reverse("investigations:case", args=[each.pk]) for each in (case, rest, new)]
    paths += [reverse(f"investigations:case-{verb}", args=[new.pk]) for verb in ("merge", "split", "relate")]
    paths += [reverse("investigations:case-tab", args=[case.pk, "notes"])]
    for path in paths:
        page.goto(path)
        check_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
