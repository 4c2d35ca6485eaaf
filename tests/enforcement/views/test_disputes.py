"""Pages of disputes: who reads, who records, who carries out; what stands there; and the endpoint."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import dispute_bodies, disputes
from enforcement.domain.files import Sent
from enforcement.enums import DecisionState, DisputeOutcome, DisputeState, Forum
from enforcement.models import Decision, Dispute, DisputeBody
from governance.accounts.enums import Role
from governance.insights.queries import attention
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.factories.cases import person

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>"
PDF = b"%PDF-1.7 the body's decision"


@pytest.fixture
def body(ground: Ground) -> DisputeBody:
    return dispute_bodies.save(
        body=None, name="Settle", url="https://settle.example/", country="DE", languages=["en"], named=True,
        actor=ground.tilda, at=timezone.now(),
    )  # fmt: skip


def removed(ground: Ground, *titles: str) -> Decision:
    found = [ground.violation(ground.listing(title)) for title in titles or ("Ball",)]
    return ground.issue(found, Measure.REMOVE, at=timezone.now() - timedelta(days=10))


def recorded(ground: Ground, body: DisputeBody, decision: Decision | None = None, **more: Any) -> Dispute:
    now = timezone.now()
    return disputes.record(
        decision=decision or removed(ground), forum=Forum.BODY, body=body, actor=ground.sela, at=now,
        brought_on=(now - timedelta(days=5)).date(), **more,
    )  # fmt: skip


def lost(ground: Ground, dispute: Dispute) -> Dispute:
    now = timezone.now()
    return disputes.decide(
        dispute=dispute, outcome=DisputeOutcome.AGAINST_US, decided_on=now.date(), words="No toy.",
        actor=ground.sela, at=now,
    )  # fmt: skip


def url(name: str, *args: Any) -> str:
    return reverse(f"enforcement:{name}", args=args)


def test_from_a_decision_to_its_outcome_and_back_on_sale(client: Client, ground: Ground, body: DisputeBody) -> None:
    decision = removed(ground, "Ball", "Cube")
    client.force_login(ground.sela)
    assert url("dispute-record", decision.reference) in client.get(url("decision", decision.reference)).content.decode()
    day = (timezone.now() - timedelta(days=3)).date().isoformat()
    fields: dict[str, Any] = {"forum": "body", "body": body.pk, "brought_on": day, "note": NASTY}
    client.post(url("dispute-record", decision.reference), fields | {"papers": [SimpleUploadedFile("claim.pdf", PDF)]})
    dispute = Dispute.objects.get()
    page = client.get(url("dispute", dispute.reference)).content.decode()
    assert "claim.pdf" in page
    assert NASTY not in page
    outcome = {"outcome": "against_us", "decided_on": day, "words": "No toy.", "costs": "Ours."}
    client.post(url("dispute-outcome", dispute.reference), outcome)
    page = client.get(url("dispute", dispute.reference)).content.decode()
    assert "The outcome is against us" in page
    keys = [str(pk) for pk in decision.items.values_list("pk", flat=True)]
    client.post(url("dispute-carry-out", dispute.reference), {"items": keys})
    assert Decision.objects.get().state == DecisionState.REVERSED
    assert "2 listings given back" in client.get(url("dispute", dispute.reference)).content.decode()


def test_what_is_wrong_comes_back_as_entered(client: Client, ground: Ground, body: DisputeBody) -> None:
    decision = removed(ground)
    client.force_login(ground.sela)
    fields = {"forum": "court", "body": body.pk, "brought_on": "2026-01-01", "note": "My long note"}
    answer = client.post(url("dispute-record", decision.reference), fields)
    assert answer.status_code == 422
    assert "My long note" in answer.content.decode()
    dispute = recorded(ground, body)
    answer = client.post(url("dispute-outcome", dispute.reference), {"outcome": "confirmed", "words": "My words"})
    assert (answer.status_code, "My words" in answer.content.decode()) == (422, True)
    assert client.post(url("dispute-note", dispute.reference), {"text": ""}).status_code == 422


def test_the_list_says_what_is_to_be_done(client: Client, ground: Ground, body: DisputeBody) -> None:
    client.force_login(ground.sela)
    assert "No dispute is on record" in client.get(url("disputes")).content.decode()
    open_one, decided = recorded(ground, body), lost(ground, recorded(ground, body))
    page = client.get(url("disputes")).content.decode()
    assert "1 is to be carried out" in page
    assert open_one.reference in page
    page = client.get(url("disputes") + "?to_do=true").content.decode()
    assert (decided.reference in page, open_one.reference in page) == (True, False)


def test_what_is_lost_waits_at_home_and_is_found_by_its_reference(
    client: Client, ground: Ground, body: DisputeBody
) -> None:
    dispute = lost(ground, recorded(ground, body))
    titles = [line.title for line in attention.lines(ground.sela, at=timezone.now())]
    assert "1 lost dispute is to be carried out" in titles
    client.force_login(ground.sela)
    found = client.get(reverse("investigations:search"), {"q": dispute.reference.lower()})
    assert found["Location"] == url("dispute", dispute.reference)


@pytest.mark.parametrize("query", ["state=open", "forum=body", "q=Nordlicht", "q=B-17", "to_do=false"])
def test_the_list_is_filtered(client: Client, ground: Ground, body: DisputeBody, query: str) -> None:
    dispute = recorded(ground, body, their_reference="B-17")
    client.force_login(ground.sela)
    assert dispute.reference in client.get(f"{url('disputes')}?{query}").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_and_the_endpoint_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, body: DisputeBody, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        recorded(ground, body)
    client.force_login(ground.sela)
    client.get(url("disputes"))
    with django_assert_num_queries(8):
        client.get(url("disputes"))
    with django_assert_num_queries(4):
        client.get("/api/v1/disputes")


@pytest.mark.parametrize("steps", [1, 3])
def test_a_dispute_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, body: DisputeBody, steps: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    dispute = recorded(ground, body)
    for _number in range(steps - 1):
        sent = [Sent("a.pdf", [PDF])]
        disputes.note(dispute=dispute, text="More.", sent=sent, actor=ground.sela, at=timezone.now())
    client.force_login(ground.sela)
    with django_assert_num_queries(6):
        client.get(url("dispute", dispute.reference))


def test_a_paper_comes_as_a_download_of_its_own_dispute(client: Client, ground: Ground, body: DisputeBody) -> None:
    dispute, other = recorded(ground, body, sent=[Sent("a.pdf", [PDF])]), recorded(ground, body)
    key = dispute.steps.get().documents.get().pk
    client.force_login(ground.sela)
    answer = client.get(url("dispute-paper", dispute.reference, key))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert client.get(url("dispute-paper", other.reference, key)).status_code == 404


@pytest.mark.parametrize(
    ("role", "reads", "records", "carries_out", "keeps_bodies"),
    [
        (Role.SENIOR_REVIEWER, True, True, True, False),
        (Role.TEAM_LEAD, True, True, True, False),
        (Role.GOVERNANCE_MANAGER, True, True, False, True),
        (Role.AUDITOR, True, False, False, False),
        (Role.INVESTIGATOR, True, False, False, False),
        (Role.ADMINISTRATOR, False, False, False, True),
        (Role.MODERATOR, False, False, False, False),
    ],
)
def test_who_may(
    client: Client, ground: Ground, body: DisputeBody, role: Role, reads: bool, records: bool, carries_out: bool,
    keeps_bodies: bool,
) -> None:  # fmt: skip
    dispute = recorded(ground, body)
    client.force_login(person("olga", role))
    opened = {client.get(url(name)).status_code for name in ("disputes", "dispute-bodies")}
    assert opened | {client.get(url("dispute", dispute.reference)).status_code} == {200 if reads else 403}
    assert client.get(url("dispute-record", dispute.decision.reference)).status_code == (200 if records else 403)
    assert client.get(url("dispute-outcome", dispute.reference)).status_code == (200 if records else 403)
    for verb in ("dispute-note", "dispute-withdraw"):
        assert (client.post(url(verb, dispute.reference)).status_code == 403) is not records
    assert (client.post(url("dispute-carry-out", dispute.reference)).status_code == 403) is not carries_out
    assert (client.get(url("dispute-body-new")).status_code == 200) is keeps_bodies
    assert Dispute.objects.get().state == DisputeState.OPEN


def test_another_market_s_dispute_is_not_there(client: Client, ground: Ground, body: DisputeBody) -> None:
    dispute = recorded(ground, body)  # Germany
    client.force_login(person("frida", Role.SENIOR_REVIEWER, markets=["FR"]))
    assert client.get(url("dispute", dispute.reference)).status_code == 404
    assert client.post(url("dispute-withdraw", dispute.reference), {"reason": "x"}).status_code == 404
    assert client.get("/api/v1/disputes").json()["results"] == []


def test_bodies_are_entered_and_changed(client: Client, ground: Ground) -> None:
    client.force_login(person("gova", Role.GOVERNANCE_MANAGER))
    assert "No body is entered" in client.get(url("dispute-bodies")).content.decode()
    fields = {"name": "Settle", "url": "https://settle.example/", "country": "DE", "languages": ["de", "en"]}
    client.post(url("dispute-body-new"), fields)
    body = DisputeBody.objects.get()
    assert (body.languages, body.named) == (["de", "en"], False)
    assert client.post(url("dispute-body-new"), fields).status_code == 422
    assert client.post(url("dispute-body", body.pk), fields | {"url": "javascript:alert(1)"}).status_code == 422
    client.post(url("dispute-body", body.pk), fields | {"named": "on"})
    assert DisputeBody.objects.get().named
    assert "Settle" in client.get(url("dispute-bodies")).content.decode()


def test_the_endpoint_reads_and_counts(client: Client, ground: Ground, body: DisputeBody) -> None:
    dispute = lost(ground, recorded(ground, body))
    client.force_login(ground.sela)
    (row,) = client.get("/api/v1/disputes").json()["results"]
    assert (row["reference"], row["before"], row["outcome"]) == (dispute.reference, "Settle", "against_us")
    today = timezone.now().date()
    query = f"since={today - timedelta(days=30)}&until={today}"
    found = client.get(f"/api/v1/disputes/totals?{query}").json()
    assert (found["brought"], found["outcomes"], found["carried_out"]) == (1, {"against_us": 1}, 0)
    assert client.get("/api/v1/disputes/totals").status_code == 400
