"""Case work in Chromium, by keyboard, as the people who do it; every page without a fault that axe finds, in both themes."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import ConsoleMessage, Page, expect

from enforcement.domain import decisions
from enforcement.enums import MessageState, Origin
from enforcement.models import Decision, Message
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import claims
from investigations.enums import CaseState, ClaimEnd, Verdict
from investigations.models import Case, CaseDecision, Claim
from listings.models import ListingMetric, Merchant
from tests.factories import cases as make

pytestmark = pytest.mark.django_db(transaction=True)

EXPLANATION = {
    "form": 1,
    "held": True,
    "tree": {
        "op": "all",
        "held": True,
        "children": [
            {"op": "condition", "code": "is", "held": True, "left": {"fact": "listing.title"}},
            {
                "op": "condition",
                "code": "gt",
                "held": None,
                "left": {"attr": "magnet_flux_index", "labels": {"en": "Magnetic flux index"}},
                "right": {"value": 50},
                "values": [{"attr": "magnet_flux_index", "seen": None}],
            },
        ],
    },
    "matches": [{"zone": "title", "key": "", "start": 0, "end": 6, "text": "Magnet"}],
}


@pytest.fixture
def nordlicht() -> Merchant:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    return make.merchant("Nordlicht Spielwaren")


@pytest.fixture
def magnets(nordlicht: Merchant) -> Case:
    case = make.case(
        make.policy("magnets"), nordlicht, listings=3, markets=("DE", "FR"), at=timezone.now() - timedelta(hours=1)
    )
    for item in case.items.select_related("violation"):
        assert item.violation is not None
        item.violation.explanation = EXPLANATION
        item.violation.save()
    return case


@pytest.fixture
def cords(nordlicht: Merchant) -> Case:
    return make.case(make.policy("cords", title="Cords in hoods"), nordlicht, at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def faults() -> Iterator[Callable[[Page], Page]]:
    """Watch a page: what the browser refuses or what breaks in a script fails the test. A refused decision (409) and an
    update that a press of the button overtook are no faults."""
    told: list[str] = []

    def watch(page: Page) -> Page:
        def keep(message: ConsoleMessage) -> None:
            expected = "409" in message.text or message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))
            if message.type == "error" and not expected:
                told.append(message.text)

        page.on("console", keep)
        page.on("pageerror", lambda error: told.append(str(error)))
        return page

    yield watch
    assert told == []


@pytest.fixture
def desk(page_of: Callable[..., Page], faults: Callable[[Page], Page], kim: User) -> Page:
    """Kim's browser."""
    return faults(page_of(kim))


def badge(page: Page, number: int) -> str:
    return page.locator("article.evidence").nth(number - 1).locator("[data-verdict-of]").inner_text().strip()


def settled(page: Page) -> None:
    """Until a partial update has settled, what it brought is plain HTML."""
    expect(page.locator("#pane")).not_to_have_class(re.compile("htmx-"))


# --- the moderators' work ------------------------------------------------------------------------


def test_a_moderator_takes_judges_decides_and_undoes_by_keyboard(desk: Page, magnets: Case, cords: Case) -> None:
    Case.objects.filter(pk=magnets.pk).update(priority=99)
    desk.goto(reverse("investigations:queue"))
    desk.keyboard.press("n")
    desk.wait_for_url(f"**/cases/{magnets.pk}/")
    expect(desk.locator("#tally")).to_have_text("3 open")

    desk.keyboard.press("1")
    desk.keyboard.press("j")
    desk.keyboard.press("1")
    desk.keyboard.press("j")
    desk.keyboard.press("2")
    expect(desk.locator("#tally")).to_have_text("2 violate, 1 fine")
    assert [badge(desk, number) for number in (1, 2, 3)] == ["Violates", "Violates", "Fine"]
    expect(desk.locator("#fine-reason")).to_be_visible()

    desk.keyboard.press("m")
    expect(desk.locator("#decide")).to_contain_text("Restrict 2 listings in 2 markets")
    desk.keyboard.press("r")
    expect(desk.locator("#decide")).to_contain_text("Remove 2 listings in 2 markets")

    desk.keyboard.press("p")
    expect(desk.locator("#draft")).to_contain_text("Strong loose magnets may not be sold as toys.")
    desk.keyboard.press("Escape")

    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(f"**/cases/{cords.pk}/")
    expect(desk.locator(".toast b")).to_have_text("Removed 2 listings in 2 markets")
    assert Message.objects.get().state == MessageState.OWED

    desk.keyboard.press("z")
    desk.wait_for_url(f"**/cases/{magnets.pk}/")
    assert [badge(desk, number) for number in (1, 2, 3)] == ["Violates", "Violates", "Fine"]
    assert Message.objects.get().state == MessageState.WITHDRAWN
    cords.refresh_from_db()
    assert cords.state == CaseState.OPEN
    assert CaseDecision.objects.get().undone_at is not None


