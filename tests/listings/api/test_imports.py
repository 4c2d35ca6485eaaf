"""Files and streams over the API; the worker's part is done by the call it makes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from governance.accounts.enums import Scope
from listings.domain.imports import runs, work
from listings.models import ImportRun, Listing, Merchant
from tests.factories import reference
from tests.listings.conftest import client_with

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NDJSON = "application/x-ndjson"


@pytest.fixture(autouse=True)
def ground(db: None, settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    reference.load_small()


@pytest.fixture
def send(seller_centre: Client) -> Callable[..., dict[str, Any]]:
    """Post rows and work on them: the run's answer."""

    def send(path: str, *rows: dict[str, Any]) -> dict[str, Any]:
        body = "\n".join(map(json.dumps, rows))
        accepted = seller_centre.post(path, data=body, content_type=NDJSON)
        assert accepted.status_code == 202, accepted.content
        work.work(run_id=accepted.json()["id"], clock=lambda: NOON)
        answer: dict[str, Any] = seller_centre.get(f"/api/v1/imports/{accepted.json()['id']}").json()
        return answer

    return send


def test_a_stream_of_merchants_listings_metrics_and_orders(send: Callable[..., dict[str, Any]]) -> None:
    send("/api/v1/imports?kind=merchants", {"merchant_id": "m", "name": "M", "country": "DE"})
    run = send("/api/v1/imports", {"merchant_id": "m", "listing_id": "a", "title": "A"}, {"merchant_id": "m"})
    assert (run["state"], run["rows_read"], run["created"], run["refused"]) == ("finished", 2, 1, 1)
    run = send("/api/v1/metrics", {"merchant_id": "m", "listing_id": "a", "date": "2026-11-20", "visits": 3})
    assert (run["kind"], run["created"]) == ("metrics", 1)
    line = {
        "order_id": "o",
        "merchant_id": "m",
        "listing_id": "a",
        "market": "DE",
        "ordered_at": "2026-11-20",
        "amount": 1,
    }
    assert send("/api/v1/orders", line)["created"] == 1
    assert send("/api/v1/orders", line)["unchanged"] == 1


def test_a_file_as_a_form_with_a_merchants_column(seller_centre: Client) -> None:
    file = SimpleUploadedFile("shop.csv", b"seller,listing_id,title\ns1,a,Teddy\ns2,b,Ball\n")
    given = {"file": file, "merchant_column": "seller", "merchant_country": "pl"}
    run = seller_centre.post("/api/v1/imports", data=given).json()
    assert (run["filename"], run["state"]) == ("shop.csv", "queued")
    work.work(run_id=run["id"], clock=lambda: NOON)
    assert set(Merchant.objects.values_list("external_id", "country")) == {("s1", "PL"), ("s2", "PL")}


def test_a_trial_run_over_the_api_writes_nothing(seller_centre: Client) -> None:
    Merchant.objects.create(external_id="m", name="M", country="DE", created_at=NOON, changed_at=NOON)
    accepted = seller_centre.post(
        "/api/v1/imports?dry_run=true", data='{"merchant_id":"m","listing_id":"a"}', content_type=NDJSON
    )
    work.work(run_id=accepted.json()["id"], clock=lambda: NOON)
    run = ImportRun.objects.get()
    assert (run.dry_run, run.created, Listing.objects.count()) == (True, 1, 0)


@pytest.mark.parametrize(
    ("body", "words"), [(b"", "empty"), (b"%PDF-1", "PDF"), (b"[1,2]", "JSON array"), (b"a,b\n1,2\n", "listing_id")]
)
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(seller_centre: Client, body: bytes, words: str) -> None:
    answer = seller_centre.post("/api/v1/imports", data=body, content_type="text/csv")
    assert answer.status_code == 422
    problem = answer.json()
    assert words in problem["detail"] + str(problem.get("errors", ""))
    assert list(runs.folder().iterdir()) == []
    assert ImportRun.objects.get().state == "cancelled"


def test_the_errors_as_json_and_as_csv_to_correct(send: Callable[..., dict[str, Any]], seller_centre: Client) -> None:
    run = send("/api/v1/imports", {"merchant_id": "zz", "listing_id": "=1+1", "title": "x"}, {"title": "no id"})
    rows = seller_centre.get(f"/api/v1/imports/{run['id']}/errors?fate=refused").json()["results"]
    assert [(row["line"], row["reason"], row["sentence"]) for row in rows] == [
        (2, "id_missing", "merchant_id: The row has no identifier.")
    ]
    text = b"".join(seller_centre.get(f"/api/v1/imports/{run['id']}/errors.csv").streaming_content).decode()  # type: ignore[attr-defined]
    head, first, _second = text.strip().split("\r\n")
    assert sorted(head.removeprefix("\ufeff").split(",")) == ["error", "listing_id", "merchant_id", "title"]
    assert "'=1+1" in first


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        (Scope.IMPORTS_READ, "post", "/api/v1/imports", 403),
        (Scope.IMPORTS_WRITE, "get", "/api/v1/imports", 403),
        (Scope.IMPORTS_READ, "post", "/api/v1/orders", 403),
        (Scope.IMPORTS_READ, "post", "/api/v1/metrics", 403),
        (Scope.IMPORTS_READ, "get", "/api/v1/imports", 200),
        (Scope.LISTINGS_READ, "get", "/api/v1/merchants", 403),
        (Scope.MERCHANTS_READ, "get", "/api/v1/listings", 403),
    ],
)
def test_a_scope_opens_its_own_door_only(scope: Scope, method: str, path: str, status: int) -> None:
    assert getattr(client_with("k", scope), method)(path).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    seller_centre: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        runs.receive(chunks=[b"x"], filename="f", kind="listings", actor=None, at=NOON)  # type: ignore[arg-type]
    seller_centre.get("/api/v1/imports")
    with django_assert_num_queries(2):
        assert len(seller_centre.get("/api/v1/imports").json()["results"]) == rows
