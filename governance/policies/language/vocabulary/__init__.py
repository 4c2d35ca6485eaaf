"""The one list of what a rule may name. The checker, the explanation, the documentation page, the builder and the API read it.

To add a fact: declare it in `facts.py`, give it a reader in `rows.py`, and load it in `enforcement/engine/facts.py`.
"""

from collections.abc import Mapping

from governance.policies.language.kinds import Fact, Function, Kind
from governance.policies.language.vocabulary.cases import CASE_FACTS
from governance.policies.language.vocabulary.facts import CERTIFICATE_FACTS, LISTING_FACTS, MERCHANT_FACTS
from governance.policies.language.vocabulary.functions import FUNCTIONS
from governance.policies.language.vocabulary.hidden import HIDDEN_FACTS, SHARE, WINDOW_FACTS, WINDOWS
from governance.policies.language.vocabulary.roots import GROUPS, ROOTS

FACTS = (*LISTING_FACTS, *CERTIFICATE_FACTS, *MERCHANT_FACTS)
ALL_FACTS = (*FACTS, *CASE_FACTS, *HIDDEN_FACTS)
PATHS: Mapping[Kind, str] = {
    Kind.LISTING: "listing",
    Kind.MERCHANT: "merchant",
    Kind.CASE: "case",
    Kind.DECISION: "decision",
    Kind.CATEGORY: "listing.category",
    Kind.WORDS: "listing.text",
    Kind.ATTRIBUTES: "listing.attr",
}
"""Where the one record of a kind stands. Certificates are many and have no path."""


def functions_of(kind: Kind) -> dict[str, Function]:
    """Member functions that a value of this kind has."""
    return {function.name: function for function in FUNCTIONS if kind in function.receivers}


def functions_at(path: str | None) -> dict[str, Function]:
    """Member functions of the record that stands at a path, such as listing.text; none for any other path."""
    kind = next((kind for kind, known in PATHS.items() if known == path), None)
    return functions_of(kind) if kind else {}


def global_functions() -> dict[str, Function]:
    return {function.name: function for function in FUNCTIONS if function.owner is None}


__all__ = [
    "ALL_FACTS",
    "CASE_FACTS",
    "FACTS",
    "FUNCTIONS",
    "GROUPS",
    "PATHS",
    "ROOTS",
    "SHARE",
    "WINDOWS",
    "WINDOW_FACTS",
    "Fact",
    "Function",
    "functions_at",
    "functions_of",
    "global_functions",
]
