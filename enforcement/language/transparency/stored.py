"""A payload as the database makes it: trimmed before it is read, and put in order when it is stored."""

from collections.abc import Mapping
from typing import Any

KEPT = (
    "puid", "decision_visibility", "decision_visibility_other", "end_date_visibility_restriction", "decision_monetary",
    "decision_monetary_other", "end_date_monetary_restriction", "decision_provision", "end_date_service_restriction",
    "decision_account", "end_date_account_restriction", "account_type", "decision_ground",
    "decision_ground_reference_url", "illegal_content_legal_ground", "illegal_content_explanation",
    "incompatible_content_ground", "incompatible_content_explanation", "incompatible_content_illegal", "content_type",
    "content_type_other", "category", "category_addition", "category_specification", "category_specification_other",
    "territorial_scope", "content_language", "content_date", "content_id_ean", "application_date", "decision_facts",
    "source_type", "source_identity", "automated_detection", "automated_decision",
)  # fmt: skip
SORTED = ("decision_visibility", "category_specification", "content_type", "territorial_scope")
DROPPED_UNLESS = {
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER"),
    "decision_monetary_other": ("decision_monetary", "DECISION_MONETARY_OTHER"),
    "content_type_other": ("content_type", "CONTENT_TYPE_OTHER"),
    "illegal_content_legal_ground": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    "illegal_content_explanation": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    "incompatible_content_ground": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    "incompatible_content_explanation": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    "incompatible_content_illegal": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
}


def trimmed(value: Any) -> Any:
    """Texts without space around them; what is empty then is nothing."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Mapping):
        return {key: trimmed(each) for key, each in value.items()}
    return [trimmed(each) for each in value] if isinstance(value, list) else value


def as_stored(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the database keeps of a payload that it accepts."""
    given = trimmed(payload)
    named = given.get("content_id")
    if isinstance(named, Mapping) and named.get("EAN-13"):
        given["content_id_ean"] = named["EAN-13"]
    kept = {field: given[field] for field in KEPT if field in given}
    for field, (source, code) in DROPPED_UNLESS.items():
        chosen = given.get(source)
        if code not in (chosen if isinstance(chosen, list) else [chosen]):
            kept.pop(field, None)
    if given.get("source_type") == "SOURCE_VOLUNTARY":
        kept.pop("source_identity", None)
    for field in SORTED:
        if kept.get(field):
            kept[field] = sorted(set(kept[field]))
    if "territorial_scope" in kept:
        kept["territorial_scope"] = kept["territorial_scope"] or []
    if kept.get("category_addition"):
        kept["category_addition"] = [each for each in kept["category_addition"] if each != kept["category"]]
    return kept
