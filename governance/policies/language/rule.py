"""A compiled rule: what it names, what it says of a row, and why."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.policies.language import protos
from governance.policies.language.aging import Crossing, crossings
from governance.policies.language.conditions import PRESENCE, Part, Seen, flat, take_apart
from governance.policies.language.explaining import explain
from governance.policies.language.readers import MENTIONED
from governance.policies.language.rewriting import parts, subtree
from governance.policies.language.row import Row
from governance.policies.language.scope import About
from governance.policies.language.syntax import Call, Literal, Name, Node, Present, children, dotted, walk
from governance.policies.language.vocabulary import FUNCTIONS, ROOTS

if TYPE_CHECKING:
    from governance.policies.language.environment import Environment

_FUNCTION_NAMES = {function.name for function in FUNCTIONS if function.template and function.owner}


class Rule:
    """Immutable. `needs` are the stored facts that reading it takes; `facts` what its author named."""

    def __init__(self, source: str, about: About, node: Node, tree: Any, environment: "Environment") -> None:
        self.source = source
        self.about = about
        self.node = node
        self.tree = tree
        self.environment = environment
        self.serialized: bytes = protos.serialized(tree)
        self.needs = frozenset(_read_paths(tree.expr))
        self.per_market = any(isinstance(part, Name) and part.name == "market" for part in walk(node))
        self._program = environment.program(tree)

    def __repr__(self) -> str:
        return f"Rule({self.source!r})"

    def evaluate(self, row: Row, market: str | None = None) -> bool | None:
        """Return whether the rule holds; None if what is known does not decide it. Raises ValueError without a market
        for a rule that names it."""
        if self.per_market and market is None:
            raise ValueError("this rule is read once for each market, and none was given")
        row.prepare(self.needs)
        value = self._program.eval(row.activation(market if self.per_market else None)).value()
        return value if value is True or value is False else None

    def missing(self, row: Row) -> list[str]:
        """Return the facts that the rule names and that this row lacks. A list without an entry is not there, either."""
        return [path for path in self.optional if row.value(path) in (None, [], ())]

    def lacking(self, row: Row) -> list[Seen]:
        """Return those of the facts in its conditions that this row lacks. One that is only asked for its presence is none."""
        return [seen for path, seen in self._compared.items() if row.value(path) in (None, [], ())]

    @cached_property
    def _compared(self) -> dict[str, Seen]:
        accesses = self.environment.accesses
        conditions = (each for each in flat(self.parts) if each.description.get("code") not in PRESENCE)
        seen = (seen for condition in conditions for seen in condition.seen)
        return {each.path: each for each in seen if each.path in accesses and accesses[each.path].fact.optional}

    @cached_property
    def parts(self) -> Part:
        """The rule taken apart into conditions."""
        return take_apart(self)

    def explain(self, row: Row, market: str | None = None, *, held: bool | None = None) -> dict[str, Any]:
        """Return why, as JSON: see `explaining.explain`."""
        return explain(self, row, market, held=held)

    def program_of(self, node: Node) -> Any:
        """Return a part of the rule, ready to run by itself."""
        return self.environment.program(subtree(self.tree, node.id))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Paths as written: listing.price, listing.attr.voltage, merchant.returnRate(30)."""
        return tuple(sorted(set(_named(self.node, self.source))))

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        prefix = "listing.attr."
        return tuple(path.removeprefix(prefix) for path in self.facts if path.startswith(prefix))

    @cached_property
    def term_lists(self) -> tuple[str, ...]:
        return self._literals("mentions")

    @cached_property
    def needed_lists(self) -> frozenset[str] | None:
        """Term lists of which at least one must have a hit, or else the rule is false; None if it may hold without any."""
        return _needed_lists(self.node)

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        return self._literals("matches")

    @cached_property
    def optional(self) -> tuple[str, ...]:
        """Stored facts it reads that may be missing, in the order of their paths."""
        accesses = self.environment.accesses
        return tuple(sorted(path for path in self.needs if path != MENTIONED and accesses[path].fact.optional))

    @cached_property
    def crossings(self) -> frozenset[Crossing] | None:
        """The moments whose passing may change what it says; None if time may change it at any moment."""
        return crossings(self.tree.expr)

    def _literals(self, function: str) -> tuple[str, ...]:
        found = {
            str(arg.value)
            for part in walk(self.node)
            if isinstance(part, Call) and part.function == function
            for arg in part.args
            if isinstance(arg, Literal)
        }
        return tuple(sorted(found))


def _needed_lists(node: Node) -> frozenset[str] | None:
    """What is false in one part of a conjunction makes all of it false, whatever is unknown in the others."""
    match node:
        case Call(function="mentions", args=[Literal(value=str() as key)]):
            return frozenset({key})
        case Call(function="_&&_"):
            found = [lists for part in node.args if (lists := _needed_lists(part)) is not None]
            return min(found, key=len, default=None)
        case Call(function="_||_"):
            either = [_needed_lists(part) for part in node.args]
            return None if None in either else frozenset().union(*(lists for lists in either if lists))
    return None


def _named(node: Node, source: str) -> Iterator[str]:
    """Yield every fact and own function of a part as its author wrote it."""
    path = dotted(node.field if isinstance(node, Present) else node)
    if path is not None:
        if path.split(".")[0] in ROOTS:
            yield path
        return
    if isinstance(node, Call) and node.target is not None and node.function in _FUNCTION_NAMES:
        yield source[node.start : node.end]
        inside: Iterable[Node] = node.args
    else:
        inside = children(node)
    for part in inside:
        yield from _named(part, source)


def _read_paths(expr: Any) -> Iterator[str]:
    """Yield the stored facts that a rewritten tree reads: the longest chains of names from listing, merchant or case."""
    names: list[str] = []
    while expr.WhichOneof("kind") == "select_expr":
        names.append(expr.select_expr.field)
        expr = expr.select_expr.operand
    if names and expr.WhichOneof("kind") == "ident_expr":
        if expr.ident_expr.name in ("listing", "merchant", "case"):
            yield ".".join((expr.ident_expr.name, *reversed(names)))
        return
    for part in parts(expr):
        yield from _read_paths(part)
