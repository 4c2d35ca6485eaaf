"""The checked tree as it runs: own functions become reads of stored facts, and a missing fact is unknown everywhere.

CEL by itself holds null for a value in == != and in, so that `listing.brand != "Acme"` would be true of a listing without a
brand, and reads an unset time as 1970. Here every read of a fact that may be missing becomes `known(x)`: the fact, or an error
if it is not there. An error is CEL's unknown: `error || true` is true, `error && false` is false. Protobuf keeps no null for
times and lists, hence known(x) is written as `has(x) ? x : _missing()`, where `_missing` has no implementation and fails.
Comparing a fact with null asks for its presence and becomes has().
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from governance.policies.language import protos
from governance.policies.language.descriptors import MESSAGES, PACKAGE
from governance.policies.language.kinds import Function, Kind
from governance.policies.language.vocabulary import FUNCTIONS, GROUPS

MISSING = "_missing"
MATCHES = "_matches"
HELD = {Kind.MOMENT: "_moment", Kind.TEXT: "_text"}
"""Variable that stands in a template for an argument that is worked out when the rule runs."""

_WORDS = f"{PACKAGE}.{MESSAGES[Kind.WORDS]}"
_OWN = {
    (f"{PACKAGE}.{MESSAGES[function.owner]}" if function.owner else "", function.name): function
    for function in FUNCTIONS
    if function.template
}
"""Message of the receiver (none for a global function) and name → function."""


class Rewriter:
    """Rewrites one checked expression in place. `check` parses and checks a template."""

    def __init__(self, tree: Any, optional: frozenset[tuple[str, str]], check: Callable[[str], Any]) -> None:
        self.tree = tree
        self.optional = optional
        self.check = check
        self.types = {entry.key: entry.value for entry in tree.type_map}
        self.references = {entry.key: entry.value for entry in tree.reference_map}
        self.last_id: int = max([*self.types, *self.references, *(entry.key for entry in tree.source_info.positions)])

    def rewrite(self) -> Any:
        self._expand(self.tree.expr)
        self._know(self.tree.expr)
        return _whole(self.tree.expr, self.references, self.types)

    # --- functions and groups of countries ---------------------------------------------------------

    def _expand(self, expr: Any) -> None:
        for part in parts(expr):
            self._expand(part)
        kind = expr.WhichOneof("kind")
        if kind == "ident_expr" and expr.ident_expr.name in GROUPS:
            self._graft(expr, json.dumps(GROUPS[expr.ident_expr.name]), {})
        elif kind == "call_expr":
            self._expand_call(expr)

    def _expand_call(self, expr: Any) -> None:
        call = expr.call_expr
        if call.function == "matches":
            self._expand_matches(expr)
            return
        receiver = self.types[call.target.id].message_type if call.HasField("target") else ""
        function = _OWN.get((receiver, call.function))
        if function is None:
            return
        literals: list[str] = []
        held: dict[str, Any] = {}
        for parameter, arg in zip(function.parameters, call.args, strict=True):
            if parameter.meant:
                literals.append(_written(arg.const_expr, function))
            else:
                held[HELD[parameter.kind]] = _copy(arg)
        self._graft(expr, function.template.format(*literals), held)

    def _expand_matches(self, expr: Any) -> None:
        call = expr.call_expr
        call.function = MATCHES
        self.references[expr.id] = protos.Reference(overload_id=[MATCHES])
        if self.types[call.target.id].message_type == _WORDS:
            words = _copy(call.target)
            call.target.Clear()
            call.target.id = self._new_id()
            call.target.select_expr.operand.CopyFrom(words)
            call.target.select_expr.field = "_original"

    def _graft(self, expr: Any, template: str, held: Mapping[str, Any]) -> None:
        """Put a template's tree in the place of an expression, which keeps its id; held arguments go where they are named."""
        tree = self.check(template)
        offset = self.last_id
        for entry in tree.type_map:
            self.types[entry.key + offset] = entry.value
        for entry in tree.reference_map:
            self.references[entry.key + offset] = entry.value
        for part in every(tree.expr):
            part.id += offset
            self.last_id = max(self.last_id, part.id)
        for part in list(every(tree.expr)):
            if part.WhichOneof("kind") == "ident_expr" and part.ident_expr.name in held:
                part.CopyFrom(self._fresh(held[part.ident_expr.name]))
        root = tree.expr.id
        for table in (self.types, self.references):
            if root in table:
                table[expr.id] = table[root]
            else:
                table.pop(expr.id, None)
        tree.expr.id, kept = expr.id, tree.expr
        expr.CopyFrom(kept)

    def _fresh(self, expr: Any) -> Any:
        """Copy an argument under new ids: a template may name it twice."""
        copy = _copy(expr)
        for part in every(copy):
            old, part.id = part.id, self._new_id()
            for table in (self.types, self.references):
                if old in table:
                    table[part.id] = table[old]
        return copy

    # --- missing facts -------------------------------------------------------------------------

    def _know(self, expr: Any) -> None:
        kind = expr.WhichOneof("kind")
        if kind == "call_expr" and expr.call_expr.function in ("_==_", "_!=_"):
            fact = next((arg for arg in expr.call_expr.args if not _is_null(arg)), None)
            if fact is not None and any(map(_is_null, expr.call_expr.args)):
                self._ask_presence(expr, fact)
                return
        for part in parts(expr):
            self._know(part)
        if kind == "select_expr" and self._may_be_missing(expr.select_expr):
            self._make_known(expr)

    def _may_be_missing(self, select: Any) -> bool:
        owner = self.types.get(select.operand.id)
        return not select.test_only and owner is not None and (owner.message_type, select.field) in self.optional

    def _make_known(self, expr: Any) -> None:
        kept, present, value = expr.id, self._fresh(expr), self._fresh(expr)
        present.select_expr.test_only = True
        expr.Clear()
        expr.id = kept
        expr.call_expr.function = "_?_:_"
        missing = protos.Expr(id=self._new_id())
        missing.call_expr.function = MISSING
        expr.call_expr.args.extend([present, value, missing])
        self.references[expr.id] = protos.Reference(overload_id=["conditional"])
        self.references[missing.id] = protos.Reference(overload_id=[MISSING])

    def _ask_presence(self, expr: Any, fact: Any) -> None:
        """x != null is has(x), x == null is !has(x)."""
        present = _copy(fact)
        present.select_expr.test_only = True
        negated = expr.call_expr.function == "_==_"
        kept = expr.id
        if negated:
            call = protos.Expr(id=kept)
            call.call_expr.function = "!_"
            call.call_expr.args.append(present)
            self.references[kept] = protos.Reference(overload_id=["logical_not"])
            expr.CopyFrom(call)
        else:
            self.references.pop(kept, None)
            present.id = kept
            expr.CopyFrom(present)

    def _new_id(self) -> int:
        self.last_id += 1
        return self.last_id


