"""All subjects of the demo's world in their order, each made once."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.db import transaction

from governance.cli.world import authority, hearings, outside, photos, quality, recall, ring, rollout, team, today
from governance.cli.world.days import World
from investigations.domain import figures, team_figures

Say = Callable[[str], None]


class Subject(Protocol):
    def is_there(self) -> bool: ...

    def make(self, world: World) -> None: ...


PAST: tuple[tuple[str, Subject], ...] = (
    ("how the team works", team),
    ("policies rolled out over eight weeks", rollout),
    ("reports from outside", outside),
    ("orders of authorities", authority),
    ("recalls", recall),
    ("a ring of sellers and its investigation", ring),
    ("appeals", hearings),
    ("second readings and calibration", quality),
)
"""What happened before the first sweep over everything."""
TODAY: tuple[tuple[str, Subject], ...] = (("cases in all states", today), ("photos", photos))


def make(subjects: tuple[tuple[str, Subject], ...], say: Say, *, size: float, clock: Callable[[], datetime]) -> None:
    """Make what is not there: each subject in one transaction, so that a start that is broken off leaves none by half, and no worker
    sends today what was sent then."""
    for name, subject in subjects:
        if subject.is_there():
            continue
        begun = time.monotonic()
        with transaction.atomic():
            subject.make(World(clock(), size))
        say(f"Made {name} in {time.monotonic() - begun:.1f} s.")


def count(at: datetime) -> None:
    """The figures of the days that are over, and of today."""
    team_figures.count_owed(at=at)
    team_figures.count_today(at=at)
    figures.count(at=at)
