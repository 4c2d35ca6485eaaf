"""The project's own files, as the rules of the house read them."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("governance", "listings", "enforcement", "investigations")
APPS = (
    "governance.audit",
    "governance.accounts",
    "listings",
    "governance.policies",
    "enforcement",
    "investigations",
    "governance.insights",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str, pattern: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob(pattern)]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def modules(*folders: str, migrations: bool = False) -> list[Path]:
    """Python files; migrations are written by a machine and kept for ever."""
    found = files(*(folders or PRODUCT), pattern="*.py")
    return [path for path in found if migrations or "migrations" not in path.parts]


def app_modules(name: str) -> list[Path]:
    """The module of that name in every app, or every module of the package of that name."""
    found: list[Path] = []
    for app in APPS:
        folder = ROOT.joinpath(*app.split("."))
        found += [folder / f"{name}.py"] if (folder / f"{name}.py").exists() else []
        found += sorted((folder / name).rglob("*.py"))
    return found


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def inside(tree: ast.AST, within: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Every node with the name of the innermost function around it."""
    for node in ast.iter_child_nodes(tree):
        name = node.name if isinstance(node, Function) else within
        yield node, name
        yield from inside(node, name)


def ignored_by_git(name: str) -> bool:
    patterns = [line.strip().rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    return any(pattern and fnmatch(name, pattern) for pattern in patterns)
