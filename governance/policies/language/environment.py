"""The typed environment: compiles rules against the vocabulary and the attribute register, and reads rows with them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from governance.policies.language import protos
from governance.policies.language.compiling import compiled, runtime
from governance.policies.language.descriptors import Schema, schema
from governance.policies.language.kinds import AttributeType, Kind
from governance.policies.language.readers import filler, readers
from governance.policies.language.row import Access, Row
from governance.policies.language.rows import Subject
from governance.policies.language.rule import Rule
from governance.policies.language.scope import About, Known, Names, Scope
from governance.policies.language.terms import Hits, Matcher, TermListSpec
from governance.policies.language.vocabulary import ALL_FACTS

_ROOT_KINDS = {"merchant": Kind.MERCHANT, "case": Kind.CASE}
MOST_ATTRIBUTES = 5_000
"""A message of the runtime holds no more than 64 KiB of fields."""


class Environment:
    """Everything a rule may name, as plain data: this room asks no database. Safe to share between threads.

    A set that is None is not known here and literals are not looked up in it; term lists always are.
    """

    def __init__(
        self,
        *,
        attributes: Iterable[AttributeType] = (),
        term_lists: Iterable[TermListSpec] = (),
        categories: Names | None = None,
        certificates: Names | None = None,
        markets: Names | None = None,
    ) -> None:
        self.attributes = {attribute.key: attribute for attribute in attributes}
        self.term_lists = {spec.key: spec for spec in term_lists}
        names = {key: spec.names for key, spec in self.term_lists.items()}
        self.known = Known(names, categories, certificates, markets)
        self.matcher = Matcher(self.term_lists.values())
        if len(self.attributes) > MOST_ATTRIBUTES:
            raise ValueError(
                f"the register has {len(self.attributes)} attributes; rules can name {MOST_ATTRIBUTES} at most"
            )
        self.schema = schema([*ALL_FACTS, *(attribute.fact() for attribute in self.attributes.values())])
        self.accesses = _accesses(self.schema, self.attributes)
        self.runtime = runtime(self.schema)

    def compile(self, source: str, about: About | str = About.LISTINGS) -> Rule:
        """Raises RuleProblems with everything that is wrong and where."""
        scope = Scope(self.schema.facts, self.known, About(about))
        node, tree = compiled(source, scope, self.schema, self.runtime)
        return Rule(source, About(about), node, tree, self)

    def program(self, tree: Any) -> Any:
        """Make a checked, rewritten tree ready to run."""
        return self.runtime.deserialize(protos.serialized(tree))

    def row(self, subject: Subject, now: datetime) -> Row:
        return Row(
            subject,
            now,
            accesses=self.accesses,
            classes=self.schema.classes,
            activate=self.runtime.Activation,
            hits=self.hits,
        )

    def mentioned(self, subject: Subject) -> Iterable[str]:
        return sorted(self.hits(subject))

    def hits(self, subject: Subject) -> Hits:
        """Return the hits of the term lists in a listing's texts, by list."""
        listing = subject.listing
        return self.matcher.find(*listing.base_and_skeleton, listing.language) if listing else {}


def _accesses(schema_: Schema, attributes: Mapping[str, AttributeType]) -> dict[str, Access]:
    accesses: dict[str, Access] = {}
    owners = {"": Kind.LISTING, "category": Kind.CATEGORY, "text": Kind.WORDS, "attr": Kind.ATTRIBUTES}
    for path, read in readers(attributes.values()).items():
        root, *holder, name = path.split(".")
        if holder and holder[0].startswith("_window"):
            owner = Kind.WINDOW
        else:
            owner = _ROOT_KINDS.get(root) or owners[".".join(holder)]
        fact = schema_.facts[owner, name]
        accesses[path] = Access(root, tuple(holder), fact, read, filler(fact, schema_))
    return accesses