def test_one_verdict_for_all_and_exceptions(desk: Page, magnets: Case, kim: User) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[magnets.pk]))

    desk.keyboard.press("Shift+Digit1")
    expect(desk.locator("#tally")).to_have_text("3 violate")
    desk.keyboard.press("j")
    desk.keyboard.press("3")
    expect(desk.locator("#tally")).to_have_text("2 violate, 1 unsure")
    assert [badge(desk, number) for number in (1, 2, 3)] == ["Violates", "Unsure", "Violates"]

    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/queue/")
    magnets.refresh_from_db()
    assert magnets.state == CaseState.HELD
    assert Decision.objects.get().items.count() == 2


def test_markets_are_chosen_and_named(desk: Page, magnets: Case, kim: User) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("Shift+Digit1")
    desk.locator("label", has_text="FR").locator("input").uncheck(force=True)
    expect(desk.locator("#decide")).to_contain_text("Remove 3 listings in 1 market")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/queue/")
    assert Decision.objects.get().markets == ["DE"]


def test_the_case_is_taken_by_enter_extended_and_released(desk: Page, magnets: Case) -> None:
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-claim]")).to_be_visible()
    Claim.objects.update(expires_at=timezone.now() + timedelta(minutes=2))
    desk.keyboard.press("1")
    desk.keyboard.press("e")
    expect(desk.locator("[data-left]")).to_have_text(re.compile(r"^14:|^15:"))
    assert badge(desk, 1) == "Violates"
    desk.keyboard.press("u")
    desk.wait_for_url("**/queue/")
    assert Claim.objects.get().ended_as == ClaimEnd.RELEASED


@pytest.mark.parametrize(
    ("key", "name", "state", "ended"),
    [
        ("h", "hold", CaseState.HELD, ClaimEnd.HELD),
        ("s", "skip", CaseState.OPEN, ClaimEnd.SKIPPED),
    ],
)
def test_holding_and_skipping_ask_why_and_open_the_next(
    key: str, name: str, state: CaseState, ended: ClaimEnd, desk: Page, magnets: Case, cords: Case, kim: User
) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("1")
    desk.keyboard.press(key)
    desk.locator(f"#{name} textarea").fill("The report looks false")
    desk.locator(f"#{name} .is-primary").click()
    desk.wait_for_url(f"**/cases/{cords.pk}/")
    magnets.refresh_from_db()
    assert magnets.state == state
    claim = Claim.objects.get(case=magnets)
    assert (claim.ended_as, claim.reason) == (ended, "The report looks false")
    assert (magnets.items.filter(verdict=Verdict.VIOLATES).count() == 1) is (name == "hold")


def test_a_claim_that_ran_out_keeps_what_was_entered(desk: Page, magnets: Case, kim: User) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("Shift+Digit1")
    desk.locator("#reason").fill("My own words")
    desk.locator("#reason").blur()
    Claim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#effect")).to_contain_text("Take it again")

    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#decide")).to_contain_text("Remove 3 listings in 2 markets")
    assert desk.locator("#reason").input_value() == "My own words"
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/queue/")
    assert Decision.objects.get().reason == "My own words"


