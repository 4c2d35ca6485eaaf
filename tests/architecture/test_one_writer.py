"""A state has one writer: the function `_move` of its aggregate, in `domain`."""

import ast
import re

import pytest

from tests.architecture.tree import inside, modules, place

SQL = re.compile(r"\bUPDATE\b.*\bSET\b(?:(?!\bWHERE\b|\bFROM\b).)*\bstate\s*=", re.DOTALL | re.IGNORECASE)


def writes_of_state(source: str) -> list[int]:
    """Lines that write a `state` outside `_move`: by assignment, by setattr, by update(), by bulk_update or in SQL.

    SQL may stand in a constant of the module that `_move` alone uses.
    """
    tree = ast.parse(source)
    kept = _constants_of_move(tree)
    return [
        node.lineno
        for node, function in inside(tree)
        if function != "_move" and isinstance(node, ast.stmt | ast.expr) and node not in kept and _writes(node)
    ]


def _constants_of_move(tree: ast.Module) -> set[ast.AST]:
    used: dict[str, set[str]] = {}
    for node, function in inside(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.setdefault(node.id, set()).add(function)
    assigned = [node for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    moves = [node for node in assigned if used.get(ast.unparse(node.targets[0])) == {"_move"}]
    return {part for node in moves for part in ast.walk(node.value)}


def _writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
    if isinstance(node, ast.Call):
        return _call_writes(node)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL.search(node.value))


def _call_writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "update":
        return any(keyword.arg == "state" for keyword in call.keywords)
    named = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return name in ("setattr", "bulk_update") and "state" in named


def test_only_move_writes_a_state() -> None:
    found = {place(path): writes_of_state(path.read_text()) for path in modules()}

    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "fault",
    [
        "def close(case):\n    case.state = 'closed'",
        "def close(case):\n    setattr(case, 'state', 'closed')",
        "def close(cases):\n    cases.filter(pk=1).update(state='closed')",
        "def close(cases):\n    Case.objects.bulk_update(cases, ['state'])",
        "def close(cursor):\n    cursor.execute('UPDATE cases SET closed_at = now(), state = %s')",
        "def _move(case):\n    def inner():\n        case.state = 'closed'",
        "SQL = 'UPDATE cases SET state = 1'\ndef _move(c):\n    c.execute(SQL)\ndef close(c):\n    c.execute(SQL)",
    ],
)
def test_another_writer_is_seen(fault: str) -> None:
    assert len(writes_of_state(fault)) == 1


@pytest.mark.parametrize(
    "fine",
    [
        "def _move(case):\n    case.state = 'closed'",
        "SQL = 'UPDATE cases SET state = 1'\ndef _move(cursor):\n    cursor.execute(SQL)",
        "def find(case):\n    return case.state == 'closed'",
        "def tidy(cursor):\n    cursor.execute(\"UPDATE cases SET seen = true WHERE state = 'open'\")",
    ],
)
def test_a_move_and_a_question_are_not(fine: str) -> None:
    assert writes_of_state(fine) == []
