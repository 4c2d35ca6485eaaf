"""Files of alerts as their publishers lay them out; what cannot be read is named and stays out."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from investigations.enums import RecallSource
from investigations.text import cpsc
from investigations.text.recall_layouts import Fault, LayoutUnknown, Read, read

ALERT: dict[str, Any] = {
    "reference": "SR/02783/26",
    "country": {"key": "NL"},
    "publicationDate": "2026-10-01T15:19:24.123Z",
    "modificationDate": "2026-10-02T15:19:24.123Z",
    "product": {
        "nameSpecific": "The Game That Connects\t\t",
        "brands": [{"brand": "Magnetix"}, {"brand": "nincs"}],
        "barcodes": [{"barcode": "8710124155013 "}, {"barcode": "BCD25042500206593"}],
        "modelTypes": [{"modelType": "601-1004"}],
        "versions": [{"language": {"key": "EN"}, "name": "Magnetic toy", "description": "24 magnets."}],
    },
    "risk": {
        "riskType": [{"key": "riskType.choking"}, {"key": "riskType.health.risk.or.other"}],
        "versions": [{"language": {"key": "EN"}, "riskDescription": "Magnets &amp; balls."}],
    },
    "measureTaken": {
        "measures": [
            {
                "measureType": {"key": "measure.type.voluntary"},
                "measureCategory": {"key": "measure.category.recall.of.product.from.consumers"},
            }
        ],
        "companyRecalls": [{"link": "https://recall.example"}],
    },
}


def test_safety_gate_as_its_site_shows_it() -> None:
    [found] = read(json.dumps(ALERT).encode())
    assert isinstance(found, Read)
    assert (found.source, found.reference) == (RecallSource.SAFETY_GATE, "SR/02783/26")
    assert found.modified_at is not None
    assert found.content == {
        "country": "NL",
        "published_on": date(2026, 10, 1),
        "product": "Magnetic toy",
        "name": "The Game That Connects",
        "description": "24 magnets.",
        "brands": ["Magnetix"],
        "model_names": ["601-1004"],
        "barcodes": ["8710124155013", "BCD25042500206593"],
        "batches": [],
        "risk_types": ["choking", "health.risk"],
        "risk": "Magnets & balls.",
        "measures": ["voluntary:recall.of.product.from.consumers"],
        "link": "https://recall.example",
        "language": "en",
    }


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ALERT | {"reference": ""}, "no reference"),
        (ALERT | {"publicationDate": "soon"}, "not a day"),
        (ALERT | {"product": None}, "not laid out"),
        (ALERT | {"product": {"versions": []}}, "names no product"),
        (ALERT | {"product": {"nameSpecific": "x" * 10_001}}, "too long"),
        (ALERT | {"modificationDate": "x"}, "not laid out"),
        (7, "not laid out"),
        (None, "not laid out"),
    ],
)
def test_a_bad_alert_stays_out_alone_and_is_named(fault: Any, said: str) -> None:
    first, second = read(json.dumps({"records": [fault, ALERT]}).encode())
    assert isinstance(first, Fault)
    assert (first.place, said in first.text) == (1, True)
    assert isinstance(second, Read)


@pytest.mark.parametrize("data", [b"", b"{", b"[", b"x\n1", b"\xff\xfe\x00", b'{"records": 3}'])
def test_what_is_no_file_of_alerts_is_said(data: bytes) -> None:
    with pytest.raises(LayoutUnknown):
        list(read(data))


def test_the_cpsc_has_models_and_barcodes_in_its_words() -> None:
    text = (
        "This recall involves Acme air fryers, model numbers NS-AF34D2, NS-AF5DSS2 and 2022. “Acme” brand name is on top. "
        "UPC code “810447020536” is on the box."
    )
    assert cpsc.models(text) == ["NS-AF34D2", "NS-AF5DSS2"]
    assert cpsc.barcodes(text) == ["810447020536"]
    assert cpsc.brands("Acme Recalls Fryers Due to Fire", "Acme Air Fryers", text) == ["Acme"]
    assert cpsc.brands("Huge Stores Recalls Lamps", "Lux Lamps", "") == []
    assert cpsc.brands("Lux Lamps Recalled Due to Fire", "Lux Lamps", "") == ["Lux"]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "most_refused"),
    [
        ("regdata/safety_gate_sample.json", 0),
        ("regdata/safety_gate_sample.csv", 0),
        ("data/restricted/safety_gate_and_sk_alerts.csv.gz", 110),
        ("data/restricted/cpsc_recalls_2023_12_2026_04.csv.gz", 0),
    ],
)
def test_real_files_are_read(reference_data: Path, name: str, most_refused: int) -> None:
    data = (reference_data / name).read_bytes()
    found = list(read(gzip.decompress(data) if name.endswith(".gz") else data))
    faults = [each for each in found if isinstance(each, Fault)]
    assert len(found) > len(faults)
    assert len(faults) <= most_refused


@pytest.mark.data
def test_one_alert_in_both_layouts_is_the_same(reference_data: Path) -> None:
    """A weekly file after the site's own: nothing has changed."""
    folder = reference_data / "regdata"
    flat = {each.reference: each for each in read((folder / "safety_gate_sample.csv").read_bytes())}
    for each in read((folder / "safety_gate_sample.json").read_bytes()):
        assert isinstance(each, Read)
        other = flat[each.reference]
        assert isinstance(other, Read)
        assert {name: each.content[name] for name in other.content} == other.content
