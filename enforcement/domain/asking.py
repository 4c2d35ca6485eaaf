"""Of which listings an expression is true: asked by somebody who searches. Nothing is found against anybody, and nothing is written.

Over columns where that can be: from the snapshot where the listings lie close together in it, else from the database.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import structlog

from enforcement import engine
from enforcement.domain import snapshots
from enforcement.engine.columns.batches import KEY
from enforcement.engine.preview import Draft, Reader
from enforcement.engine.snapshot import Snapshot, store
from enforcement.queries.snapshots import changed_since
from governance.policies.queries.environment import environment
from listings.models import Listing, Market
from listings.queries.keys import among

log = structlog.get_logger(__name__)

CLOSE = 20
"""The snapshot is read where at least one in so many of the keys between the first and the last is asked about: it is read as a
whole between two keys."""
OVER_COLUMNS, BY_ROW = 5_000, 1_000
FEWEST = 1_000
"""Of fewer the database is asked at once."""


def _caught_by_nobody(keys: Sequence[int]) -> tuple[int, Counter[int]]:
    return 0, Counter()


@dataclass
class Told:
    """`true_of` are keys; `undecided` lack a fact, `read` were looked at."""

    true_of: list[int] = field(default_factory=list)
    undecided: int = 0
    read: int = 0

    def add(self, found: tuple[list[int], int]) -> None:
        keys, undecided = found
        self.true_of += keys
        self.undecided += undecided


class Question:
    """One expression, as of one moment. Raises RuleProblems."""

    def __init__(self, expression: str, *, at: datetime) -> None:
        everywhere = tuple(Market.objects.order_by("code").values_list("code", flat=True))
        self.reader = Reader(Draft(expression, everywhere), environment(), at, _caught_by_nobody)
        self.at = at

    @property
    def step(self) -> int:
        """How many listings to ask about at once, so that an answer comes within a second or so."""
        return BY_ROW if self.reader.by_row else OVER_COLUMNS

    def among(self, keys: Sequence[int]) -> Told:
        """Of listings by their keys, in ascending order."""
        told, left = Told(read=len(keys)), set(keys)
        if self._in_snapshot(keys):
            left -= self._from_snapshot(keys, told)
        if left and self.reader.by_row:
            told.add(self.reader.held_among(sorted(left)))
        elif left:
            chosen = Listing.objects.filter(pk__in=among(sorted(left)))
            batch = engine.batch(chosen, self.reader.environment, self.reader.needs, at=self.at)
            told.add(self.reader.held(batch.frame))
            if batch.odd:
                told.add(self.reader.held_among(batch.odd))
        return told

    @cached_property
    def _snapshot(self) -> Snapshot | None:
        return snapshots.serving()

    @cached_property
    def _changed(self) -> frozenset[int]:
        """What the snapshot does not have as it is now."""
        if self._snapshot is None:
            return frozenset()
        made = self._snapshot.manifest
        return frozenset({*changed_since(made.mark), *made.odd})

    def _in_snapshot(self, keys: Sequence[int]) -> bool:
        """The snapshot is looked for where it would be read: few listings are asked of the database without a question more."""
        if self.reader.by_row or len(keys) < FEWEST or keys[-1] - keys[0] >= len(keys) * CLOSE:
            return False
        return self._snapshot is not None

    def _from_snapshot(self, keys: Sequence[int], told: Told) -> set[int]:
        """Returns which keys it has answered for: those that it has as they are now."""
        if self._snapshot is None:
            return set()
        wanted = set(keys) - self._changed
        try:
            columns = self.reader.columns(self._snapshot.manifest.matched)
            frame = self._snapshot.between(keys[0], keys[-1], columns)
        except OSError:
            log.exception("snapshot_unreadable", snapshot=self._snapshot.manifest.name)
            store().forget(self._snapshot.manifest.name)
            self._snapshot = None
            return set()
        frame = frame.filter(frame[KEY].is_in(list(wanted)))
        told.add(self.reader.held(frame))
        return set(frame[KEY].to_list())
