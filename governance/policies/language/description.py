"""The vocabulary as JSON: for the documentation page, the builder's menus, live checking and the API."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, override

from governance.policies.language.describing import OPPOSITES
from governance.policies.language.kinds import KIND_WORDS, AttributeType, Fact, Function, Kind
from governance.policies.language.records import UNREAD, Records
from governance.policies.language.scope import Names
from governance.policies.language.vocabulary import CASE_FACTS, FACTS, FUNCTIONS, GROUPS, PATHS, ROOTS
from governance.policies.language.vocabulary.facts import MERCHANT_FACTS

if TYPE_CHECKING:
    from governance.policies.language.environment import Environment

Json = dict[str, Any]
_OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("==", "!=", "in"),
    Kind.NUMBER: ("<", "<=", ">", ">=", "==", "!=", "in"),
    Kind.WHOLE: ("<", "<=", ">", ">=", "==", "!=", "in"),
    Kind.BOOLEAN: ("==",),
    Kind.MOMENT: ("<", "<=", ">", ">="),
    Kind.LIST: ("contains",),
}
MOST_CHOICES = 500
"""Categories are many: beyond this the builder asks the category picker instead."""


def describe(environment: "Environment", language: str | None = None) -> Json:
    """Return every fact and function that an author may name, with labels in `language` (else the active one)."""
    with override(language or get_language()):
        attributes = [_attribute(attribute) for attribute in environment.attributes.values()]
        return {
            "facts": [_root(name) for name in ("now", "market")] + [_fact(fact) for fact in FACTS] + attributes,
            "functions": [_function(function) for function in FUNCTIONS],
            "groups": {name: list(codes) for name, codes in GROUPS.items()},
            "operators": {kind.value: list(operators) for kind, operators in _OPERATORS.items()},
            "opposites": OPPOSITES,
            "choices": {
                "term_list": _choices(environment.known.term_lists),
                "category": _choices(environment.known.categories),
                "certificate": _choices(environment.known.certificates),
                "market": _choices(environment.known.markets),
            },
        }


def describe_cases(language: str) -> list[Json]:
    """Return what a queue's rule may name of a case and of its merchant, with labels in `language`."""
    return _with_now((*CASE_FACTS, *MERCHANT_FACTS), language)


def describe_records(records: Records, language: str) -> list[Json]:
    """Return what the condition of a search may name, facts before functions, with labels in `language`."""
    owners = {fact.owner for fact in records.declared}
    functions = (each for each in FUNCTIONS if each.name not in UNREAD and (each.owner in owners or _plain(each)))
    with override(language):
        return [*_with_now(records.declared, language), *map(_function, functions)]


def _plain(function: Function) -> bool:
    """Whether it is asked of a value, whatever record that stands in."""
    return function.owner in (None, Kind.TEXT, Kind.MOMENT)


def _with_now(facts: Sequence[Fact], language: str) -> list[Json]:
    with override(language):
        return [_root("now"), *map(_fact, facts)]


def _root(name: str) -> Json:
    fact = ROOTS[name]
    return _shown(fact, fact.name, "")


def _fact(fact: Fact) -> Json:
    owner = PATHS.get(fact.owner, "")
    return _shown(fact, f"{owner}.{fact.name}" if owner else fact.name, fact.owner.value)


def _attribute(attribute: AttributeType) -> Json:
    fact = attribute.fact()
    shown = _shown(fact, f"listing.attr.{attribute.key}", Kind.ATTRIBUTES.value)
    language = (get_language() or "en").split("-")[0]
    return shown | {"label": attribute.labels.get(language) or str(fact.label)}


def _shown(fact: Fact, path: str, owner: str) -> Json:
    return {
        "path": path,
        "name": fact.name,
        "of": owner,
        "kind": fact.kind.value,
        "kind_label": str(KIND_WORDS[fact.kind]),
        "label": str(fact.label),
        "documentation": str(fact.doc),
        "unit": fact.unit,
        "may_be_missing": fact.optional,
        "example": fact.example,
    }


def _function(function: Function) -> Json:
    path = PATHS.get(function.owner, "") if function.owner else ""
    parameters: list[Json] = [
        {
            "name": parameter.name,
            "kind": parameter.kind.value,
            "names": parameter.meant.value if parameter.meant else "",
            "literal": parameter.meant is not None,
        }
        for parameter in function.parameters
    ]
    call = f"{function.name}({', '.join(parameter.name for parameter in function.parameters)})"
    return {
        "path": f"{path}.{call}" if path else call,
        "name": function.name,
        "of": [owner.value for owner in function.receivers],
        "parameters": parameters,
        "kind": function.returns.value,
        "kind_label": str(KIND_WORDS[function.returns]),
        "label": _label(function),
        "documentation": str(function.doc),
        "unit": function.unit,
        "may_be_missing": function.optional,
        "example": function.example,
    }


def _label(function: Function) -> str:
    """A label with a place for the days gets the parameter's name there."""
    return str(function.label) % {str(index): parameter.name for index, parameter in enumerate(function.parameters)}


def _choices(known: Names | None) -> list[Json]:
    language = (get_language() or "en").split("-")[0]
    shown = list((known or {}).items())[:MOST_CHOICES]
    return [{"value": code, "label": names.get(language) or names.get("en") or code} for code, names in shown]
