"""From a rule's checked, rewritten tree to an expression over columns.

A planner takes many rules and shares between them what they have in common: a loop or a regular expression that two rules name
is worked out once. A rule with a part that has no columnar reading is refused whole by NotLowered and is read row by row.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import polars as pl

from enforcement.engine.columns import operators
from enforcement.engine.columns.stages import Asked, Loops, Patterns, Stage
from enforcement.engine.columns.values import Loose, NotLowered, Value
from governance.policies.language import Environment, Rule
from governance.policies.language.kinds import Fact, Kind
from governance.policies.language.readers import MENTIONED

MISSING, MATCHES = "_missing", "_matches"
COMPARISONS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"})
SUMS = frozenset({"_+_", "_-_", "_*_", "_/_", "_%_"})
ROOT_KINDS = {"now": Kind.MOMENT, "market": Kind.TEXT}
OPERATIONS: Mapping[str, Callable[..., Value]] = {
    "_&&_": operators.both,
    "_||_": operators.either,
    "!_": operators.opposite,
    "-_": operators.negative,
    "_?_:_": operators.choice,
    "size": operators.size,
    "double": operators.number,
    "getFullYear": operators.year,
}
LOOP_STEPS = {"_||_": "exists", "_&&_": "all"}


@dataclass
class Plan:
    """`rules` are expressions by the key under which the rule was added: true, false, or null for unknown."""

    stages: list[Stage] = field(default_factory=list)
    rules: dict[int, pl.Expr] = field(default_factory=dict)

    def read(self, frame: pl.DataFrame, within: Mapping[int, pl.Expr] | None = None) -> pl.DataFrame:
        """A frame of as many rows, with a column of each rule, named by its key.

        Of those in `within` only, where it is given; where that is not true, the rule is false.
        """
        for stage in self.stages:
            frame = stage.add_to(frame)
        asked = self.rules if within is None else within
        columns = {
            str(key): self.rules[key]
            if within is None
            else pl.when(within[key]).then(self.rules[key]).otherwise(pl.lit(value=False))
            for key in asked
        }
        return frame.lazy().with_columns(**columns).select(*columns).collect()

    def reads(self, kept: Collection[str]) -> set[str]:
        """Columns that it looks at, those of its stages among them; `kept` are columns of `matched` that are there."""
        return {
            *(name for rule in self.rules.values() for name in rule.meta.root_names()),
            *(name for stage in self.stages for name in stage.reads(kept)),
        }

    @property
    def matched(self) -> set[str]:
        """Columns of `matched` that it can make use of."""
        patterns = (stage for stage in self.stages if isinstance(stage, Patterns))
        return {name for stage in patterns for name in stage.kept().values()}


class Planner:
    """Lowers rules of one environment into one plan."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.plan = Plan()
        self._stages = _Stages()

    def add(self, key: int, rule: Rule) -> None:
        """Raises NotLowered; then the plan is as before."""
        kept = self._stages.copy()
        try:
            value = _Reading(self.environment, self._stages, {}).value(rule.tree.expr)
            if value.kind is not Kind.BOOLEAN:
                raise NotLowered(f"a rule that yields {value.kind}")
        except NotLowered:
            self._stages, self.plan.stages = kept, kept.ordered
            raise
        self.plan.rules[key] = value.expr
        self.plan.stages = self._stages.ordered


@dataclass
class _Stages:
    """Stages in the order in which they are worked out, and by what they are about; `answers` are those of the loops."""

    ordered: list[Stage] = field(default_factory=list)
    answers: dict[str, Value] = field(default_factory=dict)
    loops: dict[str, tuple[Loops, "_Stages"]] = field(default_factory=dict)
    patterns: dict[str, Patterns] = field(default_factory=dict)
    level: str = ""

    def copy(self) -> "_Stages":
        copies = {id(stage): stage.copy() for stage in self.ordered}
        made = _Stages([*copies.values()], dict(self.answers), level=self.level)
        made.patterns = {key: cast("Patterns", copies[id(each)]) for key, each in self.patterns.items()}
        for key, (loops, inner) in self.loops.items():
            copied, inside = cast("Loops", copies[id(loops)]), inner.copy()
            copied.inner = inside.ordered
            made.loops[key] = copied, inside
        return made

    def name(self, what: str) -> str:
        count = len(self.answers) + len(self.loops) + sum(len(each.columns) for each in self.patterns.values())
        return f"{self.level}{what}{count}"


