"""What a draft would find: first an answer from a sample, then the whole catalogue in steps that may be stopped between any two.

A run is a plain value. It can be put aside after a step and taken up by another process: what it needs to go on reading it finds
again by itself.
"""

import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl
import structlog

from enforcement import engine
from enforcement.domain import snapshots
from enforcement.engine.columns.batches import KEY
from enforcement.engine.evaluation import Outcome
from enforcement.engine.preview import Draft, Figures, Interval, Reader, interval
from enforcement.engine.snapshot import Snapshot, store
from enforcement.queries import previews
from enforcement.queries.snapshots import changed_since
from governance.policies.queries.environment import environment
from governance.web.refusals import Refusal

log = structlog.get_logger(__name__)

SAMPLE_WITHOUT_SNAPSHOT = 4_000
SAMPLE_BY_ROW = 2_000
"""Of a rule that is read row by row: some milliseconds for a hundred."""
FRESH_AT_ONCE = 5_000
SHOWN = 8


class SnapshotGone(Refusal):
    """A newer snapshot has taken the place of the one that was being read: the preview has to begin again."""


@dataclass
class Run:
    """`sample` is what was found in `drawn` listings at random of some `total`; None where everything was read at once.

    `snapshot` names what is read, empty where it is the database. `stale` is true where there is a snapshot, but of other
    attributes or term lists. `by_row` is the part of the rule because of which only the sample is read, row by row.
    """

    draft: Draft
    at: datetime
    total: int = 0
    snapshot: str = ""
    made_at: datetime | None = None
    stale: bool = False
    by_row: str = ""
    sample: Figures | None = None
    drawn: int = 0
    whole: Figures = field(default_factory=Figures)
    read: int = 0
    left: list[int] = field(default_factory=list)
    changed: "array[int]" = field(default_factory=lambda: array("q"))
    fresh: "array[int]" = field(default_factory=lambda: array("q"))
    _reader: Reader | None = field(default=None, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Put aside without its reader: the next process compiles the rule for itself."""
        return self.__dict__ | {"_reader": None}

    @property
    def reader(self) -> Reader:
        """Raises RuleProblems."""
        if self._reader is None:
            caught = partial(previews.caught, but=self.draft.policy_id)
            self._reader = Reader(self.draft, environment(), self.at, caught)
        return self._reader

    @property
    def done(self) -> bool:
        """Nothing more will be read."""
        return not self.left and not self.fresh

    @property
    def exact(self) -> bool:
        """Everything was read over columns: the counts are no estimate."""
        return self.done and self.sample is None

    @property
    def figures(self) -> Figures:
        """The best there is: of the whole once it was read, else of the sample, as counted there."""
        return self.whole if self.sample is None else self.sample

    @property
    def scale(self) -> float:
        """What a count of `figures` stands for."""
        return 1.0 if self.sample is None else self.total / max(1, self.drawn)

    @property
    def matched(self) -> int:
        return round(self.figures.matched * self.scale)

    @property
    def margin(self) -> Interval | None:
        """Between which numbers the matches lie, with 95% certainty; None where they were counted."""
        return None if self.sample is None else interval(self.sample.matched, self.drawn, self.total)


def begin(draft: Draft, *, at: datetime) -> Run:
    """The first answer. Raises RuleProblems."""
    run, current = Run(draft, at), store().current()
    run.by_row = run.reader.by_row
    run.stale = current is not None and not snapshots.serves(current)
    if current is not None and not run.stale:
        try:
            return _from_snapshot(run, current)
        except (OSError, SnapshotGone):
            log.exception("snapshot_unreadable", snapshot=current.manifest.name)
            store().forget(current.manifest.name)
            run = Run(draft, at, by_row=run.by_row)
    return _without_snapshot(run)


def go_on(run: Run, *, seconds: float | None = None, stop: Callable[[], bool] = lambda: False) -> Run:
    """Read on for some seconds, or to the end; `stop` is asked between any two steps. Raises SnapshotGone."""
    if not run.left and not run.fresh:
        return run
    began = time.monotonic()
    for figures, read in _steps(run):
        run.whole.add(figures)
        run.read += read
        if stop() or (seconds is not None and time.monotonic() - began >= seconds):
            break
    if run.done:
        run.sample, run.total = None, run.read
    return run


def preview(draft: Draft, *, at: datetime, seconds: float | None = None) -> Run:
    """Begin, and read on for some seconds, or to the end. Raises RuleProblems."""
    try:
        return go_on(begin(draft, at=at), seconds=seconds)
    except SnapshotGone:  # a newer one has come between
        return go_on(begin(draft, at=at), seconds=seconds)


def hits(run: Run, *, most: int = SHOWN) -> tuple[list[Outcome], int]:
    """Some of what was found, drawn at random, each confirmed by the runtime; and how many it did not confirm.

    One may have been corrected since the snapshot was made, or there is a fault in the columns: it stands in the log.
    """
    keys = [key for _drawn, key in run.figures.picks]
    found = {each.subject_id: each for each in run.reader.confirmed(keys)}
    shown = [found[key] for key in keys if key in found]
    if otherwise := [key for key in keys if key not in found]:
        log.warning("preview_not_confirmed", rule=run.draft.rule, listings=len(otherwise), first=otherwise[0])
    return shown[:most], len(otherwise)


def _without_snapshot(run: Run) -> Run:
    chosen, run.total = previews.at_random(SAMPLE_BY_ROW if run.by_row else SAMPLE_WITHOUT_SNAPSHOT)
    batch = engine.batch(chosen, run.reader.environment, run.reader.needs, at=run.at)
    return _sampled(run, batch.frame)


def _from_snapshot(run: Run, snapshot: Snapshot) -> Run:
    made = snapshot.manifest
    changed = changed_since(made.mark)
    fresh = list(previews.on_sale_among({*changed, *made.odd}).order_by("pk").values_list("pk", flat=True))
    run.snapshot, run.made_at = made.name, made.made_at
    run.changed, run.fresh = array("q", changed), array("q", fresh)
    run.left = [part.number for part in made.parts]
    frame = _unchanged(snapshot.sample(run.reader.columns(made.matched)), run)
    run.total = round(made.rows * frame.height / max(1, made.sampled)) + len(fresh)
    if run.by_row:
        run.left, run.fresh = [], array("q")
        return _sampled(run, frame.sample(min(frame.height, SAMPLE_BY_ROW)))
    return go_on(run) if made.sampled == made.rows else _sampled(run, frame)


def _sampled(run: Run, frame: pl.DataFrame) -> Run:
    """An answer from the listings of a frame, or of all there are where they are all."""
    found = run.reader.rows(frame) if run.by_row else run.reader.over(frame)
    if frame.height >= run.total and run.done:
        run.whole, run.read, run.total = found, frame.height, frame.height
    else:
        run.sample, run.drawn = found, frame.height
    return run


def _steps(run: Run) -> Iterator[tuple[Figures, int]]:
    """What each part holds, with how many listings were read; a part that was read is no longer left."""
    snapshot, reader = store().named(run.snapshot), run.reader
    if snapshot is None:
        raise SnapshotGone
    columns = reader.columns(snapshot.manifest.matched)
    while run.fresh:
        keys, run.fresh = run.fresh[:FRESH_AT_ONCE], run.fresh[FRESH_AT_ONCE:]
        batch = engine.batch(previews.on_sale_among(keys), reader.environment, reader.needs, at=run.at)
        yield reader.over(batch.frame), batch.frame.height
    while run.left:
        try:
            frame = _unchanged(snapshot.part(run.left[0], columns), run)
        except OSError as error:
            raise SnapshotGone from error
        del run.left[0]
        yield reader.over(frame), frame.height


def _unchanged(frame: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Without what has changed since the snapshot: that is read from the database."""
    return frame.filter(~pl.col(KEY).is_in(list(run.changed))) if run.changed else frame
