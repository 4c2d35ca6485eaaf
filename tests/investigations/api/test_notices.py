"""Notices over the API: several things in one, once however often it is sent; a trusted flagger's key files in its name."""

import hashlib
import json
from datetime import date
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
from governance.accounts.models import ApiKey
from investigations.api import notices as api
from investigations.api.attachments import LARGEST_REQUEST
from investigations.domain import notices, reporters
from investigations.domain.reporters import Award
from investigations.models import Notice, NoticeFile, NoticeItem
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db
PATH = "/api/v1/notices"


@pytest.fixture
def ground() -> Ground:
    return Ground()


def key(name: str, *scopes: Scope) -> tuple[ApiKey, str]:
    return api_keys.create(name=name, scopes=scopes, actor=None, at=timezone.now())


def post(client: Client, body: dict[str, Any], secret: str) -> HttpResponse:
    return client.post(  # type: ignore[return-value]
        PATH, json.dumps(body), content_type="application/json", headers={"authorization": f"Bearer {secret}"}
    )


def get(client: Client, path: str, secret: str) -> HttpResponse:
    return client.get(path, headers={"authorization": f"Bearer {secret}"})  # type: ignore[return-value]


def body(ground: Ground, **more: Any) -> dict[str, Any]:
    ball, cube = ground.listing("Ball", ean="4006381333931"), ground.listing("Cube")
    merchant = ground.merchant.public_id
    items = [{"merchant": merchant, "listing": ball.external_id}, {"find": f"L-{cube.pk}"}, {"merchant": merchant}]
    return {
        "items": items, "ground": "unsafe", "reason": "Loose.", "good_faith": True, "reporter_name": "Rina",
        "reporter_email": "rina@reporter.example", "key": "our-1",
    } | more  # fmt: skip


def test_several_things_come_in_one_and_each_has_its_outcome(client: Client, ground: Ground) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE, Scope.NOTICES_READ)
    made = post(client, body(ground), secret)
    assert made.status_code == 201
    told = made.json()  # type: ignore[attr-defined]
    assert (told["ground"], told["reporter_kind"]) == ("unsafe", "person")
    assert [each["state"] for each in told["items"]] == ["received"] * 3
    assert [each["listing"] is None for each in told["items"]] == [False, False, True]
    item = NoticeItem.objects.order_by("pk")[1]
    notices.no_action(item=item, reasons="No.", actor=ground.mona, at=timezone.now())
    read = get(client, f"{PATH}/{told['reference']}", secret)
    assert [each["state"] for each in read.json()["items"]] == ["received", "no_action", "received"]  # type: ignore[attr-defined]
    assert b"Rina" not in read.content
    assert Notice.objects.get().good_faith


def test_sent_twice_it_is_one(client: Client, ground: Ground) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE)
    given = body(ground)
    first, second = post(client, given, secret), post(client, given, secret)
    assert first.json()["reference"] == second.json()["reference"]  # type: ignore[attr-defined]
    _other, another = key("shop", Scope.NOTICES_WRITE)
    assert post(client, given, another).json()["reference"] != first.json()["reference"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []},
        {"items": [{"find": "L-999999"}]},
        {"items": [{"merchant": "nobody"}]},
        {"ground": "nonsense"},
        {"reason": ""},
        {"reporter_email": "no"},
        {"reporter_kind": "flagger"},
    ],
)
def test_what_is_wrong_is_said(client: Client, ground: Ground, wrong: dict[str, Any]) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE)
    assert post(client, body(ground) | wrong, secret).status_code == 400
    assert Notice.objects.count() == 0


def test_without_the_scope_nobody_gets_in(client: Client, ground: Ground) -> None:
    _key, secret = key("cases", Scope.CASES_WRITE, Scope.CASES_READ)
    assert post(client, body(ground), secret).status_code == 403
    assert get(client, PATH, secret).status_code == 403


def test_a_trusted_flagger_files_in_its_name_and_reads_its_own(client: Client, ground: Ground) -> None:
    _desk, other = key("desk", Scope.NOTICES_WRITE, Scope.NOTICES_READ)
    post(client, body(ground), other)
    own, secret = key("safe-toys", Scope.NOTICES_WRITE, Scope.NOTICES_READ)
    award = Award("Safe Toys", "desk@safetoys.example", "en", "BNetzA", (), date(2026, 1, 1), user=own.user)
    flagger = reporters.enter_flagger(award=award, actor=ground.tilda, at=timezone.now())
    made = post(client, body(ground, reporter_name="", reporter_email="", key=""), secret).json()  # type: ignore[attr-defined]
    assert (made["reporter_kind"], made["reference"][:3]) == ("flagger", "TF-")
    assert Notice.objects.get(reporter=flagger).reporter_name == "Safe Toys"
    assert len(get(client, PATH, secret).json()["results"]) == 1  # type: ignore[attr-defined]
    assert len(get(client, PATH, other).json()["results"]) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "count"), [("state=no_action", 1), ("open=true", 1), ("open=false", 0), ("ground=scam", 0)]
)
def test_the_list_is_filtered(client: Client, ground: Ground, query: str, count: int) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE, Scope.NOTICES_READ)
    post(client, body(ground), secret)
    notices.no_action(item=NoticeItem.objects.order_by("pk")[0], reasons="No.", actor=ground.mona, at=timezone.now())
    assert len(get(client, f"{PATH}?{query}", secret).json()["results"]) == count  # type: ignore[attr-defined]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE, Scope.NOTICES_READ)
    for number in range(rows):
        post(client, body(ground, key=str(number)), secret)
    get(client, PATH, secret)
    with django_assert_num_queries(5):
        get(client, PATH, secret)


