"""The folder of snapshots: one that is read, at most one that is being made, and the one before for those still reading it.

Every file is written under another name and renamed, so that a reader finds it whole or not at all.
"""

import os
import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import orjson
import polars as pl
from django.conf import settings

from enforcement.engine.columns.batches import KEY
from enforcement.engine.snapshot.manifest import Manifest, Part, Written

CURRENT, BEFORE, MAKING = "current", "before", "making"
MANIFEST = "manifest.json"
ROWS_IN_A_GROUP = 10_000
"""What a reader of some keys decodes at the least."""


class Snapshot:
    """A complete snapshot. Its columns are named as in a batch."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    def part(self, number: int, columns: Collection[str]) -> pl.DataFrame:
        """Raises OSError where the snapshot has been removed meanwhile."""
        return _read(self.folder / _part(number), columns)

    def between(self, first: int, last: int, columns: Collection[str]) -> pl.DataFrame:
        """Rows with keys from `first` to `last`, both included, in their order. Raises OSError, as `part` does."""
        within = pl.col(KEY).is_between(first, last)
        found = [
            _read(
                self.folder / _part(part.number), columns, None if first <= part.first and part.last <= last else within
            )
            for part in self.manifest.parts
            if part.first <= last and first <= part.last
        ]
        return pl.concat(found) if found else _read(self.folder / _part(1), columns, within)

    def sample(self, columns: Collection[str]) -> pl.DataFrame:
        """Rows drawn at random, from every part as many as is its share. Raises OSError, as `part` does."""
        found = [
            _read(self.folder / _sample(part.number), columns)
            for part, written in zip(self.manifest.parts, self.manifest.written, strict=True)
            if written.sampled
        ]
        return pl.concat(found) if found else _read(self.folder / _sample(1), columns)


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Snapshot | None:
        return self._opened(CURRENT)

    def named(self, name: str) -> Snapshot | None:
        """The one that was read a moment ago, as long as it is kept."""
        for which in (CURRENT, BEFORE):
            found = self._opened(which)
            if found is not None and found.manifest.name == name:
                return found
        return None

    def making(self) -> Manifest | None:
        return self._manifest(MAKING)

    def begin(self, manifest: Manifest) -> None:
        """Whatever was being made before is dropped."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._drop(MAKING)
        made = self.folder / manifest.name
        made.mkdir(mode=0o700)
        _write(made / MANIFEST, manifest.to_json())
        self._point(MAKING, manifest.name)

    def unwritten(self, manifest: Manifest) -> Part | None:
        """The first part that is not there yet."""
        folder = self.folder / manifest.name
        return next((part for part in manifest.parts if not (folder / _done(part.number)).exists()), None)

    def write(
        self, manifest: Manifest, part: Part, frame: pl.DataFrame, sample: pl.DataFrame, odd: Collection[int]
    ) -> None:
        """Writing a part again replaces it."""
        folder = self.folder / manifest.name
        _write_frame(folder / _part(part.number), frame)
        _write_frame(folder / _sample(part.number), sample)
        done = Written(frame.height, sample.height, sorted(odd))
        _write(folder / _done(part.number), orjson.dumps({"rows": done.rows, "sampled": done.sampled, "odd": done.odd}))

    def finish(self, manifest: Manifest) -> None:
        """Put a snapshot whose parts are all there in the place of the current one."""
        folder = self.folder / manifest.name
        written = [Written(**orjson.loads((folder / _done(part.number)).read_bytes())) for part in manifest.parts]
        _write(folder / MANIFEST, replace(manifest, written=written).to_json())
        self._drop(BEFORE)
        current = self._named(CURRENT)
        if current:
            self._point(BEFORE, current)
        self._point(CURRENT, manifest.name)
        (self.folder / MAKING).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Of the finished ones that are kept."""
        return [name for which in (CURRENT, BEFORE) if (name := self._named(which))]

    def forget(self, name: str) -> None:
        """Of a snapshot that could not be read: as if there were none, so that one is made."""
        if self._named(CURRENT) == name:
            (self.folder / CURRENT).unlink(missing_ok=True)

    def _opened(self, which: str) -> Snapshot | None:
        manifest = self._manifest(which)
        return Snapshot(self.folder / manifest.name, manifest) if manifest else None

    def _manifest(self, which: str) -> Manifest | None:
        """None also where a file is broken: it is as if there were none, and one is made."""
        name = self._named(which)
        try:
            return Manifest.from_json((self.folder / name / MANIFEST).read_bytes()) if name else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _named(self, which: str) -> str:
        try:
            return (self.folder / which).read_text().strip()
        except OSError:
            return ""

    def _point(self, which: str, name: str) -> None:
        _write(self.folder / which, name.encode())

    def _drop(self, which: str) -> None:
        name = self._named(which)
        if name:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / which).unlink(missing_ok=True)


def store() -> Store:
    return Store(Path(settings.SNAPSHOT_DIR))


def latest() -> Snapshot | None:
    """The snapshot that previews read now."""
    return store().current()


def _part(number: int) -> str:
    return f"{number:05d}.parquet"


def _sample(number: int) -> str:
    return f"{number:05d}.sample.parquet"


def _done(number: int) -> str:
    return f"{number:05d}.json"


def _read(path: Path, columns: Collection[str], within: pl.Expr | None = None) -> pl.DataFrame:
    """Only these columns are read from the disk, and of the rows the groups in which there may be some of those `within`.

    Raises OSError also where a file is broken.
    """
    rows = pl.scan_parquet(path)
    try:
        return (rows if within is None else rows.filter(within)).select(sorted(columns)).collect()
    except pl.exceptions.PolarsError as error:
        raise OSError(str(error)) from error


def _write_frame(path: Path, frame: pl.DataFrame) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    frame.write_parquet(beside, row_group_size=ROWS_IN_A_GROUP)
    beside.replace(path)


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
