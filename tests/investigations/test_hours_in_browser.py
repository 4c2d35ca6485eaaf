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
from playwright.sync_api import Locator, Page, expect

from enforcement.domain import appeals
from enforcement.enums import AppealChannel, AppealState
from enforcement.models import Appeal
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import asking, canned, claims, queues, sampling
from investigations.enums import AskedOf, CaseState, ClaimEnd, ReasonFor, ReviewState, Verdict
from investigations.models import (
    Break,
    Case,
    CaseDecision,
    Claim,
    Investigation,
    Note,
    Question,
    SecondReview,
    Skip,
    Snooze,
    Telling,
    WellbeingRules,
)
from listings.models import Listing
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.investigations.quality.ground import V, ruled
from tests.investigations.search import ground as catalogue
from tests.investigations.team import ground as weeks

pytestmark = pytest.mark.django_db(transaction=True)


class Hands:
    """A page by its keyboard alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def press(self, keys: str) -> None:
        """Once the page's scripts have run: nobody is quicker than that."""
        self.page.wait_for_load_state("load")
        for key in keys.split():
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def reach(self, target: Locator, *, within: int = 40) -> None:
        """By Tab, as somebody who does not see the page would."""
        expect(target.first).to_be_visible()
        for _step in range(within):
            if target.first.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached by Tab: {target}")

    def confirm(self, target: Locator, *, within: int = 40) -> None:
        self.reach(target, within=within)
        self.page.keyboard.press("Enter")

    def at(self, case: Case) -> None:
        """On the case's page, claimed."""
        self.page.wait_for_url(f"**/cases/{case.pk}/")
        expect(self.page.locator("[data-claim]")).to_be_visible()


