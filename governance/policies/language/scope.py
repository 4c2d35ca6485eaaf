"""What is known while a rule is checked: the fields, the functions, and the sets that literals are looked up in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from governance.policies.language.kinds import Fact, Kind, Meant
from governance.policies.language.vocabulary import functions_of

Names = Mapping[str, Mapping[str, str]]
"""Code → language → name."""


class About(StrEnum):
    """What a rule is read for. Listings and merchants are a policy's subjects; rules about cases are those of queues; what begins
    with `found` are conditions of searches."""

    LISTINGS = "listings"
    MERCHANTS = "merchants"
    CASES = "cases"
    FOUND_MERCHANTS = "found_merchants"
    FOUND_CASES = "found_cases"
    FOUND_DECISIONS = "found_decisions"


STRANGE: Mapping[About, frozenset[str]] = {
    About.LISTINGS: frozenset({"case", "decision"}),
    About.MERCHANTS: frozenset({"case", "decision", "listing", "market"}),
    About.CASES: frozenset({"decision", "listing", "market"}),
    About.FOUND_MERCHANTS: frozenset({"case", "decision", "listing", "market"}),
    About.FOUND_CASES: frozenset({"decision", "listing", "market"}),
    About.FOUND_DECISIONS: frozenset({"case", "listing", "market"}),
}
"""Names that a rule read for this has no value for."""
RULES = frozenset({About.LISTINGS, About.MERCHANTS, About.CASES})
"""What is kept and decides something, unlike the condition of a search."""


@dataclass(frozen=True)
class Known:
    """The sets that literals are looked up in. None: not known here, hence not checked."""

    term_lists: Names | None = None
    categories: Names | None = None
    certificates: Names | None = None
    markets: Names | None = None

    def of(self, meant: Meant) -> Names | None:
        return {
            Meant.TERM_LIST: self.term_lists,
            Meant.CATEGORY: self.categories,
            Meant.CERTIFICATE: self.certificates,
            Meant.MARKET: self.markets,
        }.get(meant)


@dataclass(frozen=True)
class Scope:
    """`unread` are functions and loops of the language that are not read here."""

    facts: Mapping[tuple[Kind, str], Fact]
    known: Known
    about: About = About.LISTINGS
    variables: Mapping[str, Kind] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    def fact(self, owner: Kind, name: str) -> Fact | None:
        return None if name.startswith("_") else self.facts.get((owner, name))

    def field_names(self, owner: Kind) -> list[str]:
        """Every fact and function of a kind, for suggestions."""
        fields = [name for kind, name in self.facts if kind is owner and not name.startswith("_")]
        return fields + list(functions_of(owner))

    def knows(self, root: str) -> bool:
        """Whether what stands at the beginning of a name has a value here."""
        return root not in STRANGE[self.about]

    def inside(self, variable: str, kind: Kind) -> "Scope":
        return replace(self, variables={**self.variables, variable: kind})
