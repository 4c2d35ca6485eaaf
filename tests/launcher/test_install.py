"""`run` and the private environment, on a small checkout with four small packages."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.cli import install
from tests.launcher.conftest import ROOT

PACKAGES = {"runtime": "sqlparse", "embedded": "fasteners", "dev": "iniconfig", "bench": "zen-engine"}
MAIN = (
    "import importlib, importlib.util, os, sys\n"
    "found = [name for name in ('sqlparse', 'fasteners', 'iniconfig', 'zen') if importlib.util.find_spec(name)]\n"
    "[importlib.import_module(name) for name in found]\n"
    "print(*sys.argv[1:], '|', *found, '|', os.getcwd())\n"
)
Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.skipif(
    not (ROOT / ".tools" / "bin" / "uv").exists(), reason="the private installer is not here: start by ./run test"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project of the same make whose environment is small: its own `run` and installer, and a program that tells."""
    folder = tmp_path / "a check out"
    package = folder / "governance" / "cli"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "run", folder)
    shutil.copy(ROOT / "governance" / "cli" / "install.py", package)
    (package / "__main__.py").write_text(MAIN)
    requirements = folder / "requirements"
    requirements.mkdir()
    shutil.copy(ROOT / "requirements" / "bootstrap.txt", requirements)
    for file, name in PACKAGES.items():
        (requirements / f"{file}.txt").write_text(_locked(name))
    tools = folder / ".tools" / "bin"
    tools.mkdir(parents=True)
    shutil.copy(ROOT / ".tools" / "bin" / "uv", tools)
    shutil.copy(requirements / "bootstrap.txt", tools.parent / "installed.txt")
    return folder


