"""The catalogue as files of columns: what a preview reads, so that it need not wait for the database.

`docs/adr/0015-a-snapshot-for-previews.md` says why, and what it is true of.
"""

from enforcement.engine.snapshot.manifest import Manifest, Part, Written
from enforcement.engine.snapshot.store import Snapshot, Store, latest, store

__all__ = ["Manifest", "Part", "Snapshot", "Store", "Written", "latest", "store"]
