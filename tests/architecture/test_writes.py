"""Rows are written in `domain` and nowhere else, and the domain knows neither requests nor the queue."""

import ast

import pytest

from tests.architecture.tree import app_modules, modules, place

VERBS = {"bulk_create", "bulk_update", "create", "delete", "get_or_create", "update", "update_or_create"}
EDGES = ("views", "api", "tasks", "receivers", "forms", "filters", "queries", "permissions", "admin")
FOREIGN = ("django.http", "django.forms", "django.shortcuts", "django.views", "rest_framework", "celery")


def orm_writes(source: str) -> list[int]:
    """Lines such as `Case.objects.filter(…).update(…)`."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and _is_write(call.func)]


def _is_write(verb: ast.Attribute) -> bool:
    through_a_manager = any(isinstance(node, ast.Attribute) and node.attr == "objects" for node in ast.walk(verb.value))
    return verb.attr in VERBS and through_a_manager


def foreign_imports(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return [name for name in names if any(name == each or name.startswith(f"{each}.") for each in FOREIGN)]


@pytest.mark.parametrize("room", EDGES)
def test_no_edge_writes_rows(room: str) -> None:
    found = {place(path): orm_writes(path.read_text()) for path in app_modules(room)}

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_domain_knows_neither_requests_nor_the_queue() -> None:
    found = {place(path): foreign_imports(path.read_text()) for path in app_modules("domain")}

    assert {path: names for path, names in found.items() if names} == {}


def test_models_have_no_save_of_their_own() -> None:
    """A rule in `save()` is not met by set-based writes."""
    overrides = [
        f"{place(path)}: {node.name}"
        for path in modules()
        if "models" in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete")
    ]

    assert overrides == []


@pytest.mark.parametrize(
    "fault",
    ["Case.objects.create(x=1)", "Case.objects.filter(x=1).update(y=2)", "Case.objects.all().delete()"],
)
def test_a_write_is_seen(fault: str) -> None:
    assert orm_writes(fault) == [1]


@pytest.mark.parametrize("fine", ["cases.create(actor=None)", "Case.objects.filter(x=1)", "seen.update(x=1)"])
def test_a_domain_call_and_a_question_are_not(fine: str) -> None:
    assert orm_writes(fine) == []


@pytest.mark.parametrize(
    "fault", ["from django.http import Http404", "import celery", "from rest_framework.request import x"]
)
def test_a_foreign_import_is_seen(fault: str) -> None:
    assert len(foreign_imports(fault)) == 1