@pytest.mark.parametrize(("items", "queries"), [(1, 1), (3, 1)])
def test_things_by_the_marketplaces_keys_are_looked_up_together(
    ground: Ground, items: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    merchant = ground.merchant.public_id
    balls = [ground.listing(f"Ball {number}") for number in range(items)]
    given = [{"merchant": merchant, "listing": ball.external_id, "find": ""} for ball in balls]
    with django_assert_num_queries(queries):
        assert api._things(given, None) == balls
    whole = {"merchant": merchant, "listing": "", "find": ""}
    with django_assert_num_queries(queries + 1):
        assert api._things([whole, *given, given[0]], None) == [ground.merchant, *balls, balls[0]]


def test_more_things_than_a_notice_takes_are_refused_before_any_is_looked_up(
    client: Client, ground: Ground, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE)
    given = body(ground, items=[{"find": f"L-{ground.listing('Ball').pk}"}] * 2_000)
    with django_assert_max_num_queries(10):
        assert post(client, given, secret).status_code == 400


# --- files ---------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n what was seen"
PDF = b"%PDF-1.7 an extract of the register"


def with_files(client: Client, fields: dict[str, Any], secret: str) -> HttpResponse:
    return client.post(PATH, fields, headers={"authorization": f"Bearer {secret}"})  # type: ignore[return-value]


def form(ground: Ground, **more: Any) -> dict[str, Any]:
    """The body as `multipart/form-data` has it."""
    return {
        "items[0]find": f"L-{ground.listing('Ball').pk}", "items[1]merchant": ground.merchant.public_id,
        "ground": "counterfeit", "reason": "A fake.", "good_faith": "true", "reporter_kind": "rights",
        "reporter_name": "Rina", "reporter_email": "rina@reporter.example", "brand": "Balla", "key": "our-2",
    } | more  # fmt: skip


def test_files_and_proofs_of_a_right_come_with_it_and_once(
    client: Client, ground: Ground, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    _key, secret = key("desk", Scope.NOTICES_WRITE, Scope.NOTICES_READ)

    def sent() -> dict[str, Any]:
        files = [SimpleUploadedFile("../seen.exe", PNG), SimpleUploadedFile("second.png", PNG + b"2")]
        return {"files": files, "right_proof": SimpleUploadedFile("right.pdf", PDF)}

    wanted = form(ground)
    made = with_files(client, wanted | sent(), secret)
    assert made.status_code == 201, made.content
    told = json.loads(made.content)
    assert [(each["name"], each["content_type"]) for each in told["files"]] == [
        (f"file-{file.pk}.{ending}", kind)
        for file, ending, kind in zip(
            NoticeFile.objects.order_by("pk"),
            ("png", "png", "pdf"),
            ("image/png", "image/png", "application/pdf"),
            strict=True,
        )
    ], "what the sender called them may tell their name"
    assert told["files"][2]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert [each["listing"] is None for each in told["items"]] == [False, True]
    assert json.loads(with_files(client, wanted | sent(), secret).content) == told
    assert json.loads(get(client, f"{PATH}/{told['reference']}", secret).content) == told
    right = NoticeFile.objects.get(name="right.pdf").right
    assert (NoticeFile.objects.count(), right is not None and right.brand) == (3, "Balla")


@pytest.mark.parametrize(
    "files", [[b"MZ a program"], [PNG + b"\0" * (20 * 1024 * 1024)], [PNG] * 6], ids=["kind", "large", "many"]
)
def test_a_file_that_the_forms_refuse_is_refused_and_nothing_is_written(
    client: Client, ground: Ground, settings: LazySettings, tmp_path: Path, files: list[bytes]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    _key, secret = key("desk", Scope.NOTICES_WRITE)
    refused = with_files(client, form(ground, files=[SimpleUploadedFile("a.png", each) for each in files]), secret)
    assert refused.status_code in (400, 409, 422)
    assert refused["Content-Type"] == "application/problem+json"
    assert not Notice.objects.exists()
    assert not list(tmp_path.glob("appeals/*"))


def test_a_request_that_announces_too_much_is_refused_unread(client: Client, ground: Ground) -> None:
    _key, secret = key("desk", Scope.NOTICES_WRITE)
    headers = {"authorization": f"Bearer {secret}"}
    wanted = form(ground, files=[SimpleUploadedFile("a.png", PNG)])
    refused = client.post(PATH, wanted, headers=headers, CONTENT_LENGTH=str(LARGEST_REQUEST + 1))
    assert (refused.status_code, refused["Content-Type"]) == (413, "application/problem+json")


def test_the_first_file_too_many_ends_the_reading(
    client: Client, ground: Ground, settings: LazySettings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = str(tmp_path), 1
    _key, secret = key("desk", Scope.NOTICES_WRITE)
    many = [SimpleUploadedFile(f"{number}.png", PNG) for number in range(11)]
    refused = with_files(client, form(ground, anything=many), secret)
    assert refused.status_code == 413
    assert not list(tmp_path.iterdir())
