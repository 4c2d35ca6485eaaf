"""The administrator at work in Chromium: add an endpoint, see it fail, replace its secret, send again; by keyboard, in both themes."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from enforcement.domain import fan_out
from enforcement.models import Decision, Delivery, WebhookEndpoint
from governance.accounts.models import User
from governance.cli.drills._receiver import Receiver
from tests.enforcement.ground import Ground

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def fill(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Callable[..., Decision], flow: Callable[..., int]
) -> list[str]:
    """Accepted, failing and given up deliveries; the pages that show them."""
    now = timezone.now()
    receiver.manner = lambda event: "500" if event["subject"]["listing"] == "sku-2" else "ok"
    for number in range(12):
        decide(f"Magnet cube {number}", at=now)
    flow(endpoint, now)
    last = Delivery.objects.order_by("-pk")[0]
    Delivery.objects.filter(pk=last.pk).update(state="given_up", accepted_at=None)
    WebhookEndpoint.objects.update(failing_since=now - timedelta(hours=3), failures=7)
    failed = Delivery.objects.filter(state="owed", attempts=1).order_by("pk")[0]
    paths = [
        reverse(f"enforcement:{name}", args=[endpoint.pk]) for name in ("webhook", "webhook-edit", "webhook-replay")
    ]
    paths[-1] += "?since=2026-01-01T00:00"
    return [*paths, reverse("enforcement:delivery-one", args=[failed.pk])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("width", [1440, 1280])
def test_the_pages_are_accessible_and_fit(
    page_of: Callable[..., "Page"],
    request: pytest.FixtureRequest,
    admin: User,
    check_accessibility: Callable[["Page"], None],
    scheme: str,
    full: bool,
    width: int,
) -> None:
    paths = [
        reverse("enforcement:delivery"),
        reverse("enforcement:delivery-log"),
        reverse("enforcement:webhook-create"),
    ]
    if full:
        names = ("endpoint", "receiver", "decide", "flow")
        paths += fill(*[request.getfixturevalue(name) for name in names])
    page = page_of(admin, color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        check_accessibility(page)
        sizes = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert sizes[0] <= sizes[1], path
    assert told == []


def test_an_endpoint_is_added_tested_paused_and_its_secret_replaced_by_keyboard(
    page_of: Callable[..., "Page"], admin: User, receiver: Receiver, flow: Callable[..., int]
) -> None:
    page = page_of(admin, reduced_motion="reduce")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.get_by_role("heading", name="Delivery").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("n")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").fill("Shop")
    dialog.get_by_label("Address").fill(receiver.url)
    dialog.get_by_role("button", name="Add the endpoint").press("Enter")
    expect(page.locator("#webhook-secret")).to_contain_text("whsec_")
    page.get_by_role("link", name="I have kept it").press("Enter")
    page.get_by_role("heading", name="Shop").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("t")
    page.get_by_text("A test event is on its way.").wait_for()
    endpoint = WebhookEndpoint.objects.get()
    flow(endpoint, timezone.now())
    assert [each.event["type"] for each in receiver.accepted] == ["webhook.test"]
    page.reload()
    page.get_by_role("link", name="Test event").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("p")
    page.get_by_role("button", name="Resume").wait_for()
    page.get_by_role("button", name="Replace the secret").press("Enter")
    page.get_by_role("button", name="Make a new secret").press("Enter")
    expect(page.locator("#webhook-secret")).to_contain_text("whsec_")
    fan_out.spread(at=timezone.now())
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.old_salt != "") == ("paused", True)
