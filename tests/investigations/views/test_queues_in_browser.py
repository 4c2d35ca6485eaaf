"""Queues are ordered and written by keyboard; a case's page warns, keeps and gives back, and says who else looks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import claims, figures, presence, queues
from investigations.models import Case, Claim, Queue, Rerouting
from tests.factories import cases as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case() -> Case:
    cache.clear()
    for code in ("DE", "FR"):
        make.market(code)
    queues.ensure_default_queues()
    made = make.case(make.policy("magnets"), make.merchant("Nordlicht"), at=timezone.now() - timedelta(hours=1))
    figures.count(at=timezone.now())
    return made


@pytest.fixture
def lena(case: Case) -> User:
    return make.person("lena", Role.TEAM_LEAD)


@pytest.fixture
def kim(case: Case) -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_queues_are_ordered_and_written_by_keyboard(
    page_of: Callable[..., Page], check_accessibility: Callable[[Page], None], scheme: str, lena: User, case: Case
) -> None:
    page = page_of(lena, color_scheme=scheme)
    page.goto("/queues/")
    check_accessibility(page)
    page.locator("#up-product_safety").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This order is not saved yet")).to_be_visible()
    expect(page.locator("#up-product_safety")).to_be_focused()
    expect(page.get_by_text("None of 1 live case would move")).to_be_visible()
    check_accessibility(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/queues/")
    assert [queue.key for queue in Queue.objects.order_by("position")][:2] == ["critical", "product_safety"]

    page.goto("/queues/of/critical/")
    page.locator("#id_rule").fill("case.severty")
    expect(page.locator(".problems")).to_contain_text("Did you mean")
    page.locator("#id_rule").fill('case.severity == "serious" && case.listings > 0')
    expect(page.locator("#rule-check")).to_contain_text("All of these")
    check_accessibility(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dry-run")).to_contain_text("1 of 1 live cases would move")
    check_accessibility(page)
    page.get_by_role("button", name="Save and move 1 case").click()
    page.wait_for_url("**/queues/")
    assert Rerouting.objects.exists()
    for path in ("/queues/new/", "/team/", f"/team/{lena.pk}/", "/queue/"):
        page.goto(path)
        check_accessibility(page)


def test_the_page_warns_two_minutes_before_the_end_and_is_extended_by_key(
    page_of: Callable[..., Page], check_accessibility: Callable[[Page], None], kim: User, case: Case
) -> None:
    claims.claim(case=case, person=kim, at=timezone.now())
    Claim.objects.update(expires_at=timezone.now() + timedelta(seconds=100))
    page = page_of(kim)
    page.goto(f"/cases/{case.pk}/")
    expect(page.locator("[data-warning]")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("ends in two minutes")
    check_accessibility(page)
    page.keyboard.press("e")
    expect(page.locator("[data-warning]")).to_be_hidden()
    assert Claim.objects.get().expires_at > timezone.now() + timedelta(minutes=10)


def test_the_page_beats_and_says_who_else_looks_and_when_the_case_is_gone(
    page_of: Callable[..., Page], kim: User, lena: User, case: Case
) -> None:
    claims.claim(case=case, person=kim, at=timezone.now())
    presence.look(case_id=case.pk, person=lena, at=timezone.now())
    page = page_of(kim)
    page.goto(f"/cases/{case.pk}/")
    expect(page.locator("#here")).to_contain_text("Lena is looking, too")
    assert Claim.objects.get().seen_at
    claims.release(case=case, actor=kim, at=timezone.now())
    page.locator("#here").dispatch_event("beat")
    expect(page.locator("#claim")).to_contain_text("Not yours any more")


def test_a_claim_whose_page_is_closed_goes_back(page_of: Callable[..., Page], kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=timezone.now())
    page = page_of(kim)
    with page.expect_response("**/here/"):
        page.goto(f"/cases/{case.pk}/")
    page.close()

    assert claims.lapse_due(at=timezone.now() + claims.UNSEEN_LASTS) == 1
    assert Claim.objects.get().ended_as == "lapsed"
