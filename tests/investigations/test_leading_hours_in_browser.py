"""The hours of a senior reviewer and of a team lead in Chromium, hands on the keyboard: nothing here is clicked, and nothing is
reached by an address that a person would not have typed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from enforcement.domain import appeals
from enforcement.enums import AppealChannel, AppealState
from enforcement.models import Appeal
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import asking, claims, queues, sampling
from investigations.enums import AskedOf, BulkState, CaseState, ClaimEnd, ReviewState
from investigations.models import (
    BulkRun,
    Calibration,
    Case,
    CaseDecision,
    CaseLink,
    Claim,
    Precedent,
    Question,
    SecondReview,
    WellbeingRules,
)
from investigations.views.cases import CaseList
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.investigations.at_once.acts import run_all
from tests.investigations.hands import Hands
from tests.investigations.quality.ground import F, V, ruled
from tests.investigations.team import ground as weeks

pytestmark = pytest.mark.django_db(transaction=True)


def _for_a_senior(ground: Ground, kim: User, lee: User) -> tuple[list[Case], Appeal]:
    """A question, two cases that were held, an appeal, and a decision drawn for a second reading."""
    now = timezone.now()
    queues.ensure_default_queues()
    asked, judged, doubtful = (
        make.case(make.policy(slug, title=slug), make.merchant(f"Shop {slug}"), listings=2, markets=("DE",))
        for slug in ("asked", "judged", "doubtful")
    )
    make.case(make.policy("alike", title="alike"), asked.merchant, listings=2, markets=("DE",))
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
    ruled(make.policy("paint", title="Lead in paint"), lee, V, V, F, name="Casa", at=now - timedelta(days=1))
    sampling.set_plan(
        random_percent=100, risk_percent=0, automation_per_day=0, golden_per_hundred=0, actor=ground.tilda, at=now
    )
    sampling.draw_owed(at=now)
    return [asked, judged, doubtful], appeal


def _finds(hands: Hands, words: str) -> None:
    """The one case that these words find."""
    page = hands.page
    hands.press("g c")
    page.wait_for_url(re.compile(r"/cases/(\?.*)?$"))
    hands.press("s")
    hands.write(words)
    hands.press("Enter")
    page.wait_for_url(f"**q={words}**")
    hands.press("Escape j Enter")
    page.wait_for_url(re.compile(r"/cases/\d+/$"))


def _arranges(hands: Hands, asked: Case) -> None:
    """A case is merged into another of the merchant and parted from it again, a listing is split off, and the two are linked."""
    page = hands.page
    _finds(hands, str(asked))
    hands.press("v m")
    hands.say("One and the same toy", choose=True)
    expect(page.locator(".toast").last).to_contain_text(f"Merged {asked} into")
    hands.press("z")
    page.wait_for_url(f"**/cases/{asked.pk}/")
    hands.press("v s")
    hands.say("Another maker", choose=True)
    expect(page.locator(".toast").last).to_contain_text("Split 1 listing off into")
    new = Case.objects.order_by("-pk")[0]
    hands.press("v l")
    expect(hands.dialog.locator("input[type=text]").first).to_be_focused()
    hands.write(str(new))
    hands.say("Bought together")
    expect(page.locator(".together")).to_contain_text("Bought together")


def _reopens(hands: Hands) -> None:
    """What was found fine in a closed case is to be read again."""
    _finds(hands, "Casa")
    hands.press("v o")
    hands.say("The merchant sent photos of the third")
    expect(hands.page.locator(".toast").last).to_contain_text("Reopened")


def _calibrates(hands: Hands) -> None:
    """A session is opened, judged, closed, and its outcome recorded."""
    page = hands.page
    hands.press("g y")
    page.wait_for_url("**/quality/")
    hands.press("v c")
    page.wait_for_url("**/calibrations/")
    hands.press("n")
    page.wait_for_url("**/calibrations/new/")
    hands.reach(page.locator("#id_title"))
    hands.write("Paint in November")
    hands.reach(page.locator("#id_policy"))
    hands.write("Lead")
    hands.reach(page.locator("#id_count"))
    hands.press("Control+a")
    hands.write("3")
    hands.press("Control+Enter")
    page.wait_for_url(re.compile(r"/calibrations/\d+/$"))
    hands.press("1 j 1 j 2 Control+Enter")
    expect(page.locator(".toast").last).to_contain_text("3 of 3 judged")
    hands.press("e")
    hands.say("Painted wood counts.")
    hands.reach(page.get_by_placeholder("What the next person should know").first)
    hands.write("Look for the layer below.")
    hands.press("Control+Enter")
    expect(page.locator("blockquote")).to_contain_text("Look for the layer below.")


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
    hands.press("v h")
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
    hands.press("1 j 2 j 2 o")
    hands.write("The second is welded in.")
    hands.press("Control+Enter")
    expect(page.get_by_text("You and the first reader differ.")).to_be_visible()

    _arranges(hands, asked)
    _reopens(hands)
    _calibrates(hands)

    appeal.refresh_from_db()
    assert appeal.state == AppealState.PARTLY_OVERTURNED
    assert Question.objects.get().answer == "Only for children"
    assert SecondReview.objects.get().state == ReviewState.DIFFERS
    assert (CaseLink.objects.count(), Precedent.objects.count(), Calibration.objects.get().closed_by) == (
        1,
        1,
        ground.sela,
    )
    assert Case.objects.get(merchant__name="Casa").state == CaseState.OPEN
    asked.refresh_from_db()
    assert (asked.state, asked.items.count()) == (CaseState.OPEN, 1)
    assert CaseDecision.objects.filter(person=ground.sela, case=judged).count() == 1
    assert Claim.objects.get(case=doubtful, person=ground.sela).ended_as == ClaimEnd.HANDED_BACK
    assert Case.objects.get(pk=doubtful.pk).kept_for == kim


def _opens_the_act(hands: Hands, run: BulkRun) -> None:
    page = hands.page
    hands.press("g c")
    page.wait_for_url(re.compile(r"/cases/(\?.*)?$"))
    hands.press("v b")
    page.wait_for_url("**/cases/bulk/")
    hands.press("j Enter")
    page.wait_for_url(f"**/cases/bulk/{run.pk}/")


def _acts_on_many(hands: Hands, tess: User, sana: User, sits_down: Callable[[BrowserContext, User], None]) -> None:
    """All that a filter shows: counted, looked at, said yes to by a second person at the same desk, worked off and undone."""
    page = hands.page
    hands.press("g c")
    page.wait_for_url("**/cases/")
    hands.press("s")
    hands.write("Waiting")
    hands.press("Enter")
    page.wait_for_url("**q=Waiting**")
    hands.press("Escape j x")
    hands.confirm(page.get_by_role("button", name="Select all that the filters show"), within=120)
    hands.press("b")
    expect(page.get_by_role("heading", name="Act on all 6 cases")).to_be_visible()
    hands.reach(page.locator("input[name=does]").first)
    hands.press("Space ArrowDown ArrowDown ArrowDown")
    expect(page.locator("input[value=close]")).to_be_checked()
    hands.reach(page.get_by_label("Why"))
    hands.write("These belong together")
    hands.press("Control+Enter")
    page.wait_for_url(re.compile(r"/cases/bulk/\d+/$"))
    hands.press("b")
    hands.press("Enter")
    run = BulkRun.objects.get()
    expect(page.locator("#bulk-run")).to_contain_text("Held for a second person.")

    sits_down(page.context, sana)
    _opens_the_act(hands, run)
    hands.press("a")
    expect(page.locator("#toasts")).to_contain_text("It runs")
    run_all(run)
    expect(page.locator("#bulk-run")).to_contain_text("6 done")

    sits_down(page.context, tess)
    _opens_the_act(hands, run)
    hands.press("u")
    hands.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("It is being undone")
    run_all(run)
    expect(page.locator("#bulk-run")).to_contain_text("6 undone")
    assert BulkRun.objects.get().state == BulkState.UNDONE

    hands.press("g z")
    page.wait_for_url("**/search/listings/")
    hands.press("j x b")
    expect(page.get_by_role("heading", name="Act on 1 case")).to_be_visible()


def test_a_team_leads_hour(
    page_of: Callable[..., Page],
    sign_in: Callable[[BrowserContext, User], None],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    kim: User,
    sana: User,
    tess: User,
) -> None:
    settings.SECOND_PERSON_LISTINGS = 2
    monkeypatch.setattr(CaseList, "page_size", 3)
    weeks.weeks([kim, tess], [make.policy("magnets")], now=timezone.now(), days=9)
    page = page_of(tess)
    page.goto("/")
    hands = Hands(page)

    # What waits, and how it went.
    hands.press("g 2")
    page.wait_for_url("**/team/")
    hands.press("v f")
    page.wait_for_url("**/team/figures/**")
    hands.confirm(page.get_by_role("link", name="28 days"), within=60)
    page.wait_for_url("**days=28**")

    # What would be, were there two more in one queue.
    hands.press("v o")
    page.wait_for_url("**/team/forecast/**")
    hands.reach(page.locator("#id_people_product_safety"), within=80)
    hands.press("Control+a")
    hands.write("2")
    hands.press("Enter")
    expect(page.get_by_text("As people are now").first).to_be_visible()

    # Somebody is away tomorrow; what people are spared is set for all.
    hands.press("g 2")
    page.wait_for_url("**/team/")
    hands.press("v w")
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

    _acts_on_many(hands, tess, sana, sign_in)

    assert not Case.objects.filter(kept_for__isnull=False).exists()
    assert WellbeingRules.objects.get().hard_a_day == 12
