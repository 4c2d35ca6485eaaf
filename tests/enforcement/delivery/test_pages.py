"""The pages: administrators alone, every verb allowed, forbidden and in the wrong state, and a fixed number of queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import fan_out, signatures, webhooks
from enforcement.enums import EndpointState
from enforcement.models import Decision, Delivery, DeliveryAttempt, DeliveryEvent, WebhookEndpoint
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.cli.drills._receiver import Receiver
from tests.factories import cases
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
Decide = Callable[..., Decision]
VERBS = ("webhook-pause", "webhook-resume", "webhook-remove", "webhook-rotate", "webhook-test", "webhook-replay")


@pytest.fixture
def site(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def at(name: str, *args: object) -> str:
    return reverse(f"enforcement:{name}", args=args)


def pages(endpoint: WebhookEndpoint) -> list[str]:
    names = ("webhook", "webhook-edit", "webhook-replay")
    return [at("delivery"), at("delivery-log"), at("webhook-create"), *(at(name, endpoint.pk) for name in names)]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.APPROVER}))
def test_nobody_else_may_look_or_act(client: Client, endpoint: WebhookEndpoint, role: Role) -> None:
    client.force_login(cases.person("eve", role))
    assert {client.get(path).status_code for path in pages(endpoint)} == {403}
    assert {client.post(at(verb, endpoint.pk)).status_code for verb in VERBS} == {403}
    assert "g d" not in client.get("/").content.decode()
    assert WebhookEndpoint.objects.get().state == EndpointState.ACTIVE


def test_an_endpoint_is_added_and_its_secret_shown_once(site: Client, receiver: Receiver) -> None:
    assert "No endpoint yet" in site.get(at("delivery")).content.decode()
    said = {"name": "Shop", "url": receiver.url, "types": ["decision.issued"]}
    answer = site.post(at("webhook-create"), said)
    made = WebhookEndpoint.objects.get()
    assert signatures.secret(made.salt) in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert (made.name, made.url, made.types) == ("Shop", receiver.url, ["decision.issued"])
    for path in (at("webhook", made.pk), at("webhook-edit", made.pk)):
        assert "whsec_" not in site.get(path).content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "Shop", "url": "https://127.0.0.1/"}, "not a public address"),
        ({"name": "Shop", "url": "http://93.184.215.14/"}, "must begin with https"),
        ({"name": "Shop", "url": "https://no.such.invalid/"}, "is not known"),
        ({"name": "", "url": "https://93.184.215.14/"}, "required"),
        ({"name": "Old", "url": "https://93.184.215.14/"}, "Taken."),
    ],
)
def test_what_cannot_be_added_is_said_beside_the_field(
    site: Client, admin: User, settings: LazySettings, said: dict[str, str], told: str
) -> None:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = False
    webhooks.create(name="Old", url="https://93.184.215.14/", types=[], actor=admin, at=NOON)
    answer = site.post(at("webhook-create"), said)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert WebhookEndpoint.objects.count() == 1


def test_an_endpoint_is_changed(site: Client, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    url = receiver.url + "&more=1"
    assert site.post(at("webhook-edit", endpoint.pk), {"name": "Shop 2", "url": url}).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.url, endpoint.types) == ("Shop 2", url, [])
    assert site.post(at("webhook-edit", endpoint.pk), {"name": "Shop 2", "url": "x"}).status_code == 422


def test_paused_resumed_and_removed_each_in_its_state(site: Client, endpoint: WebhookEndpoint) -> None:
    steps = (
        ("webhook-resume", "active"), ("webhook-pause", "paused"), ("webhook-pause", "paused"), ("webhook-test", "paused"),
        ("webhook-resume", "active"), ("webhook-remove", "removed"), ("webhook-resume", "removed"), ("webhook-rotate", "removed"),
    )  # fmt: skip
    refused = []
    for verb, state in steps:
        page = site.post(at(verb, endpoint.pk), follow=True).content.decode()
        assert WebhookEndpoint.objects.get().state == state
        refused.append("cannot become" in page or "Resume it first" in page or "is removed" in page)
    assert refused == [True, False, True, True, False, False, True, True]
    assert DeliveryEvent.objects.count() == 0


def test_a_secret_is_replaced(site: Client, endpoint: WebhookEndpoint) -> None:
    old = endpoint.salt
    page = site.post(at("webhook-rotate", endpoint.pk)).content.decode()
    endpoint.refresh_from_db()
    assert endpoint.old_salt == old
    assert signatures.secret(endpoint.salt) in page
    assert "The old one signs, too" in site.get(at("webhook", endpoint.pk)).content.decode()


def test_a_replay_is_counted_before_it_is_done(site: Client, endpoint: WebhookEndpoint, decide: Decide) -> None:
    decide()
    fan_out.spread(at=NOON)
    Delivery.objects.update(state="accepted", accepted_at=NOON)
    first = DeliveryEvent.objects.order_by("number")[0]
    path = at("webhook-replay", endpoint.pk)
    assert "Send 2 events again" in site.get(path, {"event": first.public_id}).content.decode()
    assert "Send 2 events again" in site.get(path, {"since": "2026-11-23T00:00"}).content.decode()
    assert "Nothing: from then on" in site.get(path, {"since": "2026-11-24T00:00"}).content.decode()
    for wrong in (
        {"event": "evt_1"},
        {"event": "evt_" + "0" * 32},
        {"since": "2026-11-23T00:00", "event": first.public_id},
    ):
        assert site.get(path, wrong).status_code == 422
    assert Delivery.objects.filter(state="owed").count() == 0
    site.post(path, {"event": first.public_id})
    assert Delivery.objects.filter(state="owed").count() == 2


def test_one_that_refuses_everything_says_so(site: Client, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(hours=2), failures=6)
    assert "It refuses everything." in site.get(at("webhook", endpoint.pk)).content.decode()
    assert "Refuses everything" in site.get(at("delivery")).content.decode()
    WebhookEndpoint.objects.update(state="paused", paused_by_failure=True)
    assert "Paused: it refused everything." in site.get(at("webhook", endpoint.pk)).content.decode()


def test_one_delivery_shows_what_was_sent_and_what_came_back(
    site: Client, endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Callable[..., int]
) -> None:
    receiver.manner = lambda _event: "500"
    decide()
    fan_out.spread(at=NOON)
    row = Delivery.objects.order_by("event")[0]
    assert "Not sent yet" in site.get(at("delivery-one", row.pk)).content.decode()
    flow(endpoint)
    page = site.get(at("delivery-one", row.pk)).content.decode()
    for part in ("broken", "500", "webhook-signature: v1,…", row.event.public_id, "decision.issued"):
        assert part in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_a_fixed_number_of_queries(
    site: Client,
    admin: User,
    receiver: Receiver,
    decide: Decide,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        webhooks.create(name=f"Shop {number}", url=receiver.url, types=[], actor=admin, at=NOON)
        decide(f"Ball {number}")
    fan_out.spread(at=NOON)
    one = Delivery.objects.order_by("pk")[0]
    DeliveryAttempt.objects.bulk_create(
        [DeliveryAttempt(delivery=one, number=n + 1, began_at=NOON, milliseconds=3, status=500) for n in range(rows)]
    )
    counts = {
        at("delivery"): 5,
        at("delivery-log"): 7,
        at("webhook", one.endpoint_id): 6,
        at("delivery-one", one.pk): 5,
    }
    for path, count in counts.items():
        site.get(path)
        with django_assert_num_queries(count):
            assert site.get(path).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=sku-1", 2), ("q=nordlicht-spielwaren", 4), ("state=accepted", 0), ("type=decision.issued", 2)],
)
def test_the_log_is_filtered(site: Client, endpoint: WebhookEndpoint, decide: Decide, query: str, found: int) -> None:
    for title in ("Ball", "Cube"):
        decide(title)
    fan_out.spread(at=NOON)
    assert site.get(f"{at('delivery-log')}?{query}").content.decode().count("data-row=") == found
    event = DeliveryEvent.objects.order_by("pk")[0].public_id
    assert site.get(f"{at('delivery-log')}?q={event}").content.decode().count("data-row=") == 1
