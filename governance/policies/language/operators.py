"""Which kinds may stand beside which operator."""

from collections.abc import Sequence

from governance.policies.language.inferred import ANYTHING, BOOLEAN, Inferred, Meeting
from governance.policies.language.kinds import Kind
from governance.policies.language.problems import Report
from governance.policies.language.syntax import COMPARISONS, OPERATORS, Call, Literal

_ORDERED = frozenset({Kind.TEXT, Kind.NUMBER, Kind.WHOLE, Kind.MOMENT, Kind.PERIOD, Kind.ANY})
_EQUAL = _ORDERED | {Kind.BOOLEAN}
_SUMS = {
    ("_+_", Kind.MOMENT, Kind.PERIOD): Kind.MOMENT,
    ("_+_", Kind.PERIOD, Kind.MOMENT): Kind.MOMENT,
    ("_-_", Kind.MOMENT, Kind.PERIOD): Kind.MOMENT,
    ("_-_", Kind.MOMENT, Kind.MOMENT): Kind.PERIOD,
    ("_+_", Kind.PERIOD, Kind.PERIOD): Kind.PERIOD,
    ("_-_", Kind.PERIOD, Kind.PERIOD): Kind.PERIOD,
    ("_+_", Kind.TEXT, Kind.TEXT): Kind.TEXT,
}


class Operators:
    """Kinds of operators' results; says what does not fit."""

    def __init__(self, report: Report, meeting: Meeting) -> None:
        self.report = report
        self.meeting = meeting

    def infer(self, call: Call, args: Sequence[Inferred]) -> Inferred:
        if any(arg.kind is Kind.NOTHING for arg in args):
            return self._null(call, args)
        if call.function in ("_&&_", "_||_", "!_"):
            return self._logic(call, args)
        if call.function == "_?_:_":
            return self._choice(call, args)
        if call.function == "-_":
            return self._negative(call, args[0])
        if call.function == "@in":
            return self._among(call, args[0], args[1])
        if call.function in COMPARISONS:
            return self._comparison(call, args[0], args[1])
        return self._sum(call, args[0], args[1])

    def _null(self, call: Call, args: Sequence[Inferred]) -> Inferred:
        """null stands only beside == or != with a fact that may be missing."""
        for node, arg, other in zip(call.args, args, reversed(args), strict=True):
            if arg.kind is not Kind.NOTHING:
                continue
            if call.function not in ("_==_", "_!=_"):
                self.report.add("null_elsewhere", node.start, node.end)
            elif not other.optional and other.kind is not Kind.ANY:
                self.report.add("null_needs_a_fact", node.start, node.end)
            elif isinstance(node, Literal):
                self.meeting.compare_with_null(node, other)
        return BOOLEAN

    def _logic(self, call: Call, args: Sequence[Inferred]) -> Inferred:
        for node, arg in zip(call.args, args, strict=True):
            if arg.kind not in (Kind.BOOLEAN, Kind.ANY):
                self.report.add("wrong_operand", node.start, node.end, operator=OPERATORS[call.function], kind=arg.kind)
        return BOOLEAN

    def _choice(self, call: Call, args: Sequence[Inferred]) -> Inferred:
        condition, left, right = args
        kind = self.meeting.meet(left, right)
        if condition.kind not in (Kind.BOOLEAN, Kind.ANY) or kind is None:
            self.report.add("wrong_choice", call.name_start, call.name_start + 1)
            return ANYTHING
        return Inferred(kind, flexible=(*left.flexible, *right.flexible) if left.flexible and right.flexible else ())

    def _negative(self, call: Call, arg: Inferred) -> Inferred:
        if arg.kind in (Kind.NUMBER, Kind.WHOLE, Kind.PERIOD, Kind.ANY):
            return Inferred(arg.kind, flexible=arg.flexible)
        self.report.add("wrong_operand", call.args[0].start, call.args[0].end, operator="-", kind=arg.kind)
        return ANYTHING

    def _among(self, call: Call, item: Inferred, among: Inferred) -> Inferred:
        if among.kind is Kind.ANY:
            return BOOLEAN
        if (
            among.kind is not Kind.LIST
            or self.meeting.meet(item, Inferred(among.element, flexible=among.flexible)) is None
        ):
            self._refuse(call, item, among)
        return BOOLEAN

    def _comparison(self, call: Call, left: Inferred, right: Inferred) -> Inferred:
        kind = self.meeting.meet(left, right)
        allowed = _EQUAL if call.function in ("_==_", "_!=_") else _ORDERED
        if kind not in allowed:
            self._refuse(call, left, right)
        return BOOLEAN

    def _sum(self, call: Call, left: Inferred, right: Inferred) -> Inferred:
        kind = _SUMS.get((call.function, left.kind, right.kind))
        if kind is not None:
            return Inferred(kind)
        kind = self.meeting.meet(left, right)
        if kind is Kind.WHOLE or (kind is Kind.NUMBER and call.function != "_%_"):
            both = left.flexible and right.flexible
            return Inferred(kind, flexible=(*left.flexible, *right.flexible) if both else ())
        if kind is not Kind.ANY:
            self._refuse(call, left, right)
        return ANYTHING

    def _refuse(self, call: Call, left: Inferred, right: Inferred) -> None:
        sign = OPERATORS[call.function]
        mixed = {left.kind, right.kind} == {Kind.WHOLE, Kind.NUMBER}
        code = "whole_and_number" if mixed else "cannot_compare"
        end = call.name_start + len(sign)
        self.report.add(code, call.name_start, end, left=left.kind, right=right.kind, operator=sign)
