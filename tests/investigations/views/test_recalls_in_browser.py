"""A recall is worked through by keyboard alone, in both themes, left to right and right to left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from investigations.domain import consumers, recall_matching
from investigations.models import ConsumerNotice, RecallAlert, RecallMatch
from tests.enforcement.ground import Ground
from tests.investigations import recalls as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def matched(ground: Ground) -> RecallAlert:
    ground.listing("Magnetix 601-1004 magnet set", description="The game that connects. Lot I0-2501515.")
    ground.listing("Building set", ean="8710124155013", brand="Magnetix")
    ground.listing("Box for Magnetix 601-1004")
    ground.listing("Magnetix magnetic toy, 80 parts")
    alert = make.alert()
    recall_matching.match_owed(timezone.now())
    return alert


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_a_recall_is_worked_through_by_keyboard(
    page_of: Callable[..., Page],
    ground: Ground,
    check_accessibility: Callable[[Page], None],
    language: str,
    scheme: str,
) -> None:
    ground.sela.language = language
    ground.sela.save()
    alert = matched(ground)
    page = page_of(ground.sela, color_scheme=scheme)
    for path in ("/recalls/", "/recalls/bring-in/", f"/recalls/{alert.pk}/"):
        page.goto(path)
        check_accessibility(page)
    rows = page.locator("#candidates [data-row]")
    expect(rows).to_have_count(4)
    page.keyboard.press("y")
    expect(rows).to_have_count(3)
    page.keyboard.press("y")
    expect(rows).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(rows).to_have_count(1)
    page.keyboard.press("x")
    expect(page.locator("#several")).to_be_visible()
    check_accessibility(page)
    page.locator("#several button[value=no]").click()
    expect(rows).to_have_count(2)  # what was found
    assert sorted(RecallMatch.objects.values_list("state", flat=True)) == [
        "confirmed",
        "confirmed",
        "rejected",
        "rejected",
    ]
    page.keyboard.press("d")
    page.wait_for_url("**/act/")
    check_accessibility(page)
    page.locator("#id_policy").select_option(str(ground.policy.pk))
    page.locator("#id_remedy").fill("A full refund, free of charge.")
    page.locator("form.form [type=submit]").click()
    page.wait_for_url(f"**/recalls/{alert.pk}/")
    consumers.hand_over_due(timezone.now() + timedelta(minutes=1))
    page.reload()
    page.get_by_role("button").filter(has=page.locator("use[href$=mail]")).click()
    check_accessibility(page)
    assert ConsumerNotice.objects.get().state == "handed"
