"""The snapshot that previews and sweeps read: planned once, written part by part, put in place when all parts are there.

What is done stands in the folder: each turn writes the first part that is not there yet. A lock in the database lets one turn
write at a time; it goes with the connection of a worker that is killed. A finished one is noted in the database: files that it does
not know of may be of another past, as after it was restored.
"""

import secrets
from datetime import datetime, timedelta

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from enforcement import engine
from enforcement.engine.columns.matched import with_matches
from enforcement.engine.columns.plans import plans
from enforcement.engine.snapshot import Manifest, Part, Snapshot, Store, store
from enforcement.engine.snapshot.manifest import environment_now
from enforcement.models import CatalogueSnapshot
from enforcement.queries import scope, snapshots
from governance.policies.language import Environment
from governance.policies.language.readers import MENTIONED
from governance.policies.queries.environment import environment
from listings.queries.keys import slices

LOCK = "SELECT pg_try_advisory_xact_lock(7236011)"
ROWS_AT_ONCE = 5_000
"""Listings with all their facts at a time: some 30 MB."""
OLDEST = timedelta(days=1)
CHANGED_SHARE = 0.05
"""With more than this changed, reading the changes one preview after another costs more than a new snapshot."""
MOST_MATCHED = 500
"""Patterns of policies in force that are looked for beforehand; a sweep looks for the others itself."""
_NOT_KEPT = "now"
"""A column that says when a batch was read. A preview puts its own in."""


def serves(snapshot: Snapshot) -> bool:
    """Whether it has the columns that rules may name now, and is of this database as it is."""
    made = snapshot.manifest
    return made.environment == environment_now() and snapshots.is_known(made.name)


def serving() -> Snapshot | None:
    """The one to read, if there is one that serves."""
    current = store().current()
    return current if current is not None and serves(current) else None


def due(*, at: datetime) -> bool:
    """Whether a snapshot is being made, or has to be: there is none, or it is a day old, does not serve, or a full sweep or
    many changes came after it."""
    if store().making() is not None:
        return True
    current = store().current()
    if current is None:
        return snapshots.on_sale().exists()
    made = current.manifest
    return (
        at - made.made_at >= OLDEST
        or not serves(current)
        or snapshots.full_sweep_ended_since(made.made_at)
        or snapshots.has_changed_much(made.mark, max(1_000, int(made.rows * CHANGED_SHARE)))
    )


@transaction.atomic
def make_next(*, at: datetime, rows: int | None = None) -> bool:
    """Plan a snapshot, or write the next part of the one planned; False when it is complete, or another turn is at it.

    A plan whose names have changed meanwhile is made anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        if not cursor.fetchone()[0]:
            return False
    files = store()
    making = files.making()
    if making is None or making.environment != environment_now():
        making = _plan(at, rows or settings.SNAPSHOT_ROWS)
        files.begin(making)
    part = files.unwritten(making)
    if part is not None:
        _write(files, making, part, at)
    if files.unwritten(making) is not None:
        return True
    _finish(files, making)
    return False


def _finish(files: Store, making: Manifest) -> None:
    """The files first: what the database knows of is there. It forgets those that are gone."""
    files.finish(making)
    CatalogueSnapshot.objects.exclude(name__in=files.names()).delete()
    CatalogueSnapshot.objects.create(name=making.name)


def _plan(at: datetime, size: int) -> Manifest:
    """The mark is taken first: what changes while the parts are written is read again by whoever asks for changes."""
    mark = scope.mark()
    parts = [Part(nth, *found) for nth, found in enumerate(snapshots.ranges(size), start=1)]
    name = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    matched = sorted(plans(engine.load_active(at=at)).matched)[:MOST_MATCHED]
    return Manifest(name, at, mark, environment_now(), parts or [Part(1, 0, 0, 0)], matched)


def _write(files: Store, making: Manifest, part: Part, at: datetime) -> None:
    known = environment()
    frames: list[pl.DataFrame] = []
    odd: set[int] = set()
    rows = snapshots.on_sale().filter(pk__range=(part.first, part.last))
    for within in [*slices(rows, size=ROWS_AT_ONCE)] or [(part.first, part.last)]:
        batch = engine.batch(rows.filter(pk__range=within), known, _needs(known), at=at)
        frames.append(with_matches(batch.frame.drop(_NOT_KEPT), making.matched))
        odd.update(batch.odd)
    frame = pl.concat(frames)
    files.write(making, part, frame, _sample(frame, making, part), odd)


def _sample(frame: pl.DataFrame, making: Manifest, part: Part) -> pl.DataFrame:
    share = -(-settings.SNAPSHOT_SAMPLE * part.rows // max(1, making.planned))
    return frame.sample(min(share, frame.height), seed=part.number)


def _needs(known: Environment) -> set[str]:
    """Every fact that a rule may read."""
    return {*known.accesses, MENTIONED}
