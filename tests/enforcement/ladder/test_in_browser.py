"""The ladder in Chromium: drafted by keyboard, put in force by another person, and read by a merchant without a session."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from enforcement.domain import ladder_steps, ladders, links
from enforcement.models import Ladder, LadderStep
from enforcement.queries import ladders as queries
from governance.accounts.enums import Role
from governance.policies.enums import Severity
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def a_history(ground: Ground) -> None:
    """A ladder in force, merchants on several of its steps, and a draft that is harsher."""
    rungs.in_force(ground, at=timezone.now() - timedelta(days=90), discount_percent=50, discount_days=9)
    today = timezone.now() - NOON
    serious, critical = rungs.policy(ground), rungs.policy(ground, "critical", severity=Severity.CRITICAL)
    for days, cause in ((70, "a"), (40, "b"), (1, "c")):
        rungs.offend(ground, serious, cause=cause, after=today - timedelta(days=days))
    for n in range(4):
        against = critical if n == 3 else serious
        rungs.offend(
            ground,
            against,
            cause=f"m{n}",
            of=ground.another_merchant(f"Händler {n}"),
            after=today - timedelta(days=9 * n + 2),
        )
    ladder_steps.take_owed(at=timezone.now())
    author = ground.person("dora", Role.GOVERNANCE_MANAGER)
    harsher = {Severity.SERIOUS: (14, 20, 24)}
    ladders.draft(name="Harsher", terms=rungs.terms(grid=rungs.GRID | harsher), actor=author, at=timezone.now())


def test_a_manager_drafts_and_another_person_puts_it_in_force(page_of: Callable[..., Page], ground: Ground) -> None:
    author = page_of(ground.person("gina", Role.GOVERNANCE_MANAGER))
    author.goto(reverse("enforcement:ladder"))
    author.keyboard.press("n")
    author.get_by_role("radio", name="Score from 200").check()
    author.get_by_role("button", name="Begin the draft").click()
    author.get_by_label("Minor: First").fill("99")
    author.keyboard.press("Control+Enter")
    expect(author.get_by_role("alert")).to_contain_text("A repeated offence cannot cost less than the one before.")
    author.get_by_label("Minor: First").fill("2")
    author.keyboard.press("Control+Enter")
    expect(author.get_by_text("You wrote this draft. Another person must put it in force.")).to_be_visible()
    expect(author.get_by_role("heading", name="No decision in 90 days")).to_be_visible()
    other = page_of(ground.tilda)
    other.goto(reverse("enforcement:ladder"))
    other.keyboard.press("a")
    other.get_by_label("Why").fill("Agreed with Legal.")
    other.get_by_role("button", name="Put it in force").click()
    expect(other.get_by_text("Version 1 is in force.")).to_be_visible()
    live = queries.live()
    assert live is not None
    assert live.terms.graded(Severity.MINOR, 0) == 2


def test_a_senior_decides_a_step_by_keyboard(page_of: Callable[..., Page], ground: Ground) -> None:
    rungs.in_force(ground)
    rungs.offend(ground, rungs.policy(ground, severity=Severity.CRITICAL), cause="a")
    page = page_of(ground.sela)
    page.goto(reverse("enforcement:ladder-steps"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_text("no warning came before").wait_for()
    page.keyboard.press("d")
    page.get_by_label("Why").first.fill("The third time in a month.")
    page.get_by_role("dialog").get_by_role("button", name="Suspend listing rights, 7 days").click()
    expect(page.get_by_text("Carried out. The merchant gets the statement of reasons.")).to_be_visible()
    assert LadderStep.objects.get().decision is not None


def test_the_link_is_copied_from_the_merchant_s_page_and_opens_without_a_session(
    page_of: Callable[..., Page], ground: Ground
) -> None:
    a_history(ground)
    staff = page_of(ground.tilda)
    staff.goto(reverse("investigations:merchant", args=[ground.merchant.public_id]))
    staff.keyboard.press("v")
    link = staff.locator("#account-link").inner_text()
    merchant = page_of(None)
    merchant.goto(link[link.index("/m/") :])
    expect(merchant.get_by_role("heading", name="Your account", exact=True)).to_be_visible()
    merchant.locator("#letter-language").select_option("ar")
    merchant.locator("html[dir=rtl]").wait_for()
    merchant.locator(".letter-items a").first.click()
    merchant.wait_for_url("**/s/**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("full", [True, False])
def test_the_pages_are_accessible(
    page_of: Callable[..., Page], ground: Ground, check_accessibility: Callable[[Page], None], scheme: str, full: bool
) -> None:
    paths = [reverse("enforcement:ladder"), reverse("enforcement:ladder-steps")]
    paths.append(reverse("enforcement:account", args=[links.account_token_of(ground.merchant, timezone.now())]))
    paths.append(paths[-1] + "?lang=ar")
    if full:
        a_history(ground)
        draft = Ladder.objects.get(state="draft")
        paths += [reverse("enforcement:ladder-version", args=[draft.number]), reverse("enforcement:ladder-edit")]
        paths += [reverse("enforcement:ladder-step", args=[LadderStep.objects.latest("pk").pk])]
        paths += [reverse("investigations:merchant", args=[ground.merchant.public_id])]
    everything = ground.person("everything", Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD)
    page = page_of(everything, color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 900})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        check_accessibility(page)
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], path
    assert told == []
