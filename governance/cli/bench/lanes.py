"""Processes that are there for all rounds, as workers are: what each takes does not weigh on the others."""

import os
import resource
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Self

import django

from governance.embedded import processes


class Lane:
    """One process, with the environment's variables and more. Functions are named at the top of a module; what they return must pass
    between processes."""

    def __init__(self, **environment: str) -> None:
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_set_up, initargs=(os.getpid(), environment)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()

    def begin(self, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        return self._pool.submit(function, *arguments)

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:
        return self.begin(function, *arguments).result()

    def timed(self, function: Callable[..., Any], *arguments: object) -> float:
        """Return the seconds that a function took, in the lane's own process."""
        seconds: float = self.call(_timed, function, arguments)
        return seconds

    def peak_mb(self) -> int:
        """Return the most memory that the process has held."""
        held: int = self.call(_peak_mb)
        return held


def _set_up(parent: int, environment: Mapping[str, str]) -> None:
    """Nothing goes on being measured for a launcher that is gone."""
    os.environ.update(environment)
    processes.end_with(parent, signal.SIGKILL)
    django.setup()


def _timed(function: Callable[..., Any], arguments: tuple[object, ...]) -> float:
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
