"""`test`, `lint` and `check`."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from governance.cli import browser, catalogues, environment, foreground, migrated, temporary
from governance.cli.environment import Environment
from governance.cli.install import ROOT
from governance.cli.terminal import say
from governance.embedded.state import StateFolder

PYTHON = sys.executable
Command = list[str | Path]
PARALLEL = ("-n", "3", "--dist", "worksteal")  # on two cores: browsers and workers are waited for
TEMPLATE = "governance_migrated"


def lint(arguments: list[str]) -> int:
    fix = "--fix" in arguments
    style: Command = [PYTHON, "-m", "ruff", "check", *(["--fix"] if fix else []), ROOT]
    layout: Command = [PYTHON, "-m", "ruff", "format", *([] if fix else ["--check"]), ROOT]
    codes = [foreground.run(command, os.environ, cwd=ROOT) for command in (style, layout)]
    return max(codes)


def test(arguments: list[str]) -> int:
    with _throw_away() as variables:
        return _pytest(arguments, variables)


def check(arguments: list[str]) -> int:
    """Every part is run, so that one reading tells all that is wrong; the tests come last."""
    results = {"lint": lint([])}
    with _throw_away() as variables:
        parts: dict[str, Command] = {
            "types": [PYTHON, "-m", "mypy"],
            "imports": [PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
            "migrations": [PYTHON, ROOT / "manage.py", "makemigrations", "--check", "--dry-run"],
        }
        for name, command in parts.items():
            say(f"{name} …")
            results[name] = foreground.run(command, variables, cwd=ROOT)
        results["tests"] = _pytest(arguments, variables)
    failed = [name for name, code in results.items() if code != 0]
    print("check: " + (", ".join(failed) + " failed" if failed else "everything passed"), flush=True)
    return 1 if failed else 0


@contextmanager
def _throw_away() -> Iterator[Environment]:
    """Servers for this run only, set for speed: what is in them is worth nothing afterwards."""
    catalogues.compile_all()
    with tempfile.TemporaryDirectory(prefix="gov-test-") as folder:
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        with environment.started(state, throw_away=True) as (_, variables):
            yield variables


def _pytest(arguments: list[str], variables: Environment) -> int:
    chromium = _provide_chromium(variables)
    if chromium:
        variables = variables | {"GOVERNANCE_CHROMIUM": chromium}
    if environment.embeds_database():
        variables = variables | {"TEST_TEMPLATE": _migrated(variables)}
    variables = variables | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    parallel = () if any(part.startswith(("-n", "--numprocesses")) for part in arguments) else PARALLEL
    return foreground.run([PYTHON, "-m", "pytest", *parallel, *arguments], variables, cwd=ROOT)


def _migrated(variables: Environment) -> str:
    """A database with every migration: each of the parallel runs copies it instead of migrating its own."""
    url = temporary.make_database(variables["DATABASE_URL"], TEMPLATE)
    migrated.prepare(variables | {"DATABASE_URL": url})
    return TEMPLATE


def _provide_chromium(variables: Environment) -> str | None:
    found = browser.find()
    if found:
        return found
    for told, command in _ways_to_chromium():
        say(f"No Chromium for the browser tests: {told}.")
        subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        found = browser.find()
        if found:
            return found
    say("No Chromium could be had: neither from the system, nor from Debian's packages, nor from Playwright.")
    say("The browser tests are skipped; everything else runs. GOVERNANCE_CHROMIUM may name a browser's program.")
    return None


def _ways_to_chromium() -> Iterator[tuple[str, list[str]]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        yield "installing Debian's package", ["env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", install]
    yield "asking Playwright for its own", [PYTHON, "-m", "playwright", "install", "chromium"]
