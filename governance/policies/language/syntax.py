"""The author's tree: what was written, with loops as loops and every node's span in the source."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from governance.policies.language.tokens import Source, Token

COMPARISONS = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "@in": "in"}
ARITHMETIC = {"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%"}
LOGIC = {"_&&_": "&&", "_||_": "||", "!_": "!", "_?_:_": "?"}
OPERATORS = {**COMPARISONS, **ARITHMETIC, **LOGIC, "-_": "-"}


@dataclass(frozen=True, slots=True)
class Node:
    """`id` is the runtime's; start and end bound the text, brackets included where they belong to it."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Field(Node):
    operand: Node
    name: str
    name_start: int


@dataclass(frozen=True, slots=True)
class Present(Node):
    """has(operand.name)"""

    field: Field


@dataclass(frozen=True, slots=True)
class Call(Node):
    """An operator, a global function (no target) or a member."""

    function: str
    target: Node | None
    args: tuple[Node, ...]
    name_start: int


@dataclass(frozen=True, slots=True)
class Items(Node):
    entries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """over.macro(variable, body)"""

    macro: str
    over: Node
    variable: str
    body: Node
    name_start: int


@dataclass(frozen=True, slots=True)
class Foreign(Node):
    """Something of CEL that the rule language leaves out."""

    what: str


def children(node: Node) -> Iterator[Node]:
    match node:
        case Field():
            yield node.operand
        case Present():
            yield node.field.operand
        case Call():
            if node.target is not None:
                yield node.target
            yield from node.args
        case Items():
            yield from node.entries
        case Loop():
            yield node.over
            yield node.body


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))


def dotted(node: Node) -> str | None:
    """Return listing.attr.voltage for a chain of names, None for anything else."""
    names: list[str] = []
    while isinstance(node, Field):
        names.append(node.name)
        node = node.operand
    return ".".join((node.name, *reversed(names))) if isinstance(node, Name) else None


def tree(parsed: Any, source: Source) -> Node:
    """Turn a parsed expression into the author's tree."""
    positions = {entry.key: entry.value for entry in parsed.source_info.positions}
    return _Reader(positions, source).read(parsed.expr)


class _Reader:
    def __init__(self, positions: dict[int, int], source: Source) -> None:
        self.positions = positions
        self.source = source

    def read(self, expr: Any) -> Node:
        kind = expr.WhichOneof("kind")
        reader = getattr(self, f"_{kind}", None)
        return reader(expr, self.positions.get(expr.id, 0)) if reader else Foreign(expr.id, 0, 0, str(kind))

    def _const_expr(self, expr: Any, at: int) -> Node:
        kind = expr.const_expr.WhichOneof("kind")
        end = self._token(at, "-").end
        if kind in ("uint64_value", "bytes_value"):
            return Foreign(expr.id, at, end, kind)
        value = None if kind == "null_value" else getattr(expr.const_expr, kind)
        return Literal(expr.id, at, end, value)

    def _ident_expr(self, expr: Any, at: int) -> Node:
        return Name(expr.id, at, self._token(at).end, expr.ident_expr.name)

    def _select_expr(self, expr: Any, at: int) -> Node:
        select = expr.select_expr
        operand = self.read(select.operand)
        if not select.test_only:
            name = self._token(at, ".")
            return Field(expr.id, operand.start, name.end, operand, select.field, name.start)
        inside = self.source.index_at(operand.end)
        name = self.source.tokens[min(inside + 1, len(self.source.tokens) - 1)]
        field = Field(expr.id, operand.start, name.end, operand, select.field, name.start)
        opening = self.source.tokens[self._open_around(operand.start)]
        return Present(expr.id, self._name_before(opening.start), self.source.closing(opening.start), field)

    def _call_expr(self, expr: Any, at: int) -> Node:
        call = expr.call_expr
        args = tuple(self.read(arg) for arg in call.args)
        if call.function in OPERATORS:
            start = at if call.function in ("!_", "-_") else args[0].start
            start, end = self.source.balanced(start, args[-1].end)
            return Call(expr.id, start, end, call.function, None, args, at)
        if call.function == "_[_]":
            return Foreign(expr.id, args[0].start, self.source.closing(at), call.function)
        target = self.read(call.target) if call.HasField("target") else None
        name_start = self._name_before(at)
        start = name_start if target is None else target.start
        return Call(expr.id, start, self.source.closing(at), call.function, target, args, name_start)

    def _list_expr(self, expr: Any, at: int) -> Node:
        entries = tuple(self.read(entry) for entry in expr.list_expr.elements)
        return Items(expr.id, at, self.source.closing(at), entries)

    def _struct_expr(self, expr: Any, at: int) -> Node:
        return Foreign(expr.id, at, self.source.closing(at), "struct")

    def _comprehension_expr(self, expr: Any, at: int) -> Node:
        loop = expr.comprehension_expr
        over = self.read(loop.iter_range)
        name_start = self._name_before(at)
        macro = self.source.text[name_start:at].strip()
        end = self.source.closing(at)
        body = _body(macro, loop)
        if body is None:
            return Foreign(expr.id, name_start, end, macro)
        return Loop(expr.id, over.start, end, macro, over, loop.iter_var, self.read(body), name_start)

    def _token(self, at: int, skip: str = "") -> Token:
        """Return the token at a place, or the one after it if it is `skip`."""
        index = self.source.index_at(at)
        last = len(self.source.tokens) - 1
        if self.source.tokens[min(index, last)].text == skip:
            index += 1
        return self.source.tokens[min(index, last)]

    def _name_before(self, at: int) -> int:
        return self.source.tokens[max(self.source.index_at(at) - 1, 0)].start

    def _open_around(self, at: int) -> int:
        """Return the index of the last bracket of has( before a place."""
        index = self.source.index_at(at)
        while index and self.source.tokens[index].text != "has":
            index -= 1
        return index + 1


def _body(macro: str, loop: Any) -> Any:
    """Return what the author wrote after the comma; None for a macro that rules do not have."""
    if macro in ("exists", "all"):
        return loop.loop_step.call_expr.args[1]
    if macro in ("exists_one", "filter"):
        return loop.loop_step.call_expr.args[0]
    return None
