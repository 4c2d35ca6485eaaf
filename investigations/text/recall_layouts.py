"""Files of alerts as their publishers lay them out, read row by row. Pure: what cannot be read is said and left out.

Safety Gate's JSON is what its public site shows of an alert, one or many; its CSV is flat, lists with a bar between them. The
CPSC's CSV has neither barcodes nor models of their own: they are read from the description.
"""

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from investigations.enums import RecallSource
from investigations.text import cpsc, identifiers

LONGEST, LONGEST_LIST, LONGEST_REFERENCE = 10_000, 500, 40
LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[A-Za-z]{2,4})?(?![A-Za-z])")
REFERENCE = re.compile(r"^[\w/.\-]{2,40}$")
DAYS = ("%Y-%m-%d", "%d. %m. %Y", "%d/%m/%Y", "%d.%m.%Y", "%B %d, %Y")


class LayoutUnknown(Exception):
    """Nothing of the file can be read; the text says why."""


class RowUnreadable(Exception):
    """This alert stays out; the text says why."""


@dataclass(frozen=True)
class Fault:
    """`place` is the line of a CSV, or the number of the alert in a JSON file."""

    place: int
    reference: str
    text: str


@dataclass(frozen=True)
class Read:
    """An alert as its publisher gave it. `content` has fields of `RecallAlert`; of those that a layout lacks, what is known stays."""

    source: RecallSource
    reference: str
    modified_at: datetime | None
    content: dict[str, Any]


