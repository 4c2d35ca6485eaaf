"""What the database's documentation or the law forbids and its API lets pass: we refuse it before it leaves.

Each rule has a name, by which docs/transparency.md describes it and the tests know it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from enforcement.language.transparency.faults import Fault
from enforcement.language.transparency.personal import has_personal_data
from governance.policies.language.rows import valid_gtin

TERRITORY, ENDS_FIRST, LATER_CONTENT = "territory", "end_before_start", "content_after_start"
CHECK_DIGIT, PERSONAL, TERMS_ONLY, NOT_TEXT = "ean_check_digit", "personal_data", "terms_category", "not_text"
TOLD = (
    "decision_facts", "illegal_content_explanation", "incompatible_content_explanation", "source_identity",
    "decision_visibility_other", "decision_monetary_other", "content_type_other", "category_specification_other",
)  # fmt: skip
GROUNDS = ("illegal_content_legal_ground", "incompatible_content_ground")


def stricter(given: Mapping[str, Any]) -> Iterator[Fault]:
    """The faults by our own rules of a payload that the database would take."""
    if not given.get("territorial_scope"):
        yield Fault("territorial_scope", "Name the countries in which the restriction holds.", TERRITORY)
    yield from _days(given)
    yield from _codes(given)
    for field in (*TOLD, *GROUNDS):
        value = given.get(field)
        if value is not None and not isinstance(value, str):
            yield Fault(field, "This must be text.", NOT_TEXT)
        elif field in TOLD and value and has_personal_data(value):
            yield Fault(field, "An e-mail address or a telephone number stands in it.", PERSONAL)


def _days(given: Mapping[str, Any]) -> Iterator[Fault]:
    start = _day(given.get("application_date"))
    content = _day(given.get("content_date"))
    if start and content and content > start:
        yield Fault("content_date", "The content cannot be younger than the decision about it.", LATER_CONTENT)
    for kind in ("visibility", "monetary", "service", "account"):
        field = f"end_date_{kind}_restriction"
        end = _day(given.get(field))
        if start and end and end < start:
            yield Fault(field, "The restriction ends before it begins.", ENDS_FIRST)


def _codes(given: Mapping[str, Any]) -> Iterator[Fault]:
    named = given.get("content_id")
    if isinstance(named, Mapping) and named.get("EAN-13") and not valid_gtin(str(named["EAN-13"])):
        yield Fault("content_id.EAN-13", "The check digit is wrong.", CHECK_DIGIT)
    if given.get("content_id_ean") and not valid_gtin(str(given["content_id_ean"])):
        yield Fault("content_id_ean", "The check digit is wrong.", CHECK_DIGIT)
    terms_only = given.get("category") == "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
    if terms_only and given.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT":
        yield Fault("category", "Other violations of the terms are not illegal content.", TERMS_ONLY)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
