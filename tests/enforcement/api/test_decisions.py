"""Violations, decisions and appeals over the API: scopes, what is seen, verbs, refusals as problems."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import appeals, clarifications
from enforcement.enums import AppealChannel, AppealState, Automation, DecisionState
from enforcement.models import Appeal, Decision
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.policies.enums import Measure
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db
Headers = dict[str, str]
ROBOT = (Scope.VIOLATIONS_READ, Scope.DECISIONS_READ, Scope.DECISIONS_WRITE, Scope.APPEALS_READ, Scope.APPEALS_WRITE)


@pytest.fixture
def key(ground: Ground) -> Callable[..., Headers]:
    admin = person("admin", Role.ADMINISTRATOR)

    def key(*scopes: Scope) -> Headers:
        name = f"key {len(scopes)}"
        _key, secret = api_keys.create(name=name, scopes=list(scopes), actor=admin, at=NOON)
        return {"Authorization": f"Bearer {secret}"}

    return key


def post(client: Client, path: str, headers: Headers, body: dict[str, Any] | None = None) -> Any:
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def order(ground: Ground, **more: Any) -> dict[str, Any]:
    body = {"merchant": ground.merchant.public_id, "policy": "magnets", "measure": "remove", "reason": "As agreed."}
    return body | more


def issued(ground: Ground, *titles: str) -> Decision:
    found = [ground.violation(ground.listing(title)) for title in titles]
    return ground.issue(found, Measure.REMOVE, at=timezone.now())


# --- decisions -----------------------------------------------------------------------------------


def test_a_decision_is_issued_and_comes_back_whole(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    ball = ground.listing("Ball")
    found = ground.violation(ball)
    answer = post(client, "/api/v1/decisions", key(*ROBOT), order(ground, violations=[found.pk]))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["state"], body["automation"], body["origin_kind"]) == ("in_force", Automation.PARTIAL, "api")
    assert body["items"][0]["violation"] == found.pk
    assert body["statement"]["content"]["title"] == "One of your listings was removed from sale"
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN}


def test_a_listing_is_named_by_the_merchant_s_own_key(
    client: Client, ground: Ground, key: Callable[..., Headers]
) -> None:
    ball = ground.listing("Ball")
    answer = post(client, "/api/v1/decisions", key(*ROBOT), order(ground, listings=[ball.external_id]))
    assert answer.json()["items"][0]["listing"] == ball.external_id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"merchant": "nobody"}, "merchant"),
        ({"policy": "nothing"}, "policy"),
        ({"violations": [0]}, "violations"),
        ({"listings": ["none"]}, "listings"),
        ({"supersedes": "SR-2026-0000-0000"}, "supersedes"),
        ({"measure": "boil"}, "measure"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_unknown_is_said_by_field(
    client: Client, ground: Ground, key: Callable[..., Headers], change: dict[str, Any], field: str
) -> None:
    answer = post(client, "/api/v1/decisions", key(*ROBOT), order(ground, **change))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert Decision.objects.count() == 0


def test_a_second_punishment_is_a_problem(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    found = ground.violation(ground.listing("Ball"))
    may = key(*ROBOT)
    post(client, "/api/v1/decisions", may, order(ground, violations=[found.pk]))
    answer = post(client, "/api/v1/decisions", may, order(ground, violations=[found.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert "was decided on already" in answer.json()["detail"]


def test_reversed_in_part_then_whole_then_refused(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    decision = issued(ground, "Ball", "Cube")
    first = decision.items.order_by("pk")[0].pk
    may, path = key(*ROBOT), f"/api/v1/decisions/{decision.reference}/reverse"
    part = post(client, path, may, {"items": [first], "reason": "Wood."}).json()
    assert (part["state"], [item["reversed"] for item in part["items"]]) == ("partly_reversed", ["reversed", ""])
    assert post(client, path, may, {"reason": "All of it."}).json()["state"] == "reversed"
    assert post(client, path, may, {"reason": "Again."}).status_code == 409


def test_foreign_items_and_missing_reasons_are_refused(
    client: Client, ground: Ground, key: Callable[..., Headers]
) -> None:
    decision, other = issued(ground, "Ball"), issued(ground, "Cube")
    may, path = key(*ROBOT), f"/api/v1/decisions/{decision.reference}/reverse"
    assert post(client, path, may, {"items": [other.items.get().pk], "reason": "x"}).status_code == 400
    assert post(client, path, may, {"reason": " "}).status_code == 400
    decision.refresh_from_db()
    assert decision.state == DecisionState.IN_FORCE


def test_a_moderator_decides_and_does_not_reverse(client: Client, ground: Ground) -> None:
    decision = issued(ground, "Ball")
    client.force_login(ground.mona)
    path = f"/api/v1/decisions/{decision.reference}/reverse"
    assert post(client, path, {}, {"reason": "Mine."}).status_code == 403
    client.force_login(ground.sela)
    assert post(client, path, {}, {"reason": "Wrong."}).status_code == 200


def test_reading_is_not_writing(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    decision = issued(ground, "Ball")
    may = key(Scope.DECISIONS_READ)
    assert client.get(f"/api/v1/decisions/{decision.reference}", headers=may).status_code == 200
    assert post(client, "/api/v1/decisions", may, order(ground)).status_code == 403
    assert post(client, f"/api/v1/decisions/{decision.reference}/reverse", may, {"reason": "x"}).status_code == 403
    assert client.get("/api/v1/appeals", headers=may).status_code == 403
    assert client.get("/api/v1/violations").status_code == 401


def test_a_person_for_one_market_sees_that_market_only(client: Client, ground: Ground) -> None:
    german, french = (
        ground.issue([ground.violation(ground.listing(code, markets=(code,)))], Measure.WARN, at=timezone.now())
        for code in ("DE", "FR")
    )
    client.force_login(person("frida", Role.MODERATOR, markets=["FR"]))
    seen = client.get("/api/v1/decisions").json()["results"]
    assert [row["reference"] for row in seen] == [french.reference]
    assert client.get(f"/api/v1/decisions/{german.reference}").status_code == 404
    assert [row["markets"] for row in client.get("/api/v1/violations").json()["results"]] == [["FR"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [("state=in_force", 1), ("state=reversed", 0), ("measure=warn", 0), ("decided_after=2026-01-01T00:00:00Z", 1)],
)
def test_decisions_are_filtered(
    client: Client, ground: Ground, key: Callable[..., Headers], query: str, found: int
) -> None:
    issued(ground, "Ball")
    assert len(client.get(f"/api/v1/decisions?{query}", headers=key(*ROBOT)).json()["results"]) == found


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", ["violations", "decisions", "appeals"])
def test_a_list_asks_a_fixed_number_of_queries(
    client: Client,
    ground: Ground,
    key: Callable[..., Headers],
    path: str,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        decision = issued(ground, f"Ball {number}", f"Cube {number}")
        appeals.file(decision=decision, text="No.", channel=AppealChannel.API, actor=None, at=timezone.now())
    may = key(*ROBOT)
    with django_assert_num_queries(3):
        answer = client.get(f"/api/v1/{path}", headers=may)
    assert len(answer.json()["results"]) == (rows * 2 if path == "violations" else rows)


# --- appeals -------------------------------------------------------------------------------------


def test_an_appeal_is_filed_and_withdrawn(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    decision = issued(ground, "Ball", "Cube")
    first, may = decision.items.order_by("pk")[0].pk, key(*ROBOT)
    filed = post(client, "/api/v1/appeals", may, {"decision": decision.reference, "text": "No.", "items": [first]})
    assert filed.status_code == 201
    body = filed.json()
    assert (body["state"], body["channel"], [item["item"] for item in body["items"]]) == ("filed", "api", [first])
    path = f"/api/v1/appeals/{body['reference']}/withdraw"
    assert post(client, path, may).json()["state"] == AppealState.WITHDRAWN
    assert post(client, path, may).status_code == 409


def test_an_appeal_may_bring_files(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    decision = issued(ground, "Ball")
    report = SimpleUploadedFile("report.pdf", b"%PDF-1.7 x")
    data = {"decision": decision.reference, "text": "See the report.", "files": [report]}
    answer = client.post("/api/v1/appeals", data, headers=key(*ROBOT))
    assert (answer.status_code, answer.json()["files"]) == (201, ["report.pdf"])


def test_a_person_files_on_the_merchant_s_behalf(client: Client, ground: Ground) -> None:
    decision = issued(ground, "Ball")
    client.force_login(ground.sela)
    post(client, "/api/v1/appeals", {}, {"decision": decision.reference, "text": "They rang us."})
    appeal = Appeal.objects.get()
    assert (appeal.channel, appeal.filed_by) == (AppealChannel.ON_BEHALF, ground.sela)


def test_a_second_appeal_is_a_conflict_and_an_unknown_decision_an_error(
    client: Client, ground: Ground, key: Callable[..., Headers]
) -> None:
    decision, may = issued(ground, "Ball"), key(*ROBOT)
    body = {"decision": decision.reference, "text": "No."}
    assert post(client, "/api/v1/appeals", may, body).status_code == 201
    assert post(client, "/api/v1/appeals", may, body).status_code == 409
    assert post(client, "/api/v1/appeals", may, body | {"decision": "SR-0"}).status_code == 400


def test_what_a_merchant_writes_comes_back_as_data(client: Client, ground: Ground, key: Callable[..., Headers]) -> None:
    decision, may = issued(ground, "Ball"), key(*ROBOT)
    nasty = "<img src=x onerror=alert(1)> '; DROP TABLE"
    filed = post(client, "/api/v1/appeals", may, {"decision": decision.reference, "text": nasty})
    assert client.get(f"/api/v1/appeals/{filed.json()['reference']}", headers=may).json()["text"] == nasty


def test_a_whole_event_is_contested_and_a_question_answered(
    client: Client, ground: Ground, key: Callable[..., Headers]
) -> None:
    may = key(*ROBOT)
    rows = [ground.violation(ground.listing(title)) for title in ("Ball", "Cube")]
    first, second = (ground.issue([row], Measure.REMOVE, at=timezone.now(), origin_ref="7") for row in rows)
    filed = post(client, "/api/v1/appeals", may, {"decision": first.reference, "text": "No.", "whole_event": True})
    body = filed.json()
    told = [{"decision": each.reference, "outcome": ""} for each in (first, second)]
    assert (body["decisions"], body["decision_count"], body["questions"]) == (told, 2, [])
    path = f"/api/v1/appeals/{body['reference']}/answer"
    assert post(client, path, may, {"text": "M3."}).status_code == 409
    appeal = appeals.take(appeal=Appeal.objects.get(), actor=ground.sela, at=timezone.now())
    clarifications.ask(appeal=appeal, question="Which?", actor=ground.sela, at=timezone.now())
    assert post(client, path, may, {"text": " "}).status_code == 400
    (question,) = post(client, path, may, {"text": "M3."}).json()["questions"]
    assert (question["question"], question["answer"]) == ("Which?", "M3.")
    assert post(client, path, may, {"text": "M3."}).status_code == 409
    assert post(client, path, key(Scope.APPEALS_READ), {"text": "M3."}).status_code == 403