def test_verdicts_survive_the_tabs(desk: Page, magnets: Case, kim: User) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("j")
    desk.keyboard.press("2")
    desk.get_by_role("link", name="What changed").click()
    expect(desk.locator(".pane-note")).to_contain_text("Listing 2")
    settled(desk)
    desk.keyboard.press("j")
    expect(desk.locator(".pane-note")).to_contain_text("Listing 3")
    desk.keyboard.press("1")
    settled(desk)
    desk.get_by_role("link", name="Listings 3").click()
    expect(desk.locator("article.evidence").nth(2)).to_have_attribute("aria-current", "true")
    expect(desk.locator("article.evidence [data-verdict-of]")).to_have_text(["", "Fine", "Violates"])


def test_notes_and_evidence_leave_the_verdicts_alone(desk: Page, magnets: Case, kim: User) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("1")
    desk.get_by_role("button", name="Keep as evidence").first.click()
    expect(desk.locator("#pane summary", has_text="version 1")).to_have_count(1)
    settled(desk)
    desk.keyboard.press("c")
    desk.locator("#id_text").fill("Asked the merchant")
    settled(desk)
    desk.get_by_role("button", name="Add the note").click()
    expect(desk.locator("#pane .timeline").first).to_contain_text("Asked the merchant")
    settled(desk)
    desk.get_by_role("link", name="Listings 3").click()
    expect(desk.locator("article.evidence")).to_have_count(3)
    expect(desk.locator("article.evidence [data-verdict-of]").first).to_have_text("Violates")


def test_a_long_case_is_judged_at_once(desk: Page, kim: User, nordlicht: Merchant) -> None:
    case = make.case(make.policy("magnets"), nordlicht, listings=60, at=timezone.now() - timedelta(hours=1))
    claims.claim(case=case, person=kim, at=timezone.now())
    desk.goto(reverse("investigations:case", args=[case.pk]))
    assert desk.locator("article.evidence").count() == 25
    desk.keyboard.press("Shift+Digit1")
    expect(desk.locator("#decide")).to_contain_text("Remove 60 listings in 1 market")
    desk.locator("[data-more]").scroll_into_view_if_needed()
    expect(desk.locator("article.evidence")).to_have_count(50)
    expect(desk.locator("#verdicts > li")).to_have_count(50)
    expect(desk.locator("article.evidence [data-verdict-of]").nth(49)).to_have_text("Violates")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/queue/")
    assert Decision.objects.get().items.count() == 60


def test_the_palette_finds_a_case_and_a_merchant(desk: Page, magnets: Case) -> None:
    desk.goto(reverse("investigations:queue"))
    desk.keyboard.press("Control+k")
    desk.keyboard.type("Nordlicht")
    desk.get_by_role("option", name="Nordlicht Spielwaren").click()
    desk.wait_for_url(f"**/merchants/{magnets.merchant.public_id}/")
    assert desk.get_by_role("heading", level=1).inner_text() == "Nordlicht Spielwaren"


# --- every page ----------------------------------------------------------------------------------


