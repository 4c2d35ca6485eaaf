"""Warned, corrected, closed: a moderator and a merchant, and what the marketplace is told."""

import pytest
from playwright.sync_api import expect

from enforcement.models import Decision, Violation
from governance.policies.models import Policy
from tests.enforcement.ladder import rungs
from tests.walks.conftest import World, link


@pytest.mark.workers
def test_a_merchant_who_corrects_what_a_warning_names_closes_the_matter(world: World, magnets: Policy) -> None:
    rungs.in_force(world.ground, discount_percent=50, discount_days=9)
    moderator, merchant = world.desk(world.ground.mona), world.desk(None)
    world.push(moderator, "a-1", "Magnet cube")
    case = world.sweep(1)

    moderator.goto("/")
    moderator.keyboard.press("n")
    moderator.wait_for_url(f"**/cases/{case.pk}/")
    moderator.locator("#tally").wait_for()
    moderator.keyboard.press("1")
    moderator.keyboard.press("w")
    world.shot(moderator, "case")
    moderator.keyboard.press("Control+Enter")
    expect(moderator.locator(".toast").first).to_contain_text("Warned")
    world.shot(moderator, "decided")

    letter = world.letter("A warning about one of your listings")
    merchant.goto(link(letter))
    expect(merchant.get_by_role("heading", level=1)).to_have_text("A warning about one of your listings")
    expect(merchant.get_by_text("We look at changed listings again by ourselves.")).to_be_visible()
    world.shot(merchant, "merchant-warned")
    merchant.goto(link(letter, "m"))
    world.shot(merchant, "merchant-account-warned")

    world.push(moderator, "a-1", "Magnetic Magnet cube")
    world.until(lambda: Violation.objects.get().listing_version == 2, "a second look")
    merchant.goto(link(letter))
    expect(merchant.get_by_text("Still found:")).to_be_visible()
    world.shot(merchant, "merchant-still-found")

    world.push(moderator, "a-1", "Wooden cube")
    decision = Decision.objects.get()
    world.until(lambda: Decision.objects.get().state == "settled", "the end of the decision")
    merchant.reload()
    expect(merchant.get_by_text("What was wrong is corrected.")).to_be_visible()
    world.shot(merchant, "merchant-corrected")
    told = world.letter("has been corrected")
    assert "2 points are taken off" in told
    merchant.goto(link(told, "m"))
    expect(merchant.get_by_text("Nothing is open.")).to_be_visible()
    expect(merchant.get_by_text("Points that count today: 2")).to_be_visible()
    world.shot(merchant, "merchant-account-corrected")

    moderator.goto(f"/decisions/{decision.reference}/")
    expect(moderator.get_by_text("Settled").first).to_be_visible()
    world.shot(moderator, "decision-settled")
    moderator.goto(f"/listings/{Violation.objects.get().listing_id}/")
    expect(moderator.get_by_text("No longer holds")).to_be_visible()
    world.shot(moderator, "listing-corrected")

    events = world.events(merchant, last="decision.settled")
    assert [(each["type"], each["data"]["measure"]) for each in events] == [
        ("decision.issued", "warn"),
        ("decision.settled", "warn"),
    ]
    assert events[-1]["data"]["listings"] == ["a-1"]
