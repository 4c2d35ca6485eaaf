"""An hour of each job in Chromium, hands on the keyboard: nothing here is clicked, and nothing is reached by an address that a
person would not have typed."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.accounts.models import User
from investigations.domain import canned, queues
from investigations.enums import CaseState, ClaimEnd, ReasonFor, Verdict
from investigations.models import (
    Break,
    Case,
    CaseDecision,
    Claim,
    Investigation,
    Note,
    Question,
    Skip,
    Snooze,
    Telling,
)
from listings.enums import LinkKind
from listings.models import Listing, Merchant, TraderIdentity
from tests.factories import cases as make
from tests.investigations.hands import Hands
from tests.investigations.ring import link
from tests.investigations.search import ground as catalogue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day() -> list[Case]:
    """Eight cases of three listings, the most urgent first, and three of one listing behind them."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    queues.ensure_default_queues()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    found = []
    for number in range(11):
        policy = make.policy(f"policy-{number}", title=f"Policy {number}")
        found.append(
            make.case(
                policy,
                make.merchant(f"Shop {number}"),
                listings=3 if number < 8 else 1,
                markets=("DE", "FR"),
                at=an_hour_ago,
            )
        )
        Case.objects.filter(pk=found[-1].pk).update(priority=99 - number)
    return found


def _decides(hands: Hands, day: list[Case]) -> None:
    """The first case: three verdicts, a measure, the letter read, decided, thought better of, decided again."""
    page = hands.page
    hands.press("g q")
    page.wait_for_url("**/queue/")
    hands.press("n")
    hands.at(day[0])
    hands.press("1 j 1 j 2 m")
    expect(page.locator("#decide")).to_contain_text("Restrict 2 listings in 2 markets")
    hands.press("r p")
    expect(page.locator("#draft")).to_contain_text("may not be sold as toys")
    hands.press("Escape Control+Enter")
    hands.at(day[1])
    hands.press("z")
    hands.at(day[0])
    expect(page.locator("#tally")).to_have_text("2 violate, 1 fine")
    hands.press("Control+Enter")
    hands.at(day[1])


def _passes_on(hands: Hands, day: list[Case]) -> None:
    """The second is passed by; the third is left to a senior with the verdicts so far."""
    hands.press("s")
    hands.reach(hands.dialog.locator("textarea"))
    hands.write("I know this merchant")
    hands.confirm(hands.dialog.locator(".is-primary"))
    hands.at(day[2])
    hands.press("1 h")
    hands.reach(hands.dialog.locator("textarea"))
    hands.write("The report looks false")
    hands.confirm(hands.dialog.locator(".is-primary"))
    hands.at(day[3])


def _decides_in_parts(hands: Hands, day: list[Case]) -> None:
    """The fourth in parts, with a reason that was kept; the rest with one verdict for all."""
    page = hands.page
    hands.press("1 i")
    expect(hands.dialog).to_contain_text("Loose magnets of Shop 3")
    hands.press("1")
    expect(page.locator("#reason")).to_have_value("Loose magnets of Shop 3")
    hands.press("Escape")
    expect(page.locator("#decide-part")).to_contain_text("Decide 1, keep the case")
    hands.press("n")
    expect(page.locator(".toast").last).to_contain_text("still yours: decide the rest")
    hands.press("Shift+Digit2")
    expect(page.locator("#tally")).to_have_text("2 fine")
    hands.press("Control+Enter")
    hands.at(day[4])


def _asks_rests_and_notes(hands: Hands, day: list[Case]) -> None:
    """The fifth waits for an answer, the sixth for a day; the seventh is translated, and gets a note that names a colleague.

    Ctrl+Enter in a field sends that field's form: nothing is decided by it.
    """
    page = hands.page
    hands.press("q")
    hands.reach(hands.dialog.locator("textarea"))
    hands.write("Is it a toy at all?")
    hands.confirm(hands.dialog.locator(".is-primary"))
    hands.at(day[5])
    hands.press("v z")
    hands.reach(hands.dialog.locator("textarea"))
    hands.write("The laboratory answers next week")
    hands.confirm(hands.dialog.locator(".is-primary"))
    hands.at(day[6])
    hands.press("v a")
    expect(hands.dialog).to_contain_text("Magnet cube")
    hands.press("Escape v k")
    expect(page.locator("#pane")).to_contain_text("No other merchant shares anything")
    hands.press("v 1")
    expect(page.locator("article.evidence").first).to_be_visible()
    hands.press("v e")
    hands.reach(page.get_by_label("What it says").first)
    hands.write("Magnetwürfel, 216 Kugeln")
    hands.press("Control+Enter")
    expect(page.locator("article.evidence").first.locator(".by-hand")).to_contain_text("216 Kugeln")
    hands.press("c")
    expect(page.locator("#id_text")).to_be_visible()
    hands.press("v n")
    hands.write("@Sana, have you seen this one before?")
    hands.press("Control+Enter")
    expect(page.locator("#pane .timeline").first).to_contain_text("have you seen this one")