def _full(magnets: Case, cords: Case, kim: User, lee: User) -> None:
    """A house in which something has happened."""
    now = timezone.now()
    make.case(make.policy("paint", title="Lead in paint"), magnets.merchant, at=now)
    listing = magnets.items.order_by("pk")[0].listing
    assert listing is not None
    make.sold(listing, orders=312, visits=4_000)
    for day in range(40):
        ListingMetric.objects.create(listing=listing, date=timezone.localdate() - timedelta(days=day), orders=day % 7)
    claims.claim(case=cords, person=lee, at=now)
    found = magnets.items.order_by("pk")[0].violation
    assert found is not None
    decisions.issue(
        merchant=magnets.merchant, version=found.version, violations=[found], measure=Measure.REMOVE, markets=["DE"],
        minimum_age=None, actor=None, reason="", at=now, origin_kind=Origin.SWEEP,
    )  # fmt: skip
    claims.claim(case=magnets, person=kim, at=now)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible(
    theme: str,
    page_of: Callable[..., Page],
    faults: Callable[[Page], Page],
    check_accessibility: Callable[[Page], None],
    magnets: Case,
    cords: Case,
    kim: User,
    lee: User,
) -> None:
    _full(magnets, cords, kim, lee)
    page = faults(page_of(kim, color_scheme=theme))
    listing = magnets.items.order_by("pk")[0].listing_id
    paths = [reverse(f"investigations:{name}") for name in ("queue", "cases", "listings", "merchants", "search")]
    paths += [reverse("investigations:search") + "?q=magnet"]
    paths += [reverse("investigations:case", args=[each.pk]) for each in (magnets, cords)]
    paths += [
        reverse("investigations:case-tab", args=[magnets.pk, tab])
        for tab in ("settled", "changes", "notes", "evidence")
    ]
    paths += [reverse("investigations:listing", args=[listing])]
    paths += [reverse("investigations:merchant", args=[magnets.merchant.public_id])]
    for path in paths:
        page.goto(path)
        check_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440, path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_empty_pages_are_accessible(
    theme: str,
    page_of: Callable[..., Page],
    faults: Callable[[Page], Page],
    check_accessibility: Callable[[Page], None],
) -> None:
    page = faults(page_of(make.person("tess", Role.TEAM_LEAD), color_scheme=theme))
    for name in ("queue", "cases", "listings", "merchants"):
        page.goto(reverse(f"investigations:{name}"))
        check_accessibility(page)


def test_the_dialogs_are_accessible(
    desk: Page, magnets: Case, kim: User, check_accessibility: Callable[[Page], None]
) -> None:
    claims.claim(case=magnets, person=kim, at=timezone.now())
    desk.emulate_media(reduced_motion="reduce")  # contrast is measured on what stands still
    desk.goto(reverse("investigations:case", args=[magnets.pk]))
    desk.keyboard.press("Shift+Digit1")
    expect(desk.locator("#decide")).to_contain_text("Remove 3 listings")
    for key in ("h", "s", "p"):
        desk.keyboard.press(key)
        expect(desk.locator("dialog[open]")).to_be_visible()
        if key == "p":
            expect(desk.locator("#draft")).to_contain_text("In English")
        check_accessibility(desk)
        desk.keyboard.press("Escape")


def test_the_pages_fit_1280_and_read_right_to_left(page_of: Callable[..., Page], magnets: Case, kim: User) -> None:
    kim.language = "ar"
    kim.save()
    claims.claim(case=magnets, person=kim, at=timezone.now())
    page = page_of(kim)
    page.set_viewport_size({"width": 1280, "height": 800})
    for path in (
        reverse("investigations:queue"),
        reverse("investigations:case", args=[magnets.pk]),
        reverse("investigations:listings"),
        reverse("investigations:merchant", args=[magnets.merchant.public_id]),
    ):
        page.goto(path)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path


def test_on_every_tab_a_key_means_one_thing(desk: Page, magnets: Case) -> None:
    """Keys of a listing's row are for the row that is open; everything else is for the whole page."""
    desk.goto("/queue/")
    desk.keyboard.press("n")
    desk.wait_for_url(f"**/cases/{magnets.pk}/")
    for number in (1, 2, 3, 4):
        desk.keyboard.press("v")
        desk.keyboard.press(str(number))
        expect(desk.locator("#pane, #work").first).to_be_visible()
        settled(desk)
        keys = desk.locator("[data-key]:visible:not([data-follows] *, [data-row] *)").evaluate_all(
            "all => all.map((each) => each.dataset.key.toLowerCase())"
        )
        assert sorted(keys) == sorted(set(keys))


def test_to_send_from_a_field_of_no_form_of_the_case_decides_nothing(desk: Page, magnets: Case) -> None:
    desk.goto("/queue/")
    desk.keyboard.press("n")
    desk.wait_for_url(f"**/cases/{magnets.pk}/")
    desk.keyboard.press("Shift+Digit1")
    expect(desk.locator("#tally")).to_contain_text("violate")
    desk.keyboard.press("/")
    desk.keyboard.type("4006381")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#tally")).to_contain_text("violate")
    assert Case.objects.get(pk=magnets.pk).state == CaseState.IN_REVIEW