def subtree(tree: Any, part_id: int) -> Any:
    """Return a part of a rewritten tree as a tree of its own."""
    references = {entry.key: entry.value for entry in tree.reference_map}
    types = {entry.key: entry.value for entry in tree.type_map}
    return _whole(next(part for part in every(tree.expr) if part.id == part_id), references, types)


def _whole(expr: Any, references: Mapping[int, Any], types: Mapping[int, Any]) -> Any:
    tree = protos.CheckedExpr()
    tree.expr.CopyFrom(expr)
    ids = {part.id for part in every(tree.expr)}
    for key in sorted(ids & set(references)):
        tree.reference_map.add(key=key).value.CopyFrom(references[key])
    for key in sorted(ids & set(types)):
        tree.type_map.add(key=key).value.CopyFrom(types[key])
    return tree


def _written(constant: Any, function: Function) -> str:
    """Return a literal as CEL writes it; days become seconds."""
    value = getattr(constant, constant.WhichOneof("kind"))
    return str(value * 86_400) if function.name == "days" else json.dumps(value, ensure_ascii=False)


def _is_null(expr: Any) -> bool:
    """null, or the [] that stands for it beside a list: authors cannot compare lists themselves."""
    kind = expr.WhichOneof("kind")
    if kind == "list_expr":
        return not expr.list_expr.elements
    return bool(kind == "const_expr" and expr.const_expr.WhichOneof("kind") == "null_value")


def _copy(expr: Any) -> Any:
    copy = protos.Expr()
    copy.CopyFrom(expr)
    return copy


def parts(expr: Any) -> list[Any]:
    match expr.WhichOneof("kind"):
        case "select_expr":
            return [expr.select_expr.operand]
        case "call_expr":
            target = [expr.call_expr.target] if expr.call_expr.HasField("target") else []
            return [*target, *expr.call_expr.args]
        case "list_expr":
            return list(expr.list_expr.elements)
        case "comprehension_expr":
            loop = expr.comprehension_expr
            return [loop.iter_range, loop.accu_init, loop.loop_condition, loop.loop_step, loop.result]
        case _:
            return []


def every(expr: Any) -> list[Any]:
    found = [expr]
    for part in parts(expr):
        found += every(part)
    return found
