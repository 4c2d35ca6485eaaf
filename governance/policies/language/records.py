"""The rule language over records that the database looks through by itself: cases, decisions, merchants.

Only the facts are declared here; where each of them stands is for whoever asks the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.policies.language.checks import LOOPS
from governance.policies.language.compiling import compiled, runtime
from governance.policies.language.descriptors import schema
from governance.policies.language.kinds import Fact
from governance.policies.language.problems import Report
from governance.policies.language.scope import About, Known, Scope
from governance.policies.language.syntax import Node, walk
from governance.policies.language.tokens import Source
from governance.policies.language.vocabulary import WINDOW_FACTS

UNREAD = frozenset({*LOOPS, "matches", "hasCertificate", "certificateValid"})
"""Loops have no short form in SQL, its regular expressions are not RE2's, and certificates are not among the facts."""


@dataclass(frozen=True)
class Asked:
    """A condition that compiles: `node` as it was written, `tree` as it is worked out."""

    source: str
    node: Node
    tree: Any

    def refuse_part(self, number: int) -> None:
        """Raise RuleProblems about the part that has this number in the tree; about all of it where nothing was written so."""
        found = next((part for part in walk(self.node) if part.id == number), self.node)
        report = Report(Source(self.source))
        report.add("part_not_searched", found.start, found.end)
        report.refuse()


class Records:
    def __init__(self, about: About, facts: Sequence[Fact]) -> None:
        self.declared = tuple(facts)
        self.schema = schema([*facts, *WINDOW_FACTS])
        self.runtime = runtime(self.schema)
        self.scope = Scope(self.schema.facts, Known(), about, unread=UNREAD)

    def compile(self, source: str) -> Asked:
        """Raises RuleProblems."""
        return Asked(source, *compiled(source, self.scope, self.schema, self.runtime))
