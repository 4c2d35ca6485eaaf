"""From a decision to its buyers, by keyboard, in a real browser."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page

from governance.policies.enums import Measure
from investigations.models import ConsumerNotice
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db(transaction=True)


def test_buyers_are_told_by_keyboard(page_of: Callable[..., Page], check_accessibility: Callable[[Page], None]) -> None:
    cache.clear()
    ground = Ground()
    decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, at=timezone.now())
    page = page_of(ground.mona)
    page.goto(f"/decisions/{decision.reference}/")
    page.keyboard.press("b")
    page.wait_for_url("**/buyers/of/**")
    check_accessibility(page)
    page.locator("#id_what_to_do").fill("Take it away from children.")
    page.locator("#id_remedy").fill("A full refund, free of charge.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("To be handed over").wait_for()
    page.emulate_media(color_scheme="dark")
    check_accessibility(page)
    assert ConsumerNotice.objects.get().decision == decision
