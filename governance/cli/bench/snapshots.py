"""The catalogue's snapshot, made before anything is measured that reads it."""

import time
from collections.abc import Callable

from enforcement.domain import snapshots
from governance.cli.bench.contestants.contestant import NOW


def make(say: Callable[[str], None]) -> None:
    """Make it as its task does, part by part, in this process."""
    begun = time.monotonic()
    while snapshots.make_next(at=NOW):
        pass
    say(f"The snapshot was made in {time.monotonic() - begun:.1f} s.")
