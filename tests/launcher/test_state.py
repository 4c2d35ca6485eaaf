import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.embedded import instance
from governance.embedded.errors import CannotStart
from governance.embedded.state import Held, StateFolder
from tests.launcher.conftest import Launcher


def _mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_the_folder_is_its_owners_alone(state: StateFolder) -> None:
    assert _mode(state.path) == "0o700"


def test_a_folder_with_other_peoples_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    tmp_path.chmod(0o755)

    with pytest.raises(CannotStart) as refusal:
        StateFolder(tmp_path).prepare()

    assert str(refusal.value) == (
        f"{tmp_path} has files in it that are not ours. Name a new or empty folder with GOVERNANCE_STATE."
    )
    assert _mode(tmp_path) == "0o755"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart) as refusal:
        StateFolder(tmp_path / "file" / "state").prepare()

    assert str(refusal.value).partition("\n")[0] == (
        f"The state folder {tmp_path / 'file' / 'state'} cannot be written (Not a directory)."
    )


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(state: StateFolder) -> None:
    first = state.secret_key_file().read_text()

    assert state.secret_key_file().read_text() == first
    assert len(first) == 80
    assert _mode(state.secret_key_file()) == "0o600"


def test_a_second_command_is_told_who_holds_the_folder(state: StateFolder) -> None:
    with state.held("./run demo"), pytest.raises(Held) as refusal, state.held("./run demo"):
        pass

    holder = refusal.value.holder
    assert holder is not None
    assert str(refusal.value) == (
        f"`./run demo` (process {holder.pid}, since {holder.since}) is running on the state folder {state.path}.\n"
        "Stop it first, or name another folder with GOVERNANCE_STATE."
    )


def test_a_second_launcher_process_is_refused(hold: Callable[..., Launcher]) -> None:
    first = hold()
    second = hold()

    assert second.process.wait(30) == 2
    assert second.process.stderr is not None
    assert second.process.stderr.readline().startswith(f"`holder` (process {first.process.pid}, since ")


def test_the_folder_can_be_held_again_afterwards(state: StateFolder) -> None:
    with state.held("first"):
        state.publish({"DATABASE_URL": "postgresql:///one"})
    with state.held("second"):
        assert state.published(within=0.2) is None
        assert str(state.holder()).startswith("`second`")


def test_clearing_keeps_the_secret_key_and_what_is_not_ours(state: StateFolder) -> None:
    key = state.secret_key_file().read_text()
    for name in ("postgres-18", "valkey", "mail", "logs"):
        (state.path / name).mkdir()
    (state.path / "notes.txt").write_text("mine")

    instance.clear(state)

    assert sorted(path.name for path in state.path.iterdir()) == [".lock", "notes.txt", "secret_key"]
    assert state.secret_key_file().read_text() == key
