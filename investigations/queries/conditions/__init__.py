"""A condition of the rule language as a condition of SQL: true, false, or null where what is known does not decide it.

It is read from the checked, rewritten tree, as the reading over columns is (`enforcement.engine.columns.lowering`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models.functions import Cast

from governance.policies.language.kinds import Kind
from governance.policies.language.records import Asked, Records
from governance.policies.language.rewriting import MISSING
from governance.policies.language.vocabulary import PATHS
from investigations.queries.conditions import operators
from investigations.queries.conditions.operators import FIELDS, NotInSQL, Term
from investigations.queries.conditions.spelled import length

Stored = Mapping[str, Any]
"""Path of a fact → where it stands, as an expression over the rows that are asked about."""
LONGEST = 200_000
"""Characters of SQL, about: what comes to more is not asked."""
OPERATIONS: Mapping[str, Callable[..., Term]] = {
    "_&&_": operators.both,
    "_||_": operators.either,
    "!_": operators.opposite,
    "-_": operators.negative,
    "_?_:_": operators.choice,
    "size": operators.size,
    "double": operators.number,
    "getFullYear": operators.year,
}


def compiled(source: str, records: Records, stored: Stored, *, at: datetime) -> Any:
    """An expression that yields yes or no, or nothing. Raises RuleProblems."""
    asked = records.compile(source)
    return _Reading(asked, records, stored, at).term(asked.tree.expr).sql


class _Reading:
    def __init__(self, asked: Asked, records: Records, stored: Stored, at: datetime) -> None:
        self.asked = asked
        self.facts = records.schema.facts
        self.stored = stored
        self.at = at

    def term(self, expr: Any) -> Term:
        try:
            found = self._term(expr)
            if length(found.sql) > LONGEST:
                raise NotInSQL
            return found
        except NotInSQL:
            self.asked.refuse_part(expr.id)
            raise

    def _term(self, expr: Any) -> Term:
        match expr.WhichOneof("kind"):
            case "const_expr":
                constant = expr.const_expr
                return operators.literal(getattr(constant, constant.WhichOneof("kind")))
            case "ident_expr" if expr.ident_expr.name == "now":
                return operators.at(self.at)
            case "select_expr":
                return self._fact(expr.select_expr)
            case "call_expr":
                return self._call(expr.call_expr)
        raise NotInSQL

    def _fact(self, select: Any) -> Term:
        names = [select.field]
        operand = select.operand
        while operand.WhichOneof("kind") == "select_expr":
            names.append(operand.select_expr.field)
            operand = operand.select_expr.operand
        path = ".".join((operand.ident_expr.name, *reversed(names)))
        if path not in self.stored:
            raise NotInSQL
        kind = Kind.WINDOW if len(names) > 1 else _OWNERS[operand.ident_expr.name]
        fact = self.facts[kind, select.field]
        found = Term(fact.kind, self.stored[path])
        if fact.kind in (Kind.NUMBER, Kind.WHOLE):
            found = Term(fact.kind, Cast(self.stored[path], FIELDS[fact.kind]()))
        return operators.present(found) if select.test_only else found

    def _call(self, call: Any) -> Term:
        function, args = call.function, list(call.args)
        if function == "_?_:_" and _is_missing(args[2]):
            return self.term(args[1])  # a fact that may be missing: it is null where it is
        if function == "@in":
            return self._among(*args)
        if function in ("timestamp", "duration"):
            written = args[0].const_expr.string_value
            return operators.moment(written) if function == "timestamp" else operators.period(written)
        read = [self.term(arg) for arg in ([call.target] if call.HasField("target") else []) + args]
        return _worked_out(function, read)

    def _among(self, item: Any, held: Any) -> Term:
        if held.WhichOneof("kind") == "list_expr":
            return operators.among(self.term(item), [self.term(entry) for entry in held.list_expr.elements])
        return operators.contained(self.term(item), self.term(held))


_OWNERS = {path: kind for kind, path in PATHS.items()}


def _worked_out(function: str, read: Sequence[Term]) -> Term:
    if function in operators.SIGNS:
        return operators.comparison(function, *read)
    if function in OPERATIONS:
        return OPERATIONS[function](*read)
    if function in (*operators.PLAIN_SUMS, "_/_", "_%_"):
        return operators.arithmetic(function, *read)
    return operators.of_text(function, read[0], read[1:])


def _is_missing(expr: Any) -> bool:
    return bool(expr.WhichOneof("kind") == "call_expr" and expr.call_expr.function == MISSING)
