"""The page on which the buyers of an illegal product are told, and the ways to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import decisions
from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from investigations.domain import cases, claims, orders
from investigations.enums import Verdict
from investigations.models import ConsumerNotice
from listings.models import Listing, Market, OrderLine
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.factories.cases import person
from tests.investigations import orders as make_orders

pytestmark = pytest.mark.django_db
FIELDS = {
    "what": "Ball", "hazard": "Magnets come loose.", "what_to_do": "Stop using it.", "remedy": "A refund.",
    "language": "en",
}  # fmt: skip
LINK = "Tell the buyers"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def url(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def removed(ground: Ground, *titles: str) -> Decision:
    found = [ground.violation(ground.listing(title)) for title in titles or ("Ball",)]
    return ground.issue(found, Measure.REMOVE, at=timezone.now())


def bought(buyer: str) -> None:
    OrderLine.objects.create(
        order_id=f"O-{buyer}", listing=Listing.objects.order_by("pk")[0], market=Market.objects.get(pk="DE"),
        ordered_at=timezone.now() - timedelta(days=3), amount_minor=100, currency="EUR", buyer=buyer,
    )  # fmt: skip


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_they_are_told_from_the_decision_and_a_second_time_says_so(client: Client, ground: Ground) -> None:
    decision = removed(ground)
    bought("B-17")
    client.force_login(ground.mona)
    path, page = url("buyers-of", decision.reference), reverse("enforcement:decision", args=[decision.reference])
    assert f'href="{path}"' in text(client, page)
    assert LINK in text(client, page)
    form = text(client, path)
    for said in ("Whom it concerns", "<dd>1</dd>", "Strong loose magnets may not be sold as toys."):
        assert said in form
    refused = client.post(path, FIELDS | {"hazard": "Only a precautionary notice."})
    assert (refused.status_code, "“precautionary” makes the hazard smaller" in refused.content.decode()) == (422, True)
    assert "Stop using it." in refused.content.decode()
    assert "To be handed over" in client.post(path, FIELDS, follow=True).content.decode()
    again = client.post(path, FIELDS | {"what": "Another"}, follow=True).content.decode()
    assert "told of" in again
    notice = ConsumerNotice.objects.get()
    assert (notice.what, notice.created_by) == ("Ball", ground.mona)
    assert "Sold by: Nordlicht Spielwaren" in text(client, path)
    assert LINK not in text(client, page)
    published = client.post(url("consumer-published", notice.reference), {"where": "https://shop.example/ball"})
    assert published.headers["Location"] == path


@pytest.mark.parametrize(
    ("role", "reads", "tells"),
    [
        (Role.MODERATOR, True, True),
        (Role.TEAM_LEAD, True, True),
        (Role.AUDITOR, True, False),
        (Role.GOVERNANCE_MANAGER, True, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_who_may(client: Client, ground: Ground, role: Role, reads: bool, tells: bool) -> None:
    decision = removed(ground)
    client.force_login(person("olga", role))
    path = url("buyers-of", decision.reference)
    page = client.get(path)
    assert page.status_code == (200 if reads else 403)
    assert ('name="remedy"' in page.content.decode()) is tells
    assert (LINK in text(client, reverse("enforcement:decision", args=[decision.reference]))) is tells
    assert client.post(path, FIELDS).status_code == (302 if tells else 403)
    assert ConsumerNotice.objects.exists() is tells


def test_another_market_s_decision_is_not_there(client: Client, ground: Ground) -> None:
    decision = removed(ground)  # Germany
    client.force_login(person("fred", Role.MODERATOR, markets=["FR"]))
    assert client.post(url("buyers-of", decision.reference), FIELDS).status_code == 404
    assert not ConsumerNotice.objects.exists()


def test_what_was_taken_back_says_that_there_is_nothing_to_tell(client: Client, ground: Ground) -> None:
    decision = removed(ground)
    decisions.reverse(decision=decision, actor=ground.sela, reason="It is welded.", at=timezone.now())
    client.force_login(ground.mona)
    path = url("buyers-of", decision.reference)
    assert "There is nothing to tell" in text(client, path)
    assert client.post(path, FIELDS).status_code == 422
    assert LINK not in text(client, reverse("enforcement:decision", args=[decision.reference]))


def test_the_closed_case_leads_there_until_they_are_told(client: Client, ground: Ground) -> None:
    now = timezone.now()
    case = make.case(ground.policy, ground.merchant)
    claims.claim(case=case, person=ground.mona, at=now)
    verdicts = {item.pk: Verdict.VIOLATES for item in case.items.all()}
    fields: dict[str, Any] = {"measure": Measure.REMOVE, "reason": "Loose.", "markets": ["DE"]}
    cases.decide(case=case, verdicts=verdicts, actor=ground.mona, at=now, **fields)
    path = url("buyers-of", Decision.objects.get().reference)
    client.force_login(ground.mona)
    assert f'href="{path}"' in text(client, url("case", case.pk))
    client.post(path, FIELDS)
    assert f'href="{path}"' not in text(client, url("case", case.pk))


def test_the_order_leads_there_once_for_each_decision(client: Client, ground: Ground) -> None:
    now = timezone.now()
    things = [ground.listing("Ball"), ground.listing("Cube")]
    order = make_orders.received(ground.sela, *things, received_at=now)
    orders.check(order=order, missing=[], note="", goes_on=False, actor=ground.sela, at=now)
    order.refresh_from_db()
    make_orders.act(ground, order)
    path = url("buyers-of", Decision.objects.get().reference)
    client.force_login(ground.sela)
    assert text(client, url("authority-order", order.reference)).count(f'href="{path}"') == 1


@pytest.mark.parametrize("listings", [1, 3])
def test_it_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, listings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decision = removed(ground, *(f"Ball {number}" for number in range(listings)))
    client.force_login(ground.mona)
    path = url("buyers-of", decision.reference)
    client.get(path)
    with django_assert_num_queries(9):
        client.get(path)
