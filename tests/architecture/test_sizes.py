"""Files and functions that a person can read in one go. Over the limit: split by aggregate or by screen."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import PRODUCT, files, functions, modules, place

MODULE, FUNCTION, TEMPLATE, TASK = 500, 80, 150, 10


def long_files(paths: list[Path], limit: int) -> list[str]:
    lengths = {place(path): len(path.read_text().splitlines()) for path in paths}
    return [f"{path}: {length} lines" for path, length in lengths.items() if length > limit]


def long_functions(source: str, limit: int = FUNCTION) -> list[str]:
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(ast.parse(source))}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length > limit]


def long_tasks(source: str) -> list[str]:
    """A task is an edge: ids in, one domain call. Its docstring does not count."""
    found = []
    for node in functions(ast.parse(source)):
        if any("task" in ast.unparse(decorator) for decorator in node.decorator_list):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            found += [f"{node.name}: {length} lines"] if length > TASK else []
    return found


def test_modules_are_short() -> None:
    assert long_files(modules(*PRODUCT, "tests"), MODULE) == []


def test_scripts_and_styles_are_short() -> None:
    assert long_files([*files("static", pattern="*.js"), *files("static", pattern="*.css")], MODULE) == []


def test_templates_are_short() -> None:
    assert long_files(files("templates", pattern="*.*"), TEMPLATE) == []


def test_functions_are_short() -> None:
    found = {place(path): long_functions(path.read_text()) for path in modules(*PRODUCT, "tests")}

    assert {path: names for path, names in found.items() if names} == {}


def test_tasks_are_edges() -> None:
    found = {place(path): long_tasks(path.read_text()) for path in modules() if path.name == "tasks.py"}

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(("lines", "told"), [(80, []), (81, ["long: 81 lines"])])
def test_a_long_function_is_seen(lines: int, told: list[str]) -> None:
    assert long_functions("def long():\n" + "    pass\n" * (lines - 1)) == told


@pytest.mark.parametrize(("lines", "told"), [(10, []), (11, ["sweep: 11 lines"])])
def test_a_long_task_is_seen(lines: int, told: list[str]) -> None:
    assert long_tasks('@shared_task(bind=True)\ndef sweep(self):\n    """Why."""\n' + "    pass\n" * lines) == told


def test_a_long_file_is_seen() -> None:
    own = Path(__file__)

    assert long_files([own], 10) == [f"{place(own)}: {len(own.read_text().splitlines())} lines"]
