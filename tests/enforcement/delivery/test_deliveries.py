"""Delivery over a real connection: in order, signed, repeated with the same id, and never held up by one that hangs."""

import base64
import hmac
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import product
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection

from enforcement import tasks
from enforcement.domain import decisions, deliveries, fan_out, signatures, webhooks
from enforcement.enums import DELIVERY_MOVES, DeliveryState, EndpointState
from enforcement.models import Decision, Delivery, DeliveryAttempt, DeliveryEvent, WebhookEndpoint
from enforcement.queries import deliveries as queries
from enforcement.queries.deliveries import Chosen
from governance.accounts.models import User
from governance.cli.drills._receiver import Receiver
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db(transaction=True)
SOON = NOON + timedelta(minutes=1)
Decide = Callable[..., Decision]
Flow = Callable[..., int]


@pytest.fixture
def ground() -> Ground:
    return Ground()


def types(receiver: Receiver) -> list[str]:
    return [each.event["type"] for each in receiver.got]


def states(endpoint: WebhookEndpoint) -> list[str]:
    return list(endpoint.deliveries.order_by("event").values_list("state", flat=True))


def test_everything_goes_out_once_in_order_and_signed(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    decide()
    flow(endpoint)
    flow(endpoint)
    assert types(receiver) == ["decision.issued", "listing.visibility_changed"]
    got = receiver.got[0]
    secret = base64.b64decode(signatures.secret(endpoint.salt).removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.headers["webhook-timestamp"] == str(int(SOON.timestamp()))
    assert got.headers["webhook-id"] == got.event["id"] == DeliveryEvent.objects.order_by("pk")[0].public_id
    assert got.event["cursor"] == "1"
    assert states(endpoint) == ["accepted", "accepted"]


def test_only_what_was_asked_for(admin: User, receiver: Receiver, decide: Decide, flow: Flow) -> None:
    wanted = ["listing.visibility_changed"]
    endpoint, _secret = webhooks.create(name="Shop", url=receiver.url, types=wanted, actor=admin, at=NOON)
    decide()
    flow(endpoint)
    assert types(receiver) == wanted


@pytest.mark.parametrize("manner", ["500", "302", "hang", "drip", "cut"])
def test_a_failure_is_tried_again_with_the_same_id(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow, settings: LazySettings, manner: str
) -> None:
    settings.WEBHOOK_TIMEOUT = 0.5
    receiver.manner = lambda _event: manner
    decide()
    began = time.monotonic()
    flow(endpoint)
    assert time.monotonic() - began < 5
    first = endpoint.deliveries.order_by("event")[0]
    tried = first.tries.get()
    assert (first.state, first.attempts) == ("owed", 1)
    assert timedelta(seconds=4) <= first.next_try_at - SOON <= timedelta(seconds=6)
    assert tried.status == {"500": 500, "302": 302}.get(manner)
    assert manner in ("500", "302") or tried.error != ""
    flow(endpoint)  # not yet
    assert len(receiver.got) == 1
    receiver.manner = lambda _event: "ok"
    flow(endpoint, SOON + timedelta(seconds=10))
    assert types(receiver) == ["decision.issued", "decision.issued", "listing.visibility_changed"]
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
    assert receiver.got[0].body == receiver.got[1].body
    assert states(endpoint) == ["accepted", "accepted"]


@pytest.mark.parametrize("manner", ["twice", "long", "drip body"])
def test_what_was_answered_with_yes_is_not_sent_again(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow, settings: LazySettings, manner: str
) -> None:
    settings.WEBHOOK_TIMEOUT = 0.5
    receiver.manner = lambda _event: manner
    decide()
    flow(endpoint)
    assert len(receiver.got) == 2
    assert states(endpoint) == ["accepted", "accepted"]
    assert max(len(each.response_body) for each in DeliveryAttempt.objects.all()) <= deliveries.KEPT_BODY


def test_the_log_keeps_no_signature_and_no_cookie(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    receiver.manner = lambda event: "echo" if event["type"] == "decision.issued" else "500"
    decide()
    flow(endpoint)
    heard, broken = DeliveryAttempt.objects.order_by("pk")
    assert heard.response_body == "v1,… � heard"
    assert heard.request_headers["webhook-signature"] == "v1,…"
    assert broken.response_headers["set-cookie"] == "…"
    assert broken.response_body == "broken"


def test_one_listing_waits_for_its_own_and_no_other(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    receiver.manner = lambda event: "500" if event["subject"]["listing"] == "sku-1" else "ok"
    stuck, _free = decide("Ball"), decide("Cube")
    decisions.reverse(decision=stuck, actor=stuck.decided_by, reason="No.", at=NOON)
    flow(endpoint)
    of_stuck = [each.event["type"] for each in receiver.got if each.event["subject"]["listing"] == "sku-1"]
    assert of_stuck == ["decision.issued"]
    assert [each.event["subject"]["listing"] for each in receiver.accepted] == ["sku-2", "sku-2"]


def test_five_hundreds_for_a_day_and_then_success(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow, settings: LazySettings
) -> None:
    settings.WEBHOOK_PAUSE_AFTER_HOURS = 48
    receiver.manner = lambda _event: "500"
    for number in range(6):
        decide(f"Ball {number}")
    at = SOON
    while at < SOON + timedelta(hours=24):
        flow(endpoint, at)
        at += timedelta(minutes=5)
    asked = len(receiver.got)
    assert 80 < asked < 300  # one at a time, every ten minutes at most
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("active", SOON)
    receiver.manner = lambda _event: "ok"
    flow(endpoint, at + timedelta(minutes=15))
    assert len(receiver.got) == asked + 12
    assert set(states(endpoint)) == {"accepted"}
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_refusing_everything_for_a_day_pauses_the_endpoint_and_resuming_loses_nothing(
    endpoint: WebhookEndpoint, admin: User, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    receiver.manner = lambda _event: "500"
    decide("Ball")
    flow(endpoint)
    flow(endpoint, SOON + timedelta(hours=25))
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.paused_by_failure) == (EndpointState.PAUSED, True)
    decide("Cube")
    receiver.manner, later = (lambda _event: "ok"), SOON + timedelta(days=30)
    assert flow(endpoint, later) == 1
    assert receiver.accepted == []
    webhooks.resume(endpoint=endpoint, actor=admin, at=later)
    flow(endpoint, later)
    assert len(receiver.accepted) == 4


def test_given_up_after_three_days_and_the_next_one_goes_on(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    receiver.manner = lambda event: "500" if event["type"] == "decision.issued" else "ok"
    decide("Ball")
    for hours in (0, 20, 40, 60, 80, 81):
        at = SOON + timedelta(hours=hours)
        flow(endpoint, at)
        receiver.got.clear()
        if hours == 0:
            decide("Cube")
        WebhookEndpoint.objects.update(failing_since=None)  # other subjects are accepted meanwhile
    first = endpoint.deliveries.order_by("event")[0]
    assert first.state == DeliveryState.GIVEN_UP
    assert endpoint.deliveries.order_by("event")[1].state == DeliveryState.ACCEPTED


def test_an_endpoint_that_hangs_does_not_hold_up_another(
    admin: User, receiver: Receiver, decide: Decide, settings: LazySettings
) -> None:
    settings.WEBHOOK_TIMEOUT = 1
    with Receiver(manner=lambda _event: "hang") as deaf:
        slow, _secret = webhooks.create(name="Deaf", url=deaf.url, types=[], actor=admin, at=NOON)
        good, _secret = webhooks.create(name="Shop", url=receiver.url, types=[], actor=admin, at=NOON)
        for number in range(20):
            decide(f"Ball {number}")
        fan_out.spread(at=SOON)
        began = time.monotonic()
        deliveries.run(endpoint_id=slow.pk, clock=lambda: SOON)
        assert time.monotonic() - began < 4  # the round's time, not twenty time-outs
        deliveries.run(endpoint_id=good.pk, clock=lambda: SOON)
        assert len(receiver.accepted) == 20
        asked = len(deaf.got)
        slow.refresh_from_db()
        assert queries.due_endpoints(SOON) == [good.pk]
        assert deliveries.run(endpoint_id=slow.pk, clock=lambda: slow.next_try_at) is False
        assert len(deaf.got) == asked + 1


def test_two_workers_at_once_send_each_once(endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide) -> None:
    for number in range(10):
        decide(f"Ball {number}")
    fan_out.spread(at=SOON)
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        while deliveries.run(endpoint_id=endpoint.pk, clock=lambda: SOON):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(receiver.got) == len({each.event["id"] for each in receiver.got}) == 20
    assert receiver.most_open <= deliveries.CONNECTIONS


def test_a_killed_workers_claim_runs_out(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide()
    fan_out.spread(at=SOON)
    deliveries._claim(endpoint.pk, SOON)  # and then it is killed
    assert deliveries.run(endpoint_id=endpoint.pk, clock=lambda: SOON) is False
    assert receiver.got == []
    later = SOON + deliveries.lease()
    assert queries.due_endpoints(later) == [endpoint.pk]
    assert deliveries.run(endpoint_id=endpoint.pk, clock=lambda: later) is True
    assert types(receiver) == ["decision.issued"]


def test_a_worker_that_was_stopped_too_long_writes_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, decide: Decide
) -> None:
    decide()
    fan_out.spread(at=SOON)
    claimed = deliveries._claim(endpoint.pk, SOON)
    assert claimed is not None
    outcomes = deliveries._send_all(*claimed, lambda: SOON)
    later = SOON + deliveries.lease()
    assert deliveries.run(endpoint_id=endpoint.pk, clock=lambda: later) is True
    assert deliveries._settle(claimed[0], outcomes, later) is False
    assert Delivery.objects.order_by("event")[0].attempts == DeliveryAttempt.objects.count() == 1
    assert len({each.headers["webhook-id"] for each in receiver.got}) == 1


def test_both_secrets_sign_until_the_old_one_ends(
    endpoint: WebhookEndpoint, admin: User, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    old = endpoint.salt
    told = webhooks.rotate(endpoint=endpoint, actor=admin, at=NOON)
    endpoint.refresh_from_db()
    assert told == signatures.secret(endpoint.salt) != signatures.secret(old)
    decide("Ball")
    flow(endpoint)
    decide("Cube")
    flow(endpoint, NOON + timedelta(hours=24))
    for got, salts in ((receiver.got[0], [endpoint.salt, old]), (receiver.got[-1], [endpoint.salt])):
        parts = got.headers["webhook-id"], got.headers["webhook-timestamp"], got.body
        assert got.headers["webhook-signature"].split() == [signatures.sign(salt, *parts) for salt in salts]


def test_a_replay_repeats_what_was_accepted_and_adds_what_was_before_the_endpoint(
    admin: User, receiver: Receiver, decide: Decide, flow: Flow
) -> None:
    decide("Before")
    fan_out.spread(at=NOON)
    endpoint, _secret = webhooks.create(name="Shop", url=receiver.url, types=[], actor=admin, at=NOON)
    decide("After")
    flow(endpoint)
    ids = [each.event["id"] for each in receiver.got]
    endpoint.refresh_from_db()
    for chosen, count in ((Chosen(number=4), 1), (Chosen(since=NOON), 4), (Chosen(since=SOON), 0)):
        assert queries.replayed(endpoint, chosen) == count
    assert deliveries.replay(endpoint=endpoint, chosen=Chosen(number=1), actor=admin, at=SOON) == 4
    assert deliveries.replay(endpoint=endpoint, chosen=Chosen(number=1), actor=admin, at=SOON) == 0
    flow(endpoint, SOON + timedelta(seconds=1))
    assert len(receiver.got) == 6
    assert {each.event["id"] for each in receiver.got[2:]} > set(ids)
    webhooks.pause(endpoint=endpoint, actor=admin, at=SOON)
    with pytest.raises(MoveRefused):
        deliveries.replay(endpoint=endpoint, chosen=Chosen(number=1), actor=admin, at=SOON)


def test_a_test_goes_to_one_endpoint_and_is_in_no_stream(
    endpoint: WebhookEndpoint, admin: User, receiver: Receiver, flow: Flow
) -> None:
    other, _secret = webhooks.create(name="Other", url=receiver.url, types=[], actor=admin, at=NOON)
    deliveries.send_test(endpoint=endpoint, actor=admin, at=NOON)
    flow(endpoint)
    flow(other)
    assert types(receiver) == ["webhook.test"]
    assert queries.stream(after=0, types=[], limit=5).events == []
    webhooks.pause(endpoint=endpoint, actor=admin, at=SOON)
    with pytest.raises(MoveRefused):
        deliveries.send_test(endpoint=endpoint, actor=admin, at=SOON)


@pytest.mark.parametrize(("was", "to"), list(product(DeliveryState, DeliveryState)))
def test_every_move_of_a_delivery(
    endpoint: WebhookEndpoint, decide: Decide, was: DeliveryState, to: DeliveryState
) -> None:
    decide()
    fan_out.spread(at=NOON)
    row = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=row.pk).update(state=was, accepted_at=NOON if was == DeliveryState.ACCEPTED else None)
    row.refresh_from_db()
    if to in DELIVERY_MOVES[was]:
        deliveries._move([row], to, at=SOON)
        row.refresh_from_db()
        assert row.state == to
    else:
        with pytest.raises(MoveRefused):
            deliveries._move([row], to, at=SOON)


@pytest.mark.workers
def test_a_worker_delivers_what_is_decided_without_being_asked(
    worker: Any, admin: User, receiver: Receiver, ground: Ground, settings: LazySettings
) -> None:
    """It is a process of its own with the product's settings, and so it refuses the address at the connection."""
    cache.delete(tasks.SPREAD_ASKED)  # earlier tests asked nobody
    now = datetime.now(NOON.tzinfo)
    endpoint, _secret = webhooks.create(name="Shop", url=receiver.url, types=[], actor=admin, at=now)
    ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, at=now)
    until = time.monotonic() + 30
    while time.monotonic() < until and not DeliveryAttempt.objects.exists():
        time.sleep(0.1)
    tried = DeliveryAttempt.objects.order_by("pk")[0]
    assert tried.error == "The address must begin with https://."
    assert states(endpoint)[0] == "owed"
    assert receiver.got == []
