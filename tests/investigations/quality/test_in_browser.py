"""A senior reviewer reads a second time by keyboard, a team lead settles; the pages are accessible in both themes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import sampling
from investigations.enums import ReviewOutcome, ReviewState, Verdict
from investigations.models import SecondReview
from tests.factories import cases as make
from tests.investigations.quality.ground import F, V, automated, judged, ruled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def otto() -> User:
    return make.person("otto", Role.TEAM_LEAD)


def draw(actor: User) -> list[SecondReview]:
    now = timezone.now()
    sampling.set_plan(
        random_percent=100, risk_percent=0, automation_per_day=9, golden_per_hundred=0, actor=actor, at=now
    )
    sampling.draw_owed(at=now)
    return list(SecondReview.objects.order_by("pk"))


def test_two_readers_differ_and_a_third_settles_it(
    page_of: Callable[..., Page], kim: User, sana: User, otto: User
) -> None:
    ruled(make.policy("magnets"), kim, V, V, at=timezone.now() - timedelta(days=1))
    (review,) = draw(otto)
    page = page_of(sana)
    page.goto("/quality/")
    page.keyboard.press("n")
    page.get_by_role("heading", name="Your judgement").wait_for()
    page.wait_for_load_state("load")
    page.keyboard.press("1")
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.keyboard.press("o")
    page.keyboard.type("The magnets are welded in.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("You and the first reader differ.").wait_for()
    review.refresh_from_db()
    assert (review.state, review.note) == (ReviewState.DIFFERS, "The magnets are welded in.")

    lead = page_of(otto)
    lead.goto("/quality/readings/?state=differs")
    lead.keyboard.press("j")
    lead.keyboard.press("Enter")
    lead.get_by_label("The second was right").check()
    lead.get_by_label("Such a listing is").select_option(Verdict.FINE)
    lead.get_by_label("What the next person should know").fill("Welded magnets are fine.")
    lead.get_by_role("button", name="Settle it").click()
    lead.get_by_text("It stands beside the guidance from now on.").wait_for()
    review.refresh_from_db()
    assert review.outcome == ReviewOutcome.SECOND


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(
    page_of: Callable[..., Page],
    kim: User,
    lee: User,
    sana: User,
    otto: User,
    check_accessibility: Callable[[Page], None],
    scheme: str,
) -> None:
    page = page_of(otto, color_scheme=scheme)
    for path in ("/quality/", "/quality/readings/", "/quality/precedents/", "/quality/plan/"):
        page.goto(path)
        check_accessibility(page)
    policy, day = make.policy("magnets"), timezone.now() - timedelta(days=1)
    for number in range(12):
        ruled(policy, kim, V if number % 3 else F, name=f"Kim's {number}", at=day)
        ruled(policy, lee, V if number % 2 else F, name=f"Lee's {number}", at=day)
    automated(policy, "Casa", "Kestrel", at=day)
    *rest, last = draw(otto)
    for number, review in enumerate(rest):
        judged(review, sana, [V if number % 4 else F], at=timezone.now())
    differing = SecondReview.objects.filter(state=ReviewState.DIFFERS).order_by("pk")[0]
    for path in ("/quality/", "/quality/readings/", f"/quality/readings/{differing.pk}/"):
        page.goto(path)
        check_accessibility(page)
    reader = page_of(sana, color_scheme=scheme)
    reader.goto("/quality/")
    reader.keyboard.press("n")
    reader.get_by_role("heading", name="Your judgement").wait_for()
    check_accessibility(reader)
    assert last.verdicts.count() == 1