class _Reading:
    """Reads one tree. `variables` are those of the loops around it."""

    def __init__(self, environment: Environment, stages: _Stages, variables: Mapping[str, Value | Loose]) -> None:
        self.environment = environment
        self.stages = stages
        self.variables = variables

    def value(self, expr: Any) -> Value:
        match expr.WhichOneof("kind"):
            case "const_expr":
                constant = expr.const_expr
                return operators.literal(getattr(constant, constant.WhichOneof("kind")))
            case "ident_expr":
                return self._name(expr.ident_expr.name)
            case "select_expr":
                return self._select(expr.select_expr)
            case "call_expr":
                return self._call(expr.call_expr)
            case "comprehension_expr":
                return self._loop(expr)
        raise NotLowered(str(expr.WhichOneof("kind")))

    # --- names ---------------------------------------------------------------------------------

    def _name(self, name: str) -> Value:
        found = self.variables.get(name)
        if isinstance(found, Value):
            return found
        if name in ROOT_KINDS:
            return Value(ROOT_KINDS[name], pl.col(name))
        raise NotLowered(name)

    def _select(self, select: Any) -> Value:
        column, fact = self._fact(select)
        if fact.kind in (Kind.LISTING, Kind.MERCHANT, Kind.CATEGORY, Kind.WORDS, Kind.ATTRIBUTES, Kind.WINDOW):
            raise NotLowered(column)
        if select.test_only:
            if not fact.optional:
                raise NotLowered(f"has({column})")
            return operators.boolean(pl.col(column).is_not_null())
        element = Kind.CERTIFICATE if fact.kind is Kind.CERTIFICATES else Kind.TEXT
        return Value(fact.kind, pl.col(column), element)

    def _fact(self, select: Any) -> tuple[str, Fact]:
        """The column and the declared fact of a chain of names."""
        names: list[str] = [select.field]
        operand = select.operand
        while operand.WhichOneof("kind") == "select_expr":
            names.append(operand.select_expr.field)
            operand = operand.select_expr.operand
        if operand.WhichOneof("kind") != "ident_expr":
            raise NotLowered(select.field)
        root = operand.ident_expr.name
        loose = self.variables.get(root)
        if isinstance(loose, Loose):
            return f"{loose.column}.{names[0]}", self.environment.schema.facts[Kind.CERTIFICATE, names[0]]
        path = ".".join((root, *reversed(names)))
        access = self.environment.accesses.get(path)
        if access is None:
            if path == MENTIONED:
                return path, self.environment.schema.facts[Kind.WORDS, "_mentioned"]
            raise NotLowered(path)
        return path, access.fact

    # --- calls ---------------------------------------------------------------------------------

    def _call(self, call: Any) -> Value:
        function, args = call.function, list(call.args)
        if function == "_?_:_" and _is_missing(args[2]):
            return self.value(args[1])  # a fact that may be missing: its column is null where it is
        if function == "@in":
            return self._among(*args)
        if function == MATCHES:
            return self._matches(call)
        if function == "timestamp":
            return operators.moment(_text(args[0]))
        if function == "duration":
            return operators.period(_text(args[0]))
        read = [self.value(arg) for arg in args]
        if function in COMPARISONS:
            return operators.comparison(function, *read)
        if function in SUMS:
            return operators.arithmetic(function, *read)
        return self._function(call, function, read)

    def _function(self, call: Any, function: str, read: Sequence[Value]) -> Value:
        if call.HasField("target"):
            read = [self.value(call.target), *read]
        if function in OPERATIONS:
            return OPERATIONS[function](*read)
        return operators.of_text(function, read[0], read[1:])

    def _among(self, item: Any, held: Any) -> Value:
        if held.WhichOneof("kind") == "list_expr":
            return operators.among(self.value(item), [self.value(entry) for entry in held.list_expr.elements])
        return operators.contained(self.value(item), self.value(held))

    def _matches(self, call: Any) -> Value:
        text, pattern = self.value(call.target), _text(call.args[0])
        if text.kind is not Kind.TEXT:
            raise NotLowered(f"matches of {text.kind}")
        key = _shape(call.target)
        found = self.stages.patterns.get(key)
        if found is None:
            found = self.stages.patterns[key] = Patterns(text.expr)
            self.stages.ordered.append(found)
        if pattern not in found.columns:
            found.columns[pattern] = self.stages.name("_pattern")
        return operators.boolean(pl.col(found.columns[pattern]))

    # --- loops ---------------------------------------------------------------------------------

    def _loop(self, expr: Any) -> Value:
        key = _shape(expr)
        found = self.stages.answers.get(key)
        if found is None:
            found = self.stages.answers[key] = self._new_loop(expr.comprehension_expr)
        return found

    def _new_loop(self, loop: Any) -> Value:
        over = self._range(loop.iter_range)
        how, condition = _condition(loop)
        loops, inner = self._over(_shape(loop.iter_range), over)
        element: Value | Loose
        if over.element is Kind.CERTIFICATE:
            element = Loose(Kind.CERTIFICATE, loops.variable)
        else:
            element = Value(over.element, pl.col(loops.variable))
        held = _Reading(self.environment, inner, {**self.variables, loop.iter_var: element}).value(condition)
        if held.kind is not Kind.BOOLEAN:
            raise NotLowered(f"a condition that yields {held.kind}")
        column = self.stages.name("_loop")
        loops.asked.append(Asked(column, how, held.expr))
        if how == "filter":
            return Value(over.kind, pl.col(column), over.element)
        return operators.boolean(pl.col(column))

    def _over(self, key: str, over: Value) -> tuple[Loops, "_Stages"]:
        """All loops over one list are worked out together."""
        found = self.stages.loops.get(key)
        if found is None:
            variable = self.stages.name("_entry")
            inner = _Stages(level=f"{variable}/")
            loops = Loops(over.expr, over.element, variable, inner.ordered)
            found = self.stages.loops[key] = loops, inner
            self.stages.ordered.append(loops)
        return found

    def _range(self, expr: Any) -> Value:
        if expr.WhichOneof("kind") == "list_expr":
            entries = [self.value(entry) for entry in expr.list_expr.elements]
            kinds = {entry.kind for entry in entries}
            if kinds - {Kind.TEXT} or not entries:
                raise NotLowered("a list that is not of texts")
            together = pl.concat_list(*(entry.expr for entry in entries))
            known = pl.all_horizontal(*(entry.expr.is_not_null() for entry in entries))
            return Value(Kind.LIST, pl.when(known).then(together))
        over = self.value(expr)
        if over.kind not in (Kind.LIST, Kind.CERTIFICATES):
            raise NotLowered(f"a loop over {over.kind}")
        return over


