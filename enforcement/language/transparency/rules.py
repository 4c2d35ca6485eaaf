"""Whether the database would take a payload, by its rules as of 2025-07-01, and by ours that are stricter.

Pure: no database, no clock. Messages read as the database's own, so that both are shown alike. The traps are its: a list
must be a list, an empty one counts as missing, `category_addition` and `incompatible_content_illegal` may not be null, and
two texts are measured even where they would be dropped.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from enforcement.language.transparency.codes import CODES, YES_NO
from enforcement.language.transparency.faults import Fault
from enforcement.language.transparency.stored import trimmed
from enforcement.language.transparency.stricter import stricter

Payload = Mapping[str, Any]

BATCH_MOST = 100
DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
REQUIRED_CHOICES = {
    "decision_ground": CODES["decision_ground"],
    "category": CODES["category"],
    "source_type": CODES["source_type"],
    "automated_detection": YES_NO,
    "automated_decision": CODES["automated_decision"],
}
CHOICES = {
    "decision_monetary": CODES["decision_monetary"],
    "decision_provision": CODES["decision_provision"],
    "decision_account": CODES["decision_account"],
    "account_type": CODES["account_type"],
    "content_language": CODES["content_language"],
}
LISTS = {
    "decision_visibility": CODES["decision_visibility"],
    "category_specification": CODES["category_specification"],
    "territorial_scope": CODES["territorial_scope"],
}
OTHERS = {
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER"),
    "content_type_other": ("content_type", "CONTENT_TYPE_OTHER"),
}
"""Texts that a list asks for by its code for “other”. They are measured even where they will be dropped."""
ASKED = {
    "decision_monetary_other": ("decision_monetary", "DECISION_MONETARY_OTHER", "other", 500),
    "illegal_content_legal_ground": (
        "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", "illegal content", 500,
    ),
    "illegal_content_explanation": (
        "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", "illegal content", 2_000,
    ),
    "incompatible_content_ground": (
        "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible content", 500,
    ),
    "incompatible_content_explanation": (
        "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible content", 2_000,
    ),
}  # fmt: skip
"""Texts that one choice asks for; beside another choice they are not read at all."""
LAST_DAY = date(2038, 1, 1)
DATES = {"content_date": date(2000, 1, 1), "application_date": date(2020, 1, 1)}
ENDS = tuple(f"end_date_{kind}_restriction" for kind in ("visibility", "monetary", "service", "account"))
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PUID = re.compile(r"[a-zA-Z0-9_-]+")
EAN = re.compile(r"[0-9]{13}")
HOST = re.compile(r"[^\s/?#@]+")


def check(payload: Payload, *, ours: bool = True) -> list[Fault]:
    """What is wrong with one statement. `ours` asks, where the database has no objection, for what it should have had."""
    given = trimmed(payload)
    found = [fault for part in PARTS for fault in part(given)]
    return list(stricter(given)) if ours and not found else found


def check_batch(body: Payload, *, ours: bool = True) -> dict[str, list[Fault]]:
    """What is wrong with a batch: `statements`, else each `statement_N`, else `puid`, as the database answers."""
    statements = trimmed(body).get("statements")
    if fault := _envelope(statements):
        return {"statements": [Fault("statements", fault)]}
    assert isinstance(statements, list)  # noqa: S101 -- the envelope says so
    each = (check(one if isinstance(one, Mapping) else {}, ours=ours) for one in statements)
    if found := {f"statement_{place}": faults for place, faults in enumerate(each) if faults}:
        return found
    puids = [one["puid"] for one in statements]
    if len(set(puids)) < len(puids):
        return {"puid": [Fault("puid", "The platform identifier(s) are not all unique within this call.")]}
    return {}


def _envelope(statements: object) -> str:
    if not statements:
        return "The statements field is required."
    if not isinstance(statements, list):
        return "The statements field must be an array."
    many = len(statements) > BATCH_MOST
    return f"The statements field must not have more than {BATCH_MOST} items." if many else ""


# --- parts -----------------------------------------------------------------------------------------


def _decisions(given: Payload) -> Iterator[Fault]:
    """One of the four kinds of restriction at least."""
    if any(not _empty(given.get(field)) for field in DECISIONS):
        return
    for field in DECISIONS:
        others = " / ".join(_label(other) for other in DECISIONS if other != field)
        yield Fault(field, f"The {_label(field)} field is required when none of {others} are present.")


def _choices(given: Payload) -> Iterator[Fault]:
    for field, allowed in REQUIRED_CHOICES.items():
        if _empty(given.get(field)):
            yield _missing(field)
        elif not _is_one_of(given[field], allowed):
            yield _invalid(field)
    for field, allowed in CHOICES.items():
        if given.get(field) is not None and not _is_one_of(given[field], allowed):
            yield _invalid(field)
    illegal = "incompatible_content_illegal"
    if illegal in given and not _is_one_of(given[illegal], YES_NO):
        yield _invalid(illegal)


def _lists(given: Payload) -> Iterator[Fault]:
    for field, allowed in LISTS.items():
        if given.get(field) is not None:
            yield from _list(field, given[field], allowed)
    if "category_addition" in given:
        yield from _list("category_addition", given["category_addition"], CODES["category"])
    if _empty(given.get("content_type")):
        yield _missing("content_type")
    else:
        yield from _list("content_type", given["content_type"], CODES["content_type"])


def _list(field: str, value: object, allowed: frozenset[str]) -> Iterator[Fault]:
    if not isinstance(value, list | Mapping):
        yield Fault(field, f"The {_label(field)} field must be an array.")
        return
    members = value if isinstance(value, list) else list(value.values())
    if not all(_is_one_of(each, allowed) for each in members):
        yield _invalid(field)


def _texts(given: Payload) -> Iterator[Fault]:
    if _empty(given.get("decision_facts")):
        yield _missing("decision_facts")
    yield from _measured(given, "decision_facts", 5_000)
    yield from _measured(given, "source_identity", 500)
    yield from _measured(given, "category_specification_other", 500)
    for field, (source, code) in OTHERS.items():
        yield from _measured(given, field, 500)
        chosen = given.get(source)
        if isinstance(chosen, list) and code in chosen and _empty(given.get(field)):
            yield _missing(field)
    for field, (source, code, words, most) in ASKED.items():
        if given.get(source) != code:
            continue
        if _empty(given.get(field)):
            yield Fault(field, f"The {_label(field)} field is required when {_label(source)} is {words}.")
        yield from _measured(given, field, most)


def _puid(given: Payload) -> Iterator[Fault]:
    value = given.get("puid")
    if _empty(value):
        yield _missing("puid")
        return
    yield from _measured(given, "puid", 500)
    if not PUID.fullmatch(_text(value)):
        yield Fault("puid", "The puid format is invalid.")


def _dates(given: Payload) -> Iterator[Fault]:
    for field, first in DATES.items():
        if _empty(given.get(field)):
            yield _missing(field)
        else:
            yield from _date(field, given[field], first)
    for field in ENDS:
        if given.get(field) is not None:
            yield from _date(field, given[field], None)


def _date(field: str, value: object, first: date | None) -> Iterator[Fault]:
    day = day_of(value)
    if day is None:
        label = _label(field).replace("end date", "end date of")
        yield Fault(field, f"The {label} does not match the format YYYY-MM-DD.")
    elif first is not None and day < first:
        yield Fault(field, f"The {_label(field)} field must be a date after or equal to {first}.")
    elif day > LAST_DAY:
        yield Fault(field, f"The {_label(field)} field must be a date before or equal to {LAST_DAY}.")


def _address(given: Payload) -> Iterator[Fault]:
    field = "decision_ground_reference_url"
    if given.get(field) is None:
        return
    if not _is_address(given[field]):
        yield Fault(field, f"The {_label(field)} field must be a valid URL.")
    yield from _measured(given, field, 500)


def _product(given: Payload) -> Iterator[Fault]:
    named, copied = given.get("content_id"), given.get("content_id_ean")
    if named is not None and not isinstance(named, list | Mapping):
        yield Fault("content_id", "The content id field must be an array.")
    elif isinstance(named, Mapping) and "EAN-13" in named and not EAN.fullmatch(_text(named["EAN-13"])):
        yield Fault("content_id.EAN-13", "The content id. e a n-13 field format is invalid.")
    if copied is not None and not EAN.fullmatch(_text(copied)):
        yield Fault("content_id_ean", "The content id ean field format is invalid.")


PARTS: tuple[Callable[[Payload], Iterator[Fault]], ...] = (
    _puid, _decisions, _choices, _lists, _texts, _dates, _address, _product,
)  # fmt: skip


# --- words -----------------------------------------------------------------------------------------


def day_of(value: object) -> date | None:
    """A day as the database writes it, else None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else None
    except ValueError:
        return None


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, list | Mapping) and not value)


def _is_one_of(value: object, allowed: frozenset[str]) -> bool:
    return isinstance(value, str) and value in allowed


def _is_address(value: object) -> bool:
    if not isinstance(value, str) or re.search(r"\s", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https", "ftp") and bool(HOST.fullmatch(parts.hostname or ""))
    except ValueError:
        return False


def _text(value: object) -> str:
    """A number is read as its figures."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _measured(given: Payload, field: str, most: int) -> Iterator[Fault]:
    if len(_text(given.get(field))) > most:
        yield Fault(field, f"The {_label(field)} field must not be greater than {most} characters.")


def _missing(field: str) -> Fault:
    return Fault(field, f"The {_label(field)} field is required.")


def _invalid(field: str) -> Fault:
    return Fault(field, f"The selected {_label(field)} is invalid.")


def _label(field: str) -> str:
    return field.replace("_", " ")
