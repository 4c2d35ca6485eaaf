"""Keeps programs and servers running, and stops them in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from governance.embedded import processes
from governance.embedded.errors import CannotStart
from governance.embedded.instance import Server

STEADY_AFTER = 60.0  # seconds: who has run this long starts again without delay
LONGEST_DELAY = 30.0


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 20.0
    pass_fds: tuple[int, ...] = ()


class Running:
    """A program as a process that can be started again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.name, self.log = program.name, program.log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = processes.spawn(
            self.program.command,
            log=self.log,
            environment=self.program.environment,
            orphan_signal=signal.SIGKILL,  # with the launcher its queue is gone: a stop in order would wait for it
            pass_fds=self.program.pass_fds,
        )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, ask=self.program.stop_signal, within=self.program.stop_within)


@dataclass
class Watched:
    server: Server
    started_at: float
    crashes: int = 0
    start_at: float = 0.0  # while it waits to be started again


class Supervisor:
    def __init__(self, servers: Sequence[Server], say: Callable[[str], None]) -> None:
        self.say = say
        self.watched = [Watched(server, time.monotonic()) for server in servers]

    def start(self, program: Program) -> None:
        running = Running(program)
        self.watched.append(Watched(running, time.monotonic()))
        running.start()

    def watch(self) -> None:
        """Start again what has ended, the sooner the longer it had run. The servers come first in the list."""
        for watched in self.watched:
            if not watched.server.alive():
                self._revive(watched, time.monotonic())

    def watch_until(self, ended: Callable[[], bool], *, every: float = 0.2) -> None:
        while not ended():
            self.watch()
            time.sleep(every)

    def insist(self) -> None:
        """While starting up, a program that ends is an error, not something to start again."""
        for watched in self.watched:
            if not watched.server.alive():
                raise CannotStart(
                    f"{watched.server.name} did not stay up. The end of {watched.server.log}:\n"
                    f"{processes.tail(watched.server.log)}"
                )

    def stop(self) -> None:
        """The last started first. The servers given at the beginning belong to their instance, which stops them."""
        for watched in reversed(self.watched):
            if isinstance(watched.server, Running):
                watched.server.stop()

    def _revive(self, watched: Watched, now: float) -> None:
        if not watched.start_at:
            steady = now - watched.started_at > STEADY_AFTER
            watched.crashes = 0 if steady else watched.crashes + 1
            delay = 0.0 if not watched.crashes else min(2.0 ** (watched.crashes - 1), LONGEST_DELAY)
            watched.start_at = now + delay
            self.say(f"{watched.server.name} ended; starting it again in {delay:.0f} s. Its log: {watched.server.log}")
        if now >= watched.start_at:
            watched.start_at = 0.0
            try:
                watched.server.start()
            except CannotStart as problem:
                self.say(str(problem))
            watched.started_at = time.monotonic()
