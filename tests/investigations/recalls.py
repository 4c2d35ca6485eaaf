"""Alerts for tests, as a publisher gives them."""

from datetime import date, datetime
from typing import Any

from investigations.domain import recalls
from investigations.enums import RecallSource
from investigations.models import RecallAlert, RecallImport
from investigations.text.recall_layouts import Read
from tests.factories.cases import NOON

MAGNETIX: dict[str, Any] = {
    "country": "NL",
    "published_on": date(2026, 10, 1),
    "product": "Magnetic toy",
    "name": "The Game That Connects",
    "description": "",
    "brands": ["Magnetix"],
    "model_names": ["601-1004"],
    "barcodes": ["8710124155013"],
    "batches": ["I0-2501515"],
    "risk_types": ["choking"],
    "risk": "A child who swallows the magnets can die of a blocked bowel.",
    "measures": ["voluntary:recall.of.product.from.consumers"],
    "link": "https://recall.example/magnets",
    "language": "en",
}


def read(reference: str = "SR/02783/26", *, modified_at: datetime | None = None, **content: Any) -> Read:
    return Read(RecallSource.SAFETY_GATE, reference, modified_at, MAGNETIX | content)


def received(*rows: Any, at: datetime = NOON) -> RecallImport:
    return recalls.receive(rows=rows or [read()], origin="alerts.json", actor=None, at=at)


def alert(reference: str = "SR/02783/26", **content: Any) -> RecallAlert:
    received(read(reference, **content))
    return RecallAlert.objects.get(reference=reference)
