"""Decisions as staff see them: who reads, what stands there, taking one back, sending a message again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import appeals, messages
from enforcement.enums import AppealChannel, DecisionState, MessageKind, MessageState
from enforcement.models import Decision, Message
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.factories.cases import person

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>"


def decided(ground: Ground, *titles: str, **more: Any) -> Decision:
    found = [ground.violation(ground.listing(title)) for title in titles or ("Ball",)]
    return ground.issue(found, Measure.REMOVE, at=timezone.now(), **more)


def url(decision: Decision, name: str = "decision", *more: int) -> str:
    return reverse(f"enforcement:{name}", args=[decision.reference, *more])


def items(decision: Decision) -> list[int]:
    return list(decision.items.order_by("pk").values_list("pk", flat=True))


def test_the_list_leads_to_the_decision(client: Client, ground: Ground) -> None:
    decision = decided(ground)
    client.force_login(ground.mona)
    page = client.get(reverse("enforcement:decisions")).content.decode()
    assert url(decision) in page
    assert "Strong loose magnets in toys" in page


@pytest.mark.parametrize(
    ("query", "shown"), [("undelivered=true", False), ("state=in_force", True), ("q=nordlicht", True)]
)
def test_the_list_is_filtered(client: Client, ground: Ground, query: str, *, shown: bool) -> None:
    decision = decided(ground)
    client.force_login(ground.mona)
    page = client.get(f"{reverse('enforcement:decisions')}?{query}").content.decode()
    assert (decision.reference in page) is shown


def test_a_merchant_who_was_not_reached_is_found(client: Client, ground: Ground) -> None:
    ground.merchant.email = ""
    ground.merchant.save()
    decision = decided(ground)
    client.force_login(ground.sela)
    assert decision.reference in client.get(f"{reverse('enforcement:decisions')}?undelivered=true").content.decode()
    page = client.get(url(decision)).content.decode()
    assert "The merchant has no e-mail address." in page
    assert "Send it again" in page


def test_sent_again_once_there_is_an_address(client: Client, ground: Ground) -> None:
    ground.merchant.email = ""
    ground.merchant.save()
    decision = decided(ground)
    message = Message.objects.get()
    client.force_login(ground.sela)
    client.post(url(decision, "message-again", message.pk))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    ground.merchant.email = "new@merchant.example"
    ground.merchant.save()
    client.post(url(decision, "message-again", message.pk))
    assert messages.deliver(message_id=message.pk, at=timezone.now()) is True


def test_everything_about_it_is_on_the_page(client: Client, ground: Ground) -> None:
    decision = decided(ground, "Ball", "Cube")
    appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=timezone.now())
    client.force_login(ground.sela)
    page = client.get(url(decision)).content.decode()
    for part in (
        "Ball",
        "Cube",
        "In force",
        "As the guidance says.",
        "Legal basis: EN 71-1",
        "Statement of reasons",
        "AP-",
    ):
        assert part in page, part


def test_what_a_merchant_writes_stays_text(client: Client, ground: Ground) -> None:
    ground.merchant.name = NASTY
    ground.merchant.save()
    decision = decided(ground, NASTY)
    client.force_login(ground.sela)
    assert NASTY not in client.get(url(decision)).content.decode()


def test_reversed_in_part_from_the_page(client: Client, ground: Ground) -> None:
    decision = decided(ground, "Ball", "Cube")
    client.force_login(ground.tilda)
    client.post(url(decision, "decision-reverse"), {"items": items(decision)[:1], "reason": "The ball is wood."})
    decision.refresh_from_db()
    assert decision.state == DecisionState.PARTLY_REVERSED
    assert "The ball is wood." in Message.objects.get(kind=MessageKind.RESTORED).text
    assert "Reversed by us" in client.get(url(decision)).content.decode()


@pytest.mark.parametrize("data", [{"reason": "Nothing ticked."}, {"items": [0], "reason": "x"}, {"reason": ""}])
def test_what_is_missing_comes_back(client: Client, ground: Ground, data: dict[str, Any]) -> None:
    decision = decided(ground)
    filled = data | ({"items": items(decision)} if not data["reason"] else {})
    client.force_login(ground.tilda)
    assert client.post(url(decision, "decision-reverse"), filled).status_code == 422
    decision.refresh_from_db()
    assert decision.state == DecisionState.IN_FORCE


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR, Role.GOVERNANCE_MANAGER, Role.INVESTIGATOR])
def test_only_seniors_reverse(client: Client, ground: Ground, role: Role) -> None:
    decision = decided(ground)
    client.force_login(person("olga", role))
    assert client.get(url(decision)).status_code == 200
    assert 'id="reverse"' not in client.get(url(decision)).content.decode()
    answer = client.post(url(decision, "decision-reverse"), {"items": items(decision), "reason": "x"})
    assert answer.status_code == 403
    assert client.post(url(decision, "message-again", Message.objects.get().pk)).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR])
def test_who_has_no_business_with_cases_does_not_read(client: Client, ground: Ground, role: Role) -> None:
    client.force_login(person("olga", role))
    assert client.get(url(decided(ground))).status_code == 403
    assert client.get(reverse("enforcement:decisions")).status_code == 403


def test_another_market_s_decision_is_not_there(client: Client, ground: Ground) -> None:
    decision = decided(ground)
    client.force_login(person("frida", Role.TEAM_LEAD, markets=["FR"]))
    assert client.get(url(decision)).status_code == 404
    assert client.post(url(decision, "decision-reverse"), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        decided(ground, f"Ball {number}")
    client.force_login(ground.sela)
    client.get(reverse("enforcement:decisions"))
    with django_assert_num_queries(6):
        client.get(reverse("enforcement:decisions"))


@pytest.mark.parametrize("listings", [1, 3])
def test_a_decision_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, listings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decision = decided(ground, *(f"Ball {number}" for number in range(listings)))
    client.force_login(ground.sela)
    client.get(url(decision))
    with django_assert_num_queries(15):
        client.get(url(decision))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_a_lead_reverses_by_keyboard(
    page_of: Callable[..., Page], check_accessibility: Callable[[Page], None], scheme: str
) -> None:
    ground = Ground()
    decision = decided(ground, "Magnetwürfel", "كرات مغناطيسية")
    page = page_of(ground.tilda, color_scheme=scheme)
    page.goto(reverse("enforcement:decisions"))
    check_accessibility(page)
    page.goto(url(decision))
    check_accessibility(page)
    page.keyboard.press("r")
    page.locator("#reason").fill("Both are wood.")
    check_accessibility(page)
    page.get_by_role("button", name="Reverse what is ticked").press("Enter")
    page.get_by_text("Reversed for 2 listings").wait_for()
    check_accessibility(page)
    decision.refresh_from_db()
    assert decision.state == DecisionState.REVERSED
