"""A rule taken apart: all of, any of, a choice, and the single conditions they stand for.

A negation moves inwards to the conditions (De Morgan's laws hold in Kleene's logic), so that no part is a bare "not".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.policies.language.describing import Describer, Description
from governance.policies.language.row import Row
from governance.policies.language.syntax import Call, Field, Literal, Loop, Name, Node, Present, children, dotted
from governance.policies.language.vocabulary import functions_at

if TYPE_CHECKING:
    from governance.policies.language.rule import Rule

Held = bool | None
"""True, false, or None: cannot be decided."""


@dataclass(frozen=True)
class Seen:
    """A fact that a condition looks at: how it is called, and where its value is read."""

    operand: Description
    path: str
    unit: str = ""
    correctable: bool = True


@dataclass(frozen=True)
class Condition:
    """`negated`: the opposite of what the node says."""

    rule: "Rule"
    node: Node
    negated: bool
    description: Description
    seen: tuple[Seen, ...]

    @cached_property
    def _program(self) -> Any:
        return self.rule.program_of(self.node)

    def held(self, row: Row, market: str | None) -> Held:
        value = self._program.eval(row.activation(market)).value()
        if value is not True and value is not False:
            return None
        return value is not self.negated

    @property
    def correctable(self) -> bool:
        """Whether the merchant can change what it depends on."""
        return any(seen.correctable for seen in self.seen)

    @cached_property
    def told(self) -> Description:
        """What is said of it whatever the listing."""
        told = {"op": "condition", "at": [self.node.start, self.node.end], **self.description}
        return told | {"correctable": True} if self.correctable else told

    @cached_property
    def about_words(self) -> bool:
        return bool(self.mentions or self.patterns)

    @cached_property
    def mentions(self) -> tuple[tuple[str, str], ...]:
        """The receiver and the term list of each call: listing.text and weapons."""
        return tuple(_literals(self.node, "mentions"))

    @cached_property
    def patterns(self) -> tuple[tuple[str, str], ...]:
        """The receiver and the regular expression of each call of `matches`."""
        return tuple(_literals(self.node, "matches"))


@dataclass(frozen=True)
class Group:
    """`op` is all, any or choose; a choice has three parts: the condition, what holds if it is true, and if not."""

    op: str
    node: Node
    parts: "tuple[Part, ...]"


Part = Group | Condition


PRESENCE = frozenset({"present", "absent"})
"""Codes of conditions that ask whether a fact is there, and are decided either way."""


def flat(part: Part) -> Iterator[Condition]:
    """Yield the conditions of a part in their order."""
    if isinstance(part, Condition):
        yield part
        return
    for each in part.parts:
        yield from flat(each)


def take_apart(rule: "Rule") -> Part:
    return _Reader(rule).part(rule.node, negated=False)


@dataclass
class _Reader:
    rule: "Rule"
    describer: Describer = field(init=False)

    def __post_init__(self) -> None:
        self.describer = Describer(self.rule.source, self.rule.environment)

    def part(self, node: Node, *, negated: bool) -> Part:
        match node:
            case Call(function="!_"):
                return self.part(node.args[0], negated=not negated)
            case Call(function="_&&_") | Call(function="_||_"):
                op = "all" if (node.function == "_&&_") is not negated else "any"
                members = [self.part(member, negated=negated) for member in node.args]
                return Group(op, node, tuple(_flat(op, members)))
            case Call(function="_?_:_"):
                condition, left, right = node.args
                chosen = (self.part(left, negated=negated), self.part(right, negated=negated))
                return Group("choose", node, (self.part(condition, negated=False), *chosen))
        description = self.describer.condition(node, negated=negated)
        return Condition(self.rule, node, negated, description, tuple(self._seen(node)))

    def _seen(self, node: Node) -> Iterator[Seen]:
        found: dict[str, Seen] = {}
        for seen in self._each_seen(node):
            found.setdefault(seen.path, seen)
        yield from found.values()

    def _each_seen(self, node: Node) -> Iterator[Seen]:
        match node:
            case Present():
                yield from self._each_seen(node.field)
            case Field() | Name():
                yield from self._fact(node)
            case Call() if node.target is not None and (functions := functions_at(dotted(node.target))):
                function = functions.get(node.function)
                if function is not None and function.shows:
                    arguments = [arg.value for arg in node.args if isinstance(arg, Literal)]
                    path = function.shows.format(*arguments)
                    yield Seen(self.describer.operand(node), path, function.unit, function.correctable)
                for arg in node.args:
                    yield from self._each_seen(arg)
            case Loop():
                yield from self._each_seen(node.over)
            case _:
                for child in children(node):
                    yield from self._each_seen(child)

    def _fact(self, node: Node) -> Iterator[Seen]:
        path = dotted(node)
        access = self.rule.environment.accesses.get(path or "")
        if path is not None and access is not None:
            yield Seen(self.describer.operand(node), path, access.fact.unit, access.fact.correctable)


def _flat(op: str, members: Iterable[Part]) -> Iterator[Part]:
    """Yield a && b && c as three, however the parser has nested them."""
    for member in members:
        if isinstance(member, Group) and member.op == op:
            yield from member.parts
        else:
            yield member


def _literals(node: Node, function: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Call) and node.function == function and node.target is not None:
        for arg in node.args:
            if isinstance(arg, Literal):
                yield dotted(node.target) or "", str(arg.value)
    for child in children(node):
        yield from _literals(child, function)


def follows(op: str) -> Held:
    """What each part of a group is if the group is: of one that asks for all, true; of one that asks for any, false."""
    return {"all": True, "any": False}.get(op)


def combined(op: str, values: Sequence[Held]) -> Held:
    """Kleene's logic: unknown stays unknown unless the other parts decide."""
    if op == "choose":
        return None if values[0] is None else values[1] if values[0] else values[2]
    decisive = op == "any"
    if decisive in values:
        return decisive
    return None if None in values else not decisive
