"""Our words in the database's: what a measure restricts there, and what it calls the matter of a policy."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.policies.enums import Ground

_FILE = Path(__file__).resolve().parents[2] / "data" / "transparency" / "categories.toml"
_READ: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Restricts:
    """The field and code of a measure, the field of its end, and whether it holds wherever the merchant sells."""

    field: str
    code: str
    ends: str
    everywhere: bool = False

    @property
    def value(self) -> str | list[str]:
        return [self.code] if self.field == "decision_visibility" else self.code


def _visibility(code: str) -> Restricts:
    return Restricts("decision_visibility", f"DECISION_VISIBILITY_CONTENT_{code}", "end_date_visibility_restriction")


def _provision(code: str) -> Restricts:
    return Restricts("decision_provision", f"DECISION_PROVISION_{code}", "end_date_service_restriction", True)


def _account(code: str) -> Restricts:
    return Restricts("decision_account", f"DECISION_ACCOUNT_{code}", "end_date_account_restriction", True)


def _monetary(code: str) -> Restricts:
    return Restricts("decision_monetary", f"DECISION_MONETARY_{code}", "end_date_monetary_restriction", True)


MEASURES: Mapping[str, Restricts | None] = {
    "warn": None,
    "request_correction": None,
    "label": _visibility("LABELLED"),
    "age_gate": _visibility("AGE_RESTRICTED"),
    "demote": _visibility("DEMOTED"),
    "restrict_markets": _visibility("DISABLED"),
    "remove": _visibility("REMOVED"),
    "block_relisting": _provision("PARTIAL_SUSPENSION"),
    "limit_new_listings": _provision("PARTIAL_SUSPENSION"),
    "suspend_listing_rights": _provision("PARTIAL_SUSPENSION"),
    "withhold_payout": _monetary("SUSPENSION"),
    "suspend": _account("SUSPENDED"),
    "terminate": _account("TERMINATED"),
}
"""By the measure's value. None restricts nothing (DSA Art. 17(1)), so that the database is not told."""
REPORTED = frozenset(measure for measure, restricts in MEASURES.items() if restricts)
EVERYWHERE = frozenset(measure for measure, restricts in MEASURES.items() if restricts and restricts.everywhere)


@dataclass(frozen=True)
class Matter:
    category: str
    keywords: tuple[str, ...]
    other: str = ""


def matter_of(*, slug: str, family: str, ground: str, own: Matter | None = None) -> Matter:
    """The category and keywords of a policy: what its version says, else by its name, ground and family (`categories.toml`)."""
    if own is not None and own.category:
        return own
    found = _READ["policy"].get(slug)
    if found is None and ground == Ground.TERMS:
        found = _READ["terms"]
    if found is None:
        found = _READ["family"].get(family, _READ["default"])
    return Matter(found["category"], tuple(found["keywords"]), found.get("other", ""))
