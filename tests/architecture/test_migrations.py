import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import PRODUCT, files, place

NAME = re.compile(r"\d{4}_(?!auto)[a-z][a-z0-9_]+")
# Plain functions without models, named by fields as their defaults: they stay where they are for ever.
KEPT = {"governance.web.references"}


def imports_of_ours(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return [name for name in names if name.partition(".")[0] in PRODUCT and name not in KEPT]


def migrations() -> list[Path]:
    return [path for path in files(*PRODUCT, pattern="migrations/*.py") if path.stem != "__init__"]


def test_migrations_have_names() -> None:
    assert [place(path) for path in migrations() if not NAME.fullmatch(path.stem)] == []


def test_migrations_import_nothing_of_ours() -> None:
    found = {place(path): imports_of_ours(path.read_text()) for path in migrations()}

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("name", ["0002_auto_20261123", "2_case", "0002_"])
def test_a_migration_without_a_name_is_seen(name: str) -> None:
    assert NAME.fullmatch(name) is None


def test_an_import_of_ours_is_seen() -> None:
    assert imports_of_ours("from enforcement.models import Decision") == ["enforcement.models"]
