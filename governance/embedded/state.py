"""The state folder: who holds it, what it publishes, and the secret key that lives in it."""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from governance.embedded.errors import CannotStart

# What the product writes here. `clear` removes these and nothing else.
DATA = ("postgres-*", "valkey", "files", "mail", "static", "logs")


@dataclass(frozen=True)
class Holder:
    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid}, since {self.since})"


class Held(CannotStart):
    """Another command holds the state folder."""

    def __init__(self, folder: Path, holder: Holder | None) -> None:
        self.holder = holder
        super().__init__(
            f"{holder or 'Another command'} is running on the state folder {folder}.\n"
            "Stop it first, or name another folder with GOVERNANCE_STATE."
        )


class StateFolder:
    """Private to its owner (0700): it holds the database, the queue, mail and the secret key."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock_file = self.path / ".lock"
        self._users_file = self.path / ".users"
        self._published_file = self.path / "running.json"

    def prepare(self, *, ours: bool = False) -> None:
        """Make it, or take it over. A folder that somebody has named by mistake is left as it is, unless it is `ours`."""
        foreign = self.path.is_dir() and not self._lock_file.exists() and any(self.path.iterdir())
        if foreign and not ours:
            raise CannotStart(
                f"{self.path} has files in it that are not ours. Name a new or empty folder with GOVERNANCE_STATE."
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            self._lock_file.touch(mode=0o600)
        except OSError as problem:
            raise CannotStart(
                f"The state folder {self.path} cannot be written ({problem.strerror}).\n"
                "Name one of your own with GOVERNANCE_STATE."
            ) from problem

    # --- one command at a time ---------------------------------------------------------------
    @contextmanager
    def held(self, command: str) -> Iterator[None]:
        """Hold the folder. The kernel lets go of it however the process ends."""
        with self._lock_file.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise Held(self.path, self.holder()) from taken
            holder = {"pid": os.getpid(), "command": command, "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}
            lock.truncate()
            lock.write(json.dumps(holder))
            lock.flush()
            try:
                yield
            finally:
                self._published_file.unlink(missing_ok=True)
                lock.seek(0)
                lock.truncate()

    def holder(self) -> Holder | None:
        try:
            return Holder(**json.loads(self._lock_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    # --- what runs here, for commands that join ------------------------------------------------
    def publish(self, environment: dict[str, str]) -> None:
        draft = self._published_file.with_suffix(".draft")
        draft.write_text(json.dumps(environment))
        draft.replace(self._published_file)

    def published(self, *, within: float) -> dict[str, str] | None:
        """The environment of the command that holds the folder, once its services answer."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            try:
                return dict(json.loads(self._published_file.read_text()))
            except (OSError, ValueError):
                time.sleep(0.1)
        return None

    @contextmanager
    def used(self) -> Iterator[None]:
        """Say that somebody works with services that another command has started."""
        with self._users_file.open("w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield

    def in_use(self) -> bool:
        with self._users_file.open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
        return False

    # --- content ---------------------------------------------------------------------------------
    def secret_key_file(self) -> Path:
        """Made once: sessions and signed links stay valid from one start to the next."""
        file = self.path / "secret_key"
        if not file.exists():
            draft = self.path / f"secret_key.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(60))
            draft.replace(file)
        return file

    def contents(self) -> list[Path]:
        return sorted(found for pattern in DATA for found in self.path.glob(pattern))

    def clear(self) -> None:
        for found in self.contents():
            shutil.rmtree(found)