def _looks_around_and_pauses(hands: Hands, day: list[Case]) -> None:
    """A look at the merchant by the palette, and back; then a break, and back to work."""
    page = hands.page
    hands.press("Control+k")
    hands.write("Shop 6")
    expect(page.get_by_role("option", name="Shop 6 shop-6")).to_be_visible()
    hands.press("Enter")
    page.wait_for_url(f"**/merchants/{day[6].merchant.public_id}/")
    hands.press("g q")
    page.wait_for_url("**/queue/")
    hands.press("n")
    hands.at(day[6])
    hands.press("v p")
    page.wait_for_url("**/queue/")
    expect(page.locator(".next")).to_contain_text("You pause until")
    hands.confirm(page.get_by_role("button", name="Back to work"))
    expect(page.get_by_role("button", name="Take it and start")).to_be_visible()
    hands.press("n")
    hands.at(day[6])
    hands.press("Shift+Digit1 Control+Enter")
    hands.at(day[7])
    hands.press("e u")
    page.wait_for_url("**/queue/")


def _takes_a_page(hands: Hands, day: list[Case]) -> None:
    """What is left as a page: one listing marked, one left, one approved; submitted once, thought better of, given back."""
    page = hands.page
    hands.press("d")
    page.get_by_role("button", name="Take a page and start").wait_for()
    hands.press("n")
    page.wait_for_url("**/queue/grid/*/")
    bar = page.locator(".tiles-bar")
    expect(bar).to_contain_text("3 approved, 0 marked")
    expect(bar.locator("[data-unseen]")).to_be_hidden()
    hands.press("ArrowRight 1 ArrowRight l")
    expect(bar).to_contain_text("1 approved, 2 marked")
    hands.press("Control+Enter")
    expect(page.locator(".toast").last).to_contain_text("1 without violation, 1 decided")
    assert [Case.objects.get(pk=case.pk).state for case in day[8:]] == [
        CaseState.CLOSED,
        CaseState.OPEN,
        CaseState.CLOSED,
    ]
    hands.press("z")
    expect(bar).to_contain_text("1 approved, 1 marked")
    hands.press("u")
    page.wait_for_url("**/queue/")


def test_a_moderators_hour(day: list[Case], page_of: Callable[..., Page], kim: User, sana: User, mara: User) -> None:
    canned.create(
        name="Loose magnets", policy=None, purpose=ReasonFor.VIOLATES, texts={"en": "Loose magnets of {merchant}"},
        actor=mara, at=timezone.now(),
    )  # fmt: skip
    page = page_of(kim)
    page.goto("/")
    hands = Hands(page)

    _decides(hands, day)
    _passes_on(hands, day)
    _decides_in_parts(hands, day)
    _asks_rests_and_notes(hands, day)
    _looks_around_and_pauses(hands, day)
    _takes_a_page(hands, day)

    ended = dict(Claim.objects.filter(person=kim).order_by("pk").values_list("case", "ended_as"))
    assert [ended[case.pk] for case in day[:8]] == [
        ClaimEnd.DECIDED, ClaimEnd.SKIPPED, ClaimEnd.HELD, ClaimEnd.DECIDED, ClaimEnd.ASKED, ClaimEnd.SNOOZED,
        ClaimEnd.DECIDED, ClaimEnd.LEFT,
    ]  # fmt: skip
    assert [Case.objects.get(pk=case.pk).state for case in day[:4]] == [
        CaseState.CLOSED, CaseState.OPEN, CaseState.HELD, CaseState.CLOSED,
    ]  # fmt: skip
    assert day[2].items.filter(verdict=Verdict.VIOLATES).count() == 1
    assert CaseDecision.objects.filter(undone_at__isnull=False).count() == 3
    assert not Case.objects.filter(pk__in=[case.pk for case in day[8:]]).exclude(state=CaseState.OPEN).exists()
    assert (Skip.objects.count(), Question.objects.count(), Snooze.objects.count(), Break.objects.count()) == (
        1,
        1,
        1,
        1,
    )
    assert Note.objects.get().text.startswith("@Sana")
    assert Telling.objects.filter(person=sana).exists()


def _linked(seller: Merchant) -> list[Merchant]:
    """Two more in a row: the seller shares an address with the first, who shares a device with the second."""
    first, second = make.merchant("Casa Serena"), make.merchant("Kestrel Trading")
    link(seller, first, LinkKind.ADDRESS, 0.6)
    link(first, second, LinkKind.DEVICE, 0.75)
    for merchant in (seller, first):
        TraderIdentity.objects.create(merchant=merchant, address="Hauptstraße 5, 10115 Berlin")
    return [first, second]


