"""The kind of a part of a rule, and the whole numbers in it that may still become numbers."""

from typing import NamedTuple

from governance.policies.language.kinds import Kind
from governance.policies.language.syntax import Literal


class Inferred(NamedTuple):
    """`flexible` holds the literals of a part that is made of whole-number literals alone; `element` is a list's."""

    kind: Kind
    flexible: tuple[Literal, ...] = ()
    element: Kind = Kind.ANY
    optional: bool = False


ANYTHING = Inferred(Kind.ANY)
BOOLEAN = Inferred(Kind.BOOLEAN)


def literal(node: Literal) -> Inferred:
    match node.value:
        case bool():
            return BOOLEAN
        case int():
            return Inferred(Kind.WHOLE, flexible=(node,))
        case float():
            return Inferred(Kind.NUMBER)
        case str():
            return Inferred(Kind.TEXT)
        case _:
            return Inferred(Kind.NOTHING)


class Meeting:
    """Brings kinds together, and keeps what the runtime must be given in other words.

    A literal 10 beside a number is read as 10.0, and null beside a list as [], since its types allow neither.
    """

    def __init__(self) -> None:
        self.reworded: dict[Literal, str] = {}

    def meet(self, left: Inferred, right: Inferred) -> Kind | None:
        """Return the kind that two parts have together, None if they have none."""
        if Kind.ANY in (left.kind, right.kind):
            return Kind.ANY
        if left.kind is right.kind:
            return left.kind
        for number, whole in ((left, right), (right, left)):
            if number.kind is Kind.NUMBER and whole.kind is Kind.WHOLE and whole.flexible:
                self.reworded |= {literal: f"{literal.value}.0" for literal in whole.flexible}
                return Kind.NUMBER
        return None

    def compare_with_null(self, null: Literal, other: Inferred) -> None:
        if other.kind is Kind.LIST:
            self.reworded[null] = "[]"
