"""How a rule's answer can change while nothing changes but the time.

Nearly all rules that name `now` compare it with a stored moment: a certificate's end, a listing's age. Then the answer can only
change as now passes that moment, and whoever knows which moments have passed knows which listings to read again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from governance.policies.language.durations import duration_of
from governance.policies.language.rewriting import parts

NOW, MISSING, DURATION = "now", "_missing", "duration"
COMPARISONS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"})
LOOPED = {"listing.certificates", "merchant.certificates"}


@dataclass(frozen=True, order=True)
class Crossing:
    """The answer may change when `now + offset` passes the moment at `path`: listing.certificates.validUntil."""

    path: str
    offset: timedelta


class AgesOtherwise(Exception):
    """The rule names `now` in a way that says nothing about when its answer changes."""


class _Moment(NamedTuple):
    """`at` is a path or `now`."""

    at: str
    offset: timedelta


def crossings(expr: Any) -> frozenset[Crossing] | None:
    """What a rule's answer waits for, by its rewritten tree: nothing if it does not name `now`; None if that cannot be told."""
    try:
        return frozenset(_walk(expr, {}))
    except AgesOtherwise:
        return None


def _walk(expr: Any, variables: Mapping[str, str]) -> Iterator[Crossing]:
    kind = expr.WhichOneof("kind")
    if kind == "ident_expr" and expr.ident_expr.name == NOW:
        raise AgesOtherwise
    if kind == "call_expr" and expr.call_expr.function in COMPARISONS and _names_now(expr):
        left, right = expr.call_expr.args
        yield _compared(left, right, variables)
        return
    if kind == "comprehension_expr":
        loop = expr.comprehension_expr
        variables = {**variables, loop.iter_var: _looped(loop.iter_range, variables)}
    for part in parts(expr):
        yield from _walk(part, variables)


def _compared(left: Any, right: Any, variables: Mapping[str, str]) -> Crossing:
    """now + a beside path + b, or (now + a) - (path + b) beside a length of time, whichever way round."""
    sides = [_moment(side, variables) for side in (left, right)]
    if None in sides:
        sides = _apart(left, right, variables) or _apart(right, left, variables)
    by_name = {side.at: side.offset for side in sides if side is not None}
    if len(by_name) != 2 or NOW not in by_name:
        raise AgesOtherwise
    (path,) = by_name.keys() - {NOW}
    return Crossing(path, by_name[NOW] - by_name[path])


def _apart(difference: Any, length: Any, variables: Mapping[str, str]) -> list[_Moment | None]:
    """a - b beside d is a beside b + d."""
    period = _period(length)
    if period is None or difference.WhichOneof("kind") != "call_expr" or difference.call_expr.function != "_-_":
        return []
    first, second = (_moment(arg, variables) for arg in difference.call_expr.args)
    return [first, None if second is None else _Moment(second.at, second.offset + period)]


def _moment(expr: Any, variables: Mapping[str, str]) -> _Moment | None:
    match expr.WhichOneof("kind"):
        case "ident_expr" if expr.ident_expr.name == NOW:
            return _Moment(NOW, timedelta())
        case "select_expr":
            path = _path(expr, variables)
            return None if path is None else _Moment(path, timedelta())
        case "call_expr":
            return _shifted(expr.call_expr, variables)
    return None


def _shifted(call: Any, variables: Mapping[str, str]) -> _Moment | None:
    args = list(call.args)
    if call.function == "_?_:_" and args[2].call_expr.function == MISSING:
        return _moment(args[1], variables)  # a fact that may be missing
    if call.function not in ("_+_", "_-_") or len(args) != 2:
        return None
    if call.function == "_+_" and _period(args[0]) is not None:
        args.reverse()
    moment, period = _moment(args[0], variables), _period(args[1])
    if moment is None or period is None:
        return None
    return _Moment(moment.at, moment.offset + (period if call.function == "_+_" else -period))


def _period(expr: Any) -> timedelta | None:
    if expr.WhichOneof("kind") != "call_expr" or expr.call_expr.function != DURATION:
        return None
    return duration_of(expr.call_expr.args[0].const_expr.string_value)


def _path(expr: Any, variables: Mapping[str, str]) -> str | None:
    names: list[str] = []
    while expr.WhichOneof("kind") == "select_expr":
        names.append(expr.select_expr.field)
        expr = expr.select_expr.operand
    if expr.WhichOneof("kind") != "ident_expr":
        return None
    root = expr.ident_expr.name
    return ".".join((variables.get(root, root), *reversed(names)))


def _looped(over: Any, variables: Mapping[str, str]) -> str:
    """The stored list that a loop goes over, through the filters before it."""
    while over.WhichOneof("kind") == "comprehension_expr":
        over = over.comprehension_expr.iter_range
    return _path(over, variables) or ""


def _names_now(expr: Any) -> bool:
    if expr.WhichOneof("kind") == "ident_expr":
        return bool(expr.ident_expr.name == NOW)
    return any(_names_now(part) for part in parts(expr))
