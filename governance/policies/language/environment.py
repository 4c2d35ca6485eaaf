"""The typed environment: compiles rules against the vocabulary and the attribute register, and reads rows with them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from governance.policies.language import patterns, protos
from governance.policies.language.bounds import check_bounds
from governance.policies.language.checks import Checker
from governance.policies.language.descriptors import MESSAGES, PACKAGE, Schema, schema
from governance.policies.language.kinds import AttributeType, Function, Kind
from governance.policies.language.parsing import explain_failure, parse
from governance.policies.language.problems import Report
from governance.policies.language.readers import filler, readers
from governance.policies.language.rewriting import HELD, MATCHES, MISSING, Rewriter
from governance.policies.language.row import Access, Row
from governance.policies.language.rows import Subject
from governance.policies.language.rule import Rule
from governance.policies.language.scope import About, Known, Names, Scope
from governance.policies.language.syntax import Literal
from governance.policies.language.terms import Hits, Matcher, TermListSpec
from governance.policies.language.tokens import Source
from governance.policies.language.vocabulary import FUNCTIONS, GROUPS
from listings.text.traces import Edit, edited

_TYPES = {
    Kind.TEXT: cel.Type.STRING,
    Kind.NUMBER: cel.Type.DOUBLE,
    Kind.WHOLE: cel.Type.INT,
    Kind.BOOLEAN: cel.Type.BOOL,
    Kind.MOMENT: cel.Type.TIMESTAMP,
    Kind.PERIOD: cel.Type.DURATION,
    **{kind: cel.Type(f"{PACKAGE}.{name}") for kind, name in MESSAGES.items()},
}
_ROOT_KINDS = {"merchant": Kind.MERCHANT, "case": Kind.CASE}


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
        self.schema = schema([attribute.fact() for attribute in self.attributes.values()])
        self.accesses = _accesses(self.schema, self.attributes)
        self.runtime = _runtime(self.schema)

    def compile(self, source: str, about: About | str = About.LISTINGS) -> Rule:
        """Raises RuleProblems with everything that is wrong and where."""
        text = Source(source)
        report = Report(text)
        node = parse(self.runtime, text, report)
        checker = Checker(report)
        checker.check(node, Scope(self.schema.facts, self.known, About(about)))
        check_bounds(node, report)
        report.refuse()
        try:
            checked = self._checked(_reworded(source, checker.meeting.reworded))
        except RuntimeError as error:
            explain_failure(str(error), text, report)
            report.refuse()
            raise
        tree = Rewriter(checked, self.schema.optional, self._checked).rewrite()
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

    def _checked(self, source: str) -> Any:
        return protos.checked(self.runtime.compile(source).serialize())


def _reworded(source: str, words: Mapping[Literal, str]) -> str:
    """Put other literals in the places of some. Every node keeps its id, so that the author's tree still fits."""
    places = sorted(words, key=lambda literal: literal.start)
    return edited(source, (Edit(literal.start, literal.end, words[literal]) for literal in places))


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


def _runtime(schema_: Schema) -> Any:
    variables = {"listing": _TYPES[Kind.LISTING]} | {name: _TYPES[kind] for name, kind in _ROOT_KINDS.items()}
    variables |= {"now": cel.Type.TIMESTAMP, "market": cel.Type.STRING}
    variables |= {name: _TYPES[kind] for kind, name in HELD.items()}
    variables |= {name: cel.Type.List(cel.Type.STRING) for name in GROUPS}
    return cel.NewEnv(
        descriptor_pool=schema_.pool,
        variables=variables,
        extensions=[ext_strings.ExtStrings(), cel.CelExtension("rules", _declarations())],
    )


def _declarations() -> list[Any]:
    """Declare own functions. Those with a template are gone before anything runs, hence have no implementation.

    Receivers and answers are declared dynamic: the runtime tells no message from another by type, and has no type for an
    answer that may be missing. Types are the checker's business, which has run before.
    """
    own = {function.name: function for function in FUNCTIONS if function.template}
    overloads = {name: _overload(function) for name, function in own.items()}
    words = [_TYPES[Kind.WORDS], cel.Type.STRING]
    overloads["matches"] = cel.Overload("words.matches", cel.Type.BOOL, words, True)
    overloads[MISSING] = cel.Overload(MISSING, cel.Type.DYN, [], False)
    texts = [cel.Type.STRING, cel.Type.STRING]
    overloads[MATCHES] = cel.Overload(MATCHES, cel.Type.BOOL, texts, True, patterns.found)
    return [cel.FunctionDecl(name, [overload]) for name, overload in overloads.items()]


def _overload(function: Function) -> Any:
    receiver = [cel.Type.DYN] if function.owner else []
    parameters = [_TYPES[parameter.kind] for parameter in function.parameters]
    returns = cel.Type.DYN if function.optional else _TYPES[function.returns]
    return cel.Overload(function.name, returns, receiver + parameters, bool(function.owner))
