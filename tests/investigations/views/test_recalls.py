"""Pages and endpoints of recalls: alerts come in, listings are judged, a measure is taken, buyers are told."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from investigations.domain import consumers, recall_matching, recalls
from investigations.enums import MatchState
from investigations.models import ConsumerNotice, RecallAlert, RecallImport, RecallMatch
from listings.models import Listing, Market, OrderLine
from tests.enforcement.ground import Ground
from tests.factories.cases import person
from tests.investigations import recalls as make

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>"
CSV = (
    "alert_number,published,notifying_country,product,name,brands,models,barcodes,batches,risk_types,risk_description,"
    "measures,company_recall_link,text_language\n"
    "SR/1/26,2026-10-01,NL,Magnetic toy,,Magnetix,601-1004,,,riskType.choking,Magnets.,,,en\n"
    "SR/2/26,1st of May,NL,Lamp,,,,,,,,,,en\n"
)
FIELDS = {
    "measure": "remove", "what": "Magnetix 601-1004", "hazard": "Children can die.", "what_to_do": "Stop using it.",
    "remedy": "A refund.", "language": "en",
}  # fmt: skip


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def url(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def matched(ground: Ground, *titles: str, reference: str = "SR/02783/26", **content: Any) -> RecallAlert:
    for title in titles or ("Magnetix 601-1004",):
        ground.listing(title)
    alert = make.alert(reference, **content)
    recall_matching.match_owed(timezone.now())
    return alert


def confirmed(ground: Ground, *titles: str) -> RecallAlert:
    alert = matched(ground, *titles)
    keys = list(alert.matches.values_list("pk", flat=True))
    recalls.judge(matches=keys, to=MatchState.CONFIRMED, actor=ground.mona, at=timezone.now())
    return alert


def bought(buyer: str) -> None:
    OrderLine.objects.create(
        order_id=f"O-{buyer}", listing=Listing.objects.order_by("pk")[0], market=Market.objects.get(pk="DE"),
        ordered_at=timezone.now() - timedelta(days=3), amount_minor=100, currency="EUR", buyer=buyer,
    )  # fmt: skip


def acted(client: Client, ground: Ground) -> ConsumerNotice:
    alert = confirmed(ground)
    bought("B-17")
    client.force_login(ground.sela)
    client.post(url("recall-act", alert.pk), FIELDS | {"policy": ground.policy.pk})
    consumers.hand_over_due(timezone.now() + timedelta(minutes=1))
    return ConsumerNotice.objects.get()


# --- coming in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_is_brought_in_and_what_is_wrong_is_named(client: Client, ground: Ground, pack: Any) -> None:
    client.force_login(ground.mona)
    assert "No alert has come in yet" in client.get(url("recalls")).content.decode()
    file = SimpleUploadedFile("week.csv", pack(CSV.encode()))
    page = client.post(url("recalls-bring-in"), {"file": file}, follow=True).content.decode()
    assert "SR/2/26" in page
    assert "“1st of May” is not a day." in page
    assert list(RecallAlert.objects.values_list("reference", flat=True)) == ["SR/1/26"]
    client.post(url("recalls-bring-in"), {"file": SimpleUploadedFile("week.csv", CSV.encode())})
    assert RecallImport.objects.order_by("-pk")[0].unchanged == 1


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"\xff\xfe", b"{", b"\x1f\x8bx", b"3"])
def test_a_file_that_nobody_can_read_is_refused(client: Client, ground: Ground, data: bytes) -> None:
    client.force_login(ground.mona)
    answer = client.post(url("recalls-bring-in"), {"file": SimpleUploadedFile("x.csv", data)})
    assert answer.status_code == 422
    assert not RecallImport.objects.exists()


def test_alerts_by_the_api(client: Client, ground: Ground) -> None:
    client.force_login(ground.mona)
    good = {"source": "other", "reference": "UK/7", "product": "Lamp", "models": ["L-100"], "brands": ["Lux"]}
    body = {
        "alerts": [good, good | {"reference": "UK/8", "source": "x"}, good | {"product": "", "reference": "UK/9"}, 3]
    }
    answer = client.post("/api/v1/recalls", json.dumps(body), content_type="application/json").json()
    assert (answer["created"], answer["refused"]) == (1, 3)
    assert [(fault["place"], fault["reference"]) for fault in answer["faults"]] == [(2, "UK/8"), (3, "UK/9"), (4, "")]
    again = client.post("/api/v1/recalls", json.dumps({"alerts": [good]}), content_type="application/json").json()
    assert (again["created"], again["unchanged"]) == (0, 1)
    row = client.get("/api/v1/recalls").json()["results"][0]
    assert (row["reference"], row["models"], row["waiting"]) == ("UK/7", ["L-100"], 0)


# --- judging ---------------------------------------------------------------------------------------


def test_listings_are_judged_one_by_one_and_several_at_once(client: Client, ground: Ground) -> None:
    alert = matched(ground, "Magnetix 601-1004", "Magnetix 601.1004 big", "Magnetix magnetic toy")
    sure, second, text = alert.matches.order_by("-sureness", "pk").values_list("pk", flat=True)
    client.force_login(ground.mona)
    page = client.get(url("recall", alert.pk)).content.decode()
    assert "<mark>601-1004</mark>" in page
    htmx = {"HX-Request": "true"}
    pane = client.post(url("recall-judge", alert.pk), {"ids": sure, "verdict": "yes", "place": 1}, headers=htmx)
    assert f'id="match-{second}"' in pane.content.decode()
    assert f'id="match-{sure}"' not in pane.content.decode()
    client.post(url("recall-judge", alert.pk), {"ids": [second, text], "verdict": "no"})
    assert dict(RecallMatch.objects.values_list("pk", "state")) == {
        sure: "confirmed",
        second: "rejected",
        text: "rejected",
    }
    client.post(url("recall-reopen", alert.pk, f"{second}-{text}"))
    assert RecallMatch.objects.filter(state=MatchState.OPEN).count() == 2


def test_what_is_written_stays_text(client: Client, ground: Ground) -> None:
    alert = matched(ground, f"Magnetix 601-1004 {NASTY}", name=NASTY, risk=NASTY, link="javascript:alert(1)")
    client.force_login(ground.mona)
    for page in (url("recalls"), url("recall", alert.pk)):
        text = client.get(page).content.decode()
        assert NASTY not in text
        assert "javascript:alert" not in text


def test_the_api_shows_matches_with_what_speaks_for_and_against(client: Client, ground: Ground) -> None:
    alert = matched(ground, "Box for Magnetix 601-1004")
    client.force_login(ground.mona)
    row = client.get(f"/api/v1/recalls/{alert.pk}/matches").json()["results"][0]
    assert (row["kind"], [each["why"] for each in row["against"]]) == ("model", ["accessory"])
    assert client.get("/api/v1/recalls/999/matches").status_code == 404


@pytest.mark.parametrize(
    "query", ["open=true", "source=safety_gate", "risk=choking", "market=DE", "q=magnetix", "q=8710124155013"]
)
def test_the_list_is_filtered(client: Client, ground: Ground, query: str) -> None:
    matched(ground)
    make.alert("SR/9/26", brands=["Lux"], model_names=[], barcodes=[], product="Lamp", name="Lamp", risk_types=["fire"])
    client.force_login(ground.mona)
    page = client.get(f"{url('recalls')}?{query}").content.decode()
    assert "SR/02783/26" in page
    assert ("SR/9/26" in page) == query.startswith("source")


# --- acting ----------------------------------------------------------------------------------------


def test_a_measure_is_taken_and_its_buyers_are_told(client: Client, ground: Ground) -> None:
    alert = confirmed(ground)
    bought("B-17")
    client.force_login(ground.mona)
    assert "nothing was done yet" in client.get(url("recall", alert.pk)).content.decode()
    page = client.get(url("recall-act", alert.pk)).content.decode()
    assert "A child who swallows the magnets can die of a blocked bowel." in page
    fields = FIELDS | {"policy": ground.policy.pk}
    refused = client.post(url("recall-act", alert.pk), fields | {"hazard": "Only a precautionary recall."})
    assert (refused.status_code, "“precautionary” makes the hazard smaller" in refused.content.decode()) == (422, True)
    page = client.post(url("recall-act", alert.pk), fields, follow=True).content.decode()
    assert "To be handed over" in page
    notice = ConsumerNotice.objects.get()
    consumers.hand_over_due(timezone.now() + timedelta(minutes=1))
    page = client.get(url("recall", alert.pk)).content.decode()
    assert "The marketplace has not said yet" in page
    assert "Product safety recall" in page
    client.post(url("consumer-published", notice.reference), {"where": "https://shop.example/recall"})
    assert "https://shop.example/recall" in client.get(url("recall", alert.pk)).content.decode()


def test_the_references_are_a_file_for_seniors_alone(client: Client, ground: Ground) -> None:
    notice = acted(client, ground)
    text = b"".join(client.get(url("consumer-references", notice.reference))).decode()
    assert "B-17" in text
    client.force_login(ground.mona)
    assert client.get(url("consumer-references", notice.reference)).status_code == 403


def test_the_marketplace_acknowledges_by_its_key(client: Client, ground: Ground) -> None:
    notice = acted(client, ground)
    client.logout()
    admin = person("admin", Role.ADMINISTRATOR)
    _key, secret = api_keys.create(name="shop", scopes=[Scope.ORDERS_WRITE], actor=admin, at=timezone.now())
    headers = {"Authorization": f"Bearer {secret}"}
    path = f"/api/v1/consumer-notices/{notice.reference}"
    told = client.post(f"{path}/acknowledge", json.dumps({"told": 1}), content_type="application/json", headers=headers)
    assert (told.status_code, told.json()["told"]) == (200, 1)
    more = client.post(f"{path}/acknowledge", json.dumps({"told": 9}), content_type="application/json", headers=headers)
    assert more.status_code == 422
    assert client.get(path, headers=headers).status_code == 403
    client.force_login(ground.mona)
    assert client.get(path).json()["buyers"] == 1
    answer = client.post(f"{path}/acknowledge", json.dumps({"told": 1}), content_type="application/json")
    assert answer.status_code == 403


# --- who may, and what it costs --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "reads", "works", "imports"),
    [
        (Role.MODERATOR, True, True, True),
        (Role.TEAM_LEAD, True, True, True),
        (Role.AUDITOR, True, False, False),
        (Role.GOVERNANCE_MANAGER, True, False, True),
        (Role.ADMINISTRATOR, False, False, False),
    ],
)
def test_who_may(client: Client, ground: Ground, role: Role, reads: bool, works: bool, imports: bool) -> None:
    alert = confirmed(ground)
    client.force_login(person("olga", role))
    for page in (url("recalls"), url("recall", alert.pk)):
        assert client.get(page).status_code == (200 if reads else 403)
    assert client.get(url("recall-act", alert.pk)).status_code == (200 if works else 403)
    assert client.get(url("recalls-bring-in")).status_code == (200 if imports else 403)
    for path in (url("recall-judge", alert.pk), url("recall-reopen", alert.pk, "1"), url("consumer-published", "CN-1")):
        assert (client.post(path).status_code == 403) is not works
    assert (client.get("/api/v1/recalls").status_code == 403) is not reads
    assert (client.get("/api/v1/consumer-notices").status_code == 403) is not reads
    assert RecallMatch.objects.get().state == MatchState.CONFIRMED


def test_another_market_s_listings_are_not_there(client: Client, ground: Ground) -> None:
    alert = matched(ground)  # Germany
    key = alert.matches.get().pk
    client.force_login(person("frida", Role.SENIOR_REVIEWER, markets=["FR"]))
    assert f'id="match-{key}"' not in client.get(url("recall", alert.pk)).content.decode()
    client.post(url("recall-judge", alert.pk), {"ids": key, "verdict": "yes"})
    assert RecallMatch.objects.get().state == MatchState.OPEN
    assert client.get(f"/api/v1/recalls/{alert.pk}/matches").json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_and_endpoints_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make.received(make.read(f"SR/{number}/26"))
        ground.listing(f"Magnetix 601-1004 no. {number}")
    recall_matching.match_owed(timezone.now())
    alert = RecallAlert.objects.order_by("pk")[0]
    assert alert.matches.count() == rows
    client.force_login(ground.tilda)
    for path, queries in (
        (url("recalls"), 7),
        (url("recall", alert.pk), 10),
        (url("recalls-bring-in"), 4),
        ("/api/v1/recalls", 4),
        (f"/api/v1/recalls/{alert.pk}/matches", 5),
    ):
        client.get(path)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_notices_to_buyers_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        ground.listing("Magnetix 601-1004", of=ground.another_merchant(f"Shop {number}"))
    alert = make.alert()
    recall_matching.match_owed(timezone.now())
    keys = list(alert.matches.values_list("pk", flat=True))
    recalls.judge(matches=keys, to=MatchState.CONFIRMED, actor=ground.mona, at=timezone.now())
    client.force_login(ground.tilda)
    client.get(url("recall-act", alert.pk))
    with django_assert_num_queries(7):
        client.get(url("recall-act", alert.pk))
    client.post(url("recall-act", alert.pk), FIELDS | {"policy": ground.policy.pk})
    consumers.hand_over_due(timezone.now() + timedelta(minutes=1))
    assert ConsumerNotice.objects.count() == rows
    for path, queries in ((url("recall", alert.pk), 13), ("/api/v1/consumer-notices", 7)):
        client.get(path)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200