@pytest.fixture
def day() -> list[Case]:
    """Eight cases, the most urgent first."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    queues.ensure_default_queues()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    found = []
    for number in range(8):
        policy = make.policy(f"policy-{number}", title=f"Policy {number}")
        found.append(
            make.case(policy, make.merchant(f"Shop {number}"), listings=3, markets=("DE", "FR"), at=an_hour_ago)
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
    """The fifth waits for an answer, the sixth for a day; the seventh gets a note that names a colleague."""
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
    hands.press("c")
    expect(page.locator("#id_text")).to_be_visible()
    hands.reach(page.locator("#id_text"))
    hands.write("@Sana, have you seen this one before?")
    hands.confirm(page.get_by_role("button", name="Add the note"))
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

    ended = dict(Claim.objects.filter(person=kim).order_by("pk").values_list("case", "ended_as"))
    assert [ended[case.pk] for case in day] == [
        ClaimEnd.DECIDED, ClaimEnd.SKIPPED, ClaimEnd.HELD, ClaimEnd.DECIDED, ClaimEnd.ASKED, ClaimEnd.SNOOZED,
        ClaimEnd.DECIDED, ClaimEnd.RELEASED,
    ]  # fmt: skip
    assert [Case.objects.get(pk=case.pk).state for case in day[:4]] == [
        CaseState.CLOSED, CaseState.OPEN, CaseState.HELD, CaseState.CLOSED,
    ]  # fmt: skip
    assert day[2].items.filter(verdict=Verdict.VIOLATES).count() == 1
    assert CaseDecision.objects.filter(undone_at__isnull=False).count() == 1
    assert (Skip.objects.count(), Question.objects.count(), Snooze.objects.count(), Break.objects.count()) == (
        1,
        1,
        1,
        1,
    )
    assert Note.objects.get().text.startswith("@Sana")
    assert Telling.objects.filter(person=sana).exists()


def _for_a_senior(ground: Ground, kim: User, lee: User) -> tuple[list[Case], Appeal]:
    """A question, two cases that were held, an appeal, and a decision drawn for a second reading."""
    now = timezone.now()
    queues.ensure_default_queues()
    asked, judged, doubtful = (
        make.case(make.policy(slug, title=slug), make.merchant(f"Shop {slug}"), listings=2, markets=("DE",))
        for slug in ("asked", "judged", "doubtful")
    )
    claims.claim(case=asked, person=kim, at=now)
    asking.ask(case=asked, asked_of=AskedOf.SENIOR, text="Is it a toy?", actor=kim, at=now)
    for place, case in enumerate((judged, doubtful)):
        Case.objects.filter(pk=case.pk).update(priority=99 - place)
        claims.claim(case=case, person=kim, at=now)
        kept = dict.fromkeys(case.items.values_list("pk", flat=True), V)
        claims.hold(case=case, actor=kim, reason="The report looks false", verdicts=kept, at=now)
    taken = ground.issue(
        [ground.violation(ground.listing(title)) for title in ("Ball", "Cube")], Measure.REMOVE, at=now
    )
    appeal = appeals.file(decision=taken, text="Wood.", channel=AppealChannel.PAGE, actor=None, at=now)
    ruled(make.policy("paint", title="Lead in paint"), lee, V, V, name="Casa", at=now - timedelta(days=1))
    sampling.set_plan(
        random_percent=100, risk_percent=0, automation_per_day=0, golden_per_hundred=0, actor=ground.tilda, at=now
    )
    sampling.draw_owed(at=now)
    return [asked, judged, doubtful], appeal


def test_a_seniors_hour(page_of: Callable[..., Page], kim: User, lee: User) -> None:
    ground = Ground()
    (asked, judged, doubtful), appeal = _for_a_senior(ground, kim, lee)
    page = page_of(ground.sela)
    page.goto("/")
    hands = Hands(page)

    # A colleague's question, found by the bell.
    hands.press("g w")
    page.wait_for_url("**/inbox/")
    hands.confirm(page.get_by_role("link", name="A question for you"))
    page.wait_for_url(f"**/cases/{asked.pk}/")
    hands.reach(page.get_by_label("Answer", exact=True), within=60)
    hands.write("Only for children")
    hands.confirm(page.get_by_role("button", name="Answer, and give the case back"))
    expect(page.locator(".toast").last).to_contain_text("comes back to Kim first")

    # What was held: one is decided as it was judged, one goes back with a note.
    hands.press("g q")
    page.wait_for_url("**/queue/")
    hands.confirm(page.get_by_role("link", name="Held for a senior"), within=60)
    page.wait_for_url("**state=held**")
    hands.press("n")
    hands.at(judged)
    expect(page.locator("#tally")).to_have_text("2 violate")
    hands.press("r Control+Enter")
    hands.at(doubtful)
    hands.press("v b")
    hands.reach(hands.dialog.locator("textarea"))
    hands.write("Ask the merchant for the invoice first")
    hands.confirm(hands.dialog.locator(".is-primary"))
    expect(page.locator(".toast").last).to_contain_text("Handed")

    # An appeal, heard in part.
    hands.press("g a")
    page.wait_for_url("**/appeals/")
    hands.press("n")
    page.locator("#answer").wait_for()
    page.wait_for_load_state("load")
    hands.press("2 j 1")
    page.get_by_role("button", name="Overturn 1 of 2 listings").wait_for()
    hands.press("o")
    hands.write("The ball is wood; the cube is not.")
    hands.press("Control+Enter")
    expect(page.locator(".toast").last).to_contain_text("Overturned 1 of 2 listings")

    # A decision read a second time, blind.
    hands.press("g y")
    page.wait_for_url("**/quality/")
    hands.press("n")
    page.get_by_role("heading", name="Your judgement").wait_for()
    page.wait_for_load_state("load")
    hands.press("1 j 2 o")
    hands.write("The second is welded in.")
    hands.press("Control+Enter")
    expect(page.get_by_text("You and the first reader differ.")).to_be_visible()

    appeal.refresh_from_db()
    assert appeal.state == AppealState.PARTLY_OVERTURNED
    assert Question.objects.get().answer == "Only for children"
    assert SecondReview.objects.get().state == ReviewState.DIFFERS
    assert CaseDecision.objects.filter(person=ground.sela, case=judged).count() == 1
    assert Claim.objects.get(case=doubtful, person=ground.sela).ended_as == ClaimEnd.HANDED_BACK
    assert Case.objects.get(pk=doubtful.pk).kept_for == kim


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

    # Who is linked to the merchant.
    hands.press("g m")
    page.wait_for_url("**/merchants/")
    hands.press("j Enter")
    page.wait_for_url(f"**/merchants/{seller.public_id}/")

    assert _opens_a_case_and_concludes(hands, opened).endswith(".pdf")
    opened.refresh_from_db()
    assert (opened.state, opened.conclusion) == ("concluded", "One merchant, one make.")
    assert Case.objects.get().merchant == seller
    assert Listing.objects.filter(case_items__case=Case.objects.get()).count() == 2


def test_a_team_leads_hour(page_of: Callable[..., Page], kim: User, tess: User) -> None:
    weeks.weeks([kim, tess], [make.policy("magnets")], now=timezone.now(), days=9)
    page = page_of(tess)
    page.goto("/")
    hands = Hands(page)

    # What waits, and how it went.
    hands.press("g q")
    page.wait_for_url("**/queue/")
    hands.confirm(page.get_by_role("link", name="Team"), within=30)
    page.wait_for_url("**/team/")
    hands.confirm(page.get_by_role("link", name="Figures"), within=40)
    page.wait_for_url("**/team/figures/**")
    hands.confirm(page.get_by_role("link", name="28 days"), within=60)
    page.wait_for_url("**days=28**")

    # What would be, were there two more in one queue.
    hands.confirm(page.get_by_role("link", name="Forecast"), within=60)
    page.wait_for_url("**/team/forecast/**")
    hands.reach(page.locator("#id_people_product_safety"), within=80)
    hands.press("Control+a")
    hands.write("2")
    hands.press("Enter")
    expect(page.get_by_text("As people are now").first).to_be_visible()

    # Somebody is away tomorrow; what people are spared is set for all.
    hands.press("g q")
    page.wait_for_url("**/queue/")
    hands.confirm(page.get_by_role("link", name="Team"), within=30)
    page.wait_for_url("**/team/")
    hands.confirm(page.get_by_role("link", name="What people are spared"), within=40)
    page.wait_for_url("**/team/wellbeing/")
    hands.reach(page.locator("#id_hard_a_day"), within=50)
    hands.press("Control+a")
    hands.write("12")
    hands.press("Control+Enter")
    expect(page.locator(".toast").last).to_contain_text("Saved")

    # A case is handed to the one who knows the merchant, and given back to all.
    hands.press("g q")
    page.wait_for_url("**/queue/")
    hands.press("j x h")
    page.get_by_role("heading", name="Hand to a person").wait_for()
    hands.reach(page.locator("input[type=radio]").first)
    hands.press("Space")
    hands.reach(page.get_by_label("What to look at"))
    hands.write("You know the merchant.")
    hands.press("Control+Enter")
    expect(page.locator(".toast").last).to_contain_text("Handed 1 case to")
    assert Case.objects.filter(kept_for__isnull=False).count() == 1
    hands.press("z")
    expect(page.locator(".toast").last).to_contain_text("waits for everybody again")

    # An act on all that a filter shows, looked at and given up; then who reads whom.
    hands.press("g c")
    page.wait_for_url("**/cases/")
    hands.press("j x b")
    expect(page.get_by_role("heading", name=re.compile("Act on"))).to_be_visible()
    hands.press("g y")
    page.wait_for_url("**/quality/")

    assert not Case.objects.filter(kept_for__isnull=False).exists()
    assert WellbeingRules.objects.get().hard_a_day == 12
