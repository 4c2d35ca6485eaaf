"""Whether every name, function, argument and operator of a rule fits; and which whole numbers are read as numbers."""

from collections.abc import Sequence

from governance.policies.language.arguments import check_argument, check_markets
from governance.policies.language.inferred import ANYTHING, BOOLEAN, Inferred, Meeting, literal
from governance.policies.language.kinds import Function, Kind
from governance.policies.language.operators import Operators
from governance.policies.language.problems import Report, like
from governance.policies.language.scope import RULES, Scope
from governance.policies.language.syntax import (
    OPERATORS,
    Call,
    Field,
    Foreign,
    Items,
    Literal,
    Loop,
    Name,
    Node,
    Present,
    dotted,
)
from governance.policies.language.vocabulary import GROUPS, PATHS, ROOTS, functions_of, global_functions

LOOPS = ("exists", "all", "exists_one", "filter")
OF_ONE_KIND = frozenset({"no_case", "no_decision"})
"""What is said where a rule names what only others may."""
_FOREIGN = {"struct": "{…}", "_[_]": "[…]", "uint64_value": "u", "bytes_value": 'b"…"'}


class Checker:
    """Walks the author's tree once. Problems go to the report; an unknown part has kind ANY and is not reported twice."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.meeting = Meeting()
        self.operators = Operators(report, self.meeting)

    def check(self, node: Node, scope: Scope) -> None:
        """Check a whole rule."""
        kind = self.infer(node, scope).kind
        if kind not in (Kind.BOOLEAN, Kind.ANY):
            self.report.add("not_boolean", node.start, node.end, kind=kind)

    def infer(self, node: Node, scope: Scope) -> Inferred:
        match node:
            case Literal():
                return literal(node)
            case Name():
                return self._name(node, scope)
            case Field():
                return self._field(node, scope)
            case Present():
                return self._present(node, scope)
            case Call() if node.function in OPERATORS:
                check_markets(node, scope.known, self.report)
                return self.operators.infer(node, [self.infer(arg, scope) for arg in node.args])
            case Call():
                return self._call(node, scope)
            case Items():
                return self._items(node, scope)
            case Loop():
                return self._loop(node, scope)
            case Foreign():
                what = _FOREIGN.get(node.what, node.what)
                self.report.add("not_in_language", node.start, node.end, what=what)
        return ANYTHING

    def _name(self, node: Name, scope: Scope) -> Inferred:
        if node.name in scope.variables:
            return Inferred(scope.variables[node.name])
        if node.name in GROUPS:
            return Inferred(Kind.LIST, element=Kind.TEXT)
        root = ROOTS.get(node.name)
        if root is None:
            known = [
                *filter(scope.knows, ROOTS),
                *GROUPS,
                *scope.variables,
                *(f"{name}(…)" for name in global_functions()),
            ]
            code = "unknown_name" if scope.about in RULES else "unknown_beginning"
            begins = ", ".join(filter(scope.knows, ROOTS))
            self.report.add(code, node.start, node.end, like(node.name, known), name=node.name, begins=begins)
            return ANYTHING
        if not scope.knows(node.name):
            own = f"no_{node.name}" if scope.about in RULES else ""
            code = own if own in OF_ONE_KIND else f"only_about_{scope.about}"
            self.report.add(code, node.start, node.end, name=node.name)
            return ANYTHING
        return Inferred(root.kind)

    def _field(self, node: Field, scope: Scope) -> Inferred:
        owner = self.infer(node.operand, scope).kind
        if owner is Kind.ANY:
            return ANYTHING
        fact = scope.fact(owner, node.name)
        if fact is not None:
            element = Kind.CERTIFICATE if fact.kind is Kind.CERTIFICATES else Kind.TEXT
            return Inferred(fact.kind, element=element, optional=fact.optional)
        self._unknown_field(node, owner, scope)
        return ANYTHING

    def _unknown_field(self, node: Field, owner: Kind, scope: Scope) -> None:
        start, end = node.name_start, node.end
        path = dotted(node) or node.name
        if node.name in functions_of(owner):
            self.report.add("needs_brackets", start, end, name=node.name)
        elif owner not in PATHS and owner is not Kind.CERTIFICATE:
            self.report.add("not_a_member", start, end, name=node.name, kind=owner)
        else:
            code = "unknown_attribute" if owner is Kind.ATTRIBUTES else "unknown_fact"
            near = like(node.name, scope.field_names(owner)) or self._elsewhere(node.name, scope)
            self.report.add(code, start, end, near, path=path)

    def _elsewhere(self, name: str, scope: Scope) -> list[str]:
        """A fact of this very name on another record: listing.voltage is listing.attr.voltage."""
        paths = [PATHS[owner] for owner, known in scope.facts if known == name and owner in PATHS]
        return [f"{path}.{name}" for path in paths if scope.knows(path.split(".")[0])][:3]

    def _present(self, node: Present, scope: Scope) -> Inferred:
        inferred = self.infer(node.field, scope)
        if inferred.kind is not Kind.ANY and not inferred.optional:
            self.report.add(
                "never_missing", node.field.start, node.field.end, path=dotted(node.field) or node.field.name
            )
        return BOOLEAN

    def _items(self, node: Items, scope: Scope) -> Inferred:
        entries = [self.infer(entry, scope) for entry in node.entries]
        if not entries:
            return Inferred(Kind.LIST)
        first = next((entry for entry in entries if entry.kind is Kind.NUMBER), entries[0])
        for part, entry in zip(node.entries, entries, strict=True):
            if self.meeting.meet(first, entry) is None or entry.kind is Kind.NOTHING:
                self.report.add("mixed_list", part.start, part.end)
        flexible = tuple(one for entry in entries for one in entry.flexible)
        return Inferred(Kind.LIST, flexible=flexible if first.flexible else (), element=first.kind)

    def _loop(self, node: Loop, scope: Scope) -> Inferred:
        if node.macro in scope.unread:
            self.report.add("not_searched", node.name_start, node.name_start + len(node.macro), name=node.macro)
            return ANYTHING
        over = self.infer(node.over, scope)
        if over.kind not in (Kind.LIST, Kind.CERTIFICATES, Kind.ANY):
            self.report.add("not_a_list", node.over.start, node.over.end, name=node.macro, kind=over.kind)
        taken = {*ROOTS, *GROUPS, *scope.variables}
        if node.variable in taken or node.variable.startswith("_"):
            self.report.add("shadowed_name", node.name_start, node.end, name=node.variable)
        body = self.infer(node.body, scope.inside(node.variable, over.element))
        if body.kind not in (Kind.BOOLEAN, Kind.ANY):
            self.report.add("not_boolean", node.body.start, node.body.end, kind=body.kind)
        return BOOLEAN if node.macro != "filter" else Inferred(over.kind, element=over.element)

    def _call(self, node: Call, scope: Scope) -> Inferred:
        owner = None if node.target is None else self.infer(node.target, scope).kind
        args = [self.infer(arg, scope) for arg in node.args]
        if owner is Kind.ANY:
            return ANYTHING
        function = (global_functions() if owner is None else functions_of(owner)).get(node.function)
        if node.function in scope.unread:
            self._report_name(node, "not_searched", name=node.function)
            return ANYTHING
        if function is None:
            self._unknown_call(node, owner, scope)
            return ANYTHING
        if len(args) != len(function.parameters):
            self._report_name(
                node, "number_of_arguments", name=function.name, expected=len(function.parameters), given=len(args)
            )
            return ANYTHING
        self._arguments(node, function, args, scope)
        return Inferred(function.returns, optional=function.optional)

    def _arguments(self, node: Call, function: Function, args: Sequence[Inferred], scope: Scope) -> None:
        for part, parameter, given in zip(node.args, function.parameters, args, strict=True):
            fits = given.kind is parameter.kind or Kind.ANY in (given.kind, parameter.kind)
            if function.name == "size":
                fits = given.kind in (Kind.TEXT, Kind.LIST, Kind.CERTIFICATES, Kind.ANY)
            if fits:
                check_argument(function, parameter, part, scope.known, self.report)
            else:
                self.report.add("wrong_argument", part.start, part.end, name=function.name, kinds=given.kind)

    def _unknown_call(self, node: Call, owner: Kind | None, scope: Scope) -> None:
        name = node.function
        if name in LOOPS:
            self._report_name(node, "loop_needs_two", name=name)
        elif owner is not None and scope.fact(owner, name):
            self._report_name(node, "not_a_function", name=name)
        elif owner is not None and name in global_functions():
            self._report_name(node, "is_global", right=f"{name}(…)")
        elif owner is None and (members := _members(name)):
            self._report_name(node, "is_a_member", right=members[0])
        elif owner is not None and _members(name):
            self._report_name(node, "not_a_member", name=name, kind=owner)
        else:
            known = list(functions_of(owner) if owner else global_functions())
            self._report_name(node, "unknown_function", like(name, known), name=name)

    def _report_name(self, node: Call, code: str, suggestions: Sequence[str] = (), **params: object) -> None:
        self.report.add(code, node.name_start, node.name_start + len(node.function), suggestions, **params)


def _members(name: str) -> list[str]:
    """How a member function is written on each record that has it."""
    return [f"{path}.{name}(…)" for kind, path in PATHS.items() if name in functions_of(kind)] or [
        f"….{name}(…)" for kind in (Kind.TEXT, Kind.MOMENT) if name in functions_of(kind)
    ]
