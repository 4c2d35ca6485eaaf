"""Cases over the API: scopes, what is seen, verbs, refusals as problems."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enforcement.models import Decision
from governance.accounts.domain import api_keys
from governance.accounts.enums import Scope
from governance.accounts.models import User
from investigations.domain import claims
from investigations.enums import CaseOutcome, CaseState
from investigations.models import Case
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.investigations.domain.test_notice_cases import report

pytestmark = pytest.mark.django_db
Headers = dict[str, str]
Key = Callable[..., Headers]


@pytest.fixture
def key(adam: User) -> Key:
    def key(*scopes: Scope) -> Headers:
        name = f"key {len(scopes)}"
        _key, secret = api_keys.create(name=name, scopes=list(scopes), actor=adam, at=timezone.now())
        return {"Authorization": f"Bearer {secret}"}

    return key


def post(client: Client, case: Case, verb: str, headers: Headers, body: dict[str, Any] | None = None) -> Any:
    path = f"/api/v1/cases/{case.pk}/{verb}"
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def verdicts(case: Case, *given: str) -> list[dict[str, Any]]:
    keys = case.items.order_by("pk").values_list("pk", flat=True)
    return [{"item": item, "verdict": verdict} for item, verdict in zip(keys, given, strict=False)]


def test_cases_are_listed_and_read_whole(client: Client, key: Key, case: Case) -> None:
    headers = key(Scope.CASES_READ)
    rows = client.get("/api/v1/cases?state=open", headers=headers).json()["results"]
    assert [(row["id"], row["merchant"], row["policy"], row["items_waiting"]) for row in rows] == [
        (case.pk, case.merchant.public_id, "magnets", 3)
    ]
    whole = client.get(f"/api/v1/cases/{case.pk}", headers=headers).json()
    assert [item["verdict"] for item in whole["items"]] == ["", "", ""]
    assert (whole["claim"], whole["decisions"]) == (None, [])


def test_the_filters_are_the_pages_own(client: Client, key: Key, case: Case) -> None:
    headers = key(Scope.CASES_READ)
    assert client.get("/api/v1/cases?late=true", headers=headers).json()["results"] == []
    assert len(client.get("/api/v1/cases?market=FR", headers=headers).json()["results"]) == 1
    assert client.get("/api/v1/cases?state=gone", headers=headers).status_code == 400


@pytest.mark.parametrize("scopes", [(Scope.LISTINGS_READ,), (Scope.CASES_WRITE,)])
def test_reading_needs_its_scope(scopes: tuple[Scope, ...], client: Client, key: Key, case: Case) -> None:
    assert client.get("/api/v1/cases", headers=key(*scopes)).status_code == 403


def test_working_needs_its_scope(client: Client, key: Key, case: Case) -> None:
    assert post(client, case, "claim", key(Scope.CASES_READ)).status_code == 403
    assert client.post(f"/api/v1/cases/{case.pk}/claim").status_code == 401


def test_a_case_is_claimed_and_decided(client: Client, key: Key, case: Case) -> None:
    headers = key(Scope.CASES_READ, Scope.CASES_WRITE)
    claimed = post(client, case, "claim", headers).json()
    assert claimed["claim"]["person"] == "Key key 2"

    body = {"verdicts": verdicts(case, "violates", "violates", "fine"), "measure": "remove", "reason": "As agreed."}
    answer = post(client, case, "decide", headers, body)

    assert answer.status_code == 200
    whole = answer.json()
    assert (whole["state"], whole["outcome"]) == (CaseState.CLOSED, CaseOutcome.DECIDED)
    assert [item["verdict"] for item in whole["items"]] == ["violates", "violates", "fine"]
    assert whole["decisions"][0]["decision"] == Decision.objects.get().reference


def test_deciding_without_the_claim_is_a_conflict(client: Client, key: Key, case: Case, kim: User) -> None:
    claims.claim(case=case, person=kim, at=timezone.now())
    body = {"verdicts": verdicts(case, "fine", "fine", "fine"), "reason": "As agreed."}

    answer = post(client, case, "decide", key(Scope.CASES_READ, Scope.CASES_WRITE), body)

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == f"{case} is with Kim."


def test_a_missing_verdict_is_refused_in_words(client: Client, key: Key, case: Case) -> None:
    headers = key(Scope.CASES_READ, Scope.CASES_WRITE)
    post(client, case, "claim", headers)
    body = {"verdicts": verdicts(case, "fine"), "reason": "As agreed."}

    answer = post(client, case, "decide", headers, body)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "2 listings have no verdict yet."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verdicts": [], "reason": "x"},
        {"verdicts": [{"item": 1, "verdict": "maybe"}], "reason": "x"},
        {"verdicts": [{"item": 1, "verdict": "fine"}]},
        {"verdicts": [{"item": 1, "verdict": "fine"}], "measure": "explode", "reason": "x"},
    ],
)
def test_wrong_bodies_get_a_clear_answer(body: dict[str, Any], client: Client, key: Key, case: Case) -> None:
    answer = post(client, case, "decide", key(Scope.CASES_READ, Scope.CASES_WRITE), body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("extend", {}, CaseState.IN_REVIEW),
        ("release", {}, CaseState.OPEN),
        ("skip", {"reason": "No time"}, CaseState.OPEN),
        ("hold", {"reason": "Unclear"}, CaseState.HELD),
    ],
)
def test_the_other_verbs(
    verb: str, body: dict[str, Any], state: CaseState, client: Client, key: Key, case: Case
) -> None:
    headers = key(Scope.CASES_READ, Scope.CASES_WRITE)
    post(client, case, "claim", headers)

    assert post(client, case, verb, headers, body).json()["state"] == state
    if verb != "extend":
        assert post(client, case, verb, headers, body).status_code == 409


def test_a_page_costs_the_same_at_one_and_three_cases(client: Client, key: Key, case: Case) -> None:
    headers = key(Scope.CASES_READ)
    client.get("/api/v1/cases", headers=headers)
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/cases", headers=headers)
    for slug in ("cords", "paint"):
        make.case(make.policy(slug), case.merchant)
    with CaptureQueriesContext(connection) as three:
        client.get("/api/v1/cases", headers=headers)
    assert len(three) == len(one)


def test_what_reporters_wrote_comes_out_with_the_scope_of_notices_alone(client: Client, key: Key) -> None:
    ground = Ground()
    (item,) = report(ground, "rina", ground.listing("Ball"))
    path = f"/api/v1/cases/{Case.objects.get(items__notice_items=item).pk}"
    alone = client.get(path, headers=key(Scope.CASES_READ))
    assert [each["notices"] for each in alone.json()["items"]] == [[]]
    assert b"Loose." not in alone.content
    both = client.get(path, headers=key(Scope.CASES_READ, Scope.NOTICES_READ)).json()
    assert [each["reason"] for each in both["items"][0]["notices"]] == ["Loose."]
