"""An act on many cases in Chromium, by keyboard: chosen by a filter, looked at, begun, undone; every state in both themes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.accounts.models import User
from investigations.domain import bulk, claims
from investigations.enums import BulkState, BulkVerb
from investigations.models import BulkRun, Case
from investigations.views.cases import CaseList
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import run_all
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db(transaction=True)


def test_chosen_by_a_filter_looked_at_begun_and_undone_by_keyboard(
    page_of: Callable[..., Page], tess: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CaseList, "page_size", 3)
    waiting.cases(5, at=timezone.now() - timedelta(hours=1))
    desk = page_of(tess)
    desk.goto(address("cases") + "?state=open")
    desk.locator("table[data-cursor] tbody tr").first.wait_for()
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.get_by_role("button", name="Select all that the filters show").press("Enter")
    desk.keyboard.press("b")
    expect(desk.get_by_role("heading", name="Act on all 5 cases")).to_be_visible()
    desk.get_by_label("Move to another queue").press("Space")
    desk.get_by_label("To the queue").select_option("restricted")
    desk.get_by_label("Why").fill("These belong together")
    desk.get_by_label("Why").press("Enter")
    desk.get_by_role("button", name="Look at what would happen").press("Enter")
    desk.wait_for_url("**/cases/bulk/*/")
    expect(desk.locator("#bulk-run")).to_contain_text("What would happen")
    desk.keyboard.press("b")
    desk.locator("#begin").get_by_role("button", name="Begin").press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("It runs")
    run = BulkRun.objects.get()

    run_all(run)

    expect(desk.locator("#bulk-run")).to_contain_text("5 done")
    assert Case.objects.filter(queue__key="restricted").count() == 5
    desk.reload()
    desk.keyboard.press("u")
    desk.locator("#undo-all").get_by_role("button", name="Undo all of it").press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("It is being undone")
    run_all(run)
    expect(desk.locator("#bulk-run")).to_contain_text("5 undone")
    assert not Case.objects.filter(queue__key="restricted").exists()

    desk.goto(address("explore"))
    desk.locator("table[data-cursor] tbody tr").first.wait_for()
    for key in "jxb":
        desk.keyboard.press(key)
    expect(desk.get_by_role("heading", name="Act on 1 case")).to_be_visible()


def test_every_state_is_readable(
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    tess: User,
    sana: User,
    kim: User,
    settings: object,
) -> None:
    settings.SECOND_PERSON_LISTINGS = 2  # type: ignore[attr-defined]
    found = waiting.cases(3, at=timezone.now() - timedelta(hours=1))
    claims.claim(case=found[0], person=kim, at=timezone.now())
    chosen, at = Case.objects.all(), timezone.now()
    run = bulk.prepare(verb=BulkVerb.CLOSE, params={}, rows=chosen, actor=tess, reason="A faulty term", at=at)
    first, second = page_of(tess), page_of(sana, color_scheme="dark", reduced_motion="reduce")
    for state in (BulkState.PREPARED, BulkState.HELD, BulkState.FINISHED):
        if state == BulkState.HELD:
            bulk.begin(run=run, rows=chosen, typed=None, actor=tess, at=at)
        elif state == BulkState.FINISHED:
            run_all(bulk.approve(run=run, actor=sana, at=at))
        for page in (first, second):
            page.goto(address("bulk", run.pk))
            check_accessibility(page)
    first.goto(address("bulks"))
    check_accessibility(first)