def _follows_the_links(hands: Hands, seller: Merchant, first: Merchant, second: Merchant) -> None:
    """From the merchant to who is tied to them, why, and one step on; then to the list of groups."""
    page = hands.page
    hands.press("g m")
    page.wait_for_url("**/merchants/")
    hands.press("s")
    hands.write(seller.name)
    hands.press("Enter")
    expect(page.locator("#list tbody [data-row]")).to_have_count(1)
    hands.press("Escape j Enter")
    page.wait_for_url(f"**/merchants/{seller.public_id}/")
    hands.press("v n")
    page.wait_for_url(f"**/merchants/{seller.public_id}/links/")
    hands.press("j Enter")
    expect(page.locator("#h-chosen")).to_have_text(first.name)
    expect(page.locator(f"#node-{first.public_id}")).to_be_focused()
    hands.press("w")
    expect(page.locator("#chosen")).to_contain_text("Hauptstraße 5, 10115 Berlin")
    hands.press("j Enter")
    expect(page.locator("#h-chosen")).to_have_text(second.name)
    hands.press("c")
    expect(page.locator("ol.way li")).to_have_count(3)
    hands.press("g j")
    page.wait_for_url("**/merchants/groups/")


def _opens_a_case_and_concludes(hands: Hands, opened: Investigation) -> str:
    """Back by the list: a case for moderators, the answer, and the dossier; the name of its file."""
    page = hands.page
    hands.press("g 1")
    page.wait_for_url("**/investigations/")
    hands.press("j Enter")
    page.wait_for_url(f"**/investigations/{opened.pk}/")
    hands.confirm(page.get_by_role("link", name="Open cases"), within=60)
    page.wait_for_url("**/findings/cases/")
    hands.reach(page.locator("#id_policy"))
    hands.press("ArrowDown")
    hands.reach(page.locator("#id_text"))
    hands.write("Hold it against the policy.")
    hands.confirm(page.locator("form.form [type=submit]"))
    page.wait_for_url(f"**/investigations/{opened.pk}/")
    hands.press("e")
    hands.reach(page.locator("#id_conclusion"))
    hands.write("One merchant, one make.")
    hands.confirm(page.locator("#conclude button.is-primary"))
    expect(page.locator("#again")).to_have_count(1)
    with page.expect_download() as download:
        hands.press("d")
    return download.value.suggested_filename


def test_an_investigators_hour(page_of: Callable[..., Page], settings: Any, tmp_path: Path) -> None:
    cache.clear()
    settings.MEDIA_ROOT = str(tmp_path)
    ines = catalogue.ines()
    found = catalogue.catalogue(at=timezone.now() - timedelta(days=2))
    seller = found[0].merchant
    first, second = _linked(seller)
    make.policy("magnets")
    page = page_of(ines)
    page.goto("/")
    hands = Hands(page)

    # Words and a condition, wrong at first.
    hands.press("g z")
    page.wait_for_url("**/search/listings/")
    hands.reach(page.locator("#ask-words"))
    hands.write("nordlicht")
    hands.reach(page.locator("#id_where"))
    hands.write("listing.price >=")
    hands.press("Control+Enter")
    expect(page.locator("#where-problems")).to_be_visible()
    hands.reach(page.locator("#id_where"))
    hands.press("End")
    hands.write(" 15")
    hands.press("Control+Enter")
    expect(page.locator("#list tbody [data-row]")).to_have_count(2)
    hands.reach(page.locator("#id_where"))
    hands.press("Escape")

    # Both that were found are put into a new investigation.
    hands.press("j x j x a")
    page.wait_for_url("**/investigations/collect/")
    for label, words in (
        ("#id_title", "Knives"),
        ("#id_question", "Who sells them?"),
        ("#id_reason", "Found together"),
    ):
        hands.reach(page.locator(label))
        hands.write(words)
    hands.confirm(page.locator("form.form [type=submit]"))
    page.wait_for_url(re.compile(r"/investigations/\d+/$"))
    opened = Investigation.objects.get()

    # Evidence, its hash held against the file, a note.
    hands.confirm(page.locator("form[action*=capture] button"), within=60)
    expect(page.locator(".piece")).to_have_count(1)
    hands.confirm(page.get_by_role("button", name="Check the hash"), within=80)
    expect(page.locator(".pieces summary")).to_contain_text("2 handlings")
    hands.reach(page.locator("#id_text"), within=90)
    hands.write("The photos are the maker's own.")
    hands.confirm(page.get_by_role("button", name="Add the note"))
    expect(page.locator(".timeline").last).to_contain_text("The photos are the maker's own.")

    _follows_the_links(hands, seller, first, second)
    assert _opens_a_case_and_concludes(hands, opened).endswith(".pdf")
    opened.refresh_from_db()
    assert (opened.state, opened.conclusion) == ("concluded", "One merchant, one make.")
    assert Case.objects.get().merchant == seller
    assert Listing.objects.filter(case_items__case=Case.objects.get()).count() == 2
