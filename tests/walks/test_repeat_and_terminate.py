"""The same again and again: the ladder proposes, two people say yes, thirty days pass, the account is closed."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from enforcement.models import Decision, LadderStep
from enforcement.models.ladder import Milestone
from governance.policies.enums import Measure
from governance.policies.models import Policy
from listings.models import Merchant
from tests.enforcement.ladder import rungs
from tests.walks.conftest import World, link

STEPS = (Milestone(4, Measure.WARN), Milestone(8, Measure.SUSPEND, 14), Milestone(12, Measure.TERMINATE))


def offend(world: World, moderator: Page, number: int) -> None:
    """One more listing, found, and removed."""
    world.push(moderator, f"m-{number}", f"Magnet set {number}")
    world.decide(moderator, world.sweep(number), "r")
    moderator.get_by_role("button", name="Remove 1 listing").wait_for()
    moderator.keyboard.press("Control+Enter")
    expect(moderator.locator(".toast").first).to_contain_text("Removed 1 listing")
    world.minute()


def take_step(world: World, senior: Page, name: str) -> None:
    """What the ladder proposes is decided by one person."""
    step = world.until(lambda: LadderStep.objects.filter(state="proposed").first(), "a proposed step")
    senior.goto("/ladder/steps/")
    senior.keyboard.press("j")
    senior.keyboard.press("Enter")
    senior.wait_for_url(f"**/ladder/steps/{step.pk}/")
    world.shot(senior, f"step-{name}")
    senior.keyboard.press("d")
    senior.get_by_label("Why").first.fill("The same magnets again.")
    senior.get_by_role("dialog").get_by_role("button", name=name).click()
    expect(senior.locator(".toast").first).to_be_visible()
    world.shot(senior, f"step-taken-{name}")


def approve(world: World, second: Page, decision: Decision) -> None:
    """And by another."""
    second.goto(f"/decisions/{decision.reference}/")
    world.shot(second, f"held-{decision.measure}")
    second.get_by_role("button", name="Approve").first.click()
    expect(second.locator(".toast").first).to_be_visible()
    world.shot(second, f"approved-{decision.measure}")


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the marketplace read of decisions and of rights, with the measure or what became of the account."""

    def what(data: dict[str, Any]) -> str:
        return data.get("measure") or next((key[:-3] for key in ("terminated_at", "suspended_at") if data.get(key)), "")

    return [(each["type"], what(each["data"])) for each in events if each["type"] != "listing.visibility_changed"]


def rights(world: World) -> tuple[bool, bool]:
    """Whether the merchant is suspended, and terminated."""
    row = Merchant.objects.get(pk=world.merchant.pk)
    return row.suspended_at is not None, row.terminated_at is not None


@pytest.mark.workers
def test_the_third_offence_ends_in_thirty_days_notice(world: World, magnets: Policy) -> None:
    rungs.in_force(world.ground, milestones=STEPS)
    people = world.ground.mona, world.ground.sela, world.ground.tilda
    moderator, senior, second = (world.desk(each) for each in people)
    merchant = world.desk(None)
    offend(world, moderator, 1)
    world.letter("A warning about your account")
    world.forward(days=3)
    offend(world, moderator, 2)

    take_step(world, senior, "Suspend")
    suspension = Decision.objects.get(measure="suspend")
    assert (suspension.state, rights(world)) == ("held", (False, False))
    approve(world, second, suspension)
    assert rights(world) == (True, False)
    merchant.goto(link(world.letter("Your account is suspended")))
    world.shot(merchant, "merchant-suspended")
    world.forward(days=15)
    world.until(lambda: rights(world) == (False, False), "the end of the suspension")
    moderator, senior, second = (world.desk(each) for each in people)  # a session ends after two weeks
    offend(world, moderator, 3)

    take_step(world, senior, "Terminate")
    termination = Decision.objects.get(measure="terminate")
    approve(world, second, termination)
    termination.refresh_from_db()
    assert (termination.state, rights(world)) == ("pending", (False, False))
    notice = world.letter("Your account will be closed on")
    merchant.goto(link(notice))
    expect(merchant.get_by_text("Until then you can sell, change your listings and appeal.")).to_be_visible()
    world.shot(merchant, "merchant-notice")

    world.forward(days=28)
    world.letter("A reminder: your account will be closed on")
    world.forward(days=1)
    assert not rights(world)[1]
    world.forward(days=2)
    world.until(lambda: rights(world)[1], "the end of the account")
    merchant.goto(link(world.letter("The notice period has passed.")))
    world.shot(merchant, "merchant-terminated")
    expect(merchant.get_by_text("This decision has been in effect since")).to_be_visible()
    merchant.goto(link(notice, "m"))
    expect(merchant.get_by_text("Your account has been closed since")).to_be_visible()
    world.shot(merchant, "merchant-account-terminated")
    assert told(world.events(merchant, last="merchant.rights_changed")) == [
        ("decision.issued", "remove"),
        ("decision.issued", "warn"),
        ("decision.issued", "remove"),
        ("decision.issued", "suspend"),
        ("merchant.rights_changed", "suspended"),
        ("merchant.rights_changed", ""),
        ("decision.expired", "suspend"),
        ("decision.issued", "remove"),
        ("decision.announced", "terminate"),
        ("decision.issued", "terminate"),
        ("merchant.rights_changed", "terminated"),
    ]


@pytest.mark.workers
def test_repeated_infringement_ends_the_account_at_once_with_its_reason(world: World, magnets: Policy) -> None:
    """Regulation (EU) 2019/1150, Art. 4(4)(c)."""
    moderator, second, merchant = world.desk(world.ground.mona), world.desk(world.ground.tilda), world.desk(None)
    world.push(moderator, "m-1", "Magnet set")
    world.decide(moderator, world.sweep(1), "x", "t")
    moderator.get_by_label("Takes effect").last.select_option("repeated")
    moderator.locator("#reason").fill("The fourth account with the same magnets.")
    world.shot(moderator, "case-terminate")
    moderator.keyboard.press("Control+Enter")
    expect(moderator.locator(".toast").first).to_contain_text("Waits for a second person: Terminate the account")
    world.shot(moderator, "decided")
    termination = Decision.objects.get()
    assert (termination.state, termination.without_notice, rights(world)) == ("held", "repeated", (False, False))

    second.goto(f"/decisions/{termination.reference}/")
    expect(second.get_by_text("It infringed the terms repeatedly")).to_be_visible()
    approve(world, second, termination)
    assert rights(world) == (False, True)
    merchant.goto(link(world.letter("Your account is closed")))
    expect(merchant.get_by_text("Article 4(4)(c) of Regulation (EU) 2019/1150")).to_be_visible()
    world.shot(merchant, "merchant-closed-at-once")
    assert told(world.events(merchant, last="merchant.rights_changed")) == [
        ("decision.issued", "terminate"),
        ("merchant.rights_changed", "terminated"),
    ]
