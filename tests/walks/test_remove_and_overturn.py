"""Removed, appealed, overturned by another person: everything that was taken comes back, and the policy's record says so."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from enforcement.models import Violation
from enforcement.queries import points as ledger
from governance.policies.models import Policy
from listings.models import Listing
from tests.enforcement.ladder import rungs
from tests.walks.conftest import World, link


@pytest.mark.workers
def test_what_is_overturned_on_appeal_comes_back_whole(world: World, magnets: Policy) -> None:
    rungs.in_force(world.ground)
    moderator, merchant, senior = world.desk(world.ground.mona), world.desk(None), world.desk(world.ground.sela)
    world.push(moderator, "a-1", "Magnet cube")
    case = world.sweep(1)
    listing = Listing.objects.get()

    world.decide(moderator, case, "r")
    moderator.get_by_role("button", name="Remove 1 listing").wait_for()
    moderator.keyboard.press("Control+Enter")
    expect(moderator.locator(".toast").first).to_contain_text("Removed 1 listing")
    moderator.goto(f"/listings/{listing.pk}/")
    expect(moderator.get_by_text("Not on sale").first).to_be_visible()
    world.shot(moderator, "listing-removed")

    letter = world.letter("was removed from sale")
    merchant.goto(link(letter))
    expect(merchant.get_by_text("This decision adds 4 points to your account.")).to_be_visible()
    merchant.get_by_label("What did we get wrong?").fill("It is a fridge magnet, welded in: see the packaging.")
    merchant.get_by_role("button", name="Send the appeal").click()
    expect(merchant.get_by_text("Received; a person will read it")).to_be_visible()
    world.shot(merchant, "merchant-appealed")
    world.letter("We received your appeal")

    world.forward(days=2)
    senior.goto("/appeals/")
    world.shot(senior, "appeals")
    senior.keyboard.press("n")
    senior.wait_for_url("**/appeals/*/")
    senior.locator("#answer").wait_for()
    senior.keyboard.press("2")
    senior.get_by_role("button", name="Overturn").wait_for()
    senior.locator("#answer").fill("The magnet is welded in. The listing may be sold.")
    world.shot(senior, "appeal")
    senior.keyboard.press("Control+Enter")
    expect(senior.locator(".toast").first).to_contain_text("Overturned")
    world.shot(senior, "appeal-decided")

    answer = world.letter("You are right, and this is restored")
    assert "The magnet is welded in." in answer
    assert "4 points are taken off" in answer
    merchant.goto(link(answer))
    expect(merchant.get_by_text("This decision was reversed on 25 November 2026.")).to_be_visible()
    expect(merchant.get_by_text("Decided: you are right")).to_be_visible()
    world.shot(merchant, "merchant-restored")
    merchant.goto(link(answer, "m"))
    expect(merchant.get_by_text("Points that count today: 0")).to_be_visible()
    world.shot(merchant, "merchant-account-restored")
    assert ledger.balance(world.merchant.pk, timezone.now()) == 0

    moderator.goto(f"/listings/{listing.pk}/")
    expect(moderator.get_by_text("Not on sale")).to_have_count(0)
    expect(moderator.get_by_text("Overturned on appeal").first).to_be_visible()
    world.shot(moderator, "listing-restored")
    moderator.goto(f"/policies/{magnets.pk}/")
    lost = moderator.locator("div", has=moderator.get_by_text("Lost on appeal", exact=True)).last
    expect(lost).to_contain_text("1")
    world.shot(moderator, "policy-record")

    assert Violation.objects.get().closed_because == "overturned"
    world.sweep(1)
    assert Violation.objects.count() == 1
    events = world.events(merchant, last="appeal.decided")
    assert [each["type"] for each in events] == [
        "decision.issued",
        "listing.visibility_changed",
        "appeal.filed",
        "listing.visibility_changed",
        "decision.reversed",
        "appeal.decided",
    ]
    seen = [each["data"]["markets"][0]["exposure"] for each in events if each["type"] == "listing.visibility_changed"]
    assert seen == ["hidden", "shown"]
