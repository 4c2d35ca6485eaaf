import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.launcher.conftest import NAMED, ROOT, Launcher

TELL = "import json, os; print(json.dumps({n: os.environ.get(n) for n in ('DATABASE_URL', 'REDIS_URL', 'SECRET_KEY_FILE')}))"
OWN = ("SECRET_KEY", "SECRET_KEY_FILE", "DJANGO_SETTINGS_MODULE")
SERVERS = {name: os.environ[name] for name in NAMED if name in os.environ}  # the tests' own, before they are taken away


def _manage(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "governance.cli", "manage", "shell", "--no-imports", "-c", TELL]
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    variables = kept | {"GOVERNANCE_STATE": str(folder), "PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=120)


def test_with_servers_named_none_is_started(tmp_path: Path) -> None:
    named = {name: SERVERS[name] for name in ("DATABASE_URL", "REDIS_URL")}

    told = json.loads(_manage(tmp_path / "state", **named).stdout)

    assert told == named | {"SECRET_KEY_FILE": str(tmp_path / "state" / "secret_key")}
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == [".lock", "secret_key"]


def test_with_a_database_named_only_the_queue_is_started(tmp_path: Path) -> None:
    told = json.loads(_manage(tmp_path / "state", DATABASE_URL=SERVERS["DATABASE_URL"]).stdout)

    assert told["DATABASE_URL"] == SERVERS["DATABASE_URL"]
    assert told["REDIS_URL"].endswith("/valkey.sock?db=0")
    assert not list((tmp_path / "state").glob("postgres-*"))


def test_a_command_joins_the_servers_of_the_one_that_holds_the_folder(
    hold: Callable[..., Launcher], tmp_path: Path
) -> None:
    holder = hold(tmp_path / "state")

    told = json.loads(_manage(tmp_path / "state").stdout)

    assert told["DATABASE_URL"] == holder.database_url
    assert holder.process.poll() is None


def test_a_command_that_started_the_servers_waits_for_the_one_that_joined(tmp_path: Path) -> None:
    """The first ends long before the second; the second keeps its database to its end."""
    waits = "import time; from django.db import connection; time.sleep(3); connection.cursor().execute('SELECT 1'); print('done')"
    command = [sys.executable, "-m", "governance.cli", "manage", "shell", "--no-imports", "-c"]
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    variables = kept | {"GOVERNANCE_STATE": str(tmp_path / "state"), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    first = subprocess.Popen(
        [*command, "import time; print('up'); time.sleep(2)"], env=variables, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    with first.stdout:
        assert first.stdout.readline() == "up\n"
        second = subprocess.run([*command, waits], env=variables, capture_output=True, text=True, check=False)
        told = first.stdout.read()
    assert first.wait(60) == 0
    assert second.stdout == "done\n"
    assert told == "Done. Another command still works with the servers started here: waiting for it.\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FILE"])
def test_a_key_of_ones_own_is_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / "key").write_text("a key of my own")
    value = str(tmp_path / "key") if name == "SECRET_KEY_FILE" else "a key of my own"
    servers = {each: SERVERS[each] for each in ("DATABASE_URL", "REDIS_URL")}

    _manage(tmp_path / "state", **servers | {name: value})

    assert not (tmp_path / "state" / "secret_key").exists()
