"""Previews that a page asks for while a rule is typed: the newest counts, and an older one stops at its next step.

They stand in the cache and may be lost; then the page asks again.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from enforcement.domain import previews
from enforcement.domain.previews import Run
from enforcement.engine.preview import Draft

KEPT = 900
"""Seconds after which nobody asks any more."""
SLICE = 0.6
"""Seconds that one request reads on: others wait for the same workers."""


@dataclass(frozen=True)
class Asked:
    """`owner` is one page of one person, `number` the place of the request among theirs."""

    owner: str
    number: int

    def is_newest(self) -> bool:
        return bool(cache.get(_counter(self.owner)) == self.number)


def ask(owner: str, draft: Draft, *, at: datetime) -> tuple[Asked, Run]:
    """The first answer to a draft; from now on no older request of this page goes on. Raises RuleProblems."""
    asked = Asked(owner, _next(owner))
    run = previews.begin(draft, at=at)
    _keep(asked, run)
    return asked, run


def read_on(asked: Asked, *, seconds: float = SLICE) -> Run | None:
    """The run after some more steps; None where a newer request has taken its place, or it is not known any more.

    Raises SnapshotGone.
    """
    run: Run | None = cache.get(_place(asked))
    if run is None or not asked.is_newest():
        return None
    run = previews.go_on(run, seconds=seconds, stop=lambda: not asked.is_newest())
    if not asked.is_newest():
        return None
    _keep(asked, run)
    return run


def forget(owner: str) -> None:
    """Whatever the page had asked for stops: its rule is wrong now, and nobody waits for the answer."""
    _next(owner)


def _keep(asked: Asked, run: Run) -> None:
    """One that has nothing left to read is not asked for again."""
    if run.done:
        cache.delete(_place(asked))
    else:
        cache.set(_place(asked), run, KEPT)


def _next(owner: str) -> int:
    cache.add(_counter(owner), 0, KEPT)
    cache.touch(_counter(owner), KEPT)
    number: int = cache.incr(_counter(owner))
    return number


def _counter(owner: str) -> str:
    return f"preview:{owner}:newest"


def _place(asked: Asked) -> str:
    return f"preview:{asked.owner}:{asked.number}"
