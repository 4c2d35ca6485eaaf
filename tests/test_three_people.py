"""Decide, explain, appeal, restore: a moderator, a merchant and a senior reviewer, each in a browser of their own, by keyboard."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page

from enforcement.domain import links, messages
from enforcement.models import Appeal, AppealItem, Decision, Message, PointEntry
from governance.accounts.enums import Role
from governance.audit.models import Entry
from listings.models import ListingVisibility
from tests.factories import cases as make

pytestmark = pytest.mark.django_db(transaction=True)


def off_sale() -> set[tuple[str, str]]:
    """What shoppers do not see: (title, market)."""
    hidden = ListingVisibility.objects.filter(exposure="hidden")
    return set(hidden.values_list("listing__title", "market"))


def points() -> int:
    return sum(entry.points if entry.kind == "given" else -entry.points for entry in PointEntry.objects.all())


def deliver() -> str:
    """Send what is owed, as the worker does when its time has come; the text of the last mail."""
    for message in Message.objects.filter(sent_at__isnull=True).order_by("pk"):
        messages.deliver(message_id=message.pk, at=timezone.now() + timedelta(minutes=1))
    return str(mail.outbox[-1].body)


def test_what_a_moderator_takes_an_appeal_gives_back(page_of: Callable[..., Page]) -> None:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    case = make.case(
        make.policy("magnets"),
        make.merchant("Nordlicht Spielwaren"),
        listings=2,
        markets=("DE", "FR"),
        at=timezone.now(),
    )

    moderator = page_of(make.person("kim", Role.MODERATOR))
    moderator.goto("/")
    moderator.keyboard.press("n")
    moderator.wait_for_url(f"**/cases/{case.pk}/")
    for key in ("1", "j", "1", "r"):
        moderator.keyboard.press(key)
    moderator.get_by_role("button", name="Remove 2 listings in 2 markets").wait_for()
    moderator.keyboard.press("Control+Enter")
    moderator.get_by_text("Removed 2 listings in 2 markets").wait_for()
    decision = Decision.objects.get()
    taken = {(f"Magnet cube {number}", market) for number in (1, 2) for market in ("DE", "FR")}
    assert (off_sale(), points()) == (taken, 4)

    link = re.search(r"\S+(/s/\S+)", deliver())
    assert link is not None
    assert links.reference_of(link[1].strip("/").removeprefix("s/")) == decision.reference
    merchant = page_of(None)
    merchant.goto(link[1])
    merchant.get_by_role("heading", level=1).wait_for()
    merchant.locator("#text").focus()
    merchant.keyboard.type("The first is a fridge magnet: see the packaging.")
    merchant.locator("form[data-once] .is-primary").focus()
    merchant.keyboard.press("Enter")
    merchant.get_by_text("AP-").first.wait_for()
    appeal = Appeal.objects.get()

    senior = page_of(make.person("sela", Role.SENIOR_REVIEWER))
    senior.goto("/appeals/")
    senior.keyboard.press("n")
    senior.wait_for_url("**/appeals/*/")
    senior.locator("#answer").wait_for()
    for key in ("2", "j", "1"):
        senior.keyboard.press(key)
    senior.get_by_role("button", name="Overturn 1 of 2 listings").wait_for()
    senior.keyboard.press("o")
    senior.keyboard.type("The first is welded in; the second stays off sale.")
    senior.keyboard.press("Control+Enter")
    senior.get_by_text("Overturned 1 of 2 listings").wait_for()
    appeal.refresh_from_db()
    first = AppealItem.objects.get(outcome="overturned")
    assert first.restored_at is not None
    title = first.item.facts["title"]
    assert (off_sale(), points()) == ({pair for pair in taken if pair[0] != title}, 4)

    assert "The first is welded in; the second stays off sale." in deliver()
    merchant.reload()
    merchant.get_by_text("The first is welded in; the second stays off sale.").wait_for()
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.startswith(("decision.", "appeal."))][:1] == ["decision.issued"]
    assert {"decision.issued", "appeal.filed"} <= set(verbs)


def test_the_decider_does_not_hear_the_appeal(page_of: Callable[..., Page]) -> None:
    make.market("DE")
    case = make.case(make.policy("magnets"), make.merchant("Nordlicht"), at=timezone.now())
    both = make.person("kim", Role.MODERATOR, Role.SENIOR_REVIEWER)
    page = page_of(both)
    page.goto(f"/cases/{case.pk}/")
    page.keyboard.press("Enter")
    page.locator("#tally").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Removed 1 listing").wait_for()
    deliver()
    merchant = page_of(None)
    merchant.goto(f"/s/{links.token_of(Decision.objects.get())}/")
    merchant.locator("#text").fill("It is wood.")
    merchant.locator("form[data-once] .is-primary").click()
    merchant.get_by_text("AP-").first.wait_for()
    page.goto(f"/appeals/{Appeal.objects.get().pk}/")
    page.get_by_role("heading", level=1).wait_for()
    assert page.get_by_role("button", name="Hear this appeal").count() == 0