def _condition(loop: Any) -> tuple[str, Any]:
    """Which of the macros a loop was written as, and its condition."""
    step = loop.loop_step.call_expr
    if step.function in LOOP_STEPS:
        return LOOP_STEPS[step.function], step.args[1]
    if step.function != "_?_:_":
        raise NotLowered(f"a loop with {step.function}")
    if loop.accu_init.WhichOneof("kind") == "list_expr":
        return "filter", step.args[0]
    return "exists_one", step.args[0]


def _is_missing(expr: Any) -> bool:
    return bool(expr.WhichOneof("kind") == "call_expr" and expr.call_expr.function == MISSING)


def _text(expr: Any) -> str:
    if expr.WhichOneof("kind") == "const_expr" and expr.const_expr.WhichOneof("kind") == "string_value":
        return str(expr.const_expr.string_value)
    raise NotLowered("a text that is not written out")


def _shape(expr: Any) -> str:
    """The same for two expressions that say the same: without the numbers of their nodes."""
    bare = type(expr)()
    bare.CopyFrom(expr)
    _forget_ids(bare)
    return str(bare.SerializeToString(deterministic=True).hex())


def _forget_ids(message: Any) -> None:
    for descriptor, value in message.ListFields():
        if descriptor.name == "id":
            message.ClearField("id")
        elif descriptor.message_type is not None:
            for part in value if descriptor.is_repeated else [value]:
                _forget_ids(part)
