"""An empty database brought up to date: from what was kept of one that had these very migrations, else by applying them.

Applying some hundred migrations takes most of a minute of computing; reading their result takes a few seconds. What is kept is a
dump by PostgreSQL's own `pg_dump`, named by all that decides what the migrations make. It serves databases that tests, drills
and benches throw away; one that stays is always migrated.
"""

import os
import subprocess
import sys
from pathlib import Path

from governance.cli import foreground, temporary
from governance.cli.environment import Environment
from governance.cli.install import ROOT
from governance.embedded.errors import CannotStart
from governance.embedded.postgres import find_programs

KEPT = ROOT / ".tools" / "migrated"


def prepare(variables: Environment) -> None:
    """Bring the empty database that DATABASE_URL names up to date. Raises CannotStart where its migrations fail."""
    url, kept = variables["DATABASE_URL"], KEPT / f"{temporary.fingerprint()}.sql"
    if kept.exists() and _read(url, kept):
        return
    command: list[str | Path] = [sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"]
    if foreground.run(command, variables, cwd=ROOT):
        raise CannotStart("The database could not be migrated.")
    _keep(url, kept)


def _read(url: str, kept: Path) -> bool:
    """Whole or not at all: a dump that cannot be read leaves the database as empty as it was."""
    read = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--file", kept, url]
    return _run(read)


def _keep(url: str, kept: Path) -> None:
    """Beside those of other migrations, which go. Where it cannot be written, the next run migrates again."""
    KEPT.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    if not _run(["pg_dump", "--no-owner", "--no-privileges", "--file", partial, url]):
        partial.unlink(missing_ok=True)
        return
    partial.replace(kept)
    for older in KEPT.glob("*.sql"):
        if older != kept:
            older.unlink(missing_ok=True)


def _run(command: list[str | Path]) -> bool:
    program, *arguments = command
    path = find_programs() / str(program)
    if not path.exists():
        return False
    done = subprocess.run([path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0
