"""Orders over the API: on record once, read with what became of each thing, counted for the transparency report."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.domain import api_keys
from governance.accounts.enums import Scope
from investigations.domain import order_intake, orders
from investigations.enums import NoticeGround, OrderKind
from investigations.models import AuthorityOrder
from investigations.queries import order_totals
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.orders import SOON, act, checked, given, received, send_all

pytestmark = pytest.mark.django_db
PATH = "/api/v1/authority-orders"
READ, WRITE = Scope.AUTHORITY_READ, Scope.AUTHORITY_WRITE


@pytest.fixture
def ground() -> Ground:
    return Ground()


def key(*scopes: Scope) -> dict[str, str]:
    secret = api_keys.create(name=" ".join(scopes), scopes=scopes, actor=None, at=timezone.now())[1]
    return {"authorization": f"Bearer {secret}"}


def post(client: Client, body: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
    return client.post(PATH, json.dumps(body), content_type="application/json", headers=headers)  # type: ignore[return-value]


def body(ground: Ground, **more: Any) -> dict[str, Any]:
    return {
        "kind": "safety", "authority": "Marktwächter Nord", "country": "DE", "number": "9/26", "markets": ["DE"],
        "items": [f"L-{ground.listing('Ball').pk}", "nothing here"], "received_at": NOON.isoformat(), "ground": "unsafe",
    } | more  # fmt: skip


def test_it_comes_in_once_and_what_is_unknown_is_said(client: Client, ground: Ground) -> None:
    headers, wanted = key(READ, WRITE), body(ground)
    made = post(client, wanted, headers)
    assert made.status_code == 201
    told = json.loads(made.content)
    assert [(each["named"], each["outcome"]) for each in told["items"]] == [
        (wanted["items"][0], "open"),
        ("nothing here", "unknown"),
    ]
    assert (told["state"], told["due_at"][:10]) == ("received", "2026-11-25")
    again = post(client, wanted | {"number": "9 / 26", "items": ["other"]}, headers)
    assert (again.status_code, json.loads(again.content)) == (200, told)
    unread = post(client, wanted, key(WRITE))
    assert (unread.status_code, json.loads(unread.content)) == (200, {"reference": told["reference"]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []}, {"kind": "x"}, {"country": "de"}, {"number": " "}, {"received_at": "2999-01-01T00:00:00Z"},
        {"tell_after": "2020-01-01T00:00:00Z"}, {"markets": ["Germany"]},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(client: Client, ground: Ground, wrong: dict[str, Any]) -> None:
    answer = post(client, body(ground, **wrong), key(WRITE))
    assert answer.status_code in (400, 409, 422)
    assert answer["Content-Type"] == "application/problem+json"
    assert AuthorityOrder.objects.count() == 0


def test_each_scope_opens_its_own_and_no_other(client: Client, ground: Ground) -> None:
    order, headers = received(ground.sela, "x"), key(WRITE)
    for path in (PATH, f"{PATH}/{order.reference}", f"{PATH}/totals?since=2026-11-01&until=2026-11-30"):
        assert client.get(path, headers=headers).status_code == 403
    assert post(client, body(ground), {}).status_code in (401, 403)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(
    client: Client, ground: Ground, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for n in range(rows):
        received(ground.sela, *[ground.listing(f"{n} {m}") for m in range(rows)], number=f"{n}")
    headers = key(READ)
    client.get(PATH, headers=headers)
    with django_assert_num_queries(4):
        assert len(client.get(PATH, headers=headers).json()["results"]) == rows


def test_what_a_transparency_report_counts(client: Client, ground: Ground) -> None:
    unsafe, minors = NoticeGround.UNSAFE, NoticeGround.MINORS
    done = checked(ground.sela, ground.listing("Ball"), "x", ground=unsafe, kind=OrderKind.SAFETY)
    act(ground, done, at=NOON + timedelta(hours=5))
    orders.complete(order=done, note="", actor=ground.sela, at=NOON + timedelta(hours=5) + SOON)
    send_all(NOON + timedelta(minutes=20))
    received(ground.sela, "y", ground=minors, number="5", country="FR")
    received(ground.sela, ground.merchant.public_id, ground=minors, number="6", kind=OrderKind.INFORM)
    send_all(NOON + timedelta(hours=3))
    order_intake.receive(
        given=given("z", number="7", received_at=NOON - timedelta(days=60)), actor=ground.sela, at=NOON
    )
    found = client.get(f"{PATH}/totals", {"since": "2026-11-23", "until": "2026-11-23"}, headers=key(READ)).json()
    rows = {(each["country"], each["category"]): each for each in found}
    assert set(rows) == {
        ("TOTAL", "TOTAL"),
        ("DE", "TOTAL"),
        ("DE", "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"),
        ("DE", "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS"),
        ("FR", "TOTAL"),
        ("FR", "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"),
    }
    every = rows[("TOTAL", "TOTAL")]
    assert (every["act"], every["items"], every["act_effect_hours"]) == (2, 3, 5.0)
    assert (every["act_receipt_hours"], every["inform_receipt_hours"]) == (1.5, 3.0)  # within the hour is at once
    german = rows[("DE", "TOTAL")]
    assert (german["act"], german["act_receipt_hours"], german["inform"]) == (1, 0.0, 1)
    assert german["inform_effect_hours"] is None


def test_without_orders_there_is_the_total_alone() -> None:
    rows = order_totals.totals(AuthorityOrder.objects.all(), since=NOON.date(), until=NOON.date())
    assert [(row.country, row.act, row.act_effect_hours) for row in rows] == [("TOTAL", 0, None)]


def test_files_come_with_it_and_those_that_it_did_not_have_are_added(
    client: Client, ground: Ground, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    headers, plain = key(READ, WRITE), body(ground) | {"items": ["nothing here"]}

    def send(*contents: bytes) -> HttpResponse:
        files = [SimpleUploadedFile("order.pdf", each) for each in contents]
        return client.post(PATH, plain | {"files": files}, headers=headers)  # type: ignore[return-value]

    first = send(b"%PDF-1.7 one")
    assert first.status_code == 201, first.content
    assert len(json.loads(first.content)["files"]) == 1
    second = send(b"%PDF-1.7 one", b"%PDF-1.7 two")
    assert (second.status_code, len(json.loads(second.content)["files"])) == (200, 2)
    assert send(b"MZ a program").status_code in (400, 409, 422)
    assert AuthorityOrder.objects.get().files.count() == 2
