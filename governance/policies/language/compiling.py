"""From an author's text to the checked tree that runs: what rules and searches have in common."""

from collections.abc import Mapping
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from governance.policies.language import patterns, protos
from governance.policies.language.bounds import check_bounds
from governance.policies.language.checks import Checker
from governance.policies.language.descriptors import MESSAGES, PACKAGE, Schema
from governance.policies.language.kinds import Function, Kind
from governance.policies.language.parsing import explain_failure, parse
from governance.policies.language.problems import Report
from governance.policies.language.rewriting import HELD, MATCHES, MISSING, Rewriter
from governance.policies.language.scope import Scope
from governance.policies.language.syntax import Literal, Node
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
_ROOT_KINDS = {"listing": Kind.LISTING, "merchant": Kind.MERCHANT, "case": Kind.CASE, "decision": Kind.DECISION}


def compiled(source: str, scope: Scope, schema: Schema, runtime: Any) -> tuple[Node, Any]:
    """The author's tree and the checked, rewritten one. Raises RuleProblems with everything that is wrong and where."""
    text = Source(source)
    report = Report(text)
    node = parse(runtime, text, report)
    checker = Checker(report)
    checker.check(node, scope)
    check_bounds(node, report)
    report.refuse()

    def check(written: str) -> Any:
        return protos.checked(runtime.compile(written).serialize())

    try:
        checked = check(_reworded(source, checker.meeting.reworded))
    except RuntimeError as error:
        explain_failure(str(error), text, report)
        report.refuse()
        raise
    return node, Rewriter(checked, schema.optional, check).rewrite()


def _reworded(source: str, words: Mapping[Literal, str]) -> str:
    """Put other literals in the places of some. Every node keeps its id, so that the author's tree still fits."""
    places = sorted(words, key=lambda literal: literal.start)
    return edited(source, (Edit(literal.start, literal.end, words[literal]) for literal in places))


def runtime(schema: Schema) -> Any:
    variables = {name: _TYPES[kind] for name, kind in _ROOT_KINDS.items()}
    variables |= {"now": cel.Type.TIMESTAMP, "market": cel.Type.STRING}
    variables |= {name: _TYPES[kind] for kind, name in HELD.items()}
    variables |= {name: cel.Type.List(cel.Type.STRING) for name in GROUPS}
    return cel.NewEnv(
        descriptor_pool=schema.pool,
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
