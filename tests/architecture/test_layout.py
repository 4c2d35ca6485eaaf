"""The top level is fixed, and so are the names that say nothing."""

import re
import tomllib

import pytest

from tests.architecture.tree import APPS, PRODUCT, ROOT, ignored_by_git, modules, place

TOP = {
    ".ci",
    ".dockerignore",
    ".git",
    ".gitignore",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "docker-compose.yml",
    "docs",
    "enforcement",
    "governance",
    "investigations",
    "listings",
    "locale",
    "manage.py",
    "pyproject.toml",
    "requirements",
    "run",
    "static",
    "templates",
    "tests",
}
GRAB_BAGS = {"common", "core", "helper", "helpers", "lib", "misc", "service", "services", "shared", "util", "utils"}


def grab_bags(paths: list[str]) -> list[str]:
    return [path for path in paths if GRAB_BAGS & set(re.split(r"[/_.]", path))]


def test_the_top_level_is_what_the_architecture_names() -> None:
    found = {path.name for path in ROOT.iterdir() if not ignored_by_git(path.name)}

    assert found - TOP == set()


def test_every_top_level_package_is_under_the_import_contracts() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    assert packages - {"tests"} == set(PRODUCT) == set(linter["root_packages"])


def test_every_app_is_in_the_one_order_and_in_the_rooms() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {contract["id"]: contract for contract in linter["contracts"]}
    apps = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.rglob("apps.py") if ".venv" not in path.parts
    }

    assert apps - {"governance.web"} == set(APPS) == set(contracts["rooms"]["containers"])
    assert set(contracts["house"]["layers"]) == apps


def test_no_module_has_a_name_that_could_mean_anything() -> None:
    assert grab_bags([place(path) for path in modules(*PRODUCT, "tests")]) == []


@pytest.mark.parametrize("path", ["listings/utils.py", "enforcement/domain/case_helpers.py", "governance/core/a.py"])
def test_such_a_name_is_seen(path: str) -> None:
    assert grab_bags([path]) == [path]