@pytest.fixture
def run(checkout: Path, tmp_path: Path) -> Run:
    def run(*arguments: str, folder: Path = checkout, **environment: str) -> "subprocess.CompletedProcess[str]":
        variables = os.environ | {"GOVERNANCE_PYTHON": sys.executable} | environment
        return subprocess.run(
            [str(folder / "run"), *arguments], env=variables, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def _locked(name: str) -> str:
    for file in sorted((ROOT / "requirements").glob("*.txt")):
        found = re.search(rf"^{name}==.*?(?=^\S|\Z)", file.read_text(), re.MULTILINE | re.DOTALL)
        if found:
            return found[0]
    raise AssertionError(f"{name} is in no locked file")


def _without_installer(checkout: Path) -> None:
    """From here on an installation fails."""
    (checkout / ".tools" / "bin" / "uv").write_text("#!/bin/sh\nexit 9\n")


def test_help_needs_no_environment(run: Run, checkout: Path) -> None:
    told = run("help")

    assert told.returncode == 0
    assert told.stdout == f"{install.USAGE}\n"
    assert [name for name in install.COMMANDS if f"\n  {name} " not in told.stdout] == []
    assert not (checkout / ".venv").exists()


def test_an_unknown_command_is_refused_before_anything_is_installed(run: Run, checkout: Path) -> None:
    told = run("dmeo")

    assert told.returncode == 2
    assert told.stderr == f"There is no command `dmeo`.\n\n{install.USAGE}\n"
    assert not (checkout / ".venv").exists()


def test_the_command_runs_in_the_environment_where_the_caller_stands(run: Run, tmp_path: Path) -> None:
    told = run("manage", "migrate", "--plan")

    assert told.stdout == f"manage migrate --plan | sqlparse fasteners | {tmp_path}\n"


def test_compiled_code_is_kept_in_the_environment_and_not_beside_the_sources(run: Run, checkout: Path) -> None:
    assert run("manage", PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX="").returncode == 0

    assert [path.name for path in (checkout / ".venv" / "bytecode").rglob("*.pyc") if "site-packages" in path.parts]
    assert list(checkout.rglob("governance/**/__pycache__")) == []


def test_what_is_whole_is_not_installed_again(run: Run, checkout: Path) -> None:
    run("manage")
    _without_installer(checkout)

    assert run("demo").stdout.startswith("demo | sqlparse fasteners |")


def test_development_packages_come_when_they_are_needed_and_stay(run: Run, checkout: Path) -> None:
    run("manage")
    assert run("test").stdout.startswith("test | sqlparse fasteners iniconfig |")
    _without_installer(checkout)

    assert run("manage").stdout.startswith("manage | sqlparse fasteners iniconfig |")


def test_a_changed_requirement_is_installed(run: Run, checkout: Path) -> None:
    run("manage")
    locked = checkout / "requirements" / "embedded.txt"
    locked.write_text(locked.read_text() + _locked("iniconfig"))

    assert run("manage").stdout.startswith("manage | sqlparse fasteners iniconfig |")


def test_who_has_the_development_packages_keeps_them(run: Run, checkout: Path) -> None:
    run("test")
    locked = checkout / "requirements" / "runtime.txt"
    locked.write_text(f"{locked.read_text()}\n")

    assert run("demo").stdout.startswith("demo | sqlparse fasteners iniconfig |")


def test_what_is_measured_against_is_installed_when_it_is_asked_for_and_stays(run: Run) -> None:
    assert run("test").stdout.startswith("test | sqlparse fasteners iniconfig |")
    assert run("bench").stdout.startswith("bench | sqlparse fasteners iniconfig zen |")

    assert run("check").stdout.startswith("check | sqlparse fasteners iniconfig zen |")


def test_an_interrupted_installation_is_repaired(run: Run, checkout: Path) -> None:
    run("manage")
    (checkout / ".venv" / "incomplete").touch()
    (checkout / ".venv" / "installed-embedded.txt").unlink()
    for module in checkout.glob(".venv/lib/python*/site-packages/sqlparse/__init__.py"):
        module.unlink()

    assert run("manage").stdout.startswith("manage | sqlparse fasteners |")
    assert len(list(checkout.glob(".venv/lib/python*/site-packages/sqlparse/__init__.py"))) == 1
    assert not (checkout / ".venv" / "incomplete").exists()


def test_a_checkout_that_was_moved_gets_a_new_environment(run: Run, checkout: Path) -> None:
    run("manage")
    moved = checkout.rename(checkout.with_name("elsewhere"))

    assert run("manage", folder=moved).stdout.startswith("manage | sqlparse fasteners |")
    assert str(checkout) not in (moved / ".venv" / "made-by.txt").read_text()


def test_a_package_with_another_hash_is_refused(run: Run, checkout: Path) -> None:
    locked = checkout / "requirements" / "runtime.txt"
    locked.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", locked.read_text()))

    told = run("manage", UV_CACHE_DIR=str(checkout / "cache"))

    assert told.returncode == 2
    assert told.stdout == ""
    assert not (checkout / ".venv" / "installed-embedded.txt").exists()


def test_without_a_network_the_message_says_what_is_missing(run: Run, checkout: Path) -> None:
    nowhere = {"UV_INDEX_URL": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}

    told = run("manage", UV_CACHE_DIR=str(checkout / "cache"), **nowhere)

    assert told.returncode == 2
    assert told.stderr.splitlines()[-2:] == [
        "The packages could not be installed. The first start needs a package index: is the network there?",
        "A mirror is named with UV_INDEX_URL.",
    ]


def test_the_installer_itself_is_checked_against_its_hash(run: Run, checkout: Path) -> None:
    shutil.rmtree(checkout / ".tools")
    locked = checkout / "requirements" / "bootstrap.txt"
    locked.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", locked.read_text()))

    told = run("manage")

    assert told.returncode == 2
    assert told.stderr.splitlines()[-2].startswith("The installer could not be fetched.")


# --- which Python ----------------------------------------------------------------------------------
@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with nothing on it but what a shell needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def _program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_a_python_that_is_too_old_is_named(run: Run, programs: Path) -> None:
    _program(programs, "python3", "echo 3.9.2")

    told = run("help", PATH=str(programs), GOVERNANCE_PYTHON="")

    assert told.returncode == 2
    assert told.stderr == (
        "Python 3.11, 3.12 or 3.13 is needed. python3 is 3.9.2.\n"
        "Install one, or name its program with GOVERNANCE_PYTHON=/path/to/python3.\n"
    )


def test_no_python_at_all_is_said(run: Run, programs: Path) -> None:
    told = run("help", PATH=str(programs), GOVERNANCE_PYTHON="")

    assert told.stderr.splitlines()[0] == "Python 3.11, 3.12 or 3.13 is needed. None was found."


def test_one_that_is_there_but_does_not_run_is_passed_over(run: Run, programs: Path) -> None:
    """A version manager puts a program on the path for every version that it could have."""
    _program(programs, "python3", "exit 127")
    _program(programs, "python3.12", f'exec "{sys.executable}" "$@"')

    assert run("help", PATH=str(programs), GOVERNANCE_PYTHON="").stdout == f"{install.USAGE}\n"


def test_without_a_home_that_can_be_written_downloads_are_kept_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/nonexistent")

    assert install._environment()["UV_CACHE_DIR"] == str(ROOT / ".tools" / "cache")


def test_the_installers_do_not_see_the_callers_python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")

    seen = install._environment()

    assert ("PYTHONPATH" in seen, seen["PIP_INDEX_URL"]) == (False, "https://mirror.example/simple")
