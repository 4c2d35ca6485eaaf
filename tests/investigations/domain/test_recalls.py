"""Alerts taken in, from a file, the command line or an address: once, corrected as a new version, never the older over the newer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from investigations.domain import recall_fetch
from investigations.models import RecallAlert, RecallImport, RecallVersion
from tests.factories.cases import NOON
from tests.investigations import recalls as make
from tests.investigations.text.test_recall_layouts import ALERT

pytestmark = pytest.mark.django_db


def test_the_same_again_changes_nothing_and_a_corrigendum_is_a_new_version() -> None:
    for _twice in range(2):
        make.received()
    make.received(make.read(risk="Worse than we knew."), at=NOON + timedelta(days=1))
    alert = RecallAlert.objects.get()
    assert (alert.version, alert.risk, alert.corrected_at) == (2, "Worse than we knew.", NOON + timedelta(days=1))
    risks = RecallVersion.objects.order_by("number").values_list("content__risk", flat=True)
    assert list(risks) == ["A child who swallows the magnets can die of a blocked bowel.", "Worse than we knew."]
    runs = RecallImport.objects.order_by("pk").values_list("created", "corrected", "unchanged")
    assert list(runs) == [(1, 0, 0), (0, 0, 1), (0, 1, 0)]


def test_what_a_layout_does_not_know_stays_known() -> None:
    make.received(make.read(description="24 magnets."))
    row = make.read()
    del row.content["description"]
    assert make.received(row).unchanged == 1
    assert RecallAlert.objects.get().description == "24 magnets."


def test_what_is_too_long_for_a_key_is_kept_and_leads_to_nothing() -> None:
    long = "A1" * 4_000
    make.received(make.read(brands=[long], model_names=[long], name=long))
    alert = RecallAlert.objects.get()
    assert alert.model_names == [long]
    assert max(len(key) for key in alert.keys.values_list("key", flat=True)) <= 60


def test_an_older_file_does_not_undo_a_corrigendum() -> None:
    day = datetime(2026, 10, 2, tzinfo=UTC)
    make.received(make.read(modified_at=day, risk="New."))
    assert make.received(make.read(modified_at=day - timedelta(days=1), risk="Old.")).unchanged == 1
    assert RecallAlert.objects.get().risk == "New."


def test_what_an_alert_said_is_never_edited() -> None:
    make.received()
    for verb in (lambda: RecallVersion.objects.update(number=9), lambda: RecallVersion.objects.get().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            verb()


def test_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps({"records": [ALERT, ALERT | {"reference": ""}]}))
    call_command("import_recalls", str(file))
    said = capsys.readouterr()
    assert said.out.strip() == "1 new, 0 corrected, 0 as before, 1 kept out"
    assert "2: ?: It has no reference." in said.err
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_recalls", str(tmp_path / "none.csv"))
    file.write_text("a,b\n1,2")
    with pytest.raises(CommandError, match="neither"):
        call_command("import_recalls", str(file))


# --- fetched -----------------------------------------------------------------------------------------


class Publisher(BaseHTTPRequestHandler):
    status, body = 200, b""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def publisher(settings: Any) -> Iterator[type[Publisher]]:
    settings.WEBHOOK_ALLOW_HTTP = settings.WEBHOOK_ALLOW_PRIVATE = True
    kind = type("Once", (Publisher,), {"body": json.dumps([ALERT]).encode()})
    server = HTTPServer(("127.0.0.1", 0), kind)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.RECALLS_URL = f"http://127.0.0.1:{server.server_port}/alerts"
    yield kind
    server.shutdown()
    server.server_close()


def test_alerts_are_fetched_from_the_address_and_twice_is_once(publisher: type[Publisher]) -> None:
    for created in (1, 0):
        run = recall_fetch.fetch(at=NOON)
        assert run is not None
        assert (run.created, run.origin) == (created, "127.0.0.1")


@pytest.mark.parametrize(("status", "body"), [(500, b"[]"), (302, b"[]"), (200, b"<html>"), (200, b"")])
def test_what_is_no_file_changes_nothing(publisher: type[Publisher], status: int, body: bytes) -> None:
    publisher.status, publisher.body = status, body
    assert recall_fetch.fetch(at=NOON) is None
    assert not RecallImport.objects.exists()


def test_too_much_is_not_read(publisher: type[Publisher], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_fetch, "MOST_BYTES", 20)
    assert recall_fetch.fetch(at=NOON) is None


def test_our_own_network_is_never_asked(publisher: type[Publisher], settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    assert recall_fetch.fetch(at=NOON) is None


def test_nothing_is_fetched_where_nothing_is_configured(settings: Any) -> None:
    settings.RECALLS_URL = ""
    assert recall_fetch.fetch(at=NOON) is None