def read(data: bytes) -> Iterator[Read | Fault]:
    """Each alert of a file, or why it stays out. Raises LayoutUnknown."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LayoutUnknown(_("The file is not text in UTF-8.")) from None
    if text.lstrip()[:1] in ("{", "["):
        return _each(_json_rows(text), lambda row: _safety_gate(row))
    rows = csv.DictReader(io.StringIO(text))
    head = {name.strip() for name in rows.fieldnames or () if name}
    for needed, reader in CSV_LAYOUTS:
        if needed <= head:
            return _each(((rows.line_num, row) for row in rows), reader)
    raise LayoutUnknown(_("The columns are neither those of Safety Gate nor those of the CPSC."))


def _each(rows: Iterator[tuple[int, Any]], reader: Callable[[Any], Read]) -> Iterator[Read | Fault]:
    for place, row in rows:
        try:
            yield reader(row)
        except RowUnreadable as fault:
            yield Fault(place, _reference_of(row), str(fault))
        except (AttributeError, KeyError, TypeError, ValueError):
            yield Fault(place, _reference_of(row), _("The alert is not laid out as its publisher does it."))


def _reference_of(row: Any) -> str:
    if not isinstance(row, Mapping):
        return ""
    named = row.get("reference") or row.get("alert_number") or row.get("Recall Number") or ""
    return str(named)[:LONGEST_REFERENCE]


def checked(source: RecallSource, reference: str, modified_at: datetime | None, content: dict[str, Any]) -> Read:
    """The last look at every alert, however it came. Raises RowUnreadable."""
    if not REFERENCE.match(reference):
        raise RowUnreadable(_("It has no reference."))
    if not (content["product"] or content["name"]):
        raise RowUnreadable(_("It names no product."))
    for name, value in content.items():
        if isinstance(value, str) and len(value) > LONGEST:
            raise RowUnreadable(_("“%(field)s” is too long.") % {"field": name})
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise RowUnreadable(_("“%(field)s” has too many parts.") % {"field": name})
    content["language"] = tongue[0] if (tongue := LANGUAGE.match(content.get("language", ""))) else "en"
    if "brands" in content:
        content["brands"] = list(identifiers.brands(content["brands"]).values())
    return Read(source, reference, modified_at, content)


# --- Safety Gate -------------------------------------------------------------------------------------


def _json_rows(text: str) -> Iterator[tuple[int, Any]]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise LayoutUnknown(_("The file begins like JSON and is not.")) from None
    if isinstance(given, Mapping):
        given = given.get("records", given.get("content", [given]))
    if not isinstance(given, list):
        raise LayoutUnknown(_("There are no alerts in the file."))
    return iter(enumerate(given, start=1))


def _safety_gate(row: Any) -> Read:
    product, risk, taken = row["product"], row.get("risk") or {}, row.get("measureTaken") or {}
    words, risk_words = _english(product.get("versions")), _english(risk.get("versions"))
    recalls = taken.get("companyRecalls") or []
    content = {
        "country": str((row.get("country") or {}).get("key") or "")[:2],
        "published_on": _day(str(row.get("publicationDate") or "")[:10]),
        "product": _plain(words.get("name")),
        "name": _plain(product.get("nameSpecific")),
        "description": _plain(words.get("description")),
        "brands": _listed(product.get("brands"), "brand"),
        "model_names": _listed(product.get("modelTypes"), "modelType"),
        "barcodes": _listed(product.get("barcodes"), "barcode"),
        "batches": _listed(product.get("batchNumbers"), "batchNumber"),
        "risk_types": [_risk(each["key"]) for each in risk.get("riskType") or ()],
        "risk": _plain(risk_words.get("riskDescription")),
        "measures": _parts(map(_measure, taken.get("measures") or ())),
        "link": str(recalls[0].get("link") or "") if recalls else "",
        "language": str((words.get("language") or {}).get("key") or "en").lower(),
    }
    return checked(
        RecallSource.SAFETY_GATE, _plain(row.get("reference")), _moment(row.get("modificationDate")), content
    )


def _english(versions: Any) -> Mapping[str, Any]:
    known = {str((each.get("language") or {}).get("key")): each for each in versions or ()}
    return known.get("EN") or next(iter(known.values()), {})


def _measure(given: Mapping[str, Any]) -> str:
    """`voluntary:recall.of.product.from.consumers`, as the flat layout writes it."""
    kind = _code((given.get("measureType") or {}).get("key") or "", "measure.type.")
    return f"{kind}:{_code((given.get('measureCategory') or {}).get('key') or '', 'measure.category.')}"


def _safety_gate_flat(row: Mapping[str, str | None]) -> Read:
    content = {
        "country": _cell(row, "notifying_country")[:2],
        "published_on": _day(_cell(row, "published")),
        "product": _cell(row, "product"),
        "name": _cell(row, "name"),
        "brands": _bars(row, "brands"),
        "model_names": _bars(row, "models"),
        "barcodes": _bars(row, "barcodes"),
        "batches": _bars(row, "batches"),
        "risk_types": [_risk(each) for each in _bars(row, "risk_types")],
        "risk": _cell(row, "risk_description"),
        "measures": _bars(row, "measures"),
        "link": _cell(row, "company_recall_link"),
        "language": _cell(row, "text_language") or "en",
    }
    return checked(RecallSource.SAFETY_GATE, _cell(row, "alert_number"), None, content)


def _alerts_flat(row: Mapping[str, str | None]) -> Read:
    """The layout of yearly extracts: lists with commas, the name in the description."""
    content = {
        "published_on": _day(_cell(row, "published_on")),
        "product": _cell(row, "product_name"),
        "name": _cell(row, "product_description"),
        "description": _cell(row, "production_dates"),
        "brands": _commas(row, "brand"),
        "barcodes": _commas(row, "barcode"),
        "batches": _commas(row, "batch_number"),
        "risk_types": [_risk(each.lower().replace(" ", ".")) for each in _commas(row, "risk_type")],
        "risk": _cell(row, "risk_description"),
        "language": "en",
    }
    source = RecallSource.SAFETY_GATE if "Safety Gate" in _cell(row, "origin") else RecallSource.OTHER
    return checked(source, _cell(row, "alert_number"), None, content)


# --- CPSC ---------------------------------------------------------------------------------------------


def _cpsc(row: Mapping[str, str | None]) -> Read:
    described = _cell(row, "Description")
    content = {
        "country": "US",
        "published_on": _day(_cell(row, "Date")),
        "product": _cell(row, "Name of product"),
        "name": "",
        "description": described,
        "brands": cpsc.brands(_cell(row, "Recall Heading"), _cell(row, "Name of product"), described),
        "model_names": cpsc.models(described),
        "barcodes": cpsc.barcodes(described),
        "batches": [],
        "risk_types": [],
        "risk": _cell(row, "Hazard Description"),
        "measures": [part.strip().lower() for part in _cell(row, "Remedy Type").split(",") if part.strip()],
        "link": "",
        "language": "en",
    }
    return checked(RecallSource.CPSC, _cell(row, "Recall Number"), None, content)


# --- values -------------------------------------------------------------------------------------------


def _plain(value: Any) -> str:
    text = html.unescape(str(value or "")).replace("\x00", "")
    return " ".join(text.split())


def _cell(row: Mapping[str, str | None], name: str) -> str:
    return _plain(row.get(name))


def _bars(row: Mapping[str, str | None], name: str) -> list[str]:
    return _parts(_cell(row, name).split("|"))


def _commas(row: Mapping[str, str | None], name: str) -> list[str]:
    return _parts(re.split(r"[,;]", _cell(row, name)))


def _listed(given: Any, name: str) -> list[str]:
    return _parts(str(each.get(name) or "") for each in given or ())


def _parts(given: Any) -> list[str]:
    """Trimmed, each once, in their order."""
    return list(dict.fromkeys(part for each in given if (part := _plain(each))))


def _code(key: str, prefix: str) -> str:
    return key.strip().removeprefix(prefix)[:40]


def _risk(key: str) -> str:
    code = _code(key, "riskType.")
    return "health.risk" if code.startswith("health.risk") else code


def _day(text: str) -> date | None:
    """Raises RowUnreadable for what stands there and is no day."""
    if not text:
        return None
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise RowUnreadable(_("“%(text)s” is not a day.") % {"text": text[:40]})


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


CSV_LAYOUTS: tuple[tuple[frozenset[str], Callable[[Mapping[str, str | None]], Read]], ...] = (
    (frozenset({"alert_number", "brands", "models", "barcodes"}), _safety_gate_flat),
    (frozenset({"alert_number", "product_name", "brand", "barcode"}), _alerts_flat),
    (frozenset({"Recall Number", "Name of product", "Hazard Description"}), _cpsc),
)
