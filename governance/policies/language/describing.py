"""What a condition says, as a code with parameters: kept with a violation, worded when somebody reads it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.policies.language.kinds import Fact, Function, Kind
from governance.policies.language.syntax import (
    COMPARISONS,
    Call,
    Field,
    Items,
    Literal,
    Loop,
    Name,
    Node,
    Present,
    dotted,
)
from governance.policies.language.vocabulary import GROUPS, PATHS, ROOTS, functions_at

if TYPE_CHECKING:
    from governance.policies.language.environment import Environment

Description = dict[str, Any]

_CODES = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "in": "in"}
_TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_IN_TIME = {"lt": "before", "ge": "from", "gt": "after", "le": "until"}
OPPOSITES = {
    "eq": "ne",
    "ne": "eq",
    "lt": "ge",
    "ge": "lt",
    "gt": "le",
    "le": "gt",
    "in": "not_in",
    "not_in": "in",
    "present": "absent",
    "absent": "present",
    "is": "is_not",
    "is_not": "is",
    "always": "never",
    "never": "always",
    "before": "from",
    "from": "before",
    "after": "until",
    "until": "after",
}
_OWNERS: Mapping[str, Kind] = {path: kind for kind, path in PATHS.items()}
MOST_VALUES = 12


class Describer:
    """Describes the conditions of one rule."""

    def __init__(self, source: str, environment: "Environment") -> None:
        self.source = source
        self.environment = environment

    def condition(self, node: Node, *, negated: bool) -> Description:
        """Describe a condition, or its opposite."""
        description = self._condition(node)
        if negated and description["code"] in OPPOSITES:
            description["code"] = OPPOSITES[description["code"]]
        elif negated:
            description["not"] = True
        return description

    def _condition(self, node: Node) -> Description:
        match node:
            case Present():
                return {"code": "present", "left": self.operand(node.field)}
            case Call() if node.function in COMPARISONS:
                return self._comparison(node)
            case Call() if node.target is not None:
                return self._asked(node)
            case Field() | Name():
                return {"code": "is", "left": self.operand(node)}
            case Literal():
                return {"code": "always" if node.value else "never"}
            case Loop():
                return {"code": node.macro, "left": self.operand(node.over), "source": self._text(node.body)}
            case _:
                return {"code": "holds", "source": self._text(node)}

    def _comparison(self, node: Call) -> Description:
        left, right = node.args
        code = _CODES[COMPARISONS[node.function]]
        for fact, value in ((left, right), (right, left)):
            if isinstance(value, Literal) and value.value is None:
                return {"code": "absent" if code == "eq" else "present", "left": self.operand(fact)}
            if isinstance(value, Literal) and isinstance(value.value, bool) and code in ("eq", "ne"):
                told = value.value is (code == "eq")
                return {"code": "is" if told else "is_not", "left": self.operand(fact)}
        if isinstance(left, Literal) and code in _TURNED:
            left, right, code = right, left, _TURNED[code]
        if Kind.MOMENT in (self._kind(left), self._kind(right)):
            code = _IN_TIME.get(code, code)
        unit = self._unit(left) or self._unit(right)
        return {"code": code, "left": self.operand(left, unit), "right": self.operand(right, unit)}

    def _asked(self, node: Call) -> Description:
        """A member function that says yes or no."""
        description: Description = {"code": node.function, "left": self.operand(node.target)}
        arguments = [self.operand(arg) for arg in node.args]
        if arguments:
            description["right"] = arguments[0]
        if node.function == "isUnder":
            description["right"]["names"] = self._names(self.environment.known.categories, node)
        elif node.function == "mentions":
            description["right"]["names"] = self._names(self.environment.known.term_lists, node)
        return description

    def operand(self, node: Node | None, unit: str = "") -> Description:
        match node:
            case Literal():
                return {"value": node.value} | ({"unit": unit} if unit else {})
            case Call(function="timestamp") if isinstance(node.args[0], Literal):
                return {"value": node.args[0].value}
            case Items() if all(isinstance(entry, Literal) for entry in node.entries):
                values = [entry.value for entry in node.entries if isinstance(entry, Literal)]
                return _listed(values) | ({"unit": unit} if unit else {})
            case Name() if node.name in GROUPS:
                return {"group": node.name}
            case Field() | Name() if (path := dotted(node)) is not None:
                return self._fact(path)
            case Call() if node.target is not None and dotted(node.target) in _OWNERS:
                return self._function(node)
        return {"source": self._text(node)} if node is not None else {}

    def _fact(self, path: str) -> Description:
        if not path.startswith("listing.attr."):
            return {"fact": path}
        attribute = self.environment.attributes[path.removeprefix("listing.attr.")]
        return {"attr": attribute.key, "labels": dict(attribute.labels)}

    def _function(self, node: Call) -> Description:
        arguments = [arg.value if isinstance(arg, Literal) else self._text(arg) for arg in node.args]
        return {
            "function": f"{dotted(node.target)}.{node.function}" if node.target else node.function,
            "args": arguments,
        }

    def _declared(self, node: Node) -> Fact | Function | None:
        """The fact or member function that a node names."""
        if isinstance(node, Name):
            return ROOTS.get(node.name)
        owner = _OWNERS.get(dotted(node.operand) or "") if isinstance(node, Field) else None
        if isinstance(node, Field) and owner:
            return self.environment.schema.facts.get((owner, node.name))
        if isinstance(node, Call) and node.target is not None:
            return functions_at(dotted(node.target)).get(node.function)
        return None

    def _unit(self, node: Node) -> str:
        """The unit of a fact or of a function's answer, for the value beside it."""
        declared = self._declared(node)
        return declared.unit if declared else ""

    def _kind(self, node: Node) -> Kind | None:
        declared = self._declared(node)
        if isinstance(declared, Function):
            return declared.returns
        return declared.kind if declared else None

    def _names(self, known: Mapping[str, Mapping[str, str]] | None, node: Call) -> dict[str, str]:
        first = node.args[0]
        return dict((known or {}).get(str(first.value), {})) if isinstance(first, Literal) else {}

    def _text(self, node: Node) -> str:
        return self.source[node.start : node.end]


def _listed(values: list[Any]) -> Description:
    shown: Description = {"values": values[:MOST_VALUES]}
    return shown | ({"more": len(values) - MOST_VALUES} if len(values) > MOST_VALUES else {})
